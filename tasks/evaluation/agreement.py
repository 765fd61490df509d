"""Human ratings of an opening: agreement, severity and the queue of divergences, from what is stored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from include.interview.agreement.records import RatingAnalysis
from include.interview.agreement.stored import QueueEntry, StoredLevel, queue, rated_levels
from include.interview.errors import ConsentMissing, NotFound, PolicyRefusal
from include.interview.records import Scorecard
from include.storage import Stores
from tasks.evaluation.card_standing import standing
from tasks.evaluation.consent_gate import consented_interview

QueueState = Literal["open", "settled", "all"]


def rating_analysis(stores: Stores, opening_id: str) -> RatingAnalysis:
    """Agreement per criterion, divergences and severities among all who rated interviews of the opening.

    An interview's id stands as the candidate of its rows; the program is the rater "machine". One audit entry.

    Raises:
        NotFound: no such opening.
    """
    from include.statistics.severity import analyse_ratings

    levels, cards = _rated(stores, opening_id, "analysis")
    return analyse_ratings(rated_levels(levels, cards))


def divergence_queue(stores: Stores, opening_id: str, state: QueueState = "open") -> tuple[QueueEntry, ...]:
    """What a person must look at in the opening, widest divergence first; the reads are audit entries.

    Args:
        state: "open" leaves out what was settled, "settled" leaves out what was not.

    Raises:
        NotFound: no such opening. WrongKey: another master key.
    """
    found = queue(*_rated(stores, opening_id, "divergences"), stores.divergences.settled(opening_id))
    return tuple(one for one in found if state == "all" or (one.settled is None) == (state == "open"))


def settle_divergence(
    stores: Stores, opening_id: str, entry_id: str, reason: str, account_id: str | None = None
) -> QueueEntry:
    """Record that the acting person looked at an entry of the queue and settled it; returns it as it is now.

    No level and no score changes.

    Args:
        account_id: the acting person's account, where they have one.

    Raises:
        NotFound: no such opening, or its queue has no such entry.
        PolicyRefusal: code "own_rating": one of the levels is the acting person's own.
        BadInput: code "already_settled", or "settlement_reason": there is none, or it is too long.
    """
    entries = {one.id: one for one in divergence_queue(stores, opening_id, "all")}
    if entry_id not in entries:
        raise NotFound(
            f"The queue of the opening {opening_id!r} has no such entry.",
            "Read the queue again: when a level changes, its entry is another one.",
        )
    entry = entries[entry_id]
    if account_id in entry.raters:
        raise PolicyRefusal(
            "One of the two levels is your own.", "Let somebody settle it who gave neither.", code="own_rating"
        )
    return msgspec.structs.replace(entry, settled=stores.divergences.settle(entry.interview_id, entry_id, reason))


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
