"""Whether the cards of an interview may be shown: every reader of a card, live or offline, asks here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from include.interview.assessment.policy import load_profile
from include.interview.entities import Interview
from include.interview.errors import NotFound
from include.interview.live.session import LiveSession
from include.interview.records import ReviewReason, Scorecard
from include.interview.scoring.review import Standing, standing_of
from include.interview.statuses import Status
from include.storage import Stores
from tasks.live.record import live_record_of

ShownStatus = Status | Literal["withheld"]


def standing(
    stores: Stores, interview: Interview, reasons: Sequence[ReviewReason] = (), reader: str | None = None
) -> Standing:
    """How the cards of `interview` may be shown now.

    Args:
        reasons: those of the cards (see `standing_of`).
        reader: the account that wants to see them; None for readers without one, such as a step of a flow.
    """
    blind = reader is not None and conducts_unrated(stores, interview, reader)
    return standing_of(interview.status, reasons, stores.reviews.newest(interview.id), rates_first=blind)


def shown_status(stores: Stores, interview: Interview) -> ShownStatus:
    """The interview's status as people are told it: "withheld" once a reviewer kept its card back.

    The stored one stays "review" then: a withheld card may be reviewed once more.
    """
    withheld = interview.status == "review" and is_withheld(stores, interview.id)
    return "withheld" if withheld else interview.status


def is_withheld(stores: Stores, interview_id: str) -> bool:
    """Whether the newest answer about the card of an interview that is in review kept it back."""
    return standing_of("review", (), stores.reviews.newest(interview_id)).state == "withheld"


def conducts_unrated(stores: Stores, interview: Interview, account_id: str) -> bool:
    """Whether the account conducts this interview and has yet to rate it, where the profile asks for that first."""
    if interview.stage not in load_profile(interview.profile).blind_first:
        return False
    try:
        session = stores.live_sessions.get(interview.id)
    except NotFound:  # evaluated from a file: nobody held it through the gateway
        return False
    return rates_first(stores, session, account_id)


def unrated_interviews(stores: Stores, opening_id: str, account_id: str) -> frozenset[str]:
    """Ids of the opening's interviews that the account conducts or conducted and has yet to rate."""
    return frozenset(
        session.id
        for session in stores.live_sessions.list(took_part=account_id)
        if session.opening_id == opening_id and rates_first(stores, session, account_id)
    )


def require_rated(stores: Stores, opening_id: str, account_id: str) -> None:
    """Return when the account has no interview of the opening to rate before it sees numbers of its candidates.

    Raises:
        NotFound: code "rate_first".
    """
    if unrated_interviews(stores, opening_id, account_id):
        raise NotFound(
            "You conduct an interview of this opening and have not rated it yet; its numbers are shown to you "
            "afterwards.",
            "Rate every criterion first.",
            code="rate_first",
        )


def rates_first(stores: Stores, session: LiveSession, account_id: str) -> bool:
    """Whether `account_id` conducts the session, or did, and sees no number of the machine before having rated it."""
    if session.stage not in load_profile(session.profile).blind_first:
        return False
    if account_id not in session.interviewers and account_id not in stores.panels.conducted(session.id):
        return False
    return not stores.ratings.rated(session.id, account_id)


def live_reasons(stores: Stores, interview_id: str) -> tuple[ReviewReason, ...]:
    """Why a person must look at the card of the live interview; empty for other interviews. The read is audited."""
    record = live_record_of(stores, interview_id)
    return () if record is None else record.card.review


def published_card(stores: Stores, interview_id: str, reader: str | None = None) -> Scorecard:
    """The interview's published card with all its evidence; `reader` as in `standing`.

    Raises:
        NotFound: nothing is published, a person is being asked about the card (code "awaits_review") or withheld it
            ("result_withheld"), the reader has yet to rate the interview (code "rate_first"), or the person was
            erased (code "erased").
    """
    require_published(stores, interview_id, reader)
    return stores.scorecards.get(interview_id)


def require_published(stores: Stores, interview_id: str, reader: str | None = None) -> None:
    """Return when no person is being asked about the interview's card, none withheld it, and `reader` may see it.

    A card that was published before is not shown meanwhile either.

    Raises:
        NotFound: code "awaits_review", "result_withheld", "rate_first" or "erased". Or there is no such interview.
    """
    interview = stores.interviews.get(interview_id)
    if interview.status == "erased":
        stores.candidates.require_present(interview.candidate_id)
    found = standing(stores, interview, reader=reader)
    if found.state == "rate_first":
        raise must_rate_first()
    if found.state == "withheld":
        raise NotFound(
            "A person reviewed this card and withheld it; it is shown to nobody.",
            "An operator can have it reviewed once more: in Airflow, clear the task `review` of its run.",
            code="result_withheld",
        )
    if found.state != "shown":
        raise NotFound(
            "This card waits for a person: a reviewer looks at its evidence before it is published.",
            f"A reviewer answers on the page /reviews, by POST /api/v1/interviews/{interview_id}/review, or under "
            f"Required actions in Airflow. GET /api/v1/interviews/{interview_id} tells when it is published.",
            code="awaits_review",
        )


def must_rate_first() -> NotFound:
    """The refusal of a card to who conducts the interview and has yet to rate it."""
    return NotFound(
        "You conduct this interview and have not rated it yet; the card is shown to you afterwards.",
        "Rate every criterion first.",
        code="rate_first",
    )
