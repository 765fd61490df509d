"""Two voices and what microphones make of them, as numbers: noise with the syllables and pauses of speech."""

from __future__ import annotations

import numpy as np

RATE = 16_000


def voice(seconds: float, seed: int, level: float = 3000.0, phrase_s: float = 2.0) -> np.ndarray:
    """float (n,): syllables of 0.1 to 0.3 s in the band of speech, with pauses between syllables and phrases."""
    random = np.random.default_rng(seed)
    sound = random.standard_normal(round(seconds * RATE) + RATE)
    sound = np.convolve(sound, np.hanning(9) / 4, "same") - np.convolve(sound, np.hanning(81) / 40, "same")
    envelope, at = np.zeros(len(sound)), 0
    while at < len(sound):
        syllable = round(random.uniform(0.1, 0.3) * RATE)
        shape = np.hanning(syllable)[: len(sound) - at]
        envelope[at : at + len(shape)] = random.uniform(0.4, 1.0) * shape
        at += syllable + round(random.uniform(0.02, 0.1) * RATE)
        if random.random() < 0.3 / phrase_s:
            at += round(random.uniform(0.2, 0.7) * RATE)
    return (level * sound * envelope)[: round(seconds * RATE)]


def conversation(seconds: float, share: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """(interviewer, candidate), float (n,) each: one speaks while the other is silent, the first for `share`."""
    n, turn = round(seconds * RATE), round(share * seconds * RATE / 2)
    asks, tells = voice(seconds, seed), voice(seconds, seed + 1000)
    speaks = np.zeros(n, bool)
    speaks[:turn] = speaks[n // 2 : n // 2 + turn] = True
    return np.where(speaks, asks, 0.0), np.where(speaks, 0.0, tells)


def noise(n: int, rms: float, seed: int = 99) -> np.ndarray:
    return rms * np.random.default_rng(seed).standard_normal(n)


def later(sound: np.ndarray, samples: int) -> np.ndarray:
    """`sound` delayed by `samples` (earlier when negative), as long as before."""
    return np.roll(sound, samples)


def frames(*channels: np.ndarray) -> np.ndarray:
    """int16 (n, c) of float channels."""
    return np.clip(np.round(np.stack(channels, axis=1)), -32768, 32767).astype("<i2")
