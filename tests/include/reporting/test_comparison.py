"""The live card beside the offline card in a report."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.live.comparison import side_by_side
from include.interview.live.session import LiveGap
from include.reporting import render_fragment, render_html, render_pdf
from include.reporting.comparison import MOST_DIFFERENT, signed
from tests.support.page_reader import read_page
from tests.support.scorecard_samples import LIVE_MISHEARING, live, sample

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("language", ["ko", "en"])
def test_both_cards_stand_side_by_side_with_their_difference(language: str) -> None:
    card, context = live(language)
    assert context.comparison is not None
    page = read_page(render_html(card, context, language))
    assert page.with_class("beside")
    assert "beside-h" in page.ids
    for pair in context.comparison.criteria:
        if pair.difference is not None:
            assert signed(pair.difference) in page.text
    assert signed(context.comparison.difference or 0.0) in page.text
    assert f"{context.comparison.live_total:.1f}" in page.text
    expected = {
        "ko": ("표준오차", "화자가 바뀐 발화", "면접관 → 지원자", "서버에서 사라짐"),
        "en": ("standard errors", "Relabelled turns", "Interviewer → Candidate", "lost on the server"),
    }
    for text in expected[language]:
        assert text in page.text


def test_what_was_heard_differently_is_shown_in_both_versions() -> None:
    card, context = live("en")
    page = read_page(render_html(card, context, "en"))
    assert LIVE_MISHEARING in page.text
    assert "(nothing heard)" in page.text
    assert context.comparison is not None
    heard = context.comparison.transcript
    assert heard is not None
    assert f"{100 * (heard.wer or 0):.1f}" in page.text
    assert f"{100 * (heard.cer or 0):.1f}" in page.text


def test_a_report_of_an_interview_that_was_not_live_has_no_such_section() -> None:
    page = read_page(render_html(*sample("en"), "en"))
    assert not page.with_class("beside")


def test_cards_of_other_rules_are_shown_without_a_difference() -> None:
    card, context = live("en")
    other = side_by_side(msgspec.structs.replace(card, profile="eu"), card)
    page = read_page(render_html(card, msgspec.structs.replace(context, comparison=other), "en"))
    assert "no difference is given" in page.text
    assert "Nothing is missing." in page.text


def test_hostile_words_heard_live_stay_words() -> None:
    card, context = live("en")
    assert context.comparison is not None
    heard = context.comparison.transcript
    assert heard is not None
    attack = "<script>window.attacked=1</script>\u202e"
    pairs = tuple(msgspec.structs.replace(p, live_text=attack, errors=p.errors + 1) for p in heard.pairs)
    gaps = (LiveGap("room", 1.0, 2.0, "<b>cause</b>"),)
    spoiled = msgspec.structs.replace(
        context.comparison, transcript=msgspec.structs.replace(heard, pairs=pairs), gaps=gaps
    )
    page = read_page(render_html(card, msgspec.structs.replace(context, comparison=spoiled), "en"))
    assert len(page.scripts) == 1
    assert attack.rstrip("\u202e") in page.text
    assert "<b>cause</b>" in page.text


def test_a_long_interview_shows_the_stretches_that_differ_most() -> None:
    card, context = live("en")
    assert context.comparison is not None
    heard = context.comparison.transcript
    assert heard is not None
    many = tuple(
        msgspec.structs.replace(heard.pairs[0], start_s=float(n), live_text=f"heard {n}", errors=n)
        for n in range(1, 31)
    )
    longer = msgspec.structs.replace(context.comparison, transcript=msgspec.structs.replace(heard, pairs=many))
    page = read_page(render_html(card, msgspec.structs.replace(context, comparison=longer), "en"))
    shown = [n for n in range(1, 31) if f"heard {n} " in f"{page.text} "]
    assert shown == list(range(31 - MOST_DIFFERENT, 31))


@pytest.mark.slow
def test_the_same_inputs_give_the_same_page_and_paper() -> None:
    card, context = live("ko")
    assert render_html(card, context, "ko") == render_html(card, context, "ko")
    assert 'id="tv-beside-h"' in render_fragment(card, context, "ko")
    assert render_pdf(card, context, "ko").startswith(b"%PDF")


def test_a_difference_carries_its_sign() -> None:
    assert [signed(v) for v in (1.26, -0.4, 0.04, -0.04)] == ["+1.3", "\u22120.4", "0.0", "0.0"]
