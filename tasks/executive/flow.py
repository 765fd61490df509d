"""Stage 3, the executive interview, offline: the session's whole recording transcribed, judged from words, compared.

The steps of the DAG `executive_insight`, in its order. What a live session leaves (tasks/live/handover.py)
goes in; the offline card comes out and stands beside the live card, and insights that people approve one by one. Only
ids and refs leave a step.
"""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.entities import ArtifactRef
from tasks.evaluation.case import case
from tasks.evaluation.context import StepContext
from tasks.evaluation.judge_and_score import judge, score
from tasks.evaluation.publish import publish, record_review, review_needed
from tasks.executive import approval
from tasks.executive.approval import end, look, record_answer, store_for_approval
from tasks.executive.insights import draft, verify
from tasks.executive.voice import delivery
from tasks.live import assembling
from tasks.live.hearing import compare, speech, voice


def assemble(context: StepContext) -> ArtifactRef:
    """Lay out what an executive session left; everything else as `tasks.live.assembling.assemble`."""
    return assembling.assemble(context, "executive")


def answering_logins(context: StepContext, configured: Sequence[str]) -> tuple[str, ...]:
    """Who may answer the approval of this interview's insights in Airflow, as `tasks.executive.approval` says."""
    return approval.answering_logins(context.stores, context.interview_id, configured)


__all__ = [
    "answering_logins",
    "assemble",
    "case",
    "compare",
    "delivery",
    "draft",
    "end",
    "judge",
    "look",
    "publish",
    "record_answer",
    "record_review",
    "review_needed",
    "score",
    "speech",
    "store_for_approval",
    "verify",
    "voice",
]
