"""A long recording needs no more memory than a short one."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.perception.media import FRAMES_PER_SECOND, MAX_SIDE_PX, probe
from include.perception.media.guard import Decoding
from include.perception.media.sampling import decoding_frames
from include.settings import Limits
from tests.support.recordings import ffmpeg

LIMITS = Limits()


def peaks(path: Path) -> tuple[int, int, int]:
    """Peak resident bytes of the probing, sampling and sound decoding children."""
    facts = probe(path, LIMITS)
    assert facts.video is not None
    assert facts.audio is not None
    with Decoding(path, "probe", LIMITS, 60.0) as probing:
        list(probing)
    with decoding_frames(path, facts, facts.video, LIMITS, FRAMES_PER_SECOND, MAX_SIDE_PX) as pictures:
        for _ in pictures:
            continue
    job = {
        "stream_index": facts.audio.stream_index,
        "origin_s": 0.0,
        "end_samples": round(facts.duration_s * 16000),
        "rate_hz": 16000,
    }
    with Decoding(path, "sound", LIMITS, 60.0, **job) as sound:
        for _ in sound:
            continue
    return tuple(d.account["peak_rss_bytes"] for d in (probing, pictures, sound))  # type: ignore[return-value]


@pytest.mark.programs
def test_peak_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    short, long = tmp_path / "one.mp4", tmp_path / "ten.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=60"),
        *("-f", "lavfi", "-i", "sine=frequency=300:sample_rate=16000:duration=60"),
        *("-preset", "ultrafast", "-pix_fmt", "yuv420p", short),
    )
    ffmpeg("-stream_loop", "9", "-i", short, "-c", "copy", long)
    ballast = bytearray(300 * 2**20)  # what this process holds must not hide what the child takes
    ballast[::4096] = b"x" * len(ballast[::4096])
    for one, ten in zip(peaks(short), peaks(long), strict=True):
        assert 10 * 2**20 < one < 200 * 2**20
        assert ten <= 1.2 * one
