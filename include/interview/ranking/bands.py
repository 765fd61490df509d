"""Rank bands: who is distinguishably better, given the uncertainty of the totals."""

from __future__ import annotations

import math
from collections.abc import Sequence

from include.interview.errors import BadInput
from include.interview.records import Record, Scorecard


class TotalRange(Record, frozen=True):
    """A total with its standard error, as the range [low, high] in points."""

    low: float
    high: float


def interval_of(card: Scorecard) -> TotalRange:
    """The range total ± SEM of a complete card, in points; not cut off at 0 or 100.

    Raises:
        BadInput: the card is incomplete or states no standard error: unknown is not zero.
    """
    if card.status != "complete" or card.total is None:
        raise BadInput(f"The card of interview {card.interview_id} is incomplete.", "Only complete cards are ranked.")
    if card.total_sem is None or not math.isfinite(card.total_sem):
        raise BadInput(
            f"The card of interview {card.interview_id} states no standard error.",
            "Judge with two or more runs, or with a judge that states its error.",
        )
    return TotalRange(card.total - card.total_sem, card.total + card.total_sem)


def require_comparable(cards: Sequence[Scorecard]) -> None:
    """Return normally when all cards may share a ranking.

    Raises:
        BadInput: they differ in stage, profile, rubric version or scope, or an interview occurs twice.
    """
    for what in ("stage", "profile", "rubric_version", "scope"):
        found = sorted({str(getattr(card, what)) for card in cards})
        if len(found) > 1:
            raise BadInput(
                f"Cards of different {what.replace('_', ' ')} cannot share a ranking: {', '.join(found)}.",
                "Rank them apart, or rescore them under the same rules.",
            )
    if len({card.interview_id for card in cards}) != len(cards):
        raise BadInput("An interview has two cards in this ranking.", "Rank one card per interview.")


def rank_bands(cards: Sequence[Scorecard]) -> tuple[tuple[Scorecard, ...], ...]:
    """The cards in bands, best band first; inside a band by total, then by interview id.

    Two cards whose intervals total ± SEM overlap or touch share a band, and so does everything linked to them by a
    chain of overlaps: cards in different bands never overlap. The result does not depend on the order given.

    Raises:
        BadInput: as `interval_of` and `require_comparable`.
    """
    require_comparable(cards)
    ranges = {card.interview_id: interval_of(card) for card in cards}
    best_first = sorted(cards, key=lambda c: (-ranges[c.interview_id].high, c.interview_id))
    bands: list[list[Scorecard]] = []
    reached = math.inf
    for card in best_first:
        interval = ranges[card.interview_id]
        if bands and interval.high >= reached:
            bands[-1].append(card)
            reached = min(reached, interval.low)
        else:
            bands.append([card])
            reached = interval.low
    return tuple(tuple(sorted(band, key=lambda c: (-(c.total or 0.0), c.interview_id))) for band in bands)
