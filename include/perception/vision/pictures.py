"""Quality of the pictures: brightness and sharpness once a second, and whether anything moves in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np

from include.interview.media import MediaFacts
from include.interview.records import Flag, Measure, Measurements
from include.perception.media.sampling import FRAMES_PER_SECOND
from include.perception.vision.measuring import channel_of, measured, withheld
from include.perception.vision.repetition import Repetition
from include.perception.vision.stillness import Stillness
from include.perception.vision.timeline import Timeline, timeline_of

LOOK_EVERY_S = 1.0
"""Light and focus change slowly: once a second is enough."""

_MAX_HOLD_S = 2.0
"""Longest time one look speaks for."""

DARK_BELOW = 0.15
"""Mean luma (0 to 1) below which a picture is dark: detectors lose faces around here."""

BAR_BLACK, BAR_RANGE = 24, 8
"""Grey levels (of 255) that a line of a black bar does not exceed, and by which its pixels differ at most: black is 0
or, in limited range, 16, and encoding adds a few."""

LEAST_PICTURE = 0.05
"""Share of the picture that must be left without its bars; less is a dark picture with a light in it."""

BLURRED_BELOW = 15.0
"""Variance of the Laplacian (8-bit luma, longer side at most 640 pixels) below which a picture has no sharp
edge (Pech-Pacheco et al. 2000, ICPR: diatom autofocusing; value for compressed video of this size)."""

LOW_FRAME_RATE = 5.0
"""Frames per second below which movement measures lose samples."""

_FLAG_SHARE = 0.3
"""Share of dark, blurred or still time from which the recording gets a quality flag."""


@dataclass
class PictureQuality:
    """Gathers brightness, sharpness and stillness while frames pass by."""

    times: list[float] = field(default_factory=list)
    brightness: list[float] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)
    stillness: Stillness = field(default_factory=Stillness)
    repetition: Repetition = field(default_factory=Repetition)
    _next: float = 0.0

    def look(self, image: np.ndarray, time_s: float) -> None:
        """Take `image`, uint8 RGB (height, width, 3), into account.

        Always for motion; for light and focus when a look is due.
        """
        import cv2

        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        self.stillness.look(grey, time_s)
        self.repetition.look(grey, time_s)
        if time_s < self._next:
            return
        self._next = time_s + LOOK_EVERY_S - 1e-6
        self.times.append(time_s)
        grey = without_bars(grey)
        self.brightness.append(float(cv2.mean(grey)[0]) / 255.0)
        self.sharpness.append(float(cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))[1][0, 0]) ** 2)


def without_bars(grey: np.ndarray) -> np.ndarray:
    """`grey`, uint8 (height, width), without the black bars at its edges; the whole picture when nothing else is in it.

    Letterboxes and pillarboxes say nothing about the light in a room. A bar is flat and black along the whole edge; a
    dark room has noise and some light in it.
    """
    rows, columns = (_picture_span(grey, axis) for axis in (1, 0))
    inside = grey[rows, columns]
    return inside if inside.size >= LEAST_PICTURE * grey.size else grey


def _picture_span(grey: np.ndarray, across: int) -> slice:
    """The rows (`across` 1) or columns (0) from the first to the last that is not a line of a bar."""
    low, high = np.percentile(grey, (1.0, 99.0), axis=across)
    picture = np.flatnonzero((high > BAR_BLACK) | (high - low > BAR_RANGE))
    return slice(int(picture[0]), int(picture[-1]) + 1) if picture.size else slice(None)


def measure_media(
    facts: MediaFacts, quality: PictureQuality, decode_account: dict[str, float], refused: Collection[str]
) -> Measurements:
    """Duration (s), brightness, sharpness and stillness, with flags for what makes other measures less sure."""
    measures: list[Measure] = [measured("duration_s", facts.duration_s, coverage=1.0, n=1)]
    flags = facts.flags
    video = facts.video
    coverage = 1.0
    if video is None or not quality.times:
        names = ("brightness_mean", "blur_share", "dark_share", "still_share", "repeated_share")
        measures += [withheld(name, "no_video") for name in names]
        flags += (Flag("no_video", "warning"),)
    else:
        timeline = timeline_of(quality.times, video.start_s, video.end_s, facts.duration_s, LOOK_EVERY_S, _MAX_HOLD_S)
        coverage, n = timeline.coverage, len(quality.times)
        brightness, sharpness = np.asarray(quality.brightness), np.asarray(quality.sharpness)
        mean = float(np.average(brightness, weights=timeline.weights))
        measures.append(measured("brightness_mean", mean, coverage=coverage, n=n))
        still = quality.stillness
        sampled = timeline_of(still.times, video.start_s, video.end_s, facts.duration_s, 1.0 / FRAMES_PER_SECOND)
        for name, mask, kind, over in (
            ("blur_share", sharpness < BLURRED_BELOW, "blurred", timeline),
            ("dark_share", brightness < DARK_BELOW, "dark", timeline),
            ("still_share", still.still(), "still_picture", sampled),
            ("repeated_share", quality.repetition.repeated(), "repeated_picture", sampled),
        ):
            measure, flag = _share(name, mask, kind, over)
            measures.append(measure)
            flags += flag
        if video.fps < LOW_FRAME_RATE:
            flags += (Flag("low_frame_rate", "warning", {"fps": video.fps}),)
    if decode_account.get("damaged"):
        flags += (Flag("damaged_video", "warning", {"packets": float(decode_account["damaged"])}),)
    kept = [m for m in measures if m.name not in refused]
    return channel_of("media", coverage, kept, refused, flags)


def _share(name: str, mask: np.ndarray, kind: str, timeline: Timeline) -> tuple[Measure, tuple[Flag, ...]]:
    """The time share of `mask` (bool, one per sample) as a measure, with a flag called `kind` when it is much."""
    share, intervals = timeline.share(mask), timeline.intervals(mask, kind)
    measure = measured(name, share, coverage=timeline.coverage, n=int(mask.size), intervals=intervals)
    return measure, (Flag(kind, "warning", {"share": share}, intervals),) if share >= _FLAG_SHARE else ()
