"""Whose cards count: the one rule by which rankings and fairness reports leave people and cards out.

Of each application and stage the newest published card is looked at; no older one stands in for it. It does not count
while a person is being asked about it, or when the consent to be evaluated by a program was taken back; and nothing of
whoever was erased or withdrew counts.
"""

from __future__ import annotations

from include.interview.applications import WITHDRAWN
from include.interview.ranking.records import ApartReason, Applicant, StageCard


def applicant_obstacle(applicant: Applicant) -> ApartReason | None:
    """Why nothing of the applicant counts ("erased", "withdrawn"); None when it does."""
    if applicant.erased:
        return "erased"
    return "withdrawn" if applicant.state == WITHDRAWN else None


def card_obstacle(card: StageCard) -> ApartReason | None:
    """Why the card does not count ("consent_withdrawn", "review_open"); None when it does."""
    if card.consent_withdrawn:
        return "consent_withdrawn"
    return "review_open" if card.review_open else None


def counting_cards(applicant: Applicant) -> tuple[StageCard, ...]:
    """The applicant's cards that count, one per stage at most."""
    if applicant_obstacle(applicant) is not None:
        return ()
    return tuple(card for card in applicant.cards if card_obstacle(card) is None)
