"""Prosody while an interview runs: each utterance from its own sound, and the voice channel from all of them.

The same YIN and the same percentiles as over a whole recording (`measures`); what is lost is only that frames of
different utterances no longer share one median.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from include.interview.live.session import LiveUtterance, LiveVoice
from include.interview.records import Interval, Measure, Measurements
from include.perception.voice.baseline import Voiced, shifts, weighted_median
from include.perception.voice.measures import (
    LEAST_UTTERANCE_VOICED_S,
    LEAST_VOICED_S,
    OCTAVE,
    RANGE_PERCENTILES,
    semitones,
)
from include.perception.voice.prosody import prosody_tracks
from include.perception.voice.tracks import STEP_S

ENGINE = "YIN (10 ms), utterance by utterance"
SPEECH_BELOW_PEAK_DB = 35.0
"""Frames more than this below the utterance's loudest are its padding and pauses, not speech."""


@dataclass(frozen=True)
class _Sound:
    samples: np.ndarray


def utterance_voice(pcm: np.ndarray) -> LiveVoice:
    """Pitch and level of one utterance.

    Args:
        pcm: int16 (n,), 16 kHz mono.

    Returns:
        None in each field that the sound does not allow: pitch needs 0.2 s of voiced speech, level any speech.
    """
    tracks = prosody_tracks(_Sound(pcm))
    if not tracks.frames:
        return LiveVoice()
    level, f0 = tracks.intensity_db, tracks.f0_hz
    spoken = level >= level.max() - SPEECH_BELOW_PEAK_DB
    low, high = np.percentile(level[spoken], RANGE_PERCENTILES)
    voiced = f0[f0 > 0]
    pitch = spread = None
    if len(voiced):
        kept = voiced[np.abs(semitones(voiced, float(np.median(voiced)))) <= OCTAVE]
        if len(kept) * STEP_S >= LEAST_UTTERANCE_VOICED_S:
            pitch = float(np.median(kept))
            spread = float(np.std(semitones(kept, pitch)))
    return LiveVoice(
        f0_hz=None if pitch is None else round(pitch, 2),
        f0_sd_semitones=None if spread is None else round(spread, 3),
        intensity_db=round(float(np.median(level[spoken])), 2),
        intensity_range_db=round(float(high - low), 2),
    )


def measure_live_voice(said: Sequence[LiveUtterance]) -> Measurements:
    """The voice channel from the candidate's utterances as they were measured; those without `voice` lower coverage.

    `said`: the candidate's utterances in order.
    """
    whole = sum(u.end_s - u.start_s for u in said)
    measured = [(u, u.voice, u.end_s - u.start_s) for u in said if u.voice is not None]
    coverage = round(sum(s for _, _, s in measured) / whole, 4) if whole > 0 else 0.0
    pitched = [(u, v.f0_hz, v.f0_sd_semitones or 0.0, s) for u, v, s in measured if v.f0_hz is not None]
    levels = [(u, v.intensity_db, v.intensity_range_db, s) for u, v, s in measured if v.intensity_db is not None]
    moved = shifts([_voiced(u) for u in said])
    if sum(s for *_, s in pitched) < LEAST_VOICED_S:
        reason = "too_little_speech" if measured else "not_measured"
        names = (("f0_median_hz", "Hz"), ("f0_sd_semitones", "semitones"), ("intensity_range_db", "dB"))
        empty = tuple(Measure(n, None, unit, coverage, reason=reason) for n, unit in (*names, ("loudness_db", "dB")))
        return Measurements("voice", coverage, (*empty, *moved), engine=ENGINE)
    middle = weighted_median([(s, f0) for _, f0, _, s in pitched])
    seconds = sum(s for *_, s in pitched)
    variance = sum(s * (sd**2 + _distance(f0, middle) ** 2) for _, f0, sd, s in pitched) / seconds
    return Measurements(
        "voice",
        coverage,
        (
            _measure("f0_median_hz", middle, "Hz", coverage, [(u, f0) for u, f0, _, _ in pitched]),
            _measure(
                "f0_sd_semitones", math.sqrt(variance), "semitones", coverage, [(u, sd) for u, _, sd, _ in pitched]
            ),
            _measure(
                "intensity_range_db",
                weighted_median([(s, r or 0.0) for _, _, r, s in levels]),
                "dB",
                coverage,
                [(u, r or 0.0) for u, _, r, _ in levels],
            ),
            _measure(
                "loudness_db",
                weighted_median([(s, x or 0.0) for _, x, _, s in levels]),
                "dB",
                coverage,
                [(u, x or 0.0) for u, x, _, _ in levels],
            ),
            *moved,
        ),
        engine=ENGINE,
    )


def _voiced(u: LiveUtterance) -> Voiced:
    voice = u.voice or LiveVoice()
    return Voiced(u.start_s, u.end_s, voice.f0_hz, voice.intensity_db)


def _distance(f0: float, reference: float) -> float:
    return float(semitones(np.array([f0]), reference)[0])


def _measure(
    name: str, value: float, unit: str, coverage: float, each: Sequence[tuple[LiveUtterance, float]]
) -> Measure:
    places = tuple(Interval(u.start_s, u.end_s, "utterance", x) for u, x in each)
    return Measure(name, round(value, 3), unit, coverage, n=len(places), intervals=places)
