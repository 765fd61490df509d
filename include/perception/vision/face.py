"""Measures of the face channel, from the main face's sightings. Nothing here names an emotion."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from include.interview.records import Flag, Measure, Measurements
from include.perception.vision.measuring import channel_of, measured, too_little, withheld
from include.perception.vision.sightings import FaceSighting
from include.perception.vision.timeline import Timeline

FACING_TOLERANCE_DEG = 15.0
"""Head directions this near the person's own usual one count as facing the camera: the middle of a laptop
screen lies 10 to 15° below its camera, and the usual direction takes care of where the camera stands."""

GAZE_TOLERANCE_DEG = 20.0
"""Geometric gaze from a plain camera is wrong by about this much outside its training conditions."""

GAZE_CONFIDENCE = 0.5
"""Most that is ever claimed for geometric gaze; less with small eyes."""

SMILE_THRESHOLD = 0.4
"""Mean of mouthSmileLeft and mouthSmileRight from which mouth corners count as clearly raised."""

MOUTH_MOVING_PER_S = 0.06
"""Change of lip distance (in face heights per second) from which the mouth counts as moving."""

_CLEAR_EYE_PX = 24.0
"""Eye width at which the iris is about 10 pixels wide and its centre good to a tenth of it."""
_MIN_EYE_PX = 10.0
_FAR_FACE_SHARE = 0.1
"""Face height over picture height below which features are too small to be measured well."""


@dataclass(frozen=True)
class FaceSeries:
    """The main face over all samples; arrays have one row per sample, NaN where it was not seen.

    `present` bool (n,), `rotation` (n, 3, 3), `eye_deg` (n, 2), `eye_px` (n,), `mouth` (n,), `smile` (n,),
    `brows` (n, 5), `height` (n,) in pixels.
    """

    present: np.ndarray
    rotation: np.ndarray
    eye_deg: np.ndarray
    eye_px: np.ndarray
    mouth: np.ndarray
    smile: np.ndarray
    brows: np.ndarray
    height: np.ndarray

    @property
    def direction_deg(self) -> np.ndarray:
        """Head direction as yaw (to the picture's right) and pitch (up), degrees, shape (n, 2)."""
        forward = self.rotation[:, :, 2]
        yaw = np.degrees(np.arctan2(forward[:, 0], forward[:, 2]))
        pitch = np.degrees(np.arctan2(forward[:, 1], np.hypot(forward[:, 0], forward[:, 2])))
        return np.stack((yaw, pitch), axis=1)

    @property
    def roll_deg(self) -> np.ndarray:
        """Sideways tilt of the head, counter-clockwise in the picture, degrees, shape (n,)."""
        value: np.ndarray = np.degrees(np.arctan2(self.rotation[:, 1, 0], self.rotation[:, 0, 0]))
        return value


def face_series(main: Sequence[FaceSighting | None]) -> FaceSeries:
    """The sightings of the main face, one per sample, as arrays of n rows."""
    n = len(main)
    blank = np.full(n, np.nan)
    series = FaceSeries(
        present=np.array([face is not None for face in main], bool),
        rotation=np.full((n, 3, 3), np.nan),
        eye_deg=np.full((n, 2), np.nan),
        eye_px=blank.copy(),
        mouth=blank.copy(),
        smile=blank.copy(),
        brows=np.full((n, 5), np.nan),
        height=blank.copy(),
    )
    for k, face in enumerate(main):
        if face is None:
            continue
        series.rotation[k] = face.rotation
        series.eye_px[k], series.mouth[k] = face.eye_width_px, face.mouth_opening
        series.height[k] = face.box[3] - face.box[1]
        if face.eye_deg is not None:
            series.eye_deg[k] = face.eye_deg
        if face.smile is not None and face.brows is not None:
            series.smile[k], series.brows[k] = face.smile, face.brows
    return series


def deviation_deg(direction: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Angle in degrees, shape (n,), between each direction and the median direction over `among`.

    `direction` is (n, 2), yaw and pitch in degrees; `among` is bool (n,).
    """
    usual = np.median(direction[among], axis=0)
    yaw, pitch = np.radians(direction).T
    yaw0, pitch0 = np.radians(usual)
    cosine = np.sin(pitch) * np.sin(pitch0) + np.cos(pitch) * np.cos(pitch0) * np.cos(yaw - yaw0)
    value: np.ndarray = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return value


def measure_face(series: FaceSeries, timeline: Timeline, refused: Collection[str], picture_height: int) -> Measurements:
    """All face measures that are not `refused`, in the registry's units; `picture_height` is in pixels."""
    seen_s = timeline.seconds(series.present)
    coverage = min(1.0, seen_s / timeline.duration_s)
    makers = {
        "present_share": _present,
        "seen_s": _seen,
        "facing_camera_share": _facing,
        "gaze_off_share": _gaze_off,
        "smile_share": _smile,
        "brow_activity": _brows,
        "jaw_activity": _jaw,
        "head_movement": _head_movement,
    }
    lacking = too_little(coverage, seen_s)
    if not series.present.any():
        lacking = "no_face"
    measures: list[Measure] = []
    for name, make in makers.items():
        if name in refused:
            continue
        if lacking and name not in ("present_share", "seen_s"):
            measures.append(withheld(name, lacking, coverage=coverage, n=int(series.present.sum())))
        else:
            measures.append(make(series, timeline, coverage))
    return channel_of("face", coverage, measures, refused, _quality(series, picture_height))


def _quality(series: FaceSeries, picture_height: int) -> tuple[Flag, ...]:
    if not series.present.any():
        return (Flag("no_face", "warning"),)
    share = float(np.median(series.height[series.present])) / picture_height
    return (Flag("far_face", "warning", {"face_height_share": share}),) if share < _FAR_FACE_SHARE else ()


def _present(series: FaceSeries, timeline: Timeline, _coverage: float) -> Measure:
    return measured(
        "present_share",
        timeline.share(series.present),
        coverage=timeline.coverage,
        n=series.present.size,
        intervals=timeline.intervals(~series.present, "out_of_frame"),
    )


def _seen(series: FaceSeries, timeline: Timeline, _coverage: float) -> Measure:
    return measured(
        "seen_s",
        timeline.seconds(series.present),
        coverage=timeline.coverage,
        n=int(series.present.sum()),
        intervals=timeline.intervals(series.present, "face_seen", minimum_s=0.0),
    )


def _facing(series: FaceSeries, timeline: Timeline, coverage: float) -> Measure:
    away = series.present & (deviation_deg(series.direction_deg, series.present) > FACING_TOLERANCE_DEG)
    return measured(
        "facing_camera_share",
        1.0 - timeline.share(away, series.present),
        coverage=coverage,
        n=int(series.present.sum()),
        intervals=timeline.intervals(away, "looking_away"),
    )


def gaze_deg(series: FaceSeries) -> np.ndarray:
    """Geometric gaze: head direction plus eye-in-head direction, yaw and pitch in degrees, shape (n, 2)."""
    value: np.ndarray = series.direction_deg + series.eye_deg
    return value


def _gaze_off(series: FaceSeries, timeline: Timeline, _coverage: float) -> Measure:
    usable = series.present & ~np.isnan(series.eye_deg[:, 0]) & (series.eye_px >= _MIN_EYE_PX)
    usable_s = timeline.seconds(usable)
    eye_coverage = min(1.0, usable_s / timeline.duration_s)
    if lacking := too_little(eye_coverage, usable_s):
        return withheld("gaze_off_share", lacking, coverage=eye_coverage, n=int(usable.sum()))
    off = usable & (deviation_deg(gaze_deg(series), usable) > GAZE_TOLERANCE_DEG)
    clear = min(1.0, float(np.median(series.eye_px[usable])) / _CLEAR_EYE_PX)
    return measured(
        "gaze_off_share",
        timeline.share(off, usable),
        coverage=eye_coverage,
        n=int(usable.sum()),
        confidence=GAZE_CONFIDENCE * clear,
        intervals=timeline.intervals(off, "gaze_off"),
    )


def _smile(series: FaceSeries, timeline: Timeline, coverage: float) -> Measure:
    smiling = series.present & (np.nan_to_num(series.smile) >= SMILE_THRESHOLD)
    return measured(
        "smile_share",
        timeline.share(smiling, series.present),
        coverage=coverage,
        n=int(series.present.sum()),
        intervals=timeline.intervals(smiling, "smiling"),
    )


def _rate(name: str, values: np.ndarray, series: FaceSeries, timeline: Timeline, coverage: float) -> Measure:
    """Mean absolute change per second of `values` (n,) or (n, k) between neighbouring samples."""
    first, step = timeline.neighbours(series.present)
    if first.size == 0:
        return withheld(name, "too_short", coverage=coverage)
    change = np.abs(values[first + 1] - values[first]).reshape(first.size, -1).mean(axis=1)
    return measured(name, float(change.sum() / step.sum()), coverage=coverage, n=int(first.size))


def _brows(series: FaceSeries, timeline: Timeline, coverage: float) -> Measure:
    return _rate("brow_activity", series.brows, series, timeline, coverage)


def mouth_moving(series: FaceSeries, timeline: Timeline) -> np.ndarray:
    """Samples at which the mouth moves, bool (n,), as it does in speech."""
    moving = np.zeros(series.present.size, bool)
    first, step = timeline.neighbours(series.present)
    fast = first[np.abs(series.mouth[first + 1] - series.mouth[first]) / step >= MOUTH_MOVING_PER_S]
    moving[fast] = moving[fast + 1] = True
    return moving


def _jaw(series: FaceSeries, timeline: Timeline, coverage: float) -> Measure:
    rate = _rate("jaw_activity", series.mouth, series, timeline, coverage)
    if rate.value is None:
        return rate
    intervals = timeline.intervals(mouth_moving(series, timeline), "mouth_moving")
    return measured("jaw_activity", rate.value, coverage=rate.coverage, n=rate.n, intervals=intervals)


def _head_movement(series: FaceSeries, timeline: Timeline, coverage: float) -> Measure:
    first, step = timeline.neighbours(series.present)
    if first.size == 0:
        return withheld("head_movement", "too_short", coverage=coverage)
    trace = (series.rotation[first] * series.rotation[first + 1]).sum(axis=(1, 2))
    turned = np.degrees(np.arccos(np.clip((trace - 1.0) / 2.0, -1.0, 1.0)))
    return measured("head_movement", float(turned.sum() / step.sum()), coverage=coverage, n=int(first.size))
