"""People told apart by appearance: pictures of patterns whose likeness is known by construction."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from include.perception.vision.appearance import Appearance, appearance_of, distances, same_face
from include.perception.vision.face_tracks import people
from include.perception.vision.person_track import PersonTrack, person_tracks
from include.perception.vision.sightings import FaceSighting
from include.perception.vision.timeline import Timeline, timeline_of

pytestmark = pytest.mark.unit


def line(samples: int) -> Timeline:
    return timeline_of([k / 5 for k in range(samples)], 0.0, samples / 5, samples / 5, 0.2)


def somebody(seed: int) -> np.ndarray:
    """A blurred random pattern with a skin tone of its own, 100 × 100 pixels RGB: one person's face."""
    rng = np.random.default_rng(seed)
    rough = cv2.resize(rng.uniform(60, 200, (7, 7, 1)).astype(np.float32), (100, 100), interpolation=cv2.INTER_CUBIC)
    tint = np.array([20.0, 0.0, -20.0]) * rng.uniform(0.5, 1.5)
    return np.clip(rough[..., None] + tint, 0, 255).astype(np.uint8)


def look(seed: int, brightness: float = 1.0, noise: int = 0) -> Appearance:
    picture = somebody(seed).astype(float) * brightness
    picture += np.random.default_rng(noise).normal(0, 4.0 if noise else 0.0, picture.shape)
    points = np.array([(30.0, 35.0), (70.0, 35.0), (50.0, 75.0)], np.float32)
    return appearance_of(np.clip(picture, 0, 255).astype(np.uint8), points)


def face(x: float, seed: int, size: float = 100.0, noise: int = 1) -> FaceSighting:
    box = (x - size / 2, 100 - size / 2, x + size / 2, 100 + size / 2)
    return FaceSighting(box, np.eye(3), 30.0, None, 0.02, None, None, (0.0, 0.0), look(seed, noise=noise))


def seen(person: list[FaceSighting | None]) -> list[int]:
    return [k for k, one in enumerate(person) if one is not None]


def test_distance_is_nought_for_equal_and_large_for_others() -> None:
    assert distances([look(1)], [look(1)])[0, 0] == pytest.approx(0.0, abs=1e-6)
    assert distances([look(1)], [look(1, brightness=0.85, noise=3)])[0, 0] < 0.4
    assert distances([look(1)], [look(2)])[0, 0] > 0.6
    assert same_face([look(1, noise=k) for k in range(1, 6)], [look(1)])
    assert not same_face([look(1)], [look(2)])
    assert not same_face([], [look(2)])


def test_another_face_at_the_same_place_is_another_person() -> None:
    # A view that cuts to whoever speaks: 4 s of one, 2 s of the other, 2 s of the first.
    order = [1] * 20 + [2] * 10 + [1] * 10
    first, second = people([(face(200.0, seed, noise=k + 1),) for k, seed in enumerate(order)], line(40))
    assert seen(first) == [*range(20), *range(30, 40)]
    assert seen(second) == list(range(20, 30))


def test_somebody_who_moves_to_another_place_and_size_stays_the_same_person() -> None:
    sightings = [(face(100.0, 1, noise=k + 1),) for k in range(10)]
    sightings += [()] * 10 + [(face(500.0, 1, size=40.0, noise=k + 1),) for k in range(10)]
    (only,) = people(sightings, line(30))
    assert len(seen(only)) == 20


def test_two_alike_at_the_same_time_are_two_people() -> None:
    assert len(people([(face(100.0, 1), face(400.0, 1)) for _ in range(10)], line(10))) == 2


def test_a_short_blur_at_the_same_place_is_the_same_person() -> None:
    order = [1] * 10 + [3] * 2 + [1] * 10
    (only,) = people([(face(200.0, seed, noise=k + 1),) for k, seed in enumerate(order)], line(22))
    assert len(seen(only)) == 22


def test_the_largest_over_time_comes_first() -> None:
    found = people([(face(100.0, 1, size=60.0), face(400.0, 2, size=120.0)) for _ in range(10)], line(10))
    assert found[0][0] is not None
    assert found[0][0].centre[0] == 400.0


def test_what_is_kept_of_a_person_is_read_back_and_a_refused_mouth_is_not_kept() -> None:
    found = people([(face(100.0, 1),), (), (face(101.0, 1),)], line(3))
    (kept,) = (PersonTrack.decode(t.encode()) for t in person_tracks(found, line(3)))
    assert kept.array("times") == pytest.approx([0.0, 0.2, 0.4])
    assert kept.array("mouth") == pytest.approx([0.02, np.nan, 0.02], nan_ok=True)
    assert kept.array("yaw") == pytest.approx([0.0, np.nan, 0.0], nan_ok=True)
    (refused,) = person_tracks(found, line(3), ("jaw_activity",))
    assert np.isnan(refused.array("mouth")).all()
