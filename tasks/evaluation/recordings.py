"""The recordings of an interview as a reader plays them: where each lies on the interview's clock, and its bytes."""

from __future__ import annotations

from collections.abc import Iterator

from include.interview.entities import MediaObject
from include.interview.errors import NotFound
from include.interview.live.wire import Track
from include.interview.records import Record
from include.interview.stages import STAGES
from include.storage import Stores
from tasks.evaluation.consent_gate import consented_interview
from tasks.evaluation.outputs import ValidatedInterview, load
from tasks.live.record import live_record_of

VALIDATE_STEP = "validate"
"""The step whose output lays the recordings of stage 1 end to end."""
HEAD_BYTES = 16_384
"""What tells the type of a file: as many as `container_of` looks at."""


class PlayableRecording(Record, frozen=True):
    """One stored recording. Its second 0 is second `start_s` of the interview.

    `start_s` and `duration_s` are None before the recording was looked into. `tracks`: whose voices a live session's
    recording holds, in the order of its channels; none where it was not made live.
    """

    id: str
    kind: str
    size: int
    index: int
    start_s: float | None
    duration_s: float | None
    tracks: tuple[Track, ...] = ()
    question_id: str | None = None


def recordings_of(stores: Stores, interview_id: str) -> tuple[PlayableRecording, ...]:
    """The interview's recordings in order; none where nothing was recorded.

    Raises:
        NotFound: no such interview, or (code "erased") erased.
        ConsentMissing: a consent is missing or withdrawn: nothing is played then.
    """
    _refuse_erased(stores, interview_id)
    interview, _ = consented_interview(stores, interview_id)
    found = [one for one in stores.media.list(interview_id) if one.kind in ("video", "audio")]
    places = _live_places(stores, interview_id) if STAGES[interview.stage].live else _laid_out(stores, interview_id)
    if not places and len(found) == 1 and not STAGES[interview.stage].live:
        places = {found[0].id: (0.0, None, ())}
    return tuple(_playable(one, places) for one in found)


def recording_to_play(stores: Stores, interview_id: str, recording_id: str) -> MediaObject:
    """The stored recording, once every consent that the interview's profile cannot do without is on record.

    Raises:
        NotFound: no such interview, no such recording of it, or (code "erased") erased.
        ConsentMissing: a consent is missing or withdrawn.
    """
    _refuse_erased(stores, interview_id)
    consented_interview(stores, interview_id)
    absent = NotFound(f"Interview {interview_id} has no recording {recording_id}.", "Check the id.")
    try:
        media = stores.media.get(recording_id)
    except NotFound:
        raise absent from None
    if media.interview_id != interview_id or media.kind not in ("video", "audio"):
        raise absent
    return media


def recording_type(stores: Stores, media: MediaObject) -> str:
    """The media type of a recording by its first bytes, whose read is an audit entry. Raises: as `Media.part`."""
    from include.perception.media.containers import media_type_of

    return media_type_of(b"".join(stores.media.part(media, 0, min(HEAD_BYTES, media.size))), media.kind)


def begun_part(stores: Stores, media: MediaObject, start: int, stop: int) -> Iterator[bytes]:
    """Bytes [start, stop) of a recording, decrypted piece by piece as they are taken. The read is an audit entry.

    The first piece is opened at once, so that what cannot be read fails before anything is sent. Raises: as
    `Media.part`.
    """
    pieces = stores.media.part(media, start, stop)
    return _begun(next(pieces), pieces)


def _refuse_erased(stores: Stores, interview_id: str) -> None:
    if stores.interviews.get(interview_id).status == "erased":
        raise NotFound(f"Interview {interview_id} was erased.", "Nothing of it can be read again.", code="erased")


def _begun(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _playable(
    media: MediaObject, places: dict[str, tuple[float, float | None, tuple[Track, ...]]]
) -> PlayableRecording:
    start_s, duration_s, tracks = places.get(media.id, (None, None, ()))
    return PlayableRecording(
        media.id, media.kind, media.size, media.index, start_s, duration_s, tracks, media.question_id
    )


def _laid_out(stores: Stores, interview_id: str) -> dict[str, tuple[float, float | None, tuple[Track, ...]]]:
    refs = stores.artifacts.list(interview_id, VALIDATE_STEP)
    if not refs:
        return {}
    checked = load(stores, refs[-1], ValidatedInterview)
    places = zip(checked.recordings, checked.laid_out(), strict=True)
    return {one.media.id: (place.offset_s, place.duration_s, ()) for one, place in places}


def _live_places(stores: Stores, interview_id: str) -> dict[str, tuple[float, float | None, tuple[Track, ...]]]:
    record = live_record_of(stores, interview_id)
    places: dict[str, tuple[float, float | None, tuple[Track, ...]]] = {}
    for one in () if record is None else record.recordings:
        _, _, before = places.get(one.media_id, (0.0, None, ()))
        places[one.media_id] = (one.start_s, one.duration_s, (*before, one.track))
    return places
