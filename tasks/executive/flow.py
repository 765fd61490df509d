"""Stage 3, the executive interview, offline: the session's whole recording transcribed, judged from words, compared.

The steps of the DAG `executive_insight`, in its order. What a live session leaves (tasks/live/handover.py)
goes in; the offline card comes out and stands beside the live card. Only ids and refs leave a step.
"""

from __future__ import annotations

from include.interview.entities import ArtifactRef
from tasks.evaluation.case import case
from tasks.evaluation.context import StepContext
from tasks.evaluation.judge_and_score import judge, score
from tasks.evaluation.publish import publish, record_review, review_needed
from tasks.live import assembling
from tasks.live.hearing import compare, speech, voice


def assemble(context: StepContext) -> ArtifactRef:
    """Lay out what an executive session left; everything else as `tasks.live.assembling.assemble`."""
    return assembling.assemble(context, "executive")


__all__ = [
    "assemble",
    "case",
    "compare",
    "judge",
    "publish",
    "record_review",
    "review_needed",
    "score",
    "speech",
    "voice",
]
