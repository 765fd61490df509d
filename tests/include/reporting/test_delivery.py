"""Where to listen, in the report: places with play links and figures, words as said, what was refused; no score."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.records import Quote, Scorecard
from include.interview.report import ReportContext
from include.interview.voice.records import (
    AnswerTone,
    DeliveryReview,
    Overlap,
    TalkShare,
    ToneWord,
    VoiceAnalysis,
    VoicePointer,
)
from include.reporting import render_html
from tests.support.page_reader import read_page
from tests.support.scorecard_samples import sample

pytestmark = pytest.mark.unit

VOICE = VoiceAnalysis(
    pointers=(
        VoicePointer("u0004", "pause_share", "higher", 0.41, 0.22, 3.1, 66.0, 78.0),
        VoicePointer("u0006", "f0_range", "lower", 2.5, 5.75, -2.4, 99.0, 104.0),
    ),
    tests=12,
    expected_false=0.42,
    talk=(TalkShare("S1", "candidate", 92.0, 0.7667, 3), TalkShare("S0", "interviewer", 28.0, 0.2333, 3)),
    overlaps=(
        Overlap(60.0, 60.8, "S0", "S1", "takes_floor"),
        Overlap(70.0, 70.4, "S0", "S1", "backchannel"),
    ),
)
TONE = (
    AnswerTone(
        "u0004",
        40,
        {"unfavourable": 1},
        (
            ToneWord("unfavourable", Quote("u0004", "frustrating", 66.5, 67.0)),
            ToneWord("favourable", Quote("u0004", "glad", 68.0, 68.3), negated=True),
        ),
    ),
)


def shown(found: DeliveryReview | None, language: str = "en") -> tuple[str, str]:
    """The report as HTML and as the text a reader sees."""
    card, context = with_delivery(found, language)
    html = render_html(card, context, language)
    return html, read_page(html).text


def with_delivery(found: DeliveryReview | None, language: str) -> tuple[Scorecard, ReportContext]:
    card, context = sample(language)
    return card, msgspec.structs.replace(context, delivery=found)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ("more pausing than before", "here 41 %, at first 22 %", "narrower pitch range", "at most 0.4",
                "Interviewer began before Candidate had finished", "77 %", "Unfavourable words", "not scored")),
        ("ko", ("처음보다 많이 쉼", "여기 41 %, 처음 22 %", "여기 2.5 반음",
                "처음보다 높낮이의 폭이 좁음", "최대 0.4곳",
                "면접관 쪽이 말을 이어받았습니다", "77 %", "비판적인 말", "점수에 들어가지 않으며")),
    ],
)  # fmt: skip
def test_places_are_listed_with_what_differs_and_can_be_played(language: str, texts: tuple[str, ...]) -> None:
    html, text = shown(DeliveryReview(VOICE, TONE, ()), language)
    for each in texts:
        assert each in text
    assert html.count('data-t="66"') + html.count('data-t="66.0"') + html.count('data-t="66,78"') >= 1
    assert "frustrating" in text
    assert "glad" not in text.split("frustrating")[0][-200:], "a negated word is not listed as a tone"


def test_listeners_short_responses_are_no_interruptions() -> None:
    _, text = shown(DeliveryReview(VOICE, TONE, ()))
    assert "short response" not in text
    assert text.count("began before") == 1


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_was_refused_is_said_and_nothing_of_it_is_there(language: str) -> None:
    html, text = shown(DeliveryReview(None, None, ("voice", "tone")), language)
    said = {"ko": "목소리를 비교하지 않았습니다", "en": "do not allow comparing the voice"}[language]
    assert said in text
    assert "delivery-h" in html
    for word in ("Differs here", "처음과 다르게 들리는 곳", "Share of talk", "말한 비율"):
        assert word not in text


def test_why_there_is_no_comparison_is_a_sentence() -> None:
    _, text = shown(DeliveryReview(VoiceAnalysis(reason="no_baseline"), (), ()))
    assert "too little speech to compare with" in text
    assert "No word of a tone was found." in text


def test_other_stages_have_no_such_section() -> None:
    html, _ = shown(None)
    assert "delivery-h" not in html


def test_card_and_criteria_read_the_same_with_and_without() -> None:
    with_it, without = (shown(found)[1] for found in (DeliveryReview(VOICE, TONE, ()), None))
    before = with_it.split("Delivery: where to listen")[0].rstrip()
    assert "Job fit" in before
    assert without.startswith(before)
