"""Prosody over time, in the form that is stored between steps."""

from __future__ import annotations

import msgspec
import numpy as np

from include.interview.records import Record

STEP_S = 0.01
"""Seconds per frame; frame i is centred at i × 10 ms."""


class ProsodyTracks(Record, frozen=True):
    """Frames of 10 ms as little-endian bytes: about 0.6 MB per ten minutes.

    `f0`: float32 Hz, 0 where unvoiced. `aperiodicity`: float16 in [0, 1], small where clearly periodic.
    `intensity`: float16 dB re full scale (a full-scale sine is -3 dB). `clipped`: uint8, 1 where samples sit at full
    scale.
    """

    frames: int
    seconds: float
    f0: bytes
    aperiodicity: bytes
    intensity: bytes
    clipped: bytes

    @property
    def f0_hz(self) -> np.ndarray:
        """Fundamental frequency, float32 of shape (frames,), 0 where unvoiced."""
        return np.frombuffer(self.f0, dtype="<f4")

    @property
    def aperiodic(self) -> np.ndarray:
        """YIN's normalised difference at the chosen period, float32 of shape (frames,)."""
        return np.frombuffer(self.aperiodicity, dtype="<f2").astype(np.float32)

    @property
    def intensity_db(self) -> np.ndarray:
        """Intensity, float32 of shape (frames,)."""
        return np.frombuffer(self.intensity, dtype="<f2").astype(np.float32)

    @property
    def clipped_frames(self) -> np.ndarray:
        """Whether samples sit at full scale, bool of shape (frames,)."""
        return np.frombuffer(self.clipped, dtype=np.uint8).astype(bool)

    def encode(self) -> bytes:
        """MessagePack bytes for the artifact store."""
        return msgspec.msgpack.encode(self)

    @staticmethod
    def decode(data: bytes) -> ProsodyTracks:
        """Tracks from `encode`d bytes.

        Raises:
            msgspec.ValidationError: the bytes are something else.
        """
        return msgspec.msgpack.decode(data, type=ProsodyTracks)
