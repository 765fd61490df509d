"""Several channels to one: the mean of those with a microphone of their own, or the louder one where it cancels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from include.interview.media import AUDIO_SAMPLE_RATE_HZ
from include.interview.records import Flag
from include.perception.media.likeness import BLOCK, QUIET_POWER, band_spectra, scaled, starts_of
from include.perception.media.microphones import Microphones, microphones

CANCELLED = 0.5
"""Power of the sum over the summed powers below which channels cancel. Equal ones give their number, unrelated ones 1;
below a half (3 dB less than unrelated ones) the sum has lost more than it joins."""
BANDS_HZ = (100.0, 400.0, 800.0, 1600.0, 4000.0)
"""Edges of the bands looked at one by one: channels may be inverted in a part of the band only."""
BAND_SHARE = 0.1
"""Share of the block's power that a band must hold to count."""
STAY = 2.0
"""Factor in power by which another channel must be louder to be taken in place of the one taken before."""
_FADE = AUDIO_SAMPLE_RATE_HZ // 100
"""Samples (10 ms) over which one weighting passes into the next, so that no click is heard."""
OFFSET = 328
"""A channel's mean (1 % of full scale) from which on it is taken away: a fault of the hardware that would reach the
sound. Smaller ones are inaudible."""
MEAN = -1


@dataclass(frozen=True)
class Mix:
    """How a recording's channels become one.

    `taken`: int (blocks,), the one channel of each block, or `MEAN`; `offsets`: float32 (c,), taken away first.
    """

    found: Microphones
    taken: np.ndarray
    offsets: np.ndarray

    @property
    def cancelled_s(self) -> float:
        """Seconds in which the mean would have cancelled and one channel was taken."""
        return float((self.taken != MEAN).sum()) * BLOCK / AUDIO_SAMPLE_RATE_HZ

    def weights(self, channels: int) -> np.ndarray:
        """float32 (blocks, channels): what each channel counts in each block."""
        made = np.zeros((len(self.taken), channels), np.float32)
        made[:, list(self.found.own)] = 1.0 / len(self.found.own)
        for block in np.flatnonzero(self.taken != MEAN):
            made[block] = 0.0
            made[block, self.taken[block]] = 1.0
        return made

    def flags(self) -> tuple[Flag, ...]:
        """Remarks for a reader: channels that cancel, and channels without speech."""
        made: tuple[Flag, ...] = ()
        if self.found.inverted or self.cancelled_s:
            made += (Flag("channels_cancel", "info", {"seconds": self.cancelled_s} if self.cancelled_s else {}),)
        if self.found.empty:
            made += (Flag("channel_left_out", "info", {"count": float(len(self.found.empty))}),)
        return made


def plan(frames: np.ndarray) -> Mix:
    """How int16 (n, c) at 16 kHz should become mono; a memory map is read block by block."""
    found = microphones(frames)
    starts = starts_of(len(frames))
    taken = np.full(len(starts), MEAN)
    if len(found.own) > 1:
        own, last = list(found.own), found.own[0]
        for n, at in enumerate(starts):
            spectra = band_spectra(scaled(frames[at : at + BLOCK][:, own]))
            powers = (np.abs(spectra) ** 2).sum(axis=0)
            if cancels(spectra):
                best = own[int(np.argmax(powers))]
                last = best if powers.max() > STAY * powers[own.index(last)] else last
                taken[n] = last
    return Mix(found, taken, _offsets(frames))


def _offsets(frames: np.ndarray) -> np.ndarray:
    """Means of the channels of int16 (n, c) that are worth taking away, else 0: float32 (c,)."""
    total = np.zeros(frames.shape[1])
    for at in range(0, len(frames), BLOCK):
        total += frames[at : at + BLOCK].sum(axis=0, dtype=np.int64)
    means = total / max(1, len(frames))
    return np.where(np.abs(means) >= OFFSET, means, 0.0).astype(np.float32)


def cancels(spectra: np.ndarray) -> bool:
    """True when summing (bins, c) spectra of one block (see `band_spectra`) would lose a band that counts."""
    total = (np.abs(spectra) ** 2).sum(axis=1)
    if total.sum() < QUIET_POWER:
        return False
    summed = np.abs(spectra.sum(axis=1)) ** 2
    width = (BANDS_HZ[-1] - BANDS_HZ[0]) / len(total)
    edges = [round((hz - BANDS_HZ[0]) / width) for hz in BANDS_HZ]
    for low, high in pairwise(edges):
        apart = total[low:high].sum()
        if apart >= BAND_SHARE * total.sum() and summed[low:high].sum() < CANCELLED * apart:
            return True
    return False


def mono(frames: np.ndarray, mix: Mix) -> Iterator[np.ndarray]:
    """Pieces of a block each, int16 (k,), of `frames`, int16 (n, c), mixed to mono; together n samples."""
    weights = mix.weights(frames.shape[1])
    before = weights[0]
    for n in range((len(frames) + BLOCK - 1) // BLOCK):
        now = weights[min(n, len(weights) - 1)]
        block = np.asarray(frames[n * BLOCK : (n + 1) * BLOCK], np.float32) - mix.offsets
        mixed = block @ now
        if not np.array_equal(before, now):
            fade = np.linspace(0.0, 1.0, min(_FADE, len(block)), dtype=np.float32)
            mixed[: len(fade)] = fade * mixed[: len(fade)] + (1 - fade) * (block[: len(fade)] @ before)
        before = now
        yield np.clip(np.round(mixed), -32768, 32767).astype("<i2")
