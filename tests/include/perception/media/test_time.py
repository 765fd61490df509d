"""Time is presentation time: sampling grid, late sound, gaps, rotation, containers without a duration."""

from __future__ import annotations

import math
import os
import struct
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from include.interview.media import AUDIO_SAMPLE_RATE_HZ, MediaFacts
from include.perception.media import Frame, prepare, probe, sample_frames
from include.perception.media.appended import appended_share
from include.settings import Limits
from tests.support.expected_skips import NO_SHARED_MEDIA
from tests.support.recordings import SHARED_MEDIA, clip_with_tone, ffmpeg, grey, write_video

LIMITS = Limits()


@pytest.fixture(autouse=True)
def ordinary_scheduling() -> Iterator[None]:
    """SVT-AV1's encoder, run as root, makes the process that encodes a real-time one (SCHED_FIFO 99) for good, and with
    it every server and browser that later tests start from it: they then starve each other."""
    yield
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


pytestmark = pytest.mark.programs


def frames_of(path: Path, **options: float) -> tuple[MediaFacts, list[Frame]]:
    facts = probe(path, LIMITS)
    return facts, list(sample_frames(path, facts, LIMITS, **options))


def sound_of(path: Path, folder: Path) -> np.ndarray:
    prepare(path, probe(path, LIMITS), folder, LIMITS)
    return np.fromfile(folder / "audio.s16", "<i2").astype(np.float64) / 32768


def test_vfr_frames_are_picked_by_time_stamp(tmp_path: Path) -> None:
    times = [0, 40, 80, 330, 340, 350, 610, 990, 1000, 1010, 1399, 1400, 1750, 2600, 2640, 2700]
    levels = [20 + 13 * k for k in range(len(times))]
    path = write_video(tmp_path / "vfr.mkv", (grey(level) for level in levels), times)
    facts, frames = frames_of(path)
    assert facts.video is not None
    assert facts.video.vfr
    # by hand: 0→0, 200→330, 400→610, 600→610, 800→990, 1000→1000, 1200→1399, 1400→1400, 1600→1750, 1800…→2600
    expected = [0, 330, 610, 990, 1000, 1399, 1400, 1750, 2600]
    assert [round(f.time_s * 1000) for f in frames] == expected
    for frame in frames:
        level = levels[times.index(round(frame.time_s * 1000))]
        assert abs(float(frame.image.mean()) - level) < 4, "the picture is the one shown at that time"


@pytest.mark.parametrize(("rate", "count"), [(8, 15), (5, 15), (4, 12), (24, 15), (30, 15)])
def test_constant_rates(tmp_path: Path, rate: int, count: int) -> None:
    path = clip_with_tone(tmp_path / "clip.mp4", 3.0, "libx264", rate)
    facts, frames = frames_of(path)
    assert facts.video is not None
    assert not facts.video.vfr
    assert facts.video.fps == pytest.approx(rate, rel=0.01)
    times = [Fraction(k, rate) for k in range(3 * rate)]
    expected = []
    for point in (Fraction(k, 5) for k in range(15)):
        frame = min((t for t in times if t >= point), default=None)
        if frame is not None and (not expected or frame > expected[-1]):
            expected.append(frame)
    assert [f.time_s for f in frames] == pytest.approx([float(t) for t in expected], abs=2e-3)
    assert len(frames) == count


@pytest.mark.parametrize(
    ("codec", "name", "suffix"),
    [
        ("libx264", "h264", ".mp4"),
        ("libx265", "hevc", ".mp4"),
        ("libsvtav1", "av1", ".mp4"),
        ("libvpx-vp9", "vp9", ".webm"),
        ("libvpx", "vp8", ".webm"),
    ],
)
def test_codecs_show_the_right_picture_at_the_right_time(tmp_path: Path, codec: str, name: str, suffix: str) -> None:
    times = [40 * k for k in range(50)]
    options = {"libx265": {"preset": "ultrafast", "log-level": "none"}, "libsvtav1": {"preset": "12"}}.get(
        codec, {"crf": "10", "b": "1M"} if "vpx" in codec else {"crf": "10"}
    )
    levels = [30 + 4 * k for k in range(50)]
    path = write_video(tmp_path / f"clip{suffix}", (grey(v, 128, 96) for v in levels), times, codec, options)
    facts, frames = frames_of(path)
    assert facts.video is not None
    assert "av1" in facts.video.codec if name == "av1" else facts.video.codec == name
    assert [round(f.time_s * 1000) for f in frames] == [200 * k for k in range(10)]
    for frame in frames:
        assert abs(float(frame.image.mean()) - levels[round(frame.time_s * 1000) // 40]) < 8


def turn(plain: Path, turned: Path, clockwise_deg: int) -> None:
    """Write the display matrix of a phone held sideways into the first track's header (ISO/IEC 14496-12, tkhd)."""
    cosine, sine = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[clockwise_deg]
    one = 1 << 16
    data = bytearray(plain.read_bytes())
    at = data.index(b"tkhd") + 4 + 40  # version 0: 40 bytes of times, ids and volume come before the matrix
    struct.pack_into(">4i", data, at, cosine * one, sine * one, 0, -sine * one)
    struct.pack_into(">i", data, at + 16, cosine * one)
    turned.write_bytes(data)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_rotation_metadata_brings_the_picture_upright(tmp_path: Path, degrees: int) -> None:
    plain, turned, reference = tmp_path / "plain.mp4", tmp_path / "turned.mp4", tmp_path / "reference.png"
    clip_with_tone(plain, 1.2)
    turn(plain, turned, degrees)
    ffmpeg("-i", turned, "-frames:v", "1", reference)  # FFmpeg's own program turns pictures by itself
    facts, frames = frames_of(turned)
    expected = cv2.cvtColor(cv2.imread(str(reference)), cv2.COLOR_BGR2RGB)
    assert frames[0].image.shape == expected.shape
    assert facts.video is not None
    assert facts.video.rotation_deg == degrees
    assert (facts.video.height, facts.video.width) == expected.shape[:2]
    assert float(np.abs(frames[0].image.astype(int) - expected).mean()) < 3


def test_scaling_agrees_with_opencv_area_averaging(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=10:duration=1", "-crf", "5", "-pix_fmt", "yuv420p", path)
    _, frames = frames_of(path)
    with av.open(str(path)) as container:
        full = next(container.decode(video=0)).to_ndarray(format="rgb24")
    expected = cv2.resize(full, (640, 360), interpolation=cv2.INTER_AREA)
    assert frames[0].image.shape == (360, 640, 3)
    assert float(np.abs(frames[0].image.astype(int) - expected).mean()) < 3


def test_large_pictures_are_sampled_as_densely_without_unreferenced_frames(tmp_path: Path) -> None:
    path = tmp_path / "hd.mp4"
    source = "testsrc2=size=1280x720:rate=30:duration=3"
    ffmpeg("-f", "lavfi", "-i", source, "-preset", "veryfast", "-bf", "3", "-pix_fmt", "yuv420p", path)
    facts, frames = frames_of(path)
    assert facts.video is not None
    assert not facts.video.vfr
    times = [frame.time_s for frame in frames]
    assert len(times) in (14, 15)
    for point, time in zip(np.arange(0, 3, 0.2), times, strict=False):
        assert point - 1e-3 <= time <= point + 0.2
        assert time * 30 == pytest.approx(round(time * 30), abs=1e-3), "a time stamp of the file, not of the grid"


def test_non_square_pixels_are_shown_in_shape(tmp_path: Path) -> None:
    path = tmp_path / "wide.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=1,setsar=4/3", "-pix_fmt", "yuv420p", path)
    facts, frames = frames_of(path)
    assert facts.video is not None
    assert (facts.video.width, facts.video.height) == (427, 240)
    assert frames[0].image.shape == (240, 427, 3)


def test_webm_without_duration(tmp_path: Path) -> None:
    whole, piped = tmp_path / "whole.webm", tmp_path / "piped.webm"
    clip_with_tone(whole, 2.0, "libvpx")
    with piped.open("wb") as file:  # a pipe cannot be rewound, so the muxer cannot write the duration
        subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-i", str(whole), "-c", "copy", "-f", "webm", "-live", "1", "pipe:1"],
            stdout=file,
            check=True,
        )
    facts = probe(piped, LIMITS)
    assert facts.announced_duration_s is None
    assert facts.duration_source == "packets"
    assert facts.duration_s == pytest.approx(2.0, abs=0.06)


def test_several_streams_largest_picture_wins_over_cover(tmp_path: Path) -> None:
    cover, path = tmp_path / "cover.jpg", tmp_path / "many.mp4"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=1024x1024:rate=1:duration=1", "-frames:v", "1", cover)
    ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=2", "-i", cover),
        *("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=2"),
        *("-f", "lavfi", "-i", "sine=frequency=300:duration=2", "-f", "lavfi", "-i", "sine=frequency=500:duration=2"),
        *("-map", "0", "-map", "2", "-map", "1", "-map", "3", "-map", "4"),
        *("-c:v:2", "mjpeg", "-disposition:v:2", "attached_pic", "-pix_fmt", "yuv420p", path),
    )
    facts, frames = frames_of(path)
    assert facts.streams == 5
    assert facts.video is not None
    assert (facts.video.width, facts.video.height) == (320, 240)
    assert len(frames) == 10


def test_cover_picture_of_an_audio_file_is_no_video(tmp_path: Path) -> None:
    cover, path = tmp_path / "cover.jpg", tmp_path / "song.mp3"
    ffmpeg("-f", "lavfi", "-i", "testsrc2=size=256x256:rate=1:duration=1", "-frames:v", "1", cover)
    ffmpeg(
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=3", "-i", cover, "-map", "0", "-map", "1"),
        *("-c:v", "copy", "-id3v2_version", "3", path),
    )
    facts = probe(path, LIMITS)
    assert facts.video is None
    assert facts.audio is not None
    assert list(sample_frames(path, facts, LIMITS)) == []


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".mp3", ".m4a", ".ogg"])
def test_audio_files_are_recordings(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"tone{suffix}"
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=2", path)
    sound = sound_of(path, tmp_path)
    assert sound.size == pytest.approx(2 * AUDIO_SAMPLE_RATE_HZ, rel=0.03)
    middle = sound[8000:24000]
    peak = int(np.argmax(np.abs(np.fft.rfft(middle * np.hanning(middle.size)))))
    assert peak * AUDIO_SAMPLE_RATE_HZ / middle.size == pytest.approx(440, abs=1.5)


def test_no_audio_track(tmp_path: Path) -> None:
    path = write_video(tmp_path / "mute.mp4", (grey(60 + k) for k in range(40)), [50 * k for k in range(40)])
    prepared = prepare(path, probe(path, LIMITS), tmp_path, LIMITS)
    assert prepared.audio_file is None
    assert "no_audio_track" in [flag.code for flag in prepared.flags]
    assert not (tmp_path / "audio.s16").exists()


def test_silent_audio_is_flagged(tmp_path: Path) -> None:
    path = tmp_path / "silent.wav"
    ffmpeg("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "2", path)
    prepared = prepare(path, probe(path, LIMITS), tmp_path, LIMITS)
    assert prepared.audio_peak_dbfs is None
    assert "silent_audio" in [flag.code for flag in prepared.flags]


def write_sound_with_gaps(path: Path, starts_s: list[float], rate: int = 48000) -> None:
    """A one-second 1 kHz tone at each of `starts_s`, beside five seconds of picture; nothing in between."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=10, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=rate, layout="mono")
        for k in range(50):
            frame = av.VideoFrame.from_ndarray(grey(40 + k), format="rgb24")
            frame.pts, frame.time_base = k, Fraction(1, 10)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        tone = (0.5 * 32767 * np.sin(2 * math.pi * 1000 * np.arange(rate // 50) / rate)).astype(np.int16)
        for start in starts_s:
            for k in range(50):
                frame = av.AudioFrame.from_ndarray(tone[None], format="s16", layout="mono")
                frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
                frame.pts = round(start * rate) + k * tone.size
                container.mux(audio.encode(frame))
        container.mux(audio.encode(None))


def test_late_sound_and_gaps_keep_recording_time(tmp_path: Path) -> None:
    path = tmp_path / "late.mkv"
    write_sound_with_gaps(path, [1.5, 3.25])
    prepared = prepare(path, probe(path, LIMITS), tmp_path, LIMITS)
    sound = np.abs(np.fromfile(tmp_path / "audio.s16", "<i2").astype(int))
    assert sound.size == 5 * AUDIO_SAMPLE_RATE_HZ
    loud = np.flatnonzero(sound > 3000) / AUDIO_SAMPLE_RATE_HZ
    edges = [loud[0], *loud[1:][np.diff(loud) > 0.1], loud[-1]]
    assert edges == pytest.approx([1.5, 3.25, 4.25], abs=0.003)
    assert prepared.audio_coverage == pytest.approx(2.0 / 5.0, abs=0.01)
    gaps = [(gap.start_s, gap.end_s) for gap in prepared.audio_gaps]
    assert [t for gap in gaps for t in gap] == pytest.approx([0, 1.5, 2.5, 3.25, 4.25, 5.0], abs=0.005)


def test_real_browser_recording() -> None:
    path = SHARED_MEDIA / "mediarecorder_no_duration.webm"
    if not path.exists():
        pytest.skip(NO_SHARED_MEDIA)
    facts = probe(path, LIMITS)
    assert facts.announced_duration_s is None
    assert facts.duration_s == pytest.approx(7.61, abs=0.05)
    assert facts.audio is not None
    assert facts.audio.start_s == pytest.approx(0.293, abs=0.01)


def test_real_file_with_several_streams() -> None:
    path = SHARED_MEDIA / "nasa_multi_stream.mp4"
    if not path.exists():
        pytest.skip(NO_SHARED_MEDIA)
    facts = probe(path, LIMITS)
    assert facts.video is not None
    assert (facts.video.stream_index, facts.video.width, facts.video.height) == (3, 480, 270)


@pytest.mark.parametrize(
    ("ending", "codec"),
    [
        ("webm", ("-c:a", "libopus")),
        ("mka", ("-c:a", "libopus")),
        ("ogg", ("-c:a", "libopus")),
        ("flac", ()),
        ("ts", ("-c:a", "aac")),
        ("wav", ()),
        ("m4a", ("-c:a", "aac")),
        ("mp3", ()),
        ("aac", ()),
    ],
)
def test_a_second_recording_in_a_file_is_read_on_or_said_to_be_unread(
    tmp_path: Path, ending: str, codec: tuple[str, ...]
) -> None:
    """As a page makes them that appends what its recorder gives after a new start."""
    parts = []
    for name, seconds in (("first", 3), ("second", 5)):
        tone = ("-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}")
        ffmpeg(*tone, *codec, tmp_path / f"{name}.{ending}")
        parts.append((tmp_path / f"{name}.{ending}").read_bytes())
    both = tmp_path / f"both.{ending}"
    both.write_bytes(b"".join(parts))
    facts = probe(both, LIMITS)
    done = prepare(both, facts, tmp_path, LIMITS)
    unread = sum(f.detail["seconds"] for f in done.flags if f.code == "sound_not_read")
    assert facts.duration_s + unread == pytest.approx(8.0, abs=0.6)


@pytest.mark.parametrize("ending", ["wav", "m4a", "mp3", "webm", "mkv"])
def test_of_an_ordinary_file_nothing_is_said_to_be_unread(tmp_path: Path, ending: str) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=3", tmp_path / f"one.{ending}")
    done = prepare(tmp_path / f"one.{ending}", probe(tmp_path / f"one.{ending}", LIMITS), tmp_path, LIMITS)
    assert not {f.code for f in done.flags}


@pytest.mark.parametrize("tail", [b"", b"RIFF", b"LIST\x00\x00\x00\x00", b"\x00" * 5000, b"RIFF\xff\xff\xff\xffAVI "])
def test_what_is_no_recording_behind_a_file_is_none(tmp_path: Path, tail: bytes) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=1", tmp_path / "one.wav")
    (tmp_path / "tail.wav").write_bytes((tmp_path / "one.wav").read_bytes() + tail)
    assert appended_share(tmp_path / "tail.wav") == 0.0
