"""Insights and people's ratings in the report: exact words with their place, neutral wording, nothing too early."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.insight.records import Citation, ClaimText, Insight
from include.interview.report import PanelRatings, ReportContext
from include.interview.scoring.ratings import Rating, RatingSheet
from include.reporting import render_fragment, render_html
from include.reporting.strings import Strings
from tests.support.page_reader import read_page
from tests.support.scorecard_samples import live

pytestmark = pytest.mark.unit

LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
ELSEWHERE = Citation("ai:u0002", "ai", "We closed the plant in May.", 61.0, 64.0)
ON_PAPER = Citation("document:d0001", None, "Plant manager.", document="resume")


def insights(context: ReportContext) -> tuple[Insight, ...]:
    said = next(u for u in context.transcript.utterances if u.role == "candidate")
    own = Citation(f"practical:{said.id}", "practical", said.text, said.start_s, said.end_s)
    return (
        Insight(
            "q-1",
            "open_question",
            ClaimText("결과를 물어봐 주세요.", "Ask what came of it."),
            (own,),
            "offline",
            "accepted",
        ),
        Insight(
            "c-1",
            "contradiction",
            ClaimText("두 말을 확인해 주세요.", "Ask about both."),
            (own, ELSEWHERE),
            "m",
            "accepted",
        ),
        Insight("r-1", "risk", ClaimText(en="Closed a plant."), (ELSEWHERE, ON_PAPER), "m"),
    )


def told(language: str, **more: object) -> str:
    card, context = live(language)
    return render_html(card, msgspec.structs.replace(context, **more), language)


@LANGUAGES
def test_each_kind_has_its_place_and_every_quote_its_source(language: str) -> None:
    t, (card, context) = Strings(language), live(language)
    html = render_html(card, msgspec.structs.replace(context, insights=insights(context)), language)
    page = read_page(html)
    kinds = ("risk", "contradiction", "open_question")
    places = [page.text.index(t(f"insights.kind.{kind}"), page.text.index(t("insights.lead"))) for kind in kinds]
    assert places == sorted(places)
    assert f"<h3>{t('insights.kind.strength')}</h3>" not in html
    assert t("insights.ask") in page.text, "statements that sound different are something to ask about"
    assert t("insights.undecided", id="r-1") in page.text, "a draft says that it is one"
    assert "Closed a plant." in page.text, "in the language it was written in, where there is no other"
    assert t("stage.ai") in page.text
    assert "01:01" in page.text
    assert t("document.resume") in page.text
    leads = [a.attributes["href"] for a in page.all("a") if a.attributes["href"].startswith("#")]
    assert set(leads) <= {f"#{target}" for target in page.ids}
    assert len(page.problems) == 0
    assert 'id="tv-insights-h"' in render_fragment(card, msgspec.structs.replace(context, insights=()), language)


@LANGUAGES
def test_no_insight_is_said_and_other_stages_have_no_such_section(language: str) -> None:
    assert Strings(language)("insights.none") in told(language, insights=())
    assert 'id="insights-h"' not in told(language)


def test_hostile_words_stay_words() -> None:
    attack = "<script>window.attacked=1</script>"
    bad = Insight("x", "risk", ClaimText(en=attack), (Citation("ai:u1", "ai", attack),), "m", "accepted")
    page = read_page(told("en", insights=(bad,)))
    assert len(page.scripts) == 1
    assert page.text.count(attack) == 2


@LANGUAGES
def test_people_stand_beside_the_machine_once_all_have_rated(language: str) -> None:
    card, _ = live(language)
    t, criterion = Strings(language), card.criteria[0].criterion
    sheets = (
        RatingSheet("1", (Rating(criterion, 5, "Led the recovery."),), "2026-11-28T10:00:00+00:00"),
        RatingSheet("2", (Rating(criterion, 2),), "2026-11-28T10:00:00+00:00"),
    )
    html = told(language, panel=PanelRatings(("kim", "lee"), sheets))
    page = read_page(html)
    assert t("panel.lead") in page.text
    assert all(text in page.text for text in ("kim", "lee", "Led the recovery."))
    table = html[html.index('id="panel-h"') :]
    assert '<b class="num">5</b>' in table
    assert '<b class="num">2</b>' in table
    assert t("panel.none") in table, "what nobody rated is not made up"
    waiting = read_page(told(language, panel=PanelRatings(missing=2))).text
    assert t("panel.missing", n=2) in waiting
    assert t("panel.lead") not in waiting
    assert 'id="panel-h"' not in told(language, panel=PanelRatings())
