"""Small recordings for uploads."""

from __future__ import annotations

import io
import math
import struct
import subprocess
import wave
from pathlib import Path

RATE = 16_000


def tone(seconds: float = 2.0, pitch_hz: float = 220.0) -> bytes:
    """A WAV file of a tone; another pitch gives another file."""
    samples = (round(8000 * math.sin(2 * math.pi * pitch_hz * n / RATE)) for n in range(int(seconds * RATE)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return out.getvalue()


def huge_frames(path: Path) -> bytes:
    """A small MP4 whose pictures have 4096 x 4096 pixels: some kilobytes that would become gigabytes."""
    source = "color=black:size=4096x4096:rate=2:duration=1.5"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "ultrafast"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", str(path)], check=True)
    return path.read_bytes()
