"""Fundamental frequency by YIN (de Cheveigné & Kawahara 2002, https://doi.org/10.1121/1.1458024), vectorised."""

from __future__ import annotations

import numpy as np

RATE = 16_000
LOWEST_HZ = 60.0
HIGHEST_HZ = 500.0
"""The range of adult speaking voices with margin."""
WINDOW = 512
"""Samples integrated per frame (32 ms): about two periods of the lowest voice."""
LONGEST = int(RATE / LOWEST_HZ)
SHORTEST = int(RATE / HIGHEST_HZ)
SPAN = WINDOW + LONGEST + 2
"""Samples a frame needs."""
THRESHOLD = 0.15
"""YIN's absolute threshold: the first dip below it is the period (paper: 0.1; 0.15 for recordings with room sound)."""
VOICED = 0.25
"""Frames whose best dip stays above this are unvoiced."""
_FFT = 1024


def yin(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """F0 in Hz and aperiodicity of every frame, by YIN.

    Args:
        frames: float32 of shape (n, SPAN).

    Returns:
        float32 arrays of shape (n,): F0 (also for unvoiced frames, where it means nothing) and YIN's
        cumulative-mean-normalised difference at that period, in [0, 1].
    """
    from scipy import fft

    x = frames - frames.mean(axis=1, keepdims=True)
    head = np.zeros((len(x), _FFT), np.float32)
    head[:, :WINDOW] = x[:, :WINDOW]
    whole = np.zeros((len(x), _FFT), np.float32)
    whole[:, :SPAN] = x
    correlation = fft.irfft(np.conj(fft.rfft(head, axis=1)) * fft.rfft(whole, axis=1), _FFT, axis=1)
    lags = LONGEST + 2
    squares = np.cumsum(np.square(x, dtype=np.float64), axis=1)
    energy = squares[:, WINDOW - 1 : WINDOW - 1 + lags].copy()
    energy[:, 1:] -= squares[:, : lags - 1]
    difference = np.maximum(energy[:, :1] + energy - 2.0 * correlation[:, :lags], 0.0)
    running = np.cumsum(difference[:, 1:], axis=1)
    normalised = np.ones_like(difference)
    normalised[:, 1:] = difference[:, 1:] * np.arange(1, lags) / np.maximum(running, 1e-12)
    return _choose(normalised)


def _choose(normalised: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first local minimum under the threshold (else the global one), refined by a parabola."""
    inner = normalised[:, SHORTEST : LONGEST + 1]
    left, right = normalised[:, SHORTEST - 1 : LONGEST], normalised[:, SHORTEST + 1 : LONGEST + 2]
    dips = (inner <= left) & (inner < right) & (inner < THRESHOLD)
    lag = np.where(dips.any(axis=1), dips.argmax(axis=1), inner.argmin(axis=1)) + SHORTEST
    rows = np.arange(len(normalised))
    before, here, after = normalised[rows, lag - 1], normalised[rows, lag], normalised[rows, lag + 1]
    bend = before - 2.0 * here + after
    shift = np.where(bend > 1e-9, 0.5 * (before - after) / np.where(bend > 1e-9, bend, 1.0), 0.0)
    f0 = RATE / (lag + np.clip(shift, -0.5, 0.5))
    return f0.astype(np.float32), np.clip(here, 0.0, 1.0).astype(np.float32)
