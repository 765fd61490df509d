"""Odd recordings that can be used: the card says what could not be observed, and nobody is punished for it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.records import CriterionScore, Measure
from tasks.ephemeral import Evaluated, evaluate_files
from tests.include.perception.media.test_time import turn
from tests.support.face_recordings import HEIGHT, WIDTH, empty, head, portrait
from tests.support.installation import settings_in
from tests.support.interview_clips import ANSWER, GERMAN, SHORT_ANSWER, face, speak, talking
from tests.support.recordings import ffmpeg, write_video

pytestmark = [pytest.mark.models, pytest.mark.hears]

Evaluation = Callable[..., Evaluated]


@pytest.fixture(scope="module")
def evaluation(weights: None, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    settings = settings_in(tmp_path_factory.mktemp("honest") / "home")

    def evaluate(path: Path, **options: Any) -> Evaluated:
        return evaluate_files([path], general_opening("en"), settings, with_reports=False, **options)

    return evaluate


@pytest.fixture(scope="module")
def silent_face(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of the portrait, no sound."""
    return face(tmp_path_factory.mktemp("face") / "face.mp4", 3.0)


def line(one: Evaluated, criterion: str) -> CriterionScore:
    return next(c for c in one.card.criteria if c.criterion == criterion)


def measure(one: Evaluated, channel: str, name: str) -> Measure:
    found = next(m for m in one.measurements if m.channel == channel).get(name)
    assert found is not None
    return found


def value(one: Evaluated, channel: str, name: str) -> float:
    found = measure(one, channel, name)
    assert found.value is not None, found.reason
    return found.value


def flags(one: Evaluated, channel: str) -> list[str]:
    return [f.code for f in next(m for m in one.measurements if m.channel == channel).flags]


def assert_no_words_judged(one: Evaluated, code: str) -> None:
    """Every criterion that reads words is insufficient for reason `code`; the card gives no total."""
    for criterion in ("language", "psychological", "cognitive", "job_fit"):
        found = line(one, criterion)
        assert (found.status, found.score, found.level) == ("insufficient", None, None)
        assert found.reason is not None
        assert found.reason.code == code
        assert found.reason.text.ko
        assert found.reason.text.en
    assert (one.card.status, one.card.total) == ("incomplete", None)
    assert set(one.card.missing) >= {"language", "psychological", "cognitive", "job_fit"}
    assert one.card.human_decision_required


def assert_face_followed(one: Evaluated, seconds: float) -> None:
    """The portrait was found throughout a recording of `seconds`."""
    assert value(one, "media", "duration_s") == pytest.approx(seconds, abs=0.25)
    assert value(one, "face", "present_share") > 0.9


def test_no_audio_track(evaluation: Evaluation, silent_face: Path) -> None:
    one = evaluation(silent_face)
    assert_no_words_judged(one, "no_words")
    assert "no_audio_track" in [f.code for f in one.transcript.flags]
    assert "unsupported_language" not in [r.code for r in one.card.review], "nobody spoke any language"
    assert_face_followed(one, 3.0)


def test_silent_audio(evaluation: Evaluation, silent_face: Path, tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    ffmpeg("-i", silent_face, "-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-shortest", "-c:v", "copy", path)
    one = evaluation(path)
    assert_no_words_judged(one, "no_words")
    assert {"no_speech", "silent_audio"} <= {f.code for f in one.transcript.flags}
    assert one.transcript.utterances == ()
    assert measure(one, "voice", "f0_median_hz").value is None
    assert "unsupported_language" not in [r.code for r in one.card.review]


def test_no_video_track(evaluation: Evaluation, tmp_path: Path) -> None:
    one = evaluation(speak(tmp_path / "voice.wav", ANSWER), language="en")
    assert line(one, "language").status == "scored"
    assert line(one, "cognitive").status == "scored"
    assert measure(one, "face", "present_share").reason == "no_video"
    assert line(one, "nonverbal").status == "insufficient"
    assert (one.card.status, one.card.total) == ("incomplete", None)
    assert "nonverbal" in one.card.missing


def test_no_face(evaluation: Evaluation, tmp_path: Path) -> None:
    one = evaluation(face(tmp_path / "empty.mp4", 3.0, lambda _t: empty()))
    assert value(one, "face", "present_share") == 0.0
    assert measure(one, "face", "facing_camera_share").value is None, "nobody to look anywhere"
    assert line(one, "nonverbal").status == "insufficient", "absence does not lower a score: there is none"
    assert "nonverbal" in one.card.missing


def test_two_faces_are_a_remark_apart_and_never_a_reason(evaluation: Evaluation, tmp_path: Path) -> None:
    picture = np.full((HEIGHT, WIDTH, 3), 128, np.uint8)
    picture[60:300, 10:250] = head(240)
    picture[90:250, 300:460] = head(160)
    one = evaluation(face(tmp_path / "two.mp4", 3.0, lambda _t: picture))
    assert "other_face" in [f.code for f in one.card.integrity]
    assert value(one, "integrity", "other_face") > 0.5
    assert value(one, "face", "present_share") > 0.9
    assert not any("face" in r.code for r in one.card.review)
    assert all(e.channel != "integrity" for c in one.card.criteria for e in c.evidence if hasattr(e, "channel"))


def test_face_leaves_for_half_of_the_time(evaluation: Evaluation, tmp_path: Path) -> None:
    one = evaluation(face(tmp_path / "leaves.mp4", 6.0, lambda t: portrait() if t < 3.0 else empty()))
    assert value(one, "face", "present_share") == pytest.approx(0.5, abs=0.1)
    assert value(one, "face", "facing_camera_share") > 0.9, "judged over the time the face was there"
    assert measure(one, "face", "facing_camera_share").coverage == pytest.approx(0.5, abs=0.1)


def test_very_dark(evaluation: Evaluation, tmp_path: Path) -> None:
    one = evaluation(face(tmp_path / "dark.mp4", 3.0, lambda _t: (portrait() * 0.03).astype(np.uint8)))
    assert value(one, "media", "dark_share") == pytest.approx(1.0)
    assert any("dark" in code for code in flags(one, "media"))
    assert line(one, "nonverbal").status == "insufficient" or (line(one, "nonverbal").level or 0) >= 3.0


def test_eight_frames_per_second(evaluation: Evaluation, tmp_path: Path) -> None:
    times = [125 * k for k in range(24)]
    path = write_video(tmp_path / "eight.mp4", (portrait() for _ in times), times)
    assert_face_followed(evaluation(path), 3.0)


def test_variable_frame_rate_is_measured_in_time_and_not_in_frames(evaluation: Evaluation, tmp_path: Path) -> None:
    # One second with 30 frames of the face, then three seconds with 4 frames a second of nobody.
    times = [round(1000 * k / 30) for k in range(30)] + [1000 + 250 * k for k in range(12)]
    pictures = [portrait()] * 30 + [empty()] * 12
    one = evaluation(write_video(tmp_path / "vfr.mp4", pictures, times))
    assert value(one, "media", "duration_s") == pytest.approx(4.0, abs=0.3)
    assert value(one, "face", "present_share") == pytest.approx(0.25, abs=0.1)


def test_rotated(evaluation: Evaluation, silent_face: Path, tmp_path: Path) -> None:
    lying, upright = tmp_path / "lying.mp4", tmp_path / "upright.mp4"
    ffmpeg("-i", silent_face, "-vf", "transpose=2", lying)  # a quarter counter-clockwise
    turn(lying, upright, 90)
    one = evaluation(upright)
    assert_face_followed(one, 3.0)
    assert value(one, "body", "shoulder_tilt_deg") == pytest.approx(0.0, abs=20.0)


def test_browser_webm_without_duration(evaluation: Evaluation, silent_face: Path, tmp_path: Path) -> None:
    path = tmp_path / "recorder.webm"
    with path.open("wb") as file:  # written into a pipe as a browser does: no duration, no index
        command = ["ffmpeg", "-loglevel", "error", "-i", silent_face, "-c:v", "libvpx", "-live", "1", "-f", "webm", "-"]
        subprocess.run(command, stdout=file, check=True)
    probed = subprocess.run(
        ["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert probed.stdout.strip() == "N/A"
    assert_face_followed(evaluation(path), 3.0)


@pytest.mark.parametrize(
    ("name", "codec", "more"),
    [
        ("hevc.mp4", "libx265", ("-preset", "ultrafast", "-x265-params", "log-level=none")),
        ("av1.mp4", "libsvtav1", ("-preset", "12")),
        ("vp9.webm", "libvpx-vp9", ("-deadline", "realtime", "-cpu-used", "8")),
    ],
)
def test_modern_codecs(
    evaluation: Evaluation, silent_face: Path, tmp_path: Path, name: str, codec: str, more: tuple[str, ...]
) -> None:
    path = tmp_path / name
    ffmpeg("-i", silent_face, "-c:v", codec, *more, path)
    assert_face_followed(evaluation(path), 3.0)


def test_several_streams(evaluation: Evaluation, silent_face: Path, tmp_path: Path) -> None:
    cover, path = tmp_path / "cover.png", tmp_path / "several.mkv"
    ffmpeg("-f", "lavfi", "-i", "color=red:size=64x48", "-frames:v", "1", cover)
    sound = speak(tmp_path / "voice.wav", SHORT_ANSWER)
    ffmpeg(
        *("-f", "lavfi", "-i", "color=blue:size=64x48:rate=10:duration=3", "-i", silent_face),
        *("-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-i", sound, "-t", "3"),
        *("-map", "0:v", "-map", "1:v", "-map", "3:a", "-map", "2:a", "-pix_fmt", "yuv420p", "-attach", cover),
        *("-metadata:s:t", "mimetype=image/png", path),
    )
    one = evaluation(path, language="en")
    assert_face_followed(one, 3.0)
    assert one.transcript.utterances, "the spoken track was heard"


@pytest.mark.parametrize("seconds", [3.0, 6.0])
def test_a_few_seconds(evaluation: Evaluation, tmp_path: Path, seconds: float) -> None:
    one = evaluation(talking(tmp_path, "short", SHORT_ANSWER, seconds), language="en")
    assert_no_words_judged(one, "too_few_words")
    seen = line(one, "nonverbal")
    assert (seen.status, seen.score, seen.sem) == ("insufficient", None, None), "a clip of 6 s once had 25.0 ± 0.00"
    assert seen.reason is not None
    assert seen.reason.code == "too_little_speech_seen"
    covered = line(one, "language").reason
    assert covered is not None
    assert 0.0 < (covered.coverage or 0.0) < 1.0


def test_a_tail_that_is_missing_is_said(evaluation: Evaluation, silent_face: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    ffmpeg("-i", silent_face, "-c", "copy", "-movflags", "+faststart", path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 7 // 10])
    one = evaluation(path)
    assert "truncated" in flags(one, "media")
    assert value(one, "media", "duration_s") < 2.8


def test_a_language_that_is_neither_korean_nor_english(evaluation: Evaluation, tmp_path: Path) -> None:
    one = evaluation(speak(tmp_path / "german.wav", GERMAN, "de", 150))
    assert one.card.language == "de", "the opening expects English; what was spoken is noticed all the same"
    assert_no_words_judged(one, "unsupported_language")
    assert "unsupported_language" in [r.code for r in one.card.review]
