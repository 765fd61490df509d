"""Recordings made at test time, with properties known by construction."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

SHARED_MEDIA = Path(__file__).resolve().parents[3] / "shared" / "media"


def ffmpeg(*arguments: str | Path) -> None:
    """Run FFmpeg quietly; an error fails the test with FFmpeg's words."""
    command = ["ffmpeg", "-hide_banner", "-loglevel", "error", "-y", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def write_video(
    path: Path,
    images: Iterable[np.ndarray],
    times_ms: Sequence[int],
    codec: str = "libx264",
    options: dict[str, str] | None = None,
) -> Path:
    """Encode RGB `images` so that image k is shown at `times_ms[k]`."""
    with av.open(str(path), "w") as container:
        stream = None
        for image, time in zip(images, times_ms, strict=True):
            if stream is None:
                stream = container.add_stream(codec, rate=25, options=options or {"preset": "ultrafast", "crf": "10"})
                stream.height, stream.width = image.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.time_base = Fraction(1, 1000)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        assert stream is not None
        container.mux(stream.encode(None))
    return path


def grey(level: int, width: int = 64, height: int = 48) -> np.ndarray:
    """A picture of one grey level: its level names it after decoding."""
    return np.full((height, width, 3), level, np.uint8)


def clip_with_tone(path: Path, seconds: float = 3.0, codec: str = "libx264", rate: int = 24, *more: str) -> Path:
    """FFmpeg's moving test picture with a 440 Hz tone."""
    ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=size=320x240:rate={rate}:duration={seconds}"),
        *("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}"),
        *("-c:v", codec, "-pix_fmt", "yuv420p", *more, path),
    )
    return path
