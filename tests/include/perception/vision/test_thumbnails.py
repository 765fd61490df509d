"""Thumbnails: evenly spread over the recording, small, and of the frames that were shown."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from include.interview.media import VideoFacts
from include.perception.media import Frame
from include.perception.vision import Thumbnails

pytestmark = pytest.mark.unit


def facts(start_s: float, end_s: float) -> VideoFacts:
    return VideoFacts(0, "h264", 640, 480, 0, 25.0, False, 300, start_s, end_s)


def shown(start_s: float, end_s: float, fps: float = 5.0) -> Thumbnails:
    kept = Thumbnails(facts(start_s, end_s))
    for k in range(round((end_s - start_s) * fps)):
        grey = np.full((480, 640, 3), min(255, k * 4), np.uint8)
        kept.look(Frame(start_s + k / fps, grey))
    return kept


def test_twelve_pictures_spread_over_the_recording() -> None:
    kept = shown(1.0, 13.0)
    assert [at for at, _ in kept.taken] == pytest.approx([1.0 + k for k in range(12)])


def test_pictures_are_small_jpegs_of_the_frames_shown() -> None:
    kept = shown(0.0, 12.0)
    at, data = kept.taken[5]
    picture = Image.open(io.BytesIO(data))
    assert (picture.format, picture.size) == ("JPEG", (320, 240))
    assert abs(float(np.asarray(picture).mean()) - round(at * 5) * 4) < 2


def test_a_short_recording_gives_what_it_has() -> None:
    assert len(shown(0.0, 1.0).taken) == 5
