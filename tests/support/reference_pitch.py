"""Fundamental frequency by another method than ours, to compare with: autocorrelation divided by that of the window.

After P. Boersma, "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a
sampled sound", IFA Proceedings 17 (1993), 97-110, without its search for a path. Ours is YIN, which takes differences.
"""

from __future__ import annotations

import numpy as np

LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
VOICING, SILENCE, OCTAVE = 0.45, 0.03, 0.01
"""The article's threshold of voicing and of silence, and its cost of an octave."""
PERIODS = 3
"""Periods of the lowest pitch in a window."""


def autocorrelation_pitch(sound: np.ndarray, rate: int = 16_000, hop: int = 160) -> np.ndarray:
    """F0 in Hz of each frame of `hop` samples of `sound` (shape (n,), any scale); 0 where it is not voiced."""
    length = int(PERIODS * rate / LOWEST_HZ)
    size = 1 << (2 * length).bit_length()
    lags = np.arange(int(rate / HIGHEST_HZ), int(rate / LOWEST_HZ) + 1)
    shape = np.hanning(length)

    def correlated(part: np.ndarray) -> np.ndarray:
        return np.fft.irfft(np.abs(np.fft.rfft(part, size)) ** 2)[:length]

    window = correlated(shape)
    loudest = np.abs(sound).max()
    padded = np.pad(sound, (length // 2, length))
    found = np.zeros(len(range(0, len(sound), hop)))
    for frame, first in enumerate(range(0, len(sound), hop)):
        part = padded[first : first + length]
        part = part - part.mean()
        own = correlated(part * shape)
        if own[0] <= 0:
            continue
        r = own[lags] / own[0] * window[0] / window[lags]
        peaks = np.flatnonzero((r[1:-1] > r[:-2]) & (r[1:-1] >= r[2:])) + 1
        if not len(peaks):
            continue
        before, at, after = r[peaks - 1], r[peaks], r[peaks + 1]
        bend = before - 2 * at + after
        lag = lags[peaks] + 0.5 * (before - after) / bend
        strength = at - 0.125 * (before - after) ** 2 / bend - OCTAVE * np.log2(LOWEST_HZ * lag / rate)
        best = int(np.argmax(strength))
        quiet = max(0.0, 2 - np.abs(part).max() / loudest / (SILENCE / (1 + VOICING)))
        if strength[best] > VOICING + quiet:
            found[frame] = rate / lag[best]
    return found
