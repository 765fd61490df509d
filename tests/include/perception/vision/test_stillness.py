"""Pictures that stand still, and pictures that move: drawn numbers and encoded photographs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from include.perception.media import probe
from include.perception.media.sampling import sample_frames
from include.perception.vision.stillness import Stillness, most_varied
from include.settings import Limits
from tests.support.expected_skips import NO_SHARED_MEDIA
from tests.support.face_recordings import film, portrait, swaying
from tests.support.recordings import SHARED_MEDIA, ffmpeg


def still(pictures: list[np.ndarray], step_s: float = 0.2) -> np.ndarray:
    found = Stillness()
    for k, image in enumerate(pictures):
        found.look(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), k * step_s)
    return found.still()


def seen(path: Path) -> float:
    """Share of samples of a recording that stand still."""
    found = Stillness()
    for frame in sample_frames(path, probe(path, Limits()), Limits()):
        found.look(cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY), frame.time_s)
    return float(found.still().mean())


def scene(level: int) -> np.ndarray:
    """A grey picture with one block, about as large as a mouth far from the camera, of another level."""
    image = np.full((480, 640, 3), 100, np.uint8)
    image[240:250, 320:330] = level
    return image


@pytest.mark.unit
def test_a_picture_that_never_changes_stands_still() -> None:
    assert still([scene(100)] * 60).all()


@pytest.mark.unit
def test_one_moving_block_is_motion() -> None:
    assert not still([scene(120 if k % 4 < 2 else 150) for k in range(60)]).any()


@pytest.mark.unit
def test_a_camera_of_one_picture_a_second_is_no_still_picture() -> None:
    assert not still([scene(100 + 15 * (k // 5 % 4)) for k in range(60)]).any()


@pytest.mark.unit
def test_repainted_key_frames_are_no_motion() -> None:
    assert still([scene(115 if k % 25 == 24 else 100) for k in range(100)]).all()


@pytest.mark.unit
def test_a_camera_that_freezes_stands_still_from_then_on() -> None:
    moving = [scene(100 + 20 * (k % 3)) for k in range(50)]
    found = still([*moving, *[moving[-1]] * 50])
    assert not found[:45].any()
    assert found[55:].all()


@pytest.mark.unit
def test_a_short_recording_is_looked_at_as_a_whole_and_one_picture_says_nothing() -> None:
    assert still([scene(100)] * 10).all()
    assert not still([scene(100 + 20 * (k % 3)) for k in range(10)]).any()
    assert still([scene(100)]).tolist() == [False]
    assert still([]).tolist() == []


@pytest.mark.unit
def test_the_range_leaves_out_the_outer_tenths() -> None:
    pictures = [np.full((2, 2), level, np.uint8) for level in (255, *[7] * 18, 0)]
    assert most_varied(pictures) == 0
    assert most_varied([np.full((2, 2), level, np.uint8) for level in range(100, 121)]) == 16


@pytest.mark.models
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("h264.mp4", ("-c:v", "libx264", "-preset", "veryfast", "-crf", "28")),
        ("noise.mp4", ("-vf", "noise=alls=8:allf=t", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28")),
        ("vp8.webm", ("-c:v", "libvpx", "-deadline", "realtime", "-b:v", "200k")),
        ("mpeg4.avi", ("-c:v", "mpeg4", "-q:v", "8")),
    ],
)
def test_an_encoded_photograph_stands_still(tmp_path: Path, name: str, more: tuple[str, ...]) -> None:
    photo = tmp_path / "photo.png"
    cv2.imwrite(str(photo), portrait()[:, :, ::-1])
    path = tmp_path / name
    ffmpeg("-loop", "1", "-framerate", "25", "-i", photo, "-t", "12", "-pix_fmt", "yuv420p", *more, path)
    assert seen(path) > 0.9


@pytest.mark.models
def test_a_portrait_that_sways_does_not_stand_still(tmp_path: Path) -> None:
    assert seen(film(tmp_path / "sways.mp4", 8.0, swaying)) == 0.0


@pytest.mark.models
@pytest.mark.parametrize("name", ["lp_s18.mp4", "lp_d9.mp4", "talking_head_pexels.mp4", "musetalk_yongen.mp4"])
def test_people_do_not_stand_still_not_even_far_away_and_in_the_dark(tmp_path: Path, name: str) -> None:
    source = SHARED_MEDIA / name
    if not source.exists():
        pytest.skip(NO_SHARED_MEDIA)
    assert seen(source) == 0.0
    dim, path = "scale=200:-2,eq=brightness=-0.3:contrast=0.4,pad=640:480:20:20", tmp_path / "far.mp4"
    ffmpeg("-i", source, "-an", "-vf", dim, "-c:v", "libx264", "-preset", "veryfast", "-crf", "30", path)
    assert seen(path) == 0.0
