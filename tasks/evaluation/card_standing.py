"""Whether the cards of an interview may be shown: every reader of a card, live or offline, asks here."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.entities import Interview
from include.interview.errors import NotFound
from include.interview.records import ReviewReason, Scorecard
from include.interview.scoring.review import Standing, standing_of
from include.storage import Stores
from tasks.live.record import live_record_of


def standing(stores: Stores, interview: Interview, reasons: Sequence[ReviewReason] = ()) -> Standing:
    """How the cards of `interview` may be shown now; `reasons` are those of the cards (see `standing_of`)."""
    return standing_of(interview.status, reasons, stores.reviews.newest(interview.id))


def live_reasons(stores: Stores, interview_id: str) -> tuple[ReviewReason, ...]:
    """Why a person must look at the card of the live interview; empty for other interviews. The read is audited."""
    record = live_record_of(stores, interview_id)
    return () if record is None else record.card.review


def published_card(stores: Stores, interview_id: str) -> Scorecard:
    """The interview's published card with all its evidence.

    Raises:
        NotFound: nothing is published, or a person is being asked about the card or withheld it ("awaits_review").
    """
    require_published(stores, interview_id)
    return stores.scorecards.get(interview_id)


def require_published(stores: Stores, interview_id: str) -> None:
    """Return when no person is being asked about the interview's card and none withheld it.

    A card that was published before is not shown meanwhile either.

    Raises:
        NotFound: code "awaits_review". Or there is no such interview.
    """
    if standing(stores, stores.interviews.get(interview_id)).state != "shown":
        raise NotFound(
            "This card is not published: it waits for a person, or a person withheld it.",
            "Open Required actions in Airflow and answer the review.",
            code="awaits_review",
        )
