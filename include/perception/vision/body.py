"""Measures of the body and hands channels, from pose and hand sightings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec
import numpy as np

from include.interview.records import Measure, Measurements
from include.perception.vision.measuring import channel_of, measured, too_little, withheld
from include.perception.vision.sightings import BodySighting, HandSighting
from include.perception.vision.timeline import Timeline

MIN_VISIBILITY = 0.5
"""The pose model's own probability that a point is in the picture and not hidden."""

STEADY_SHOULDER_WIDTHS = 0.25
"""Mid-shoulder within this many shoulder widths of its usual place counts as steady."""

STROKE_PALMS_PER_S = 1.5
"""Palm speed (palm lengths per second) from which a hand makes a stroke: about 15 cm/s."""

LEAST_HANDS_S = 20.0
"""Seconds of visible hands below which no rate of gestures is given."""

_STROKE_REST_S = 0.4
"""Slower stretches shorter than this belong to the same stroke: two samples."""

_MAX_PALM_JUMP = 4.0
"""Palm lengths between two samples beyond which it is another hand, not a movement."""


def measure_body(
    bodies: Sequence[BodySighting | None], timeline: Timeline, refused: Collection[str], picture_width: int
) -> Measurements:
    """Upper-body measures, in the registry's units.

    Every one but `visible_share` rests on the samples with both shoulders and the nose visible. `picture_width` is in
    pixels.
    """
    seen = np.array([body is not None and _visible(body) for body in bodies], bool)
    points = np.full((len(bodies), 3, 2), np.nan)
    for k, body in enumerate(bodies):
        if body is not None and seen[k]:
            points[k] = (body.nose[:2], body.left_shoulder[:2], body.right_shoulder[:2])
    seen_s = timeline.seconds(seen)
    coverage = min(1.0, seen_s / timeline.duration_s)
    lacking = too_little(coverage, seen_s)
    makers: dict[str, Callable[[np.ndarray], float]] = {
        "shoulder_tilt_deg": _tilt,
        "lean_deg": _lean,
        "distance": lambda p: _distance(p, picture_width),
    }
    measures: list[Measure] = []
    n = int(seen.sum())
    if "visible_share" not in refused:
        intervals = timeline.intervals(~seen, "body_not_visible")
        measures.append(
            measured(
                "visible_share", timeline.share(seen), coverage=timeline.coverage, n=seen.size, intervals=intervals
            )
        )
    for name, make in makers.items():
        if name not in refused:
            measures.append(
                withheld(name, lacking, coverage=coverage, n=n)
                if lacking
                else measured(name, make(points[seen]), coverage=coverage, n=n)
            )
    if "stability" not in refused:
        measures.append(
            withheld("stability", lacking, coverage=coverage, n=n)
            if lacking
            else _stability(points, seen, timeline, coverage)
        )
    return channel_of("body", coverage, measures, refused)


def _visible(body: BodySighting) -> bool:
    return min(point[2] for point in (body.nose, body.left_shoulder, body.right_shoulder)) >= MIN_VISIBILITY


def _tilt(points: np.ndarray) -> float:
    line = points[:, 1] - points[:, 2]
    return float(np.median(np.degrees(np.arctan2(np.abs(line[:, 1]), np.abs(line[:, 0])))))


def _lean(points: np.ndarray) -> float:
    up = points[:, 0] - (points[:, 1] + points[:, 2]) / 2
    return float(np.median(np.degrees(np.arctan2(np.abs(up[:, 0]), np.maximum(-up[:, 1], 1e-9)))))


def _shoulder_width(points: np.ndarray) -> np.ndarray:
    value: np.ndarray = np.hypot(*(points[:, 1] - points[:, 2]).T)
    return value


def _distance(points: np.ndarray, picture_width: int) -> float:
    return float(np.median(_shoulder_width(points))) / picture_width


def _stability(points: np.ndarray, seen: np.ndarray, timeline: Timeline, coverage: float) -> Measure:
    middle = (points[:, 1] + points[:, 2]) / 2
    usual = np.median(middle[seen], axis=0)
    width = float(np.median(_shoulder_width(points[seen])))
    moved = np.zeros(seen.size, bool)
    moved[seen] = np.hypot(*(middle[seen] - usual).T) > STEADY_SHOULDER_WIDTHS * width
    return measured(
        "stability",
        1.0 - timeline.share(moved, seen),
        coverage=coverage,
        n=int(seen.sum()),
        intervals=timeline.intervals(moved, "shifted"),
    )


def measure_hands(
    hands: Sequence[tuple[HandSighting, ...]], timeline: Timeline, refused: Collection[str]
) -> Measurements:
    """Share of time with a hand in the picture, and strokes per minute of visible hands.

    `hands` has one entry per sample of `timeline`; measures in `refused` are left out.
    """
    seen = np.array([bool(found) for found in hands], bool)
    seen_s = timeline.seconds(seen)
    measures: list[Measure] = []
    if "hands_visible_share" not in refused:
        intervals = timeline.intervals(seen, "hands_visible")
        measures.append(
            measured(
                "hands_visible_share",
                timeline.share(seen),
                coverage=timeline.coverage,
                n=seen.size,
                intervals=intervals,
            )
        )
    if "gestures_per_min" not in refused:
        measures.append(_gestures(hands, seen, timeline, min(1.0, seen_s / timeline.duration_s)))
    return channel_of("hands", timeline.coverage, measures, refused)


def _palm_speed(before: tuple[HandSighting, ...], after: tuple[HandSighting, ...], step_s: float) -> float:
    """Fastest hand between two samples in palm lengths per second; hands are matched by nearness."""
    fastest = 0.0
    for hand in after:
        moves = [
            float(np.hypot(hand.palm[0] - old.palm[0], hand.palm[1] - old.palm[1])) / max(old.length, hand.length, 1.0)
            for old in before
        ]
        nearest = min(moves, default=0.0)
        if nearest <= _MAX_PALM_JUMP:
            fastest = max(fastest, nearest / step_s)
    return fastest


def _gestures(
    hands: Sequence[tuple[HandSighting, ...]], seen: np.ndarray, timeline: Timeline, coverage: float
) -> Measure:
    n = int(seen.sum())
    seen_s = timeline.seconds(seen)
    # the rate is per minute of visible hands, so the time seen decides, not its share of the recording
    if seen_s < LEAST_HANDS_S:
        return withheld("gestures_per_min", "too_short", coverage=coverage, n=n)
    moving = np.zeros(seen.size, bool)
    first, step = timeline.neighbours(seen)
    for k, step_s in zip(first.tolist(), step.tolist(), strict=True):
        if _palm_speed(hands[k], hands[k + 1], step_s) >= STROKE_PALMS_PER_S:
            moving[k + 1] = True
    strokes = timeline.intervals(moving, "gesture", minimum_s=0.0)
    merged = sum(
        1 for k, stroke in enumerate(strokes) if k == 0 or stroke.start_s - strokes[k - 1].end_s >= _STROKE_REST_S
    )
    found = measured("gestures_per_min", 60.0 * merged / seen_s, coverage=coverage, n=n, intervals=strokes)
    # strokes as a Poisson count; none seen is no certainty that there are none
    return msgspec.structs.replace(found, error=round(60.0 * max(merged, 1) ** 0.5 / seen_s, 4))
