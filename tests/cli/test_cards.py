"""Scorecards on the terminal: everything that the program says is in the card's language."""

from __future__ import annotations

import re

import pytest
from rich.console import Console, RenderableType

from cli.cards import card_view, comparison_view
from include.interview.assessment.rubric import load_rubric
from include.reporting.strings import table
from tests.support import scorecard_samples

pytestmark = pytest.mark.unit
SAMPLES = ("sample", "faceless", "words_only", "live")


def shown(view: RenderableType) -> str:
    console = Console(width=200)
    with console.capture() as caught:
        console.print(view)
    return caught.get()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_korean_card_says_nothing_in_english_and_an_english_one_nothing_in_korean(name: str) -> None:
    card, _ = getattr(scorecard_samples, name)("ko")
    korean, english = shown(card_view(card, "title", "ko")), shown(card_view(card, "title", "en"))
    for key, texts in table().items():
        if not key.startswith("terminal."):
            continue
        for language, text in (("ko", korean), ("en", english)):
            other = re.split(r"\{\w+\}", texts["en" if language == "ko" else "ko"])[0].strip()
            assert len(other) < 4 or other not in text, (key, other)
    assert not re.search(r"\b(criterion|insufficient|disabled|incomplete|profile|judge)\b", korean)
    names = load_rubric(card.stage, card.rubric_version).criteria
    assert all(one.name.ko in korean and one.name.en in english for one in names)


def test_without_a_total_the_missing_criteria_are_named_in_words() -> None:
    card, _ = scorecard_samples.faceless("ko")
    rubric = load_rubric(card.stage, card.rubric_version)
    assert card.total is None
    headline = next(line for line in shown(card_view(card, "title", "ko")).splitlines() if "빠진 항목" in line)
    assert all(rubric.criterion(one).name.ko in headline for one in card.missing)


@pytest.mark.parametrize(("language", "said"), [("ko", "오프라인 평가표가 아직"), ("en", "is not there yet")])
def test_a_card_without_its_pair_says_so(language: str, said: str) -> None:
    card, _ = scorecard_samples.live("ko")
    assert said in shown(comparison_view(None, card, language))
