"""Where criteria stand, as `score.update`: when one is sent, and how the last agrees with the card. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec.structs import replace

from include.interview.live.wire import Durable, ScoreUpdate
from include.interview.records import CriterionScore, Quote, Scorecard

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


def closing_updates(card: Scorecard, language: Literal["ko", "en"], events: Iterable[Durable]) -> list[ScoreUpdate]:
    """Updates after which the last of every criterion says what `card`, the session's result, says.

    None where `events`, the session's so far, hold no update: nothing was said that could be wrong.
    """
    last = {event.criterion: replace(event, seq=0) for event in events if isinstance(event, ScoreUpdate)}
    if not last:
        return []
    return [update for line in card.criteria if (update := update_of(line, language)) != last.get(line.criterion)]
