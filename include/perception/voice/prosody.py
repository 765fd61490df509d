"""Pitch and intensity every 10 ms over a whole recording, in blocks, so that memory stays flat."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from include.interview.progress import Progress, silent
from include.perception.voice import pitch
from include.perception.voice.tracks import STEP_S, ProsodyTracks

HOP = 160
"""Samples per frame (10 ms at 16 kHz)."""
BLOCK_FRAMES = 1_000
"""Frames handled at once (10 s)."""
LEVEL_WINDOW = 512
"""Samples (32 ms) over which intensity is averaged."""
SILENCE_DB = -100.0
"""Intensity given to digital silence."""
VOICING_FLOOR_DB = -60.0
"""Quieter frames are not voiced, whatever their periodicity (hum, codec noise)."""
SHORTEST_VOICED = 3
"""Voiced runs of fewer frames (30 ms) are chance."""
CLIP_LEVEL = 32_700
"""Absolute int16 value counted as full scale."""
CLIP_SAMPLES = 3
"""Samples at full scale within a frame that make it clipped."""


class Sound(Protocol):
    """16 kHz mono int16 samples of shape (n,), usually a memory map (`include.perception.speech.Waveform`)."""

    @property
    def samples(self) -> np.ndarray:
        """The samples: int16 of shape (n,), 16 kHz mono."""


def prosody_tracks(waveform: Sound, progress: Progress = silent) -> ProsodyTracks:
    """F0 (Hz), aperiodicity, intensity (dB re full scale) and clipping of a recording every 10 ms."""
    samples = waveform.samples
    frames = len(samples) // HOP
    f0, aperiodic = np.zeros(frames, np.float32), np.ones(frames, np.float32)
    level, clipped = np.full(frames, SILENCE_DB, np.float32), np.zeros(frames, np.uint8)
    for first in range(0, frames, BLOCK_FRAMES):
        last = min(frames, first + BLOCK_FRAMES)
        cut = _frames(samples, first, last)
        level[first:last] = _intensity(cut)
        clipped[first:last] = (np.abs(cut[:, :HOP]) * 32_768.0 >= CLIP_LEVEL).sum(axis=1) >= CLIP_SAMPLES
        loud = np.flatnonzero(level[first:last] > VOICING_FLOOR_DB)
        if len(loud):
            f0[first + loud], aperiodic[first + loud] = pitch.yin(cut[loud])
        progress(last / frames, "measuring the voice")
    f0[aperiodic > pitch.VOICED] = 0.0
    return ProsodyTracks(
        frames=frames,
        seconds=frames * STEP_S,
        f0=_without_short_runs(f0).astype("<f4").tobytes(),
        aperiodicity=aperiodic.astype("<f2").tobytes(),
        intensity=level.astype("<f2").tobytes(),
        clipped=clipped.tobytes(),
    )


def _frames(samples: np.ndarray, first: int, last: int) -> np.ndarray:
    """Frames centred on their time, zero beyond the recording: float32 of shape (last - first, SPAN)."""
    start = first * HOP - pitch.SPAN // 2
    end = (last - 1) * HOP - pitch.SPAN // 2 + pitch.SPAN
    block = np.zeros(end - start, np.float32)
    low, high = max(0, start), min(len(samples), end)
    block[low - start : high - start] = np.asarray(samples[low:high], np.float32) / 32_768.0
    return np.lib.stride_tricks.sliding_window_view(block, pitch.SPAN)[::HOP]


def _intensity(frames: np.ndarray) -> np.ndarray:
    edge = (pitch.SPAN - LEVEL_WINDOW) // 2
    middle = frames[:, edge : edge + LEVEL_WINDOW]
    power = np.square(middle - middle.mean(axis=1, keepdims=True)).mean(axis=1)
    value: np.ndarray = np.maximum(10.0 * np.log10(np.maximum(power, 1e-12)), SILENCE_DB)
    return value


def _without_short_runs(f0: np.ndarray) -> np.ndarray:
    voiced = np.concatenate([[False], f0 > 0, [False]])
    edges = np.flatnonzero(np.diff(voiced.astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start < SHORTEST_VOICED:
            f0[start:end] = 0.0
    return f0
