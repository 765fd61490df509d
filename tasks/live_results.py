"""What a live interview has come to so far: the live card, the offline card once it counts, and both side by side."""

from __future__ import annotations

from typing import Literal

from include.interview.comparison import CardComparison, side_by_side
from include.interview.live.session import LiveRecord
from include.interview.records import Record, Scorecard, Transcript
from include.interview.stored import ArtifactRef
from include.storage import Stores
from tasks.consent import consented
from tasks.outputs import ComparedTranscripts, SpeechOutput, load

LIVE_STEP = "live"
"""Step name of the artifact that holds the session's `LiveRecord`."""
COMPARE_STEP = "compare"
SPEECH_STEP = "speech"

LiveState = Literal["live", "processing", "review", "published", "failed"]


class LiveResult(Record, frozen=True):
    """Where a live interview stands.

    `state`: "live" until the session was handed over, "processing" until the offline card is there, "review" while a
    person decides about it (or withheld it), "published", or "failed" (an operator has to look at the run).
    """

    interview_id: str
    state: LiveState
    live: Scorecard | None = None
    offline: Scorecard | None = None
    comparison: CardComparison | None = None


def live_record_of(stores: Stores, interview_id: str) -> LiveRecord | None:
    """What the finished session left, or None before it was handed over. The read is an audit entry."""
    refs = stores.artifacts.list(interview_id, LIVE_STEP)
    return load(stores, refs[-1], LiveRecord) if refs else None


def offline_transcript_of(stores: Stores, interview_id: str) -> Transcript | None:
    """What the offline pass heard: what the quotes of the offline card point into. None before it was made."""
    refs = stores.artifacts.list(interview_id, SPEECH_STEP)
    return load(stores, refs[-1], SpeechOutput).transcript if refs else None


def live_result(stores: Stores, interview_id: str) -> LiveResult:
    """The cards of a live interview as far as they exist. Every read is an audit entry under the stores' actor.

    Raises:
        NotFound: no such interview, of another stage, or erased. ConsentMissing: a consent was withdrawn.
    """
    interview, _ = consented(stores, interview_id, "practical")
    record = live_record_of(stores, interview_id)
    if record is None:
        return LiveResult(interview_id, "failed" if interview.status == "failed" else "live")
    if interview.status != "published":
        state: LiveState = interview.status if interview.status in ("review", "failed") else "processing"  # type: ignore[assignment]
        return LiveResult(interview_id, state, record.card)
    offline = stores.scorecards.get(interview_id)
    compared = stores.artifacts.list(interview_id, COMPARE_STEP)
    comparison = compare_cards(stores, record, offline, compared[-1] if compared else None)
    return LiveResult(interview_id, "published", record.card, offline, comparison)


def compare_cards(
    stores: Stores, record: LiveRecord, offline: Scorecard, compared: ArtifactRef | None
) -> CardComparison:
    """The live card of `record` beside `offline`, with the comparison of their transcripts where it was made."""
    transcript = load(stores, compared, ComparedTranscripts).transcript if compared else None
    return side_by_side(record.card, offline, transcript, record.gaps)
