"""The end of a live interview: its sound and its record become media and an artifact of the interview, exactly once.

Every step asks first whether its result is stored already, so a worker that was killed anywhere begins again from the
start and nothing exists twice. The sound is encrypted as it comes, in constant memory, and never lies in the clear.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from include.interview.entities import ArtifactRef, MediaObject
from include.interview.errors import ServiceFailure
from include.interview.live.session import LiveRecord, LiveRecording
from include.interview.live.wire import SAMPLE_BYTES, SAMPLE_RATE, SocketRole, Track
from include.interview.records import Stage
from include.interview.stages import flow_of
from include.settings import PIPELINE_VERSION
from include.storage import Stores
from tasks.evaluation.outputs import encode
from tasks.live.record import LIVE_STEP

SENDERS: tuple[SocketRole, ...] = ("interviewer", "candidate")
"""Their order is the index of their recordings."""
WAV_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_FORMAT_BYTES = 16
_BITS = 8 * SAMPLE_BYTES


@dataclass(frozen=True)
class SenderAudio:
    """All sound one socket sent. `read()` begins anew each time: 16 kHz s16le, interleaved, holes filled with silence.

    `tracks` in the order of the channels: ("room",), ("candidate",) or ("interviewer", "candidate"). `samples` counts
    moments (a sample of two channels is one), `start_s` is where the first lies on the session's clock.
    """

    sender: SocketRole
    tracks: tuple[Track, ...]
    start_s: float
    samples: int
    read: Callable[[], Iterable[bytes]]


def live_run_id(stage: Stage, session_id: str) -> str:
    """The DAG run id of a session's offline evaluation in a live `stage`; one session has one run."""
    return flow_of(stage).run_id(session_id, PIPELINE_VERSION)


def hand_over(stores: Stores, record: LiveRecord, audio: Sequence[SenderAudio]) -> str:
    """Store what a finished session leaves and return the id of the run to be triggered. May be repeated at will.

    Args:
        record: the session's record; its `recordings` are filled in here.
        audio: what the sockets sent; those without a sample are left out.

    Raises:
        ServiceFailure: the sound ended early (code "recording_short") or a store cannot be used; try again later.
        BadInput: the recording is over the size limit. NotFound: no such interview, or erased.
    """
    session = record.session.id
    if not stores.artifacts.list(session, LIVE_STEP):
        kept = [(store_recording(stores, session, one), one) for one in audio if one.samples]
        recordings = tuple(part for media, one in kept for part in recorded(media, one))
        store_live_record(stores, msgspec.structs.replace(record, recordings=recordings))
    if stores.interviews.get(session).status == "created":
        stores.interviews.set_status(session, "uploaded")
    return live_run_id(record.session.stage, session)


def store_recording(stores: Stores, interview_id: str, audio: SenderAudio) -> MediaObject:
    """The sender's sound as an encrypted WAV file of the interview; what is stored already is returned unread.

    Raises: as `hand_over`.
    """
    index = SENDERS.index(audio.sender)
    present = next((m for m in stores.media.list(interview_id) if (m.kind, m.index) == ("audio", index)), None)
    if present is not None:
        return present
    with io.BufferedReader(_Pieces(wav_pieces(audio))) as stream:
        return stores.media.add(interview_id, stream, "audio", index=index)


def store_live_record(stores: Stores, record: LiveRecord) -> ArtifactRef:
    """The record as an encrypted artifact of step "live"; the first one stored for a session stays."""
    return stores.artifacts.run(record.session.id, LIVE_STEP, [record.session.id], lambda: encode(record))


def recorded(media: MediaObject, audio: SenderAudio) -> tuple[LiveRecording, ...]:
    """The tracks a stored recording holds, in the order of its channels."""
    seconds = audio.samples / SAMPLE_RATE
    return tuple(LiveRecording(track, media.id, audio.start_s, seconds, len(audio.tracks)) for track in audio.tracks)


def wav_pieces(audio: SenderAudio) -> Iterator[bytes]:
    """A WAV file piece by piece: the length is known, so its header comes first. More than promised is cut off.

    Raises:
        ServiceFailure: less came than `audio.samples` (code "recording_short").
    """
    frame = SAMPLE_BYTES * len(audio.tracks)
    size = left = audio.samples * frame
    yield WAV_HEADER.pack(
        b"RIFF", WAV_HEADER.size - 8 + size, b"WAVE", b"fmt ", _FORMAT_BYTES, 1, len(audio.tracks), SAMPLE_RATE,
        SAMPLE_RATE * frame, frame, _BITS, b"data", size,
    )  # fmt: skip
    for piece in audio.read():
        yield piece[:left]
        left -= min(len(piece), left)
        if not left:
            return
    if left:
        raise ServiceFailure(
            f"The session's sound ended {left // frame} samples early.",
            "It is tried again; if this stays, look at Redis.",
            code="recording_short",
        )


class _Pieces(io.RawIOBase):
    """A readable stream over pieces of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            try:
                self._rest = memoryview(next(self._pieces))
            except StopIteration:
                return 0
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
