"""Integrity signals: reported apart, never scored, and always for a person to look at."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from include.interview.records import Flag, Measure, Measurements
from include.perception.vision.face import FaceSeries
from include.perception.vision.measuring import channel_of, measured, too_little, withheld
from include.perception.vision.timeline import Timeline

_READING_WINDOW_S = 10.0
_READING_AMPLITUDE_DEG = (5.0, 30.0)
"""Width of the eyes' sweep while reading a text beside the camera, 10th to 90th percentile: a line of text on
a screen spans 10 to 25°, of which geometric gaze sees a part."""
_READING_RETURNS = 3
"""Returns to the start of a line in one window: reading aloud takes two to four seconds a line."""
_RETURN_SPEED_RATIO = 2.0
"""Return sweeps are faster than the reading movement by at least this (Rayner 1998, Psychological Bulletin)."""
_STILL_HEAD_DEG = 4.0
"""While reading, the eyes move and the head hardly does: standard deviation of head yaw in one window."""
_MIN_SAMPLES = 25


def measure_integrity(
    series: FaceSeries | None, others: np.ndarray, timeline: Timeline, refused: Collection[str]
) -> Measurements:
    """Measures of integrity: another face, and reading-like gaze.

    `series` is None when the face channel was refused. `others`: number of other faces, int (samples,).
    """
    measures: list[Measure] = []
    flags: tuple[Flag, ...] = ()
    if series is None:
        names = [n for n in ("other_face", "reading_like_gaze") if n not in refused]
        measures = [withheld(name, "channel_refused") for name in names]
        return channel_of("integrity", 0.0, measures, refused)
    if "other_face" not in refused:
        present = others > 0
        intervals = timeline.intervals(present, "other_face")
        share = timeline.share(present)
        measures.append(
            measured("other_face", share, coverage=timeline.coverage, n=int(present.size), intervals=intervals)
        )
        if intervals:
            detail = {"share": share, "most_at_once": float(others.max())}
            flags += (Flag("other_face", "warning", detail, intervals),)
    if "reading_like_gaze" not in refused and "gaze_off_share" not in refused:
        measure = _reading(series, timeline)
        measures.append(measure)
        if measure.intervals:
            detail = {"share": measure.value or 0.0, "confidence": 0.3}
            flags += (Flag("reading_like_gaze", "info", detail, measure.intervals),)
    return channel_of("integrity", timeline.coverage, measures, refused, flags)


def _reads(yaw: np.ndarray, head_yaw: np.ndarray, step: np.ndarray) -> bool:
    """Slow one way, fast back, again and again, with a still head: the sawtooth of reading lines."""
    low, high = np.percentile(yaw, (10, 90))
    if not _READING_AMPLITUDE_DEG[0] <= high - low <= _READING_AMPLITUDE_DEG[1]:
        return False
    if float(np.std(head_yaw)) > _STILL_HEAD_DEG:
        return False
    speed = np.diff(yaw) / step
    for direction in (1.0, -1.0):
        slow, back = speed[speed * direction > 0], speed[speed * direction < 0]
        if slow.size == 0 or back.size == 0:
            continue
        returns = int((-direction * np.diff(yaw) >= (high - low) / 2).sum())
        faster = float(np.median(np.abs(back))) >= _RETURN_SPEED_RATIO * float(np.median(np.abs(slow)))
        if returns >= _READING_RETURNS and faster:
            return True
    return False


def _reading(series: FaceSeries, timeline: Timeline) -> Measure:
    """The share of time inside windows whose gaze looks like reading.

    A heuristic: notes beside the camera, a second screen or a nervous habit look alike, so it is a hint to watch that
    stretch and nothing else.
    """
    usable = series.present & ~np.isnan(series.eye_deg[:, 0])
    usable_s = timeline.seconds(usable)
    coverage = min(1.0, usable_s / timeline.duration_s)
    if lacking := too_little(coverage, usable_s):
        return withheld("reading_like_gaze", lacking, coverage=coverage, n=int(usable.sum()))
    reading = np.zeros(usable.size, bool)
    index = np.flatnonzero(usable)
    times = timeline.times[index]
    eye_yaw, head_yaw = series.eye_deg[index, 0], series.direction_deg[index, 0]
    for start in np.arange(times[0], times[-1] - _READING_WINDOW_S / 2, _READING_WINDOW_S / 2):
        inside = (times >= start) & (times < start + _READING_WINDOW_S)
        if inside.sum() >= _MIN_SAMPLES and _reads(eye_yaw[inside], head_yaw[inside], np.diff(times[inside])):
            reading[index[inside]] = True
    return measured(
        "reading_like_gaze",
        timeline.share(reading, usable),
        coverage=coverage,
        n=int(usable.sum()),
        confidence=0.3,
        intervals=timeline.intervals(reading, "reading_like_gaze"),
    )
