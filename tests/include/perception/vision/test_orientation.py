"""Orientation against values worked out by hand: matrices of known angles, blocks, answers, errors."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.perception.vision.orientation import (
    CONE,
    Cone,
    Orientation,
    head_to_camera_deg,
    orientation,
    towards,
    without_brief,
)

pytestmark = pytest.mark.unit

STEP = 0.2
Spans = list[tuple[float, float]]


def pose(yaw: float, pitch: float, at: tuple[float, float, float] = (0.0, 0.0, -50.0)) -> np.ndarray:
    """4×4 pose of a head at `at` (cm) turned to the picture's right by `yaw` and up by `pitch` degrees."""
    y, p = math.radians(yaw), math.radians(-pitch)
    about_y = np.array([[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(p), -math.sin(p)], [0, math.sin(p), math.cos(p)]])
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = about_y @ about_x, at
    return matrix


def found(directions: list[tuple[float, float]], speech: Spans, answers: Spans, seen: object = None) -> Orientation:
    n = len(directions)
    times = np.arange(n) * STEP
    mask = np.ones(n, bool) if seen is None else np.asarray(seen, bool)
    return orientation(np.array(directions, float), mask, times, np.full(n, STEP), speech, answers)


@pytest.mark.parametrize(("yaw", "pitch"), [(0.0, 0.0), (25.0, 0.0), (-40.0, 0.0), (0.0, -30.0), (10.0, 12.0)])
def test_a_head_before_the_camera_has_the_angles_it_was_turned_by(yaw: float, pitch: float) -> None:
    assert head_to_camera_deg(pose(yaw, pitch)) == pytest.approx((yaw, pitch))


def test_a_head_at_the_edge_that_points_at_the_camera_is_at_zero() -> None:
    # 50 cm away and 50 cm to the right: the camera is seen at 45° to the left of straight ahead.
    assert head_to_camera_deg(pose(-45.0, 0.0, (50.0, 0.0, -50.0))) == pytest.approx((0.0, 0.0))
    assert head_to_camera_deg(pose(0.0, 0.0, (50.0, 0.0, -50.0))) == pytest.approx((45.0, 0.0))
    # 50 cm above the camera's axis: looking straight ahead is 45° over the camera.
    assert head_to_camera_deg(pose(0.0, 0.0, (0.0, 50.0, -50.0))) == pytest.approx((0.0, 45.0))


def test_the_scale_of_the_matrix_changes_nothing() -> None:
    matrix = pose(20.0, -5.0, (3.0, 4.0, -60.0))
    matrix[:3, :3] *= 1.3
    assert head_to_camera_deg(matrix) == pytest.approx(head_to_camera_deg(pose(20.0, -5.0, (3.0, 4.0, -60.0))))


def test_the_cone_and_its_hysteresis() -> None:
    yaws = [0, 24, 26, 29, 31, 29, 26, 24, 26]
    held = towards(np.array([(y, 0.0) for y in yaws], float), np.ones(9, bool))
    assert held.tolist() == [True, True, True, True, False, False, False, True, True]
    pitches = np.array([(0.0, p) for p in (16, 14, 19, 21, -29, -34, -36)], float)
    assert towards(pitches, np.ones(7, bool)).tolist() == [False, True, True, False, True, True, False]


def test_hysteresis_does_not_reach_over_a_time_without_a_face() -> None:
    directions = np.array([(0.0, 0.0), (0.0, 0.0), (28.0, 0.0)])
    assert towards(directions, np.array([True, False, True])).tolist() == [True, False, False]


def test_departures_below_two_seconds_are_filled_and_longer_ones_are_not() -> None:
    times = np.arange(40) * STEP
    held = np.ones(40, bool)
    held[5:14] = False  # 9 samples, 1.8 s
    held[20:30] = False  # 10 samples, 2.0 s
    filled = without_brief(held, np.ones(40, bool), times)
    assert filled[5:14].all()
    assert not filled[20:30].any()


def test_the_first_three_seconds_of_an_answer_do_not_count() -> None:
    # 43 s in one answer; turned away during the first 3 s and the last 10 s: 30 of 40 s count as towards.
    directions = [(50.0, 0.0)] * 15 + [(0.0, 0.0)] * 150 + [(50.0, 0.0)] * 50
    one = found(directions, [(0.0, 43.0)], [(0.0, 43.0)])
    assert one.share == pytest.approx(0.75)
    assert one.seconds == pytest.approx(40.0)
    assert one.away.sum() == 50


def test_silence_does_not_count() -> None:
    # Turned away only while somebody else speaks.
    directions = [(0.0, 0.0)] * 100 + [(60.0, 0.0)] * 100 + [(0.0, 0.0)] * 120
    one = found(directions, [(0.0, 20.0), (40.0, 64.0)], [(0.0, 20.0), (40.0, 64.0)])
    assert (one.share, one.seconds) == (1.0, pytest.approx(17.0 + 21.0))


def test_the_share_is_the_median_of_the_answers() -> None:
    # Three answers of 13 s, of which 10 s count: 1.0, 0.6, 0.0 towards.
    good, bad = [(0.0, 0.0)], [(-70.0, 0.0)]
    directions = good * 65 + good * 45 + bad * 20 + bad * 65
    spans = [(0.0, 13.0), (13.0, 26.0), (26.0, 39.0)]
    one = found(directions, spans, spans)
    assert one.answers == pytest.approx((1.0, 0.6, 0.0))
    assert one.share == pytest.approx(0.6)


def test_the_error_of_one_answer_is_the_block_jackknife_widened_below_a_minute() -> None:
    # 30 s that count = 6 blocks: five towards, one (15 s in) away, far outside any moved cone.
    directions = [(0.0, 0.0)] * 15 + [(0.0, 0.0)] * 75 + [(80.0, 0.0)] * 25 + [(0.0, 0.0)] * 50
    one = found(directions, [(0.0, 33.0)], [(0.0, 33.0)])
    assert one.share == pytest.approx(5 / 6)
    # Leaving out a block gives 4/5 five times and 1 once: mean 5/6, squares 5·(1/30)² + (1/6)² = 1/30;
    # sqrt(5/6 · 1/30) = 1/6, widened by sqrt(60/30).
    assert one.error == pytest.approx(math.sqrt(2) / 6)
    assert [share for *_, share in one.blocks] == pytest.approx([1, 1, 1, 0, 1, 1])
    assert [start for start, *_ in one.blocks] == pytest.approx([3, 8, 13, 18, 23, 28])
    assert one.blocks[-1][1] == pytest.approx(33.0)


def test_a_pose_near_the_edge_owes_its_share_to_the_cone() -> None:
    # 20° aside: a cone moved by 8° the other way, with its hysteresis of a state that never began, holds nothing.
    one = found([(20.0, 0.0)] * 165, [(0.0, 33.0)], [(0.0, 33.0)])
    assert (one.share, one.error) == (1.0, pytest.approx(0.5))
    sure = found([(5.0, -5.0)] * 165, [(0.0, 33.0)], [(0.0, 33.0)])
    assert (sure.share, sure.error) == (1.0, 0.0)


def test_a_camera_beside_the_screen_is_no_turning_away() -> None:
    one = found([(40.0, 0.0)] * 165, [(0.0, 33.0)], [(0.0, 33.0)])
    assert (one.share, one.reason, one.direction_deg) == (None, "camera_aside", (40.0, 0.0))


def test_five_blocks_are_too_little() -> None:
    speech = [(0.0, 28.0)]  # 25 s count
    assert found([(0.0, 0.0)] * 165, speech, speech).reason == "too_little_speech_seen"
    speech = [(0.0, 33.0)]
    assert found([(0.0, 0.0)] * 165, speech, speech).reason is None


def test_a_face_seen_during_less_than_half_of_the_speech_is_too_little() -> None:
    seen = np.arange(600) % 5 < 2
    one = found([(0.0, 0.0)] * 600, [(0.0, 120.0)], [(0.0, 120.0)], seen)
    assert one.seconds > 40
    assert one.coverage == pytest.approx(0.4, abs=0.01)
    assert one.reason == "too_little_speech_seen"


@given(st.lists(st.sampled_from([0.0, 20.0, 40.0, 80.0]), min_size=200, max_size=260), st.integers(1, 4))
def test_any_recording_gives_a_share_or_a_reason(yaws: list[float], parts: int) -> None:
    length = len(yaws) * STEP
    cuts = [length * k / parts for k in range(parts + 1)]
    answers = list(pairwise(cuts))
    one = found([(y, 0.0) for y in yaws], [(0.0, length)], answers)
    assert (one.share is None) is (one.reason is not None)
    if one.share is not None:
        assert 0.0 <= one.share <= 1.0
        assert one.error is not None
        assert one.error >= 0.0
        assert not one.away.all()


def test_the_cone_is_the_stated_one() -> None:
    assert (CONE.yaw, CONE.down, CONE.up) == (25.0, -30.0, 15.0)
    assert Cone(aside=8.0).holds(np.array([(33.0, 0.0), (-18.0, 0.0)])).tolist() == [True, False]
