"""What a live interview has come to so far: the live card, the offline card once it counts, and both side by side."""

from __future__ import annotations

from typing import Literal

import msgspec

from include.interview.entities import Interview
from include.interview.live.comparison import CardComparison
from include.interview.live.session import LiveNote
from include.interview.records import Record, Scorecard, Transcript
from include.interview.scoring.review import SHOWN, Standing
from include.interview.stages import LIVE_STAGES
from include.interview.voice.records import DeliveryReview
from include.storage import Stores
from tasks.evaluation.card_standing import standing
from tasks.evaluation.comparison import COMPARE_STEP, compare_cards
from tasks.evaluation.consent_gate import consented_interview
from tasks.evaluation.outputs import DELIVERY_STEP, SpeechOutput, load
from tasks.live.record import live_record_of

SPEECH_STEP = "speech"

LiveState = Literal["live", "processing", "review", "withheld", "published", "failed"]


class LiveResult(Record, frozen=True):
    """The state of a live interview and those of its cards that this reader may see.

    `state`: "live" until the session was handed over, "processing" until the offline card is there, "review" while a
    person decides about it, "withheld" once a person did not let it count, "published", or "failed" (an operator has
    to look at the run). `standing`: whether cards may be shown; a card that this reader may not see is left out.
    """

    interview_id: str
    state: LiveState
    standing: Standing = SHOWN
    live: Scorecard | None = None
    offline: Scorecard | None = None
    comparison: CardComparison | None = None


class LiveTalk(Record, frozen=True):
    """Transcript and notes of a finished live interview, without its card and its sound."""

    transcript: Transcript
    notes: tuple[LiveNote, ...]


def live_talk_of(stores: Stores, interview_id: str) -> LiveTalk | None:
    """The conversation of a finished session, or None before it was handed over. The read is an audit entry."""
    record = live_record_of(stores, interview_id)
    return None if record is None else LiveTalk(record.transcript, record.notes)


def offline_transcript_of(stores: Stores, interview_id: str) -> Transcript | None:
    """The offline transcript, which the quotes of the offline card refer to; None before it was made."""
    refs = stores.artifacts.list(interview_id, SPEECH_STEP)
    return load(stores, refs[-1], SpeechOutput).transcript if refs else None


def delivery_of(stores: Stores, interview_id: str) -> DeliveryReview | None:
    """How the answers were spoken; None where the stage does not describe it, or has not yet. Reading is audited."""
    refs = stores.artifacts.list(interview_id, DELIVERY_STEP)
    return load(stores, refs[-1], DeliveryReview) if refs else None


def live_result(stores: Stores, interview_id: str, *, reviewing: bool = False, reader: str | None = None) -> LiveResult:
    """The cards of a live interview as far as they exist and may be shown. Every read is an audit entry.

    Args:
        reviewing: whether the reader may answer the review; if so the live card is shown while it is under review.
        reader: the account that wants to see them, which may have to rate the interview first; None without one.

    Raises:
        NotFound: no such interview, of another stage, or erased. ConsentMissing: a consent was withdrawn.
    """
    interview, _ = consented_interview(stores, interview_id, *LIVE_STAGES)
    record = live_record_of(stores, interview_id)
    if record is None:
        return LiveResult(interview_id, "failed" if interview.status == "failed" else "live")
    found = standing(stores, interview, record.card.review, reader)
    result = LiveResult(interview_id, _state(interview, found), found)
    if not found.visible(reviewing=reviewing):
        return result
    stores.record("scorecard.read", f"interview:{interview_id}", {"card": "live", "standing": found.state})
    if result.state != "published":
        return msgspec.structs.replace(result, live=record.card)
    offline = stores.scorecards.get(interview_id)
    compared = stores.artifacts.list(interview_id, COMPARE_STEP)
    comparison = compare_cards(stores, record, offline, compared[-1] if compared else None)
    return msgspec.structs.replace(result, live=record.card, offline=offline, comparison=comparison)


def _state(interview: Interview, found: Standing) -> LiveState:
    if found.state == "withheld":
        return "withheld"
    status = interview.status
    return status if status in ("review", "published", "failed") else "processing"
