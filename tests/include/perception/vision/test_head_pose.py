"""Head pose and body angles against known rotations of a real picture."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from include.perception.vision import Detectors
from include.perception.vision.face import face_series
from tests.support.face_recordings import HEIGHT, MODELS, WIDTH, needs_models, portrait, turned

pytestmark = [pytest.mark.models, needs_models]


def see(name: str, image: np.ndarray) -> Any:
    import mediapipe

    picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image))
    with Detectors(MODELS).start(name, expression=False) as detector:
        return detector.see(picture, WIDTH, HEIGHT, 0.0)


@pytest.mark.parametrize("degrees", [-20.0, -10.0, 10.0, 20.0])
def test_roll_follows_the_picture(degrees: float) -> None:
    upright = face_series(see("face", portrait())).roll_deg[0]
    tilted = face_series(see("face", turned(portrait(), degrees))).roll_deg[0]
    assert tilted - upright == pytest.approx(degrees, abs=2.5)


def test_a_mirror_turns_yaw_and_gaze_around() -> None:
    plain = face_series(see("face", portrait()))
    mirrored = face_series(see("face", portrait()[:, ::-1]))
    assert plain.direction_deg[0, 0] == pytest.approx(-mirrored.direction_deg[0, 0], abs=3.0)
    assert plain.direction_deg[0, 1] == pytest.approx(mirrored.direction_deg[0, 1], abs=3.0)
    assert plain.eye_deg[0, 0] == pytest.approx(-mirrored.eye_deg[0, 0], abs=5.0)


@pytest.mark.parametrize("degrees", [-12.0, 12.0])
def test_shoulder_line_follows_the_picture(degrees: float) -> None:
    def slope(image: np.ndarray) -> float:
        body = see("body", image)
        dx = body.left_shoulder[0] - body.right_shoulder[0]
        dy = body.left_shoulder[1] - body.right_shoulder[1]
        return float(np.degrees(np.arctan2(-dy, dx)))  # counter-clockwise, y up

    assert slope(turned(portrait(), degrees)) - slope(portrait()) == pytest.approx(degrees, abs=4.0)
