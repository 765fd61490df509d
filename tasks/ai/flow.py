"""Stage 1, the AI video interview: recordings in, a defensible scorecard out.

The steps of the DAG `ai_interview_analysis`, in its order. Each reads the artifacts it names, calls the library and
stores one artifact; a step whose output exists does nothing. Only ids and refs leave a step.
"""

from __future__ import annotations

from tasks.ai.perceive import prepare_media, speech, validate, vision, voice
from tasks.evaluation.case import case
from tasks.evaluation.judge_and_score import judge, score
from tasks.evaluation.publish import publish, record_review, review_needed

__all__ = [
    "case",
    "judge",
    "prepare_media",
    "publish",
    "record_review",
    "review_needed",
    "score",
    "speech",
    "validate",
    "vision",
    "voice",
]
