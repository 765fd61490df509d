"""Voice measures of the candidate: pitch, its variation and intensity, with flags on the recording's quality."""

from __future__ import annotations

import numpy as np

from include.interview.records import Flag, Interval, Measure, Measurements, Transcript, Utterance
from include.perception.voice.tracks import STEP_S, ProsodyTracks
from include.perception.voice.variation import pitch_variation

ENGINE = "YIN (10 ms)"
LEAST_VOICED_S = 2.0
"""Voiced seconds below which no voice measure is given."""
LEAST_UTTERANCE_VOICED_S = 0.2
OCTAVE = 12.0
"""Frames further than this many semitones from the speaker's median are tracking errors (doubling, halving)."""
RANGE_PERCENTILES = (5.0, 95.0)
CLIPPED_SHARE = 0.01
"""Share of clipped speech frames above which the recording is called clipped."""
LOW_SNR_DB = 15.0
"""Speech level above background (median against 10th percentile of the rest) below which a recording is noisy."""
UNSTABLE_PERIOD = 0.03
"""Median change of F0 from frame to frame, as a share, above which the track is unreliable (codec, noise, echo).
Jitter in this sense describes the recording and is never scored."""
_SEMITONES_PER_OCTAVE = 12.0


def measure_voice(tracks: ProsodyTracks, transcript: Transcript) -> Measurements:
    """Voice measures over the candidate's utterances only; each also per utterance as intervals with values.

    Nothing is measured (value None with a reason) for typed transcripts, an unknown candidate, or too little voice.
    """
    said = [u for u in transcript.utterances if u.role == "candidate" and u.start_s is not None]
    mask = _mask(said, tracks.frames)
    f0 = np.where(mask, tracks.f0_hz, 0.0)
    voiced = f0 > 0
    reason = _reason(transcript, said, float(voiced.sum()) * STEP_S)
    share = float(voiced.sum() / mask.sum()) if mask.any() else 0.0
    variation = pitch_variation(f0, said, snr_db(tracks, transcript, mask), reason)
    if reason is not None:
        names = (("f0_median_hz", "Hz"), ("f0_sd_semitones", "semitones"), ("intensity_range_db", "dB"))
        empty = tuple(Measure(n, None, u, share, reason=reason) for n, u in (*names, ("loudness_db", "dB")))
        return Measurements("voice", _coverage(mask, tracks), (*empty, variation), engine=ENGINE)
    measures = (*_pitch(f0, said, share), variation, *_level(tracks, mask, said))
    return Measurements("voice", _coverage(mask, tracks), measures, _flags(tracks, transcript, mask, f0), ENGINE)


def semitones(f0: np.ndarray, reference_hz: float) -> np.ndarray:
    """Distance of each `f0` (Hz, any shape) from `reference_hz` in semitones, in the same shape."""
    return _SEMITONES_PER_OCTAVE * np.log2(f0 / reference_hz)


def _reason(transcript: Transcript, said: list[Utterance], voiced_s: float) -> str | None:
    if transcript.source == "text":
        return "no_timing"
    if not transcript.utterances:
        return "no_words"
    if not said:
        return "candidate_unknown"
    return "too_little_speech" if voiced_s < LEAST_VOICED_S else None


def _frames_of(u: Utterance, frames: int) -> slice:
    return slice(min(frames, round((u.start_s or 0.0) / STEP_S)), min(frames, round((u.end_s or 0.0) / STEP_S)))


def _mask(said: list[Utterance], frames: int) -> np.ndarray:
    mask = np.zeros(frames, bool)
    for u in said:
        for w in u.words or (u,):
            mask[_frames_of(w, frames)] = True  # type: ignore[arg-type]
    return mask


def _coverage(mask: np.ndarray, tracks: ProsodyTracks) -> float:
    return round(float(mask.sum()) / tracks.frames, 4) if tracks.frames else 0.0


def _pitch(f0: np.ndarray, said: list[Utterance], share: float) -> tuple[Measure, Measure]:
    rough = float(np.median(f0[f0 > 0]))
    kept = f0.copy()
    kept[f0 > 0] = np.where(np.abs(semitones(f0[f0 > 0], rough)) <= OCTAVE, f0[f0 > 0], 0.0)
    values = kept[kept > 0]
    median = float(np.median(values))
    spread = float(np.std(semitones(values, median)))
    medians, spreads = [], []
    for u in said:
        part = kept[_frames_of(u, len(kept))]
        part = part[part > 0]
        if len(part) * STEP_S < LEAST_UTTERANCE_VOICED_S:
            continue
        start, end = float(u.start_s or 0.0), float(u.end_s or 0.0)
        medians.append(Interval(start, end, "utterance", round(float(np.median(part)), 2)))
        spreads.append(Interval(start, end, "utterance", round(float(np.std(semitones(part, median))), 3)))
    n, coverage = len(values), round(share, 4)
    return (
        Measure("f0_median_hz", round(median, 2), "Hz", coverage, n=n, intervals=tuple(medians)),
        Measure("f0_sd_semitones", round(spread, 3), "semitones", coverage, n=n, intervals=tuple(spreads)),
    )


def _level(tracks: ProsodyTracks, mask: np.ndarray, said: list[Utterance]) -> tuple[Measure, Measure]:
    level = tracks.intensity_db
    low, high = np.percentile(level[mask], RANGE_PERCENTILES)
    ranges, medians = [], []
    for u in said:
        where = _frames_of(u, len(level))
        part = level[where][mask[where]]
        if not len(part):
            continue
        start, end = float(u.start_s or 0.0), float(u.end_s or 0.0)
        a, b = np.percentile(part, RANGE_PERCENTILES)
        ranges.append(Interval(start, end, "utterance", round(float(b - a), 2)))
        medians.append(Interval(start, end, "utterance", round(float(np.median(part)), 2)))
    n = int(mask.sum())
    return (
        Measure("intensity_range_db", round(float(high - low), 2), "dB", n=n, intervals=tuple(ranges)),
        Measure("loudness_db", round(float(np.median(level[mask])), 2), "dB", n=n, intervals=tuple(medians)),
    )


def snr_db(tracks: ProsodyTracks, transcript: Transcript, mask: np.ndarray) -> float | None:
    """How far the candidate's speech lies above the background, in dB; None where nobody is silent.

    `mask`: the frames of the candidate's speech, bool (frames,).
    """
    spoken = _mask(list(transcript.utterances), tracks.frames)
    if spoken.all() or not mask.any():
        return None
    level = tracks.intensity_db
    return float(np.median(level[mask]) - np.percentile(level[~spoken], 10.0))


def _flags(tracks: ProsodyTracks, transcript: Transcript, mask: np.ndarray, f0: np.ndarray) -> tuple[Flag, ...]:
    flags = []
    clipped = float(tracks.clipped_frames[mask].mean())
    if clipped > CLIPPED_SHARE:
        flags.append(Flag("clipping", "warning", {"share": round(clipped, 4)}))
    distance = snr_db(tracks, transcript, mask)
    if distance is not None and distance < LOW_SNR_DB:
        flags.append(Flag("low_snr", "warning", {"db": round(distance, 1)}))
    both = (f0[1:] > 0) & (f0[:-1] > 0)
    if both.any():
        change = float(np.median(np.abs(f0[1:][both] / f0[:-1][both] - 1.0)))
        if change > UNSTABLE_PERIOD:
            flags.append(Flag("unstable_pitch", "info", {"share": round(change, 4)}))
    return tuple(flags)
