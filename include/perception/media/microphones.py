"""Which channels of a recording are microphones of their own, which are copies, and which hold nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from include.interview.media import AUDIO_SAMPLE_RATE_HZ
from include.perception.media.likeness import MAX_LAG, Level, Likeness, levels, likeness

STEADY_DB = 4.0
"""A channel whose loud blocks rise less than this above its floor carries noise or hum: steady noise rises by 2 dB, a
voice falls further between syllables."""
SLACK = AUDIO_SAMPLE_RATE_HZ
"""Samples (1 s) by which two streams of one microphone may begin and end apart."""
_LEAST_BLOCKS = 10
"""Over fewer blocks (5 s) steadiness is not judged."""
_STEP_DB = 3.0
"""Channels are told apart in quality in steps of this size; of equal ones the first is taken."""


@dataclass(frozen=True)
class Copy:
    """A copy: channel `channel` repeats channel `of`."""

    channel: int
    of: int
    likeness: Likeness


@dataclass(frozen=True)
class Microphones:
    """What the channels of a recording are; every channel stands in one of the three.

    `own`: channels that carry sound of their own, in order; `copies`: channels that repeat another, the better one of
    each pair being kept; `empty`: silent ones, leaks of another, and steady noise beside channels with speech.
    """

    own: tuple[int, ...]
    copies: tuple[Copy, ...] = ()
    empty: tuple[int, ...] = ()

    @property
    def inverted(self) -> bool:
        """True when a copy has the opposite polarity."""
        return any(copy.likeness.ratio < 0 for copy in self.copies)


def microphones(frames: np.ndarray, max_lag: int = MAX_LAG) -> Microphones:
    """The channels of int16 (n, c) at 16 kHz as own, copied and empty ones; `own` is never empty.

    A memory map is read block by block. `max_lag`: samples by which a copy may come after its original.
    """
    loud = levels(frames)
    empty = _empty(loud)
    candidates = [c for c in range(frames.shape[1]) if c not in empty]
    own: list[int] = []
    copies: list[Copy] = []
    for channel in sorted(candidates, key=lambda c: _rank(loud[c], c)):
        found = _copied(frames, loud, own, channel, max_lag)
        if found is None:
            own.append(channel)
        elif found.likeness.one_microphone:
            copies.append(found)
        elif found.likeness.level_db < 0:
            empty.append(channel)
        else:  # the cleaner one is the leak
            own[own.index(found.of)] = channel
            empty.append(found.of)
    return Microphones(tuple(sorted(own)), tuple(sorted(copies, key=lambda c: c.channel)), tuple(sorted(empty)))


def one_microphone(one: np.ndarray, other: np.ndarray, later: int = 0, max_lag: int = MAX_LAG) -> int | None:
    """Which of two tracks to keep when both carry one microphone's sound, 0 or 1; None when each has its own.

    Args:
        one, other: int16 (n,) and (m,) at 16 kHz; may be memory maps.
        later: samples by which `other` begins after `one`, as far as the clocks tell.
        max_lag: samples by which the clocks may be wrong.
    """
    begin, end = max(0, later), min(len(one), later + len(other))
    if end - begin < min(len(one), len(other)) - SLACK or end <= begin:
        return None
    mine, theirs = one[begin:end], other[begin - later : end - later]
    (first,), (second,) = levels(mine[:, None]), levels(theirs[:, None])
    if not likeness(mine, theirs, (first, second), max_lag).one_microphone:
        return None
    if abs(len(one) - len(other)) > SLACK:
        return int(len(other) > len(one))
    return int(_rank(second, 1) < _rank(first, 0))


def _copied(frames: np.ndarray, loud: list[Level], own: list[int], channel: int, max_lag: int) -> Copy | None:
    for kept in own:
        found = likeness(frames[:, kept], frames[:, channel], (loud[kept], loud[channel]), max_lag)
        if found.copy:
            return Copy(channel, kept, found)
    return None


def _empty(loud: list[Level]) -> list[int]:
    """Channels that hold nothing; never all of them."""
    silent = [c for c, level in enumerate(loud) if level.silent]
    if len(silent) == len(loud):
        return silent[1:]
    steady = [c for c, level in enumerate(loud) if len(level.powers) >= _LEAST_BLOCKS and level.range_db < STEADY_DB]
    found = sorted({*silent, *steady})
    return found if len(found) < len(loud) else silent


def _rank(level: Level, channel: int) -> tuple[int, int, int]:
    """Better channels first: cleaner, then louder, then earlier."""
    loud_db = 10 * np.log10(max(level.loud, 1e-30))
    return -round(level.range_db / _STEP_DB), -round(loud_db / _STEP_DB), channel
