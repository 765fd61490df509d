"""The owner's checkpoint, stored with every event it writes: all that the next owner needs beside the events."""

from __future__ import annotations

from typing import Literal

import msgspec

from include.interview.live.wire import Track
from include.perception.streaming.attribution import SpeakerState
from include.perception.streaming.events import TrackState

Phase = Literal["live", "ending", "ended"]


class Checkpoint(msgspec.Struct, frozen=True):
    """`emitted` are utterances that are not final yet: 1 their start is written, 2 their end too."""

    tracks: dict[Track, TrackState] = {}
    command: str = ""
    """The last command that was handled."""
    speakers: SpeakerState = SpeakerState()
    emitted: dict[str, int] = msgspec.field(default_factory=dict, name="told")
    """Stored under its name of 2026-11, so that sessions that run during an upgrade go on."""
    phase: Phase = "live"
    reason: str = "end"
    """Why it ends."""


_DECODER = msgspec.msgpack.Decoder(Checkpoint)


def encode_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Opaque bytes."""
    return msgspec.msgpack.encode(checkpoint)


def decode_checkpoint(data: bytes | None) -> Checkpoint:
    """The checkpoint, or the first one of a session that has none. Raises msgspec.ValidationError if damaged."""
    return Checkpoint() if data is None else _DECODER.decode(data)
