"""The demo's recording: what is promised about it, heard and seen by independent programs."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from cli.demo import video
from cli.demo.applicants import OTHERS
from cli.demo.video import SCRIPT, build_demo_interview
from include import models
from include.interview.assessment.openings import general_opening
from include.interview.errors import ServiceFailure
from include.settings import load_settings
from tests.support.face_recordings import observed, value
from tests.support.hearing import word_error_rate

MODELS = load_settings().models_dir
needs_clip = pytest.mark.skipif(
    not (MODELS / video.CLIP).is_file() or not shutil.which("espeak-ng") or not shutil.which("ffmpeg"),
    reason="needs the demo's clip (./triview models fetch demo), espeak-ng and ffmpeg",
)


@pytest.fixture(scope="module")
def interview(tmp_path_factory: pytest.TempPathFactory) -> video.DemoInterview:
    return build_demo_interview(MODELS, tmp_path_factory.mktemp("demo"))


@pytest.mark.unit
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_questions_are_those_of_the_general_opening(language: str) -> None:
    asked = {q.id: getattr(q.text, language) for q in general_opening().questions}
    for exchange in SCRIPT[language]:
        assert asked[exchange.question_id] == exchange.question


@pytest.mark.unit
@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_applicant_answers_the_same_questions_with_other_words(language: str) -> None:
    answers = [e.answer for e in SCRIPT[language]]
    for one in OTHERS[language]:
        assert [e.question for e in one.exchanges] == [e.question for e in SCRIPT[language]]
        answers += [e.answer for e in one.exchanges]
    assert len(set(answers)) == 3 * len(SCRIPT[language])


@pytest.mark.unit
def test_without_the_picture_the_error_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(models.ModelMissing, match=r"triview models fetch demo/carphone\.mp4"):
        build_demo_interview(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.unit
@needs_clip
def test_without_a_speech_synthesiser_it_stops_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServiceFailure, match="espeak-ng"):
        build_demo_interview(MODELS, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == [], "nothing half-made remains"


@needs_clip
@pytest.mark.models
def test_it_is_a_whole_recording_of_about_a_minute(interview: video.DemoInterview) -> None:
    shown = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(interview.path)],
        capture_output=True,
        check=True,
    )
    facts = json.loads(shown.stdout)
    picture, sound = sorted(facts["streams"], key=lambda s: s["codec_type"], reverse=True)
    assert (picture["codec_type"], picture["width"], picture["height"]) == ("video", 640, 480)
    assert sound["codec_type"] == "audio"
    assert 45 < float(facts["format"]["duration"]) < 75
    assert abs(float(picture["duration"]) - float(sound["duration"])) < 0.1
    assert abs(float(facts["format"]["duration"]) - interview.duration_s) < 0.1


@needs_clip
@pytest.mark.models
def test_its_picture_is_found_to_repeat_so_nobody_is_judged_by_it(interview: video.DemoInterview) -> None:
    assert value(observed(interview.path, profile_channels=("media",)), "media", "repeated_share") > 0.9


@needs_clip
@pytest.mark.models
def test_it_is_built_once_and_always_the_same(interview: video.DemoInterview, tmp_path: Path) -> None:
    def digest(path: Path) -> str:
        return hashlib.sha256(path.read_bytes()).hexdigest()

    written = interview.path.stat().st_mtime_ns
    assert build_demo_interview(MODELS, interview.path.parent) == interview
    assert interview.path.stat().st_mtime_ns == written
    assert digest(build_demo_interview(MODELS, tmp_path).path) == digest(interview.path)


@needs_clip
@pytest.mark.models
@pytest.mark.hears
def test_whisper_understands_it_and_hears_the_answers_after_their_marks(
    interview: video.DemoInterview,
) -> None:
    from faster_whisper import WhisperModel

    whisper = WhisperModel(str(models.path("whisper-base", MODELS)), device="cpu", compute_type="int8")
    segments, info = whisper.transcribe(str(interview.path), vad_filter=True, word_timestamps=True)
    words = [word for segment in segments for word in segment.words]
    assert info.language == "en"
    ends = (*(mark.start_s for mark in interview.marks[1:]), interview.duration_s)
    for exchange, mark, end in zip(interview.exchanges, interview.marks, ends, strict=True):
        answer = [w for w in words if mark.start_s <= w.start < end]
        assert abs(answer[0].start - mark.start_s - video.READING_S) < 1.0
        rate = word_error_rate(exchange.answer, "".join(w.word for w in answer))
        print("error rate", rate)  # noqa: T201
        assert rate < 0.15, "measured: 0.027 to 0.079"


@needs_clip
@pytest.mark.models
def test_a_face_is_there_almost_all_the_time(interview: video.DemoInterview) -> None:
    import cv2
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(models.path("mediapipe/face_landmarker.task", MODELS)))
    )
    capture = cv2.VideoCapture(str(interview.path))
    seen: list[bool] = []
    with vision.FaceLandmarker.create_from_options(options) as detector:
        for index in range(int(capture.get(cv2.CAP_PROP_FRAME_COUNT))):
            if not capture.grab():
                break
            if index % video.FRAMES_PER_S == 0:
                image = cv2.cvtColor(capture.retrieve()[1], cv2.COLOR_BGR2RGB)
                seen.append(bool(detector.detect(mp.Image(mp.ImageFormat.SRGB, image)).face_landmarks))
    capture.release()
    assert len(seen) > 45
    assert sum(seen) / len(seen) > 0.95
