"""A few small pictures of the recording for the report, taken from the frames that are decoded anyway."""

from __future__ import annotations

from include.interview.media import VideoFacts
from include.perception.media.sampling import Frame

THUMBNAILS = 12
SIDE_PX = 320
_JPEG_QUALITY = 80


class Thumbnails:
    """Evenly spaced JPEGs of one recording: shown every sampled frame, it keeps the first of each stretch.

    `taken`: (recording time in seconds, JPEG bytes whose longer side is at most `SIDE_PX`), in order.
    """

    def __init__(self, video: VideoFacts) -> None:
        self._spacing_s = (video.end_s - video.start_s) / THUMBNAILS
        self._due_s = video.start_s
        self.taken: list[tuple[float, bytes]] = []

    def look(self, frame: Frame) -> None:
        """Keep `frame` when its stretch has no picture yet."""
        if len(self.taken) >= THUMBNAILS or frame.time_s < self._due_s:
            return
        self.taken.append((frame.time_s, _jpeg(frame)))
        while self._due_s <= frame.time_s:
            self._due_s += max(self._spacing_s, 1e-3)


def _jpeg(frame: Frame) -> bytes:
    import cv2

    height, width = frame.image.shape[:2]
    scale = min(1.0, SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return data.tobytes()
