"""Which voice is on which channel of whose socket, and where a sample lies on the session's clock."""

from __future__ import annotations

import numpy as np

from include.interview.live.wire import SAMPLE_RATE, SocketRole, Track

SAMPLES_PER_MS = SAMPLE_RATE // 1000


def tracks_of(sender: SocketRole, microphones: str, channels: int) -> tuple[Track, ...]:
    """Tracks in the order of the channels: one microphone of a room, one person each, or the sender alone."""
    if microphones == "separate":
        return (sender,)
    return ("room",) if channels == 1 else ("interviewer", "candidate")


def split(pcm: bytes, channels: int) -> list[np.ndarray]:
    """int16 (n,) per channel of interleaved samples."""
    samples = np.frombuffer(pcm, dtype="<i2")
    if channels == 1:
        return [samples]
    frames = samples.reshape(-1, channels)
    return [np.ascontiguousarray(frames[:, channel]) for channel in range(channels)]


def session_ms(start_ms: int, sample: int) -> float:
    """When `sample` of a stream that began at `start_ms` was spoken, on the session's clock."""
    return start_ms + sample / SAMPLES_PER_MS
