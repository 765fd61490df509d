"""Sampling: upright frames of a recording on a time grid, one sequential decode in constant memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from include.interview.media import MediaFacts, VideoFacts
from include.perception.media import wire
from include.perception.media.guard import Decoding
from include.settings import Limits

if TYPE_CHECKING:
    import numpy as np

FRAMES_PER_SECOND = 5.0
"""Sampling rate shared by all detectors: posture, gaze direction and smiles last longer than 0.2 s."""

MAX_SIDE_PX = 640
"""Longer side of a sampled frame: the detectors' own inputs are 128 to 256 pixels wide."""

_SPARSE_FROM_PIXELS = 1280 * 720
_SPARSE_FROM_FPS = 20.0
"""From this size and rate on, frames that no other frame refers to are left undecoded: below it, decoding
costs next to nothing."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One sampled frame: recording time in seconds, and an upright uint8 RGB picture (height, width, 3)."""

    time_s: float
    image: np.ndarray


def sample_frames(
    path: Path, facts: MediaFacts, limits: Limits, fps: float = FRAMES_PER_SECOND, max_side: int = MAX_SIDE_PX
) -> Iterator[Frame]:
    """Frames of the chosen video stream: the first at or after each point of the grid k / `fps`.

    No frame is given twice, so a recording with fewer frames than the grid gives just those. Times are
    presentation times. Closing the iterator ends the decoding child. Nothing is given without a video track.

    Raises:
        BadMedia: the recording turns out undecodable or over a limit while decoding.
    """
    video = facts.video
    if video is None:
        return
    with decoding_frames(path, facts, video, limits, fps, max_side) as decoding:
        for kind, body in decoding:
            if kind == wire.PICTURE:
                yield picture(body, video)


def decoding_frames(
    path: Path, facts: MediaFacts, video: VideoFacts, limits: Limits, fps: float, max_side: int
) -> Decoding:
    """The guarded decode behind `sample_frames`, for callers that also want its closing `account`.

    Raises:
        BadMedia: the recording is refused, or turns out undecodable or over a limit while decoding.
    """
    large = video.width * video.height >= _SPARSE_FROM_PIXELS
    return Decoding(
        path,
        "frames",
        limits,
        facts.duration_s * limits.decode_timeout_factor,
        fps=fps,
        end_s=limits.max_duration_s,
        sparse=large and video.fps >= _SPARSE_FROM_FPS and not video.vfr,
        **picture_job(facts, video, max_side),
    )


def picture_job(facts: MediaFacts, video: VideoFacts, max_side: int) -> dict[str, float]:
    """The decoding job's fields that locate and scale the pictures of `video`; `max_side` is in pixels."""
    return {
        "stream_index": video.stream_index,
        "origin_s": facts.origin_s,
        "max_side": max_side,
        "pixel_aspect": video.pixel_aspect,
    }


def picture(body: bytearray, video: VideoFacts) -> Frame:
    """The upright frame in the body of one PICTURE message: uint8 RGB of shape (height, width, 3)."""
    import cv2
    import numpy as np

    time_s, width, height = wire.FRAME.unpack_from(body)
    image: np.ndarray = np.frombuffer(body, np.uint8, width * height * 3, wire.FRAME.size).reshape(height, width, 3)
    turns = {
        90: cv2.ROTATE_90_CLOCKWISE,
        180: cv2.ROTATE_180,
        270: cv2.ROTATE_90_COUNTERCLOCKWISE,
    }
    if video.rotation_deg in turns:
        image = cv2.rotate(image, turns[video.rotation_deg])
    return Frame(time_s, image)
