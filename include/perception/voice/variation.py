"""Pitch variation: how much the voice moves within an utterance, with octave errors of the tracker removed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from include.interview.records import Interval, Measure, Utterance
from include.perception.voice.tracks import STEP_S

NAME = "pitch_variation"
LEAST_UTTERANCE_S = 3.0
"""Shorter utterances have too few accents to vary."""
LEAST_UTTERANCES = 6
LEAST_VOICED_S = 20.0
"""Either as many utterances, or as many voiced seconds in fewer, are needed."""
LEAST_SNR_DB = 15.0
"""Speech above background below which pitch tracks cannot be trusted."""
JUMP_SEMITONES = 6.0
"""Larger steps from one voiced frame (10 ms) to the next are no voice but the tracker's."""
OCTAVE, NEAR_OCTAVE = 12.0, 4.0
"""Stretches between jumps whose median lies within 4 semitones of an octave from the utterance's are octave errors."""
_FEWEST_FRAMES = 50
"""Half a second of voiced frames without which an utterance has no spread."""
_MOST_BLOCKS = 10


def without_octaves(pitch: np.ndarray) -> np.ndarray:
    """`pitch` (semitones, voiced frames in order of time, (n,)) without stretches an octave off the rest: (m,)."""
    if not pitch.size:
        return pitch
    middle = float(np.median(pitch))
    stretches = np.split(pitch, np.flatnonzero(np.abs(np.diff(pitch)) > JUMP_SEMITONES) + 1)
    kept = [s for s in stretches if abs(abs(float(np.median(s)) - middle) - OCTAVE) > NEAR_OCTAVE]
    found: np.ndarray = np.concatenate(kept) if kept else pitch[:0]
    return found


def pitch_variation(
    f0_hz: np.ndarray, said: Sequence[Utterance], snr_db: float | None, reason: str | None = None
) -> Measure:
    """Median over utterances of the standard deviation of pitch in semitones; each also as an interval with its value.

    Args:
        f0_hz: (frames,) every 10 ms, 0 where unvoiced or not the candidate's.
        said: the candidate's utterances, with times.
        snr_db: speech above background; None where nothing but speech was heard, so that it is not known.
        reason: why no voice measure is given at all.

    The error is the jackknife over at most ten blocks of neighbouring utterances (Efron & Stein 1981). Reasons for no
    value: `too_little_speech`, `low_snr`, `snr_unknown`.
    """
    spreads: list[Interval] = []
    voiced_s = 0.0
    for u in said:
        start, end = float(u.start_s or 0.0), float(u.end_s or 0.0)
        part = f0_hz[round(start / STEP_S) : round(end / STEP_S)]
        part = part[part > 0]
        if end - start < LEAST_UTTERANCE_S or part.size < _FEWEST_FRAMES:
            continue
        kept = without_octaves(12.0 * np.log2(part))
        if kept.size >= _FEWEST_FRAMES:
            spreads.append(Interval(start, end, "utterance", round(float(np.std(kept)), 3)))
            voiced_s += kept.size * STEP_S
    if reason is None and len(spreads) < LEAST_UTTERANCES and voiced_s < LEAST_VOICED_S:
        reason = "too_little_speech"
    if reason is None and snr_db is None:
        reason = "snr_unknown"
    if reason is None and snr_db is not None and snr_db < LEAST_SNR_DB:
        reason = "low_snr"
    values = np.array([i.value for i in spreads], float)
    if reason is not None or values.size < 2:
        return Measure(NAME, None, "semitones", n=len(spreads), reason=reason or "too_little_speech")
    return Measure(
        name=NAME,
        value=round(float(np.median(values)), 3),
        unit="semitones",
        n=len(spreads),
        intervals=tuple(spreads),
        error=median_error(values),
    )


def median_error(values: np.ndarray) -> float | None:
    """Standard error of the median of `values` (n,), by the jackknife over blocks of neighbours; None for one value."""
    blocks = np.array_split(np.arange(values.size), min(values.size, _MOST_BLOCKS))
    g = len(blocks)
    if g < 2:
        return None
    without = np.array([np.median(np.delete(values, block)) for block in blocks])
    jackknife = float(np.sqrt((g - 1) / g * np.square(without - without.mean()).sum()))
    # that of a median can vanish by ties in the middle; the spread of the values themselves cannot
    return round(max(jackknife, 1.253 * float(np.std(values, ddof=1)) / float(np.sqrt(values.size))), 4)
