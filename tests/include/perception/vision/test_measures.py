"""Measures from sightings written by hand, against values worked out by hand."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import numpy as np
import pytest

from include.perception.vision.body import measure_body, measure_hands
from include.perception.vision.face import face_series, measure_face
from include.perception.vision.face_tracks import people
from include.perception.vision.integrity import measure_integrity
from include.perception.vision.sightings import BodySighting, FaceSighting, HandSighting
from include.perception.vision.timeline import Timeline, timeline_of
from include.settings import PROJECT_ROOT

pytestmark = pytest.mark.unit


def line(samples: int, duration: float | None = None) -> Timeline:
    length = samples / 5 if duration is None else duration
    return timeline_of([k / 5 for k in range(samples)], 0.0, samples / 5, length, 0.2)


def rotation(yaw: float = 0.0, pitch: float = 0.0) -> np.ndarray:
    """Head turned to the picture's right by `yaw` and up by `pitch` degrees."""
    y, p = math.radians(yaw), math.radians(-pitch)
    about_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    return about_y @ about_x


def face(
    yaw: float = 0.0, pitch: float = 0.0, *, x: float = 300.0, size: float = 100.0, eye: float = 0.0, smile: float = 0.0
) -> FaceSighting:
    box = (x - size / 2, 150 - size / 2, x + size / 2, 150 + size / 2)
    return FaceSighting(box, rotation(yaw, pitch), 30.0, (eye, 0.0), 0.05, smile, (0.0,) * 5)


def test_timeline_weights_never_exceed_the_hold_and_cover_the_track() -> None:
    timeline = timeline_of([0.0, 0.2, 0.4, 3.0, 3.2], 0.0, 3.4, 3.4, 0.2)
    assert timeline.weights.tolist() == pytest.approx([0.2, 0.2, 0.5, 0.2, 0.2])
    assert timeline.coverage == pytest.approx(1.3 / 3.4)
    mask = np.array([True, True, True, True, False])
    spans = [(i.start_s, i.end_s) for i in timeline.intervals(mask, "x", minimum_s=0.0)]
    assert [t for span in spans for t in span] == pytest.approx([0.0, 0.9, 3.0, 3.2])


def test_direction_angles() -> None:
    series = face_series([face(30.0, 0.0), face(0.0, 20.0), face(-12.0, 0.0)])
    assert series.direction_deg.round(6).tolist() == [[30.0, 0.0], [0.0, 20.0], [-12.0, 0.0]]


def test_facing_is_relative_to_the_persons_own_usual_direction() -> None:
    faces = [face(25.0)] * 16 + [face(-5.0)] * 4  # the camera stands to the side: 25° is this person's usual
    found = measure_face(face_series(faces), line(20), (), 400)
    facing = found.get("facing_camera_share")
    assert facing is not None
    assert facing.value == pytest.approx(0.8)
    (away,) = facing.intervals
    assert (away.start_s, away.end_s) == pytest.approx((3.2, 4.0))


def test_head_movement_is_degrees_per_second() -> None:
    found = measure_face(face_series([face(3.0 * k) for k in range(15)]), line(15), (), 400)
    movement = found.get("head_movement")
    assert movement is not None
    assert movement.value == pytest.approx(15.0)  # 3° every 0.2 s


def test_smile_share_and_intervals() -> None:
    faces = [face(smile=0.9 if 5 <= k < 10 else 0.1) for k in range(20)]
    smile = measure_face(face_series(faces), line(20), (), 400).get("smile_share")
    assert smile is not None
    assert smile.value == pytest.approx(0.25)
    assert [(i.start_s, i.end_s) for i in smile.intervals] == [pytest.approx((1.0, 2.0))]


def test_low_coverage_withholds_but_absence_costs_nothing() -> None:
    faces: list[FaceSighting | None] = [face()] * 12 + [None] * 60
    found = measure_face(face_series(faces), line(72), (), 400)
    facing = found.get("facing_camera_share")
    assert facing is not None
    assert (facing.value, facing.reason) == (None, "low_coverage")
    assert facing.coverage == pytest.approx(12 / 72)


def test_the_time_with_the_face_is_told_as_intervals_down_to_one_sample() -> None:
    faces = [face()] * 10 + [None] * 5 + [face()] + [None] * 4
    seen = measure_face(face_series(faces), line(20), (), 400).get("seen_s")
    assert seen is not None
    assert (seen.value, seen.unit, seen.n) == (pytest.approx(2.2), "s", 11)
    spans = [t for i in seen.intervals for t in (i.start_s, i.end_s)]
    assert spans == pytest.approx([0.0, 2.0, 3.0, 3.2])
    nobody = measure_face(face_series([None] * 20), line(20), (), 400).get("seen_s")
    assert nobody is not None
    assert (nobody.value, nobody.intervals) == (0.0, ())


def test_main_face_is_the_one_that_is_large_and_stays() -> None:
    candidate, passer_by = face(x=300.0, size=100.0), face(x=60.0, size=60.0)
    sightings = [(candidate, passer_by) if 10 <= k < 15 else (candidate,) for k in range(30)]
    main, other = people(sightings, line(30))
    assert all(f is candidate for f in main)
    assert [f is passer_by for f in other] == [10 <= k < 15 for k in range(30)]


def test_a_person_who_comes_back_elsewhere_is_the_same_person() -> None:
    before, after = face(x=150.0), face(x=450.0, size=90.0)
    sightings = [(before,)] * 10 + [()] * 10 + [(after,)] * 10
    (main,) = people(sightings, line(30))
    assert [f is not None for f in main] == [True] * 10 + [False] * 10 + [True] * 10


def reading_eyes(k: int) -> float:
    """Two seconds from left to right over a line of text, then back at once."""
    return -9.0 + 18.0 * (k % 10) / 9


def test_reading_like_gaze_is_found_and_other_gazes_are_not() -> None:
    generator = np.random.default_rng(3)
    scenes = {
        "reading": [face(eye=reading_eyes(k)) for k in range(150)],
        "steady": [face(eye=float(generator.normal(0, 1.5))) for _ in range(150)],
        "sinus": [face(eye=9.0 * math.sin(k / 4)) for k in range(150)],
    }
    shares = {}
    for name, faces in scenes.items():
        found = measure_integrity(face_series(faces), np.zeros(150, int), line(150), ())
        measure = found.get("reading_like_gaze")
        assert measure is not None
        shares[name] = measure.value
        assert ("reading_like_gaze" in [f.code for f in found.flags]) is (name == "reading")
    assert shares == {"reading": pytest.approx(1.0, abs=0.1), "steady": 0.0, "sinus": 0.0}


def test_body_geometry() -> None:
    body = BodySighting((340.0, 100.0, 1.0), (400.0, 220.0, 1.0), (200.0, 200.0, 1.0))
    hidden = BodySighting((340.0, 100.0, 1.0), (400.0, 220.0, 0.2), (200.0, 200.0, 1.0))
    found = measure_body([body] * 15 + [hidden] * 5, line(20), (), 640)
    values = {m.name: m.value for m in found.measures}
    assert values["visible_share"] == pytest.approx(0.75)
    assert values["shoulder_tilt_deg"] == pytest.approx(math.degrees(math.atan2(20, 200)))
    assert values["lean_deg"] == pytest.approx(math.degrees(math.atan2(40, 110)))
    assert values["distance"] == pytest.approx(math.hypot(200, 20) / 640)
    assert values["stability"] == pytest.approx(1.0)


def test_gestures_count_strokes_per_minute_of_visible_hands() -> None:
    hands: list[tuple[HandSighting, ...]] = []
    x = 100.0
    for k in range(120):
        if k % 10 in (4, 5):  # one stroke of two fast steps every two seconds
            x += 40.0 if (k // 10) % 2 == 0 else -40.0
        hands.append((HandSighting((x, 200.0), 80.0),))
    hands += [()] * 80
    found = measure_hands(hands, line(200), ())
    values = {m.name: m.value for m in found.measures}
    assert values["hands_visible_share"] == pytest.approx(0.6)
    assert values["gestures_per_min"] == pytest.approx(12 / 24 * 60)


def test_hands_never_seen_give_no_rate() -> None:
    gestures = measure_hands([()] * 50, line(50), ()).get("gestures_per_min")
    assert gestures is not None
    assert gestures.value is None


def test_native_chatter_is_dropped_and_everything_else_passes() -> None:
    program = (
        "import os, sys\nfrom include.perception.vision.native_log import native_chatter_hushed\n"
        "with native_chatter_hushed():\n"
        "    os.write(2, b'W0000 00:00:1795379891.064058   15043 face_landmarker_graph.cc:181] Sets x\\n')\n"
        "    os.write(2, b'INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\\n')\n"
        "    os.write(2, b'E0000 00:00:1795379891.064058   15043 graph.cc:7] broken\\n')\n"
        "    print('a warning of ours', file=sys.stderr, flush=True)\n"
        "os.write(2, b'W0000 00:00:1 2 after.cc:1] the end\\n')\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
    lines = done.stderr.decode().splitlines()
    assert [text.split("] ")[-1] for text in lines] == ["broken", "a warning of ours", "the end"]
