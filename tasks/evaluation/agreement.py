"""Human ratings of an opening: agreement, severity and the queue of divergences, from what is stored."""

from __future__ import annotations

from collections.abc import Iterable

from include.interview.agreement.records import RatingAnalysis
from include.interview.agreement.stored import QueueEntry, StoredLevel, queue, rated_levels
from include.interview.errors import ConsentMissing
from include.interview.records import Scorecard
from include.storage import Stores
from tasks.evaluation.card_standing import standing
from tasks.evaluation.consent_gate import consented_interview


def rating_analysis(stores: Stores, opening_id: str) -> RatingAnalysis:
    """Agreement per criterion, divergences and severities among all who rated interviews of the opening.

    An interview's id stands as the candidate of its rows; the program is the rater "machine". One audit entry.

    Raises:
        NotFound: no such opening.
    """
    from include.statistics.severity import analyse_ratings

    levels, cards = _rated(stores, opening_id, "analysis")
    return analyse_ratings(rated_levels(levels, cards))


def divergence_queue(stores: Stores, opening_id: str) -> tuple[QueueEntry, ...]:
    """What a person must look at in the opening, widest divergence first. One audit entry.

    Raises:
        NotFound: no such opening.
    """
    return queue(*_rated(stores, opening_id, "divergences"))


def _rated(stores: Stores, opening_id: str, reason: str) -> tuple[tuple[StoredLevel, ...], dict[str, Scorecard]]:
    """People's levels in the opening, and the cards of those interviews that may be shown.

    Interviews whose consents were withdrawn are left out altogether.
    """
    stores.openings.get(opening_id)
    levels = stores.ratings.levels(opening_id, reason)
    agreed = _agreed(stores, {one.interview_id for one in levels})
    shown = {
        card.interview_id: card
        for card in stores.scorecards.list(opening_id=opening_id)
        if card.interview_id in agreed and _shown(stores, card)
    }
    return tuple(one for one in levels if one.interview_id in agreed), shown


def _agreed(stores: Stores, interviews: Iterable[str]) -> frozenset[str]:
    found = set()
    for interview in interviews:
        try:
            consented_interview(stores, interview)
        except ConsentMissing:
            continue
        found.add(interview)
    return frozenset(found)


def _shown(stores: Stores, card: Scorecard) -> bool:
    return standing(stores, stores.interviews.get(card.interview_id), card.review).state == "shown"
