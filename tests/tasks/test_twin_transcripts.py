"""A transcript and its twins (decomposed, full-width, other line ends, hidden characters) give equal cards."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.errors import JudgeFailure
from include.interview.records import Evidence, Quote, Scorecard
from include.interview.transcript.quotes import require_candidates_words
from include.interview.transcript.typed import parse_transcript
from include.settings import load_settings
from tasks.typed_transcript import judge_transcript
from tests.support.ladders import ladder

pytestmark = [pytest.mark.unit, pytest.mark.slow]

FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
TWINS: dict[str, Callable[[str], bytes]] = {
    "NFD": lambda text: unicodedata.normalize("NFD", text).encode(),
    "full width": lambda text: text.translate(FULL_WIDTH).encode(),
    "Windows line ends": lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    "old Mac line ends": lambda text: text.replace("\n", "\r").encode(),
    "hidden characters": lambda text: "\u200b".join(text).encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
}


def card(data: bytes, home: Path) -> Scorecard:
    settings = load_settings({"TRIVIEW_HOME": str(home), "TRIVIEW_JUDGE": "offline"})
    made = judge_transcript(data, "t", general_opening(), settings).card
    return msgspec.structs.replace(made, interview_id="", inputs={})


@pytest.fixture(scope="module", params=["ko", "en"])
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Scorecard, Path]:
    text = ladder(request.param)[7][1]
    home = tmp_path_factory.mktemp("home")
    return text, card(text.encode(), home), home


@pytest.mark.parametrize("twin", TWINS)
def test_a_twin_gives_an_equal_card(written: tuple[str, Scorecard, Path], twin: str) -> None:
    text, expected, home = written
    assert card(TWINS[twin](text), home) == expected


@pytest.mark.parametrize(
    "evidence",
    [
        Quote("u0001", "Why this company?"),
        Quote("u0002", "Why this company?"),
        Quote("u0002", "I never said this."),
        Quote("u0009", "I like it."),
    ],
)
def test_no_card_rests_on_words_of_another(evidence: Evidence) -> None:
    transcript = parse_transcript("Interviewer: Why this company?\nInterviewee: I like it.", "t")
    require_candidates_words(transcript, [Quote("u0002", "i  LIKE it.")])
    with pytest.raises(JudgeFailure, match="candidate's own words") as caught:
        require_candidates_words(transcript, [evidence])
    assert "company" not in str(caught.value)
