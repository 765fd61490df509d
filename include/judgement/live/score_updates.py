"""When a criterion's provisional score is worth telling again, and how. Pure."""

from __future__ import annotations

from typing import Literal

from include.interview.live.wire import ScoreUpdate
from include.interview.records import CriterionScore, Quote

NOTICEABLE = 0.02
"""Change of a score in [0, 1] below which nobody is told."""
SCORE_PAUSE_MS = 3_000
"""Least time between two updates of one criterion."""
REASON_PAUSE_MS = 10_000
"""... while it has no score yet and only the reason's figures change."""


def update_of(line: CriterionScore, language: Literal["ko", "en"]) -> ScoreUpdate:
    """The message that tells where the criterion `line` stands, reasons in `language`."""
    return ScoreUpdate(
        criterion=line.criterion,
        value=None if line.score is None else round(line.score, 3),
        insufficient=line.reason.text.text(language) if line.reason else None,
        evidence=list(dict.fromkeys(e.utterance_id for e in line.evidence if isinstance(e, Quote))),
        points=None if line.points is None else round(line.points, 2),
        weight=round(line.effective_weight, 2),
    )


def pause_ms(before: ScoreUpdate | None, after: ScoreUpdate) -> int | None:
    """How long after the last update this one may be emitted; None when it is not worth it."""
    if before is None:
        return 0
    if (before.value is None) != (after.value is None):
        return SCORE_PAUSE_MS
    if after.value is None:
        return REASON_PAUSE_MS if before.insufficient != after.insufficient else None
    return SCORE_PAUSE_MS if abs(after.value - (before.value or 0.0)) >= NOTICEABLE else None
