"""A face in the picture is not somebody seen speaking: photographs and drawings give no nonverbal level."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.records import CriterionScore, Insufficiency
from tasks.ephemeral import Evaluated, evaluate_files
from tests.support.expected_skips import NO_SHARED_MEDIA
from tests.support.face_recordings import swaying
from tests.support.installation import settings_in
from tests.support.interview_clips import ANSWER, LONG_ANSWER, face, join, speak
from tests.support.recordings import SHARED_MEDIA

pytestmark = pytest.mark.models

Evaluation = Callable[[Path], Evaluated]


@pytest.fixture(scope="module")
def evaluation(weights: None, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    settings = settings_in(tmp_path_factory.mktemp("nobody") / "home")

    def evaluate(path: Path) -> Evaluated:
        return evaluate_files([path], general_opening("en"), settings, language="en", with_reports=False)

    return evaluate


def drawn(t: float) -> np.ndarray:
    """The swaying portrait at time `t` in seconds as a drawing: flat colours in 12 steps, without texture."""
    flat = cv2.pyrMeanShiftFiltering(swaying(t), 8, 24)
    return (flat // 21 * 21).astype(np.uint8)


def line(one: Evaluated, criterion: str) -> CriterionScore:
    return next(c for c in one.card.criteria if c.criterion == criterion)


def face_share(one: Evaluated) -> float:
    found = next(m for m in one.measurements if m.channel == "face").get("present_share")
    assert found is not None
    return found.value or 0.0


def withheld(one: Evaluated) -> Insufficiency:
    """Why the nonverbal criterion has no number, although a face was found throughout."""
    assert face_share(one) > 0.9, "the detector takes it for a face"
    found = line(one, "nonverbal")
    assert (found.status, found.score, found.level) == ("insufficient", None, None)
    assert (one.card.status, one.card.total) == ("incomplete", None)
    assert "nonverbal" in one.card.missing
    assert found.reason is not None
    return found.reason


def test_a_photograph_with_a_long_answer(evaluation: Evaluation, tmp_path: Path) -> None:
    photo = face(tmp_path / "photo.mp4", 40.0)
    one = evaluation(join(tmp_path / "photo-speaks.mp4", photo, speak(tmp_path / "voice.wav", LONG_ANSWER)))
    reason = withheld(one)
    assert (reason.code, reason.coverage) == ("still_picture", 0.0)
    assert "still_picture" in {f.code for m in one.measurements for f in m.flags}
    assert line(one, "language").status == "scored", "the words count as before"


def test_a_drawing_that_moves_beside_a_voice(evaluation: Evaluation, tmp_path: Path) -> None:
    picture = face(tmp_path / "drawn.mp4", 20.0, drawn)
    one = evaluation(join(tmp_path / "drawn-speaks.mp4", picture, speak(tmp_path / "voice.wav", ANSWER)))
    reason = withheld(one)
    assert reason.code == "not_speaking_face"
    (asked,) = (r for r in one.card.review if r.criterion == "nonverbal")
    assert (asked.code, asked.text) == ("not_speaking_face", reason.text)
    assert "not_speaking_face" in {f.code for m in one.measurements for f in m.flags}


def test_the_drawn_face_that_had_reached_level_five(evaluation: Evaluation) -> None:
    path = SHARED_MEDIA / "musetalk_yongen.mp4"
    if not path.exists():
        pytest.skip(NO_SHARED_MEDIA)
    reason = withheld(evaluation(path))
    assert (reason.code, reason.coverage) == ("too_little_speech_seen", 0.0)
    assert "0.0 s" in reason.text.en
