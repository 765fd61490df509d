"""Black bars are no darkness: brightness and sharpness are those of the picture between them."""

from __future__ import annotations

import numpy as np
import pytest

from include.perception.vision.pictures import DARK_BELOW, PictureQuality, without_bars

pytestmark = pytest.mark.unit


def room(height: int, width: int, mean: float, noise: float = 6.0) -> np.ndarray:
    """A noisy grey picture (height, width) of the given mean."""
    rng = np.random.default_rng(1)
    return np.clip(rng.normal(mean, noise, (height, width)), 0, 255).astype(np.uint8)


def framed(picture: np.ndarray, height: int, width: int, black: int = 16) -> np.ndarray:
    """`picture` in the middle of a black one."""
    canvas = np.full((height, width), black, np.uint8)
    top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
    canvas[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return canvas


@pytest.mark.parametrize("size", [(360, 200), (200, 640), (240, 320), (360, 60)])
@pytest.mark.parametrize("black", [0, 16, 20])
def test_bars_of_every_side_are_cut_off(size: tuple[int, int], black: int) -> None:
    picture = room(*size, 100.0)
    assert without_bars(framed(picture, 360, 640, black)).shape == size


def test_encoding_noise_in_a_bar_is_still_a_bar() -> None:
    scene = framed(room(360, 200, 100.0), 360, 640).astype(int)
    scene[:, :220] += np.random.default_rng(2).integers(-2, 3, (360, 220))
    assert without_bars(scene.astype(np.uint8)).shape == (360, 200)


def test_a_dark_room_is_no_bar() -> None:
    dark = room(360, 640, 14.0)
    assert without_bars(dark).shape == dark.shape


def test_a_black_picture_stays_whole() -> None:
    assert without_bars(np.zeros((360, 640), np.uint8)).shape == (360, 640)
    light = framed(room(20, 20, 200.0), 360, 640)
    assert without_bars(light).shape == (360, 640), "one lamp in the dark is darkness"


@pytest.mark.parametrize(("mean", "dark"), [(100.0, False), (20.0, True)])
def test_darkness_is_that_of_the_picture(mean: float, dark: bool) -> None:
    quality = PictureQuality()
    scene = framed(room(360, 160, mean), 360, 640)  # a quarter of the width: the whole would be dark either way
    quality.look(np.repeat(scene[..., None], 3, axis=2), 0.0)
    assert (quality.brightness[0] < DARK_BELOW) is dark
    assert scene.mean() / 255 < DARK_BELOW
