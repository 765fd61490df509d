"""The clock of diarization: one grid of frames over the whole stream, so that overlapping windows add up exactly.

Frame k of a stream is the segmentation network's view of 991 samples (62 ms) around sample 495 + 270 k. Windows begin
on the grid and move by whole frames, so no scores are ever interpolated.
"""

from __future__ import annotations

SAMPLE_RATE = 16_000
HOP = 270
"""Samples between frames: stride 10 of the first filter, three pools by 3."""
FIELD = 991
"""Samples one frame sees."""
FRAME_S = HOP / SAMPLE_RATE


def samples_of(frames: int) -> int:
    """Samples a window needs to give `frames` frames."""
    return (frames - 1) * HOP + FIELD


def frames_of(samples: int) -> int:
    """Frames `samples` samples give."""
    return max(0, (samples - FIELD) // HOP + 1)


def seconds_of(frame: int) -> float:
    """Where a frame's own stretch of 17 ms begins, in seconds of the stream."""
    return (frame * HOP + (FIELD - HOP) / 2) / SAMPLE_RATE


def frame_at(seconds: float) -> int:
    """The frame whose stretch begins nearest to a time."""
    return round((seconds * SAMPLE_RATE - (FIELD - HOP) / 2) / HOP)
