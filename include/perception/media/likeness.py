"""Whether two channels carry the sound of one microphone or of two, from blocks in which somebody speaks.

A correlation alone cannot tell. A microphone also hears the other person from across the table, and while only one
person speaks, its channel is a quieter copy of the other one. But the ratio of the two then depends on who speaks. Two
copies of one microphone keep one ratio, one delay and one polarity in every block, whoever speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from include.interview.media import AUDIO_SAMPLE_RATE_HZ

BLOCK = AUDIO_SAMPLE_RATE_HZ // 2
"""Samples of a block (0.5 s): several syllables, and seldom two speakers."""
BAND_HZ = (100.0, 4000.0)
"""Speech; a constant offset and the hum of the mains lie below."""
QUIET_POWER = 10 ** (-75 / 10)
"""Mean square (full scale 1) below which a block holds nothing: speech of this level peaks near -60 dBFS."""
VOICED_DB = 20.0
"""A block is voiced when it is at most this far below the loud blocks of its channel: quieter ones are mostly noise,"""
ABOVE_FLOOR_DB = 6.0
"""and at least this far above its floor, so that constant noise is never voiced."""
MAX_LAG = AUDIO_SAMPLE_RATE_HZ // 50
"""Samples (20 ms) by which copies may be delayed: converters and codecs take a few ms; sound travels 7 m in it."""
SAME_RATIO = np.sqrt(2.0)
"""Factor (3 dB) by which a block's ratio may differ from the usual one. With crosstalk k dB below the voice, the ratios
of two speakers lie 2 k dB apart; noise and codecs move it by less than 1 dB in voiced blocks."""
AGREEING = 0.98
"""Share of voiced blocks that must keep the ratio. Copies keep it in all; two people with a microphone each are found
when the one speaks for more than a fiftieth of the time."""
LEAST_CORRELATION = 0.5
"""Median correlation of voiced blocks, in size. Independent voices stay below 0.3 at their best delay; a copy under
noise as loud as the voice has 0.7."""
LEAST_VOICED_S = 3.0
"""Less speech than this, mostly of one person, proves nothing, but for channels equal up to rounding."""
EQUAL_DB = 1.0
EQUAL_RESIDUE = 1e-3
"""Equal up to rounding: at most `EQUAL_DB` apart in level, and this share (-30 dB) of the power is unexplained."""
COPY_DB = 20.0
"""A copy this much quieter is leakage in a cable or a voice from afar, not a channel of the same microphone."""
_LAG_BLOCKS = 48
_FRAME = AUDIO_SAMPLE_RATE_HZ // 40
"""Samples (25 ms): shorter than the pauses between syllables, so that the floor shows in fluent speech, too."""
_QUIETEST = 10
"""Percentile, over the blocks, of their quietest frames: what a channel falls to."""
_LOUD_RANK = 3


@dataclass(frozen=True)
class Likeness:
    """How channel `other` follows channel `one`.

    `ratio`: usual signed amplitude of `other` over `one` (negative: inverted); `lag`: samples by which `other` comes
    later; `agreeing`: share of voiced blocks with that ratio; `correlation`: its median size over voiced blocks;
    `voiced_s`: seconds compared; `equal`: the same samples up to rounding, a small gain, the sign and the delay.
    """

    ratio: float = 0.0
    lag: int = 0
    agreeing: float = 0.0
    correlation: float = 0.0
    voiced_s: float = 0.0
    equal: bool = False

    @property
    def level_db(self) -> float:
        """Level of `other` over `one` in dB; -inf without any relation."""
        return float(20 * np.log10(abs(self.ratio))) if self.ratio else float("-inf")

    @property
    def copy(self) -> bool:
        """True when one is a copy of the other, at whatever level."""
        steady = self.agreeing >= AGREEING and self.correlation >= LEAST_CORRELATION
        return self.equal or (steady and self.voiced_s >= LEAST_VOICED_S)

    @property
    def one_microphone(self) -> bool:
        """True when both carry one microphone's sound: a copy, and not merely a leak."""
        return self.copy and abs(self.level_db) <= COPY_DB


def band_spectra(block: np.ndarray) -> np.ndarray:
    """Complex spectra within `BAND_HZ` of (n, ...) samples of full scale 1: (bins, ...); |·|² sums to mean squares."""
    n = len(block)
    spectra = np.fft.rfft(block, axis=0) * (np.sqrt(2.0) / n)
    low, high = (round(hz * n / AUDIO_SAMPLE_RATE_HZ) for hz in BAND_HZ)
    value: np.ndarray = spectra[low:high]
    return value


def scaled(samples: np.ndarray) -> np.ndarray:
    """int16 samples of any shape as float32 of full scale 1, in the same shape."""
    return np.asarray(samples, np.float32) / np.float32(32768.0)


def starts_of(samples: int) -> range:
    """First samples of the whole blocks among `samples` samples; less than a block is one block."""
    return range(0, max(1, samples - BLOCK + 1), BLOCK)


@dataclass(frozen=True)
class Level:
    """How loud one channel is, within `BAND_HZ` and as mean squares of full scale 1.

    `powers`: (blocks,), of each block; `floor`: what it falls to between words and syllables.
    """

    powers: np.ndarray
    floor: float

    @property
    def loud(self) -> float:
        """Power of the third loudest block (mean square of full scale 1): a click or two are not the voice."""
        return float(np.sort(self.powers)[-min(_LOUD_RANK, len(self.powers))])

    @property
    def silent(self) -> bool:
        """True when the channel holds no sound at all."""
        return self.loud < QUIET_POWER

    @property
    def range_db(self) -> float:
        """How far the loud blocks lie above the floor, in dB, from 0 to 60."""
        floor = max(self.floor, QUIET_POWER / 100)
        return float(np.clip(10 * np.log10(max(self.loud, 1e-30) / floor), 0.0, 60.0))

    def voiced(self) -> np.ndarray:
        """Which blocks hold a voice: bool (blocks,)."""
        least = max(QUIET_POWER, self.loud * 10 ** (-VOICED_DB / 10), self.floor * 10 ** (ABOVE_FLOOR_DB / 10))
        return self.powers >= least


def levels(frames: np.ndarray) -> list[Level]:
    """The level of each channel of int16 (n, c), read block by block."""
    powers, quietest = [], []
    for at in starts_of(len(frames)):
        block = scaled(frames[at : at + BLOCK])
        whole = len(block) // _FRAME * _FRAME
        if not whole:
            block, whole = np.zeros((_FRAME, frames.shape[1]), np.float32), _FRAME
        powers.append((np.abs(band_spectra(block)) ** 2).sum(axis=0))
        short = band_spectra(block[:whole].reshape(-1, _FRAME, frames.shape[1]).swapaxes(0, 1))
        quietest.append((np.abs(short) ** 2).sum(axis=0).min(axis=0))
    floors = np.percentile(np.array(quietest), _QUIETEST, axis=0)
    return [Level(column, float(floor)) for column, floor in zip(np.array(powers).T, floors, strict=True)]


def likeness(
    one: np.ndarray, other: np.ndarray, loud: Sequence[Level] | None = None, max_lag: int = MAX_LAG
) -> Likeness:
    """Compare two channels of one recording.

    Args:
        one, other: int16 (n,) at 16 kHz, of equal length; may be memory maps.
        loud: the levels of both, where known.
        max_lag: samples by which one may come after the other.
    """
    mine, theirs = loud or (*levels(one[:, None]), *levels(other[:, None]))
    blocks = np.flatnonzero(mine.voiced() | theirs.voiced())
    if not len(blocks) or mine.silent or theirs.silent:
        return Likeness()
    at = blocks * BLOCK
    lag = _delay(one, other, at, max_lag)
    swapped = theirs.range_db > mine.range_db  # noise in the divisor would make every ratio smaller
    if swapped:
        one, other, lag = other, one, -lag
    cross, power, others = _products(one, other, at, lag)
    if not len(cross):
        return Likeness()
    gains = cross / np.maximum(power, 1e-30)
    usual = float(np.median(gains))
    if usual == 0:
        return Likeness()
    near = (gains / usual >= 1 / SAME_RATIO) & (gains / usual <= SAME_RATIO)
    residue = float((others - 2 * usual * cross + usual**2 * power).sum() / max(others.sum(), 1e-30))
    return Likeness(
        ratio=1 / usual if swapped else usual,
        lag=-lag if swapped else lag,
        agreeing=float(near.mean()),
        correlation=float(np.median(np.abs(cross) / np.sqrt(np.maximum(power * others, 1e-30)))),
        voiced_s=len(cross) * BLOCK / AUDIO_SAMPLE_RATE_HZ,
        equal=bool(abs(20 * np.log10(abs(usual))) <= EQUAL_DB and residue <= EQUAL_RESIDUE),
    )


def _segment(samples: np.ndarray, start: int, length: int) -> np.ndarray:
    """float32 (length,) from `start` on, zero outside the recording, without its mean."""
    begin, end = max(0, start), min(len(samples), start + length)
    segment = np.zeros(length, np.float32)
    if end > begin:
        part = scaled(samples[begin:end])
        segment[begin - start : end - start] = part - part.mean()
    return segment


def _delay(one: np.ndarray, other: np.ndarray, at: np.ndarray, max_lag: int) -> int:
    """The delay of `other`, in samples, at which the blocks that begin at `at` correlate most, whatever their sign."""
    chosen = at[np.linspace(0, len(at) - 1, min(len(at), _LAG_BLOCKS)).round().astype(int)]
    size = 1 << (BLOCK + 2 * max_lag - 1).bit_length()
    total = np.zeros(2 * max_lag + 1)
    for start in chosen:
        mine = _segment(one, start, BLOCK)
        theirs = _segment(other, start - max_lag, BLOCK + 2 * max_lag)
        product = np.fft.irfft(np.conj(np.fft.rfft(mine, size)) * np.fft.rfft(theirs, size), size)
        norm = float(np.linalg.norm(mine) * np.linalg.norm(theirs))
        if norm > 0:
            total += np.abs(product[: 2 * max_lag + 1]) / norm
    return int(np.argmax(total)) - max_lag


def _products(
    one: np.ndarray, other: np.ndarray, at: np.ndarray, lag: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """⟨one, other⟩, ⟨one, one⟩ and ⟨other, other⟩ within the band, per block that begins at `at`: each (blocks,).

    What has no counterpart at the edges, because of the delay, is cut off; blocks of which too little is left are not
    counted.
    """
    found = []
    for start in at:
        begin, end = max(start, -lag), min(start + BLOCK, len(one), len(other) - lag)
        if end - begin < min(BLOCK // 4, len(one)):
            continue
        pair = np.stack([scaled(one[begin:end]), scaled(other[begin + lag : end + lag])], axis=1)
        mine, theirs = band_spectra(pair).T
        found.append((np.vdot(mine, theirs).real, np.vdot(mine, mine).real, np.vdot(theirs, theirs).real))
    cross, power, others = np.array(found).reshape(-1, 3).T
    return cross, power, others
