"""Recordings of one public-domain face (NASA portrait of Eileen Collins, shipped with scikit-image)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from include.interview.media import MediaFacts
from include.interview.records import Measurements
from include.perception.media import probe
from include.perception.vision import observe
from include.settings import Limits, load_settings
from tests.support.recordings import write_video

WIDTH, HEIGHT = 480, 360
RATE = 10
MODELS = load_settings().models_dir
ALL_CHANNELS = ("media", "face", "body", "hands", "integrity")

needs_models = pytest.mark.skipif(
    not (MODELS / "mediapipe" / "face_landmarker.task").is_file(), reason="model weights are not fetched"
)


@cache
def portrait() -> np.ndarray:
    """Head and shoulders, upright, uint8 RGB (HEIGHT, WIDTH, 3), on a grey ground."""
    from skimage import data

    canvas = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    person = cv2.resize(data.astronaut()[:400, 40:440], (HEIGHT, HEIGHT), interpolation=cv2.INTER_AREA)
    canvas[:, 60 : 60 + HEIGHT] = person
    return canvas


def head(size: int) -> np.ndarray:
    """The head alone, uint8 RGB (size, size, 3)."""
    from skimage import data

    return cv2.resize(data.astronaut()[0:230, 110:340], (size, size), interpolation=cv2.INTER_AREA)


def empty() -> np.ndarray:
    """The same ground without anybody."""
    return np.full((HEIGHT, WIDTH, 3), 128, np.uint8)


def turned(image: np.ndarray, degrees: float, scale: float = 1.0, shift: tuple[float, float] = (0, 0)) -> np.ndarray:
    """`image` turned counter-clockwise about its middle, scaled and moved."""
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, scale)
    matrix[:, 2] += shift
    return cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_CONSTANT, borderValue=(128, 128, 128))


def swaying(t: float, image: np.ndarray | None = None) -> np.ndarray:
    """The portrait, or `image`, at time `t` in seconds, swaying by some 2° and 6 pixels.

    It never stands still, and no movement comes back: the periods have no common multiple below many minutes.
    """
    one, two, slow = 2 * np.pi * t / 3.0, 2 * np.pi * t / 7.3137, 2 * np.pi * t / 53.1
    picture = portrait() if image is None else image
    return turned(
        picture,
        1.2 * np.sin(one) + np.sin(two),
        shift=(4.0 * np.cos(one) + 3.0 * np.sin(two + 1.0), 14.0 * np.sin(slow)),
    )


_LIPS_APART_AT, _CHIN_AT, _MOUTH_X, _MOUTH_HALF = 131.7, 166.6, 225.0, 21.6
"""Pixels of `portrait`: rows where the lips meet and below the chin, column of the mouth's middle, half its width."""


def mouth_open(pixels: float) -> np.ndarray:
    """The portrait with its lower lip lowered by `pixels`, of a head 93 pixels high."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    gap = pixels * np.clip(1.0 - ((x - _MOUTH_X) / _MOUTH_HALF) ** 2, 0.0, 1.0)
    moved = (y >= _LIPS_APART_AT) & (y <= _CHIN_AT)
    below = _LIPS_APART_AT + (y - _LIPS_APART_AT - gap) * (_CHIN_AT - _LIPS_APART_AT) / np.maximum(
        _CHIN_AT - _LIPS_APART_AT - gap, 1.0
    )
    source = np.where(moved & (y > _LIPS_APART_AT + gap), below, y).astype(np.float32)
    picture = cv2.remap(portrait(), x, source, cv2.INTER_LINEAR)
    picture[moved & (y <= _LIPS_APART_AT + gap) & (gap > 0.5)] = (50, 15, 15)
    return picture


def film(path: Path, seconds: float, picture_at: Callable[[float], np.ndarray]) -> Path:
    """A recording at `RATE` frames per second whose picture at time t is `picture_at(t)`."""
    times = [round(1000 * k / RATE) for k in range(round(seconds * RATE))]
    return write_video(path, (picture_at(t / 1000) for t in times), times)


def observed(path: Path, **options: object) -> dict[str, Measurements]:
    """Measurements by channel, everything allowed unless `options` say otherwise."""
    facts: MediaFacts = probe(path, Limits())
    channels = options.pop("profile_channels", ALL_CHANNELS)
    found = observe(path, facts, Limits(), MODELS, channels, **options)  # type: ignore[arg-type]
    return {m.channel: m for m in found}


def value(found: dict[str, Measurements], channel: str, name: str) -> float:
    """The value of one measure, which must be there."""
    measure = found[channel].get(name)
    assert measure is not None
    assert measure.value is not None, measure.reason
    return measure.value


def codes(found: dict[str, Measurements], channel: str) -> list[str]:
    """Flag codes of one channel."""
    return [flag.code for flag in found[channel].flags]
