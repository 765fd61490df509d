"""How audible an utterance is: its level and whether it clips. About the microphone, not the person."""

from __future__ import annotations

import numpy as np

from include.interview.live.session import SoundQuality

FULL_SCALE = 32_767
"""Largest int16 sample."""
CLIPPED_SHARE = 0.002
"""Share of samples at full scale from which an utterance is called clipped."""
_FRAME = 512
"""Samples (32 ms at 16 kHz) over which power is averaged."""
_LEAST_POWER = 1e-3
"""Keeps the level of digital silence finite."""


def heard(pcm: np.ndarray) -> SoundQuality | None:
    """Level and clipping of an utterance; None without sound.

    Args:
        pcm: int16 of shape (n,), mono.
    """
    if not len(pcm):
        return None
    samples = pcm.astype(np.float32)
    whole = len(samples) // _FRAME * _FRAME
    frames = samples[:whole].reshape(-1, _FRAME) if whole else samples[None, :]
    power = np.square(frames).mean(axis=1)
    # Speech alone: the louder half of the frames, so that pauses and padding do not count as a low voice.
    active = np.sort(power)[len(power) // 2 :]
    level = 10.0 * float(np.log10(max(float(active.mean()), _LEAST_POWER) / FULL_SCALE**2))
    clipped = float(np.mean(np.abs(samples) >= FULL_SCALE - 1))
    return SoundQuality(round(level, 1), clipped > CLIPPED_SHARE)
