"""Noise and music for the tests, made of numbers; int16 at 16 kHz."""

from __future__ import annotations

import numpy as np

RATE = 16_000
_SEED = 20_261_124


def _level(sound: np.ndarray, dbfs: float) -> np.ndarray:
    sound = sound - sound.mean()
    scaled = sound / np.sqrt(np.mean(sound**2)) * 10 ** (dbfs / 20) * 32_767
    return np.clip(scaled, -32_768, 32_767).astype(np.int16)


def noise(seconds: float, slope: float = 0.0, dbfs: float = -25.0) -> np.ndarray:
    """White (slope 0), pink (0.5) or brown (1) noise."""
    n = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(_SEED).standard_normal(n))
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20.0)
    return _level(np.fft.irfft(spectrum / frequency**slope, n), dbfs)


def hum(seconds: float) -> np.ndarray:
    """Mains at 60 Hz with two harmonics."""
    t = np.arange(round(seconds * RATE)) / RATE
    return _level(sum(np.sin(2 * np.pi * 60 * k * t) / k for k in (1, 2, 3)), -30.0)


def keyboard(seconds: float) -> np.ndarray:
    """Five key strokes a second of random strength and length over faint noise."""
    random = np.random.default_rng(_SEED)
    n = round(seconds * RATE)
    sound = random.standard_normal(n) * 0.001
    for at in random.integers(0, n - 2_000, round(5 * seconds)):
        decay = np.exp(-np.arange(800) / random.integers(20, 200))
        sound[at : at + 800] += random.standard_normal(800) * decay * random.uniform(0.1, 1.0)
    return _level(sound, -25.0)


def music(seconds: float, vibrato: float = 0.0) -> np.ndarray:
    """Chords with a melody, eight harmonics each, bowed rather than plucked."""
    random = np.random.default_rng(_SEED)
    n, beat = round(seconds * RATE), 6_000
    sound, t = np.zeros(n), np.arange(2 * beat) / RATE
    swell = np.minimum(1, t * 20) * np.minimum(1, (t[-1] - t) * 20)
    chords = ((57, 60, 64), (53, 57, 60), (55, 59, 62), (52, 55, 59))
    for i, at in enumerate(range(0, n - 2 * beat, beat)):
        for note in (*chords[i // 4 % 4], int(random.choice([69, 72, 76, 74]))):
            hz = 440 * 2 ** ((note - 69) / 12) * (1 + vibrato * np.sin(2 * np.pi * 5.5 * t))
            phase = 2 * np.pi * np.cumsum(hz) / RATE
            sound[at : at + 2 * beat] += sum(np.sin(phase * k) / k for k in range(1, 9)) * swell
    return _level(sound, -22.0)
