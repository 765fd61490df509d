"""Recordings in which the largest face is not the one that speaks, from one portrait and the demo's clip."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from cli.demo.video import CLIP
from include.interview.records import Measure
from include.perception.vision import PersonTrack
from include.perception.vision.while_speaking import measure_while_speaking
from tests.support.face_recordings import MODELS, film, head, mouth_open, needs_models, observed, swaying

pytestmark = [pytest.mark.models, needs_models, pytest.mark.slow]

SECONDS = 20.0
SPEECH = [(3.0, 9.5), (13.0, 19.0)]
PLAIN = np.full((360, 640, 3), 120, np.uint8)
Picture = Callable[[float], np.ndarray]


def speaker(t: float, spans: list[tuple[float, float]] = SPEECH) -> np.ndarray:
    """The portrait at time `t`, speaking during `spans`: lips that open and close 3.7 times a second."""
    talks = any(start <= t < end for start, end in spans)
    return swaying(t, mouth_open(5.0 - 5.0 * float(np.cos(2 * np.pi * 3.7 * t)) if talks else 0.0))


def small(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def seen(path: Path) -> dict[str, Measure]:
    """Media, face and while-speaking measures by name, with the speech known."""
    tracks: list[PersonTrack] = []
    found = observed(path, profile_channels=("media", "face"), tracks=tracks)
    still, repeated = (found["media"].get(name) for name in ("still_share", "repeated_share"))
    assert still is not None
    assert repeated is not None
    measures, _ = measure_while_speaking(
        [(0.0, tracks)],
        SPEECH,
        SPEECH,
        repeated=[(i.start_s, i.end_s) for i in repeated.intervals],
    )
    return {m.name: m for m in (still, *measures)}


def reason(path: Path) -> str | None:
    return seen(path)["orientation_share"].reason


def test_the_one_who_speaks_is_found_to_speak(tmp_path: Path) -> None:
    found = seen(film(tmp_path / "speaks.mp4", SECONDS, speaker))
    moving, contrast = found["mouth_in_speech"].value, found["mouth_contrast"].value
    assert moving is not None
    assert moving > 0.8
    assert contrast is not None
    assert contrast > 0.9
    assert found["orientation_share"].reason == "too_little_speech_seen", "6.5 s beside the first three of each answer"


def test_a_poster_larger_than_the_candidates_face(tmp_path: Path) -> None:
    def scene(t: float) -> np.ndarray:
        picture = PLAIN.copy()
        picture[20:300, 20:300] = head(280)
        picture[60:340, 340:620] = speaker(t)[20:300, 85:365]
        return picture

    assert reason(film(tmp_path / "poster.mp4", SECONDS, scene)) == "other_face"


def test_a_profile_photo_in_a_call_that_moves_beside_it(tmp_path: Path) -> None:
    def scene(t: float) -> np.ndarray:
        picture = PLAIN.copy()
        picture[40:320, 40:320] = head(280)
        x = 400 + int(60 * np.sin(t) + 30 * np.sin(0.3 * t * t))
        picture[100:250, x : x + 100] = (200, 180, 40)  # a shared screen in which something moves
        return picture

    found = seen(film(tmp_path / "photo.mp4", SECONDS, scene))
    assert found["still_share"].value == 0.0, "the picture as a whole does not stand still"
    assert found["orientation_share"].reason == "not_speaking_face"


def test_a_photograph_that_is_moved_about(tmp_path: Path) -> None:
    assert reason(film(tmp_path / "waved.mp4", SECONDS, swaying)) == "not_speaking_face"


def test_a_gallery_in_which_the_larger_tile_listens(tmp_path: Path) -> None:
    def scene(t: float) -> np.ndarray:
        picture = PLAIN.copy()
        picture[20:300, 10:290] = small(swaying(t + 40.0)[20:230, 120:330], 280, 280)
        picture[60:340, 340:620] = speaker(t)[20:300, 85:365]
        return picture

    assert reason(film(tmp_path / "gallery.mp4", SECONDS, scene)) == "other_face"


def test_an_interviewer_in_the_larger_picture_of_a_speaker_view(tmp_path: Path) -> None:
    """The candidate has 240 of 1280 pixels; the interviewer (the demo's clip) moves the lips when it suits him."""
    path = MODELS / CLIP
    if not path.is_file():
        pytest.skip("needs the demo's clip (./triview models fetch demo)")
    capture = cv2.VideoCapture(str(path))
    frames = []
    while (read := capture.read())[0]:
        frames.append(cv2.cvtColor(read[1][1:143, 4:], cv2.COLOR_BGR2RGB))

    def scene(t: float) -> np.ndarray:
        picture = PLAIN.copy()
        talks = not any(start <= t < end for start, end in SPEECH)
        k = round(30 * t) % 60 + 60 if talks else round(8 * np.sin(t) + 4 * np.sin(1.7 * t)) + 20
        picture[0:340, 10:420] = cv2.resize(frames[k % len(frames)], (410, 340))
        picture[100:235, 440:620] = small(speaker(t), 135, 180)
        return picture

    assert reason(film(tmp_path / "speaker.mp4", SECONDS, scene)) in ("other_face", "not_speaking_face")


def test_a_loop_of_somebody_who_spoke(tmp_path: Path) -> None:
    path = film(tmp_path / "loop.mp4", SECONDS, lambda t: speaker(t % 7.0 + 2.0))
    assert reason(path) == "repeated_picture"
