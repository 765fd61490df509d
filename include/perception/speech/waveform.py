"""The interview's sound for all of perception: 16 kHz mono, read in windows, never all at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from include.interview.errors import BadMedia

SAMPLE_RATE = 16_000
"""Samples per second of every waveform (what Whisper, Silero and WeSpeaker were trained on)."""

_FULL_SCALE = 32_768.0
_BYTES_PER_SAMPLE = 2


@dataclass(frozen=True)
class Waveform:
    """16 kHz mono sound; `samples` is an int16 array of shape (n,), usually a memory map. Sample 0 is time 0."""

    samples: np.ndarray

    @property
    def seconds(self) -> float:
        """Length of the sound in seconds."""
        return len(self.samples) / SAMPLE_RATE

    def window(self, start_s: float, end_s: float) -> np.ndarray:
        """The sound from `start_s` to `end_s` seconds, clipped to the recording: float32 in [-1, 1), shape (n,)."""
        return self.slice(round(start_s * SAMPLE_RATE), round(end_s * SAMPLE_RATE))

    def slice(self, start: int, end: int) -> np.ndarray:
        """The samples [start, end) clipped to the recording: float32 in [-1, 1), shape (n,)."""
        start, end = max(0, start), min(len(self.samples), end)
        return np.asarray(self.samples[start : max(start, end)], dtype=np.float32) / np.float32(_FULL_SCALE)

    def blocks(self, block_s: float) -> Iterator[tuple[float, np.ndarray]]:
        """Consecutive blocks of at most `block_s` seconds: (start in seconds, float32 in [-1, 1) of shape (n,))."""
        step = round(block_s * SAMPLE_RATE)
        for start in range(0, len(self.samples), step):
            yield start / SAMPLE_RATE, self.slice(start, start + step)


def open_waveform(path: Path) -> Waveform:
    """Map a raw file of 16 kHz little-endian int16 mono samples (`audio.s16`); an empty file is an empty waveform.

    Raises:
        BadMedia: the file is missing or does not hold whole samples.
    """
    if not path.is_file():
        raise BadMedia("The prepared sound of this recording is missing.", "Run the media step again.")
    size = path.stat().st_size
    if size % _BYTES_PER_SAMPLE:
        raise BadMedia("The prepared sound of this recording is cut in the middle of a sample.", "Prepare it again.")
    if size == 0:
        return Waveform(np.zeros(0, dtype="<i2"))
    return Waveform(np.memmap(path, dtype="<i2", mode="r"))
