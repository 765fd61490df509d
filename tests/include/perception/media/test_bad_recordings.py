"""Every kind of bad file is an error with a cause and a remedy, never a crash."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec
import numpy as np
import pytest

from include.interview.errors import BadMedia
from include.perception.media import prepare, probe, sample_frames
from include.perception.media.guard import BASE_SECONDS, Decoding
from include.settings import Limits
from tests.support.recordings import clip_with_tone, ffmpeg

LIMITS = Limits()
pytestmark = pytest.mark.programs


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip_with_tone(tmp_path_factory.mktemp("bad") / "clip.mp4")


def refusal(path: Path, limits: Limits = LIMITS) -> BadMedia:
    with pytest.raises(BadMedia) as caught:
        probe(path, limits)
    assert caught.value.remedy, "every refusal says what to do next"
    return caught.value


def test_missing_and_empty(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.mp4").code == "bad_media.missing"
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert refusal(empty).code == "bad_media.empty"


@pytest.mark.parametrize("seed", range(5))
def test_random_bytes(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "noise.mp4"
    path.write_bytes(np.random.default_rng(seed).bytes(200_000))
    assert refusal(path).code == "bad_media.unknown_container"


@pytest.mark.parametrize(
    "head",
    [b"\x00\x00\x00\x18ftypmp42", b"\x1aE\xdf\xa3", b"OggS", b"\xff\xfb\x90\x00", b"fLaC", b"RIFF\x00\x00\x10\x00WAVE"],
)
def test_random_bytes_behind_a_true_signature(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "noise.bin"
    path.write_bytes(head + np.random.default_rng(7).bytes(100_000))
    assert refusal(path).code.startswith("bad_media.")


def test_text_renamed(tmp_path: Path) -> None:
    path = tmp_path / "cv.mp4"
    path.write_text("면접 답변입니다. This is not a video.\n" * 200)
    assert refusal(path).code == "bad_media.unknown_container"


def test_index_missing(tmp_path: Path, clip: Path) -> None:
    data = clip.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * 0.6)])  # FFmpeg writes the index (moov) last
    error = refusal(cut)
    assert error.code == "bad_media.no_index"
    assert "index" in error.cause


def test_truncated_tail_is_decoded_as_far_as_it_goes(tmp_path: Path, clip: Path) -> None:
    fast = tmp_path / "fast.mp4"
    ffmpeg("-i", clip, "-c", "copy", "-movflags", "+faststart", fast)
    data = fast.read_bytes()
    fast.write_bytes(data[: int(len(data) * 0.6)])
    facts = probe(fast, LIMITS)
    assert facts.truncated
    assert facts.announced_duration_s == pytest.approx(3.0, abs=0.1)
    assert facts.duration_s < 2.6
    times = [frame.time_s for frame in sample_frames(fast, facts, LIMITS)]
    assert times
    assert times[-1] <= facts.duration_s
    prepared = prepare(fast, facts, tmp_path, LIMITS)
    assert prepared.truncated
    assert "truncated" in [flag.code for flag in facts.flags]


def test_limits(clip: Path) -> None:
    def with_limit(**change: float) -> str | None:
        return refusal(clip, msgspec.structs.replace(LIMITS, **change)).code

    assert with_limit(max_bytes=1000) == "bad_media.bytes"
    assert with_limit(max_duration_s=2.0) == "bad_media.too_long"
    assert with_limit(min_duration_s=10.0) == "bad_media.too_short"
    assert with_limit(max_pixels=320 * 240 - 1) == "bad_media.pixels"
    assert with_limit(max_streams=1) == "bad_media.streams"


def test_subtitles_alone_are_no_recording(tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\nhello\n")
    path = tmp_path / "words.mkv"
    ffmpeg("-i", words, path)
    assert refusal(path).code == "bad_media.no_streams"


def test_memory_limit_is_a_sentence(tmp_path: Path) -> None:
    large = tmp_path / "large.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=2560x1440:rate=5:duration=1.2", "-pix_fmt", "yuv420p", large)
    tight = msgspec.structs.replace(LIMITS, decode_memory_bytes=64 * 1024**2)
    # native code out of memory may also abort before it can say so
    assert refusal(large, tight).code in ("bad_media.memory", "bad_media.crashed")


def test_timeout_and_crash_are_sentences(clip: Path) -> None:
    facts = probe(clip, LIMITS)
    assert facts.audio is not None
    job = {"stream_index": facts.audio.stream_index, "origin_s": 0.0, "end_samples": 48000, "rate_hz": 16000}
    with Decoding(clip, "sound", LIMITS, 0.001 - BASE_SECONDS + 1, **job) as hurried:
        hurried._seconds = 0.0
        with pytest.raises(BadMedia) as slow:
            list(hurried)
    assert slow.value.code == "bad_media.timeout"
    with Decoding(clip, "sound", LIMITS, 10.0, **job) as broken:
        os.kill(broken._child.pid, signal.SIGSEGV)
        with pytest.raises(BadMedia) as crash:
            list(broken)
    assert crash.value.code == "bad_media.crashed"


def test_child_gives_up_its_rights_and_gets_no_secret(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIVIEW_MASTER_KEY", "marker-of-a-secret")
    with Decoding(clip, "probe", LIMITS, 10.0) as decoding:
        environment = Path(f"/proc/{decoding._child.pid}/environ").read_bytes()
        list(decoding)
    assert b"marker-of-a-secret" not in environment
    assert decoding.account["confined"] is True
