"""Syllable nuclei of a recording and how evenly they follow each other. About timing only; no words are needed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from include.perception.voice.tracks import STEP_S, ProsodyTracks

DIP_DB = 2.0
"""A nucleus stands out by this much from the dips beside it (de Jong & Wempe 2009,
https://doi.org/10.3758/BRM.41.2.385)."""
BELOW_LOUDEST_DB = 25.0
"""Peaks further below the loud end of the speech are breath and background (the same)."""
LOUD_PERCENTILE = 99.0
SMOOTHING_FRAMES = 5
"""Frames (50 ms) of the running mean over intensity: shorter than a syllable, longer than a period of the voice."""
LONGEST_INTERVAL_S = 0.6
"""Nuclei further apart belong to different runs of speech: a pause or a drawn-out filler lies between them."""
LEAST_PAIRS = 6
"""Pairs of neighbouring intervals below which no index is given."""


def syllable_nuclei(tracks: ProsodyTracks, speech: np.ndarray) -> np.ndarray:
    """Times of syllable nuclei in seconds, float64 of shape (n,): voiced peaks of intensity between dips of 2 dB.

    Args:
        tracks: the recording.
        speech: bool of shape (tracks.frames,): where the speaker in question speaks; elsewhere nothing is found.
    """
    if not speech.any():
        return np.empty(0)
    padded = np.pad(tracks.intensity_db, SMOOTHING_FRAMES // 2, mode="edge")
    level = np.convolve(padded, np.full(SMOOTHING_FRAMES, 1.0 / SMOOTHING_FRAMES), mode="valid")
    floor = float(np.percentile(level[speech], LOUD_PERCENTILE)) - BELOW_LOUDEST_DB
    voiced = tracks.f0_hz > 0
    found = [at for at in _peaks(level) if speech[at] and level[at] >= floor and voiced[max(0, at - 2) : at + 3].any()]
    return np.asarray(found, dtype=np.float64) * STEP_S


def _peaks(level: np.ndarray) -> list[int]:
    """Frames of the maxima that rise and fall by at least `DIP_DB`."""
    peaks: list[int] = []
    highest = lowest = 0
    rising = True
    for at, value in enumerate(level.tolist()):
        if rising:
            if value > level[highest]:
                highest = at
            elif value <= level[highest] - DIP_DB:
                peaks.append(highest)
                rising, lowest = False, at
        elif value < level[lowest]:
            lowest = at
        elif value >= level[lowest] + DIP_DB:
            rising, highest = True, at
    if rising and len(level) and level[highest] >= level[lowest] + DIP_DB:
        peaks.append(highest)
    return peaks


def npvi(runs: Sequence[np.ndarray]) -> float | None:
    """Normalised pairwise variability index of intervals: 0 when all are alike; None with too few pairs.

    100 · mean of |a - b| / ((a + b) / 2) over neighbouring intervals (Grabe & Low 2002). Here the intervals lie between
    syllable nuclei, so values compare with each other and not with published ones of vowels.

    Args:
        runs: intervals in seconds, each array of shape (n,) an unbroken series; pairs never cross two runs.
    """
    pairs = [(a, b) for run in runs for a, b in pairwise(run)]
    if len(pairs) < LEAST_PAIRS:
        return None
    return 100.0 * float(np.mean([abs(a - b) / ((a + b) / 2.0) for a, b in pairs]))


def interval_runs(nuclei: np.ndarray) -> list[np.ndarray]:
    """Intervals (seconds) between neighbouring nuclei, split wherever they lie further apart than speech does."""
    if len(nuclei) < 2:
        return []
    intervals = np.diff(nuclei)
    breaks = np.flatnonzero(intervals > LONGEST_INTERVAL_S)
    return [run[run <= LONGEST_INTERVAL_S] for run in np.split(intervals, breaks)]
