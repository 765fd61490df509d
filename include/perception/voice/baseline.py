"""Distance of pitch and level from the person's own first minute of speech.

Nobody is compared with anybody else, and which way the voice moves says nothing: only the distance is measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import msgspec

from include.interview.records import Interval, Measure, Measurements, Record, Transcript

BASELINE_S = 60.0
"""Seconds of a person's own speech that make the baseline."""
LEAST_BASELINE_S = 20.0
"""Measured seconds among them below which there is no baseline (the sound before a takeover may be missing)."""
LEAST_LATER = 3
"""Utterances after the baseline below which nothing is said."""
_SEMITONES_PER_OCTAVE = 12.0
_NAMES = (("f0_shift_semitones", "semitones"), ("loudness_shift_db", "dB"))


class Voiced(Record, frozen=True):
    """One utterance: its time, median pitch in Hz and median level in dB; None where not measured."""

    start_s: float
    end_s: float
    f0_hz: float | None
    level_db: float | None

    @property
    def seconds(self) -> float:
        """Length of the utterance in seconds, at least 0."""
        return max(self.end_s - self.start_s, 0.0)


def shifts(said: Sequence[Voiced]) -> tuple[Measure, Measure]:
    """Median distance of pitch (semitones) and level (dB) of the later utterances from the first 60 s of speech.

    `said` are all utterances of one person in order. Reasons for None: `too_little_speech` (60 s and three utterances
    were not reached), `no_baseline` (most of the first minute was not measured). `coverage` is the measured share of
    the later speech.
    """
    first: list[Voiced] = []
    while len(first) < len(said) and sum(v.seconds for v in first) < BASELINE_S:
        first.append(said[len(first)])
    later = said[len(first) :]
    if sum(v.seconds for v in first) < BASELINE_S or len(later) < LEAST_LATER:
        return _none("too_little_speech")
    pitch, level = (_NAMES[0], [v.f0_hz for v in first], [v.f0_hz for v in later]), (
        _NAMES[1], [v.level_db for v in first], [v.level_db for v in later],
    )  # fmt: skip
    return _shift(*pitch, first, later), _shift(*level, first, later)


def with_shifts(voice: Measurements, transcript: Transcript) -> Measurements:
    """`voice` with the two shifts, from the values it states per utterance; for profiles that allow them.

    Not part of `measure_voice`: a profile may refuse these two while it allows the channel.
    """
    pitch, level = voice.get("f0_median_hz"), voice.get("loudness_db")
    f0 = {i.start_s: i.value for i in pitch.intervals} if pitch else {}
    db = {i.start_s: i.value for i in level.intervals} if level else {}
    said = [
        Voiced(u.start_s, u.end_s, f0.get(u.start_s), db.get(u.start_s))
        for u in transcript.utterances
        if u.role == "candidate" and u.start_s is not None and u.end_s is not None
    ]
    return msgspec.structs.replace(voice, measures=(*voice.measures, *shifts(said)))


def _none(reason: str) -> tuple[Measure, Measure]:
    pitch, level = (Measure(name, None, unit, 0.0, reason=reason) for name, unit in _NAMES)
    return pitch, level


def _shift(
    spec: tuple[str, str],
    before: list[float | None],
    after: list[float | None],
    first: Sequence[Voiced],
    later: Sequence[Voiced],
) -> Measure:
    name, unit = spec
    whole = sum(v.seconds for v in later)
    covered = sum(v.seconds for v, x in zip(later, after, strict=True) if x is not None)
    coverage = round(covered / whole, 4) if whole else 0.0
    known = [(v.seconds, x) for v, x in zip(first, before, strict=True) if x is not None]
    if sum(seconds for seconds, _ in known) < LEAST_BASELINE_S:
        return Measure(name, None, unit, coverage, reason="no_baseline")
    base = weighted_median(known)
    moved = [
        Interval(v.start_s, v.end_s, "utterance", round(_distance(unit, x, base), 3))
        for v, x in zip(later, after, strict=True)
        if x is not None
    ]
    if len(moved) < LEAST_LATER:
        return Measure(name, None, unit, coverage, reason="too_little_speech")
    return Measure(
        name, round(median(i.value or 0.0 for i in moved), 3), unit, coverage, n=len(moved), intervals=tuple(moved)
    )


def _distance(unit: str, x: float, base: float) -> float:
    return abs(_SEMITONES_PER_OCTAVE * math.log2(x / base)) if unit == "semitones" else abs(x - base)


def weighted_median(weighted: Sequence[tuple[float, float]]) -> float:
    """The value at which half of the weight is reached; `weighted` are (weight, value), not empty."""
    ordered = sorted(weighted, key=lambda pair: pair[1])
    half, reached = sum(weight for weight, _ in ordered) / 2.0, 0.0
    for weight, value in ordered:
        reached += weight
        if reached >= half:
            return value
    return ordered[-1][1]
