"""A diarizer's state as bytes: everything another process needs, but no sound and no words."""

from __future__ import annotations

import msgspec
import numpy as np

from include.interview.errors import BadInput
from include.perception.streaming.diarization.aggregation import AggregationState
from include.perception.streaming.diarization.audio_buffer import AudioBufferState
from include.perception.streaming.diarization.clustering import ClusteringState
from include.perception.streaming.diarization.embedding import VoicePrint
from include.perception.streaming.diarization.turn_history import Run
from include.perception.streaming.diarization.unassigned import Unplaced

_VERSION = 1


class Saved(msgspec.Struct, frozen=True):
    """The states of the blocks."""

    sound: AudioBufferState
    prints: list[VoicePrint]
    clustering: ClusteringState
    aggregation: AggregationState
    history: list[Run]
    pending: list[Unplaced]


class _Print(msgspec.Struct, frozen=True, array_like=True):
    embedding: bytes
    frames: bytes


class _Encoded(msgspec.Struct, frozen=True):
    version: int
    sound: AudioBufferState
    prints: list[_Print]
    clustering: ClusteringState
    aggregation: AggregationState
    history: list[Run]
    pending: list[Unplaced]


def encode_state(saved: Saved) -> bytes:
    """As bytes."""
    prints = [_Print(p.embedding.tobytes(), p.frames.astype("<i8").tobytes()) for p in saved.prints]
    whole = _Encoded(_VERSION, saved.sound, prints, saved.clustering, saved.aggregation, saved.history, saved.pending)
    return msgspec.msgpack.encode(whole)


def decode_state(state: bytes) -> Saved:
    """What `encode_state` made bytes of.

    Raises:
        BadInput: code "diarizer_state".
    """
    try:
        whole = msgspec.msgpack.decode(state, type=_Encoded)
        prints = [
            VoicePrint(np.frombuffer(p.embedding, np.float32), np.frombuffer(p.frames, "<i8")) for p in whole.prints
        ]
    except (msgspec.DecodeError, ValueError) as error:
        raise _unusable() from error
    if whole.version != _VERSION:
        raise _unusable()
    return Saved(whole.sound, prints, whole.clustering, whole.aggregation, whole.history, whole.pending)


def _unusable() -> BadInput:
    return BadInput(
        "The kept state of speaker separation cannot be read.", "Begin it anew for this stream.", code="diarizer_state"
    )
