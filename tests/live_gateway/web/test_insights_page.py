"""Insights on the result page in a browser: read, refused edit, edit, approve, reject; who sees none; phones."""

from __future__ import annotations

from typing import Any

import pytest

from include.interview.scoring.ratings import Rating
from live_gateway.web.texts import Texts
from tasks.evaluation.outputs import ScoredInterview, load
from tasks.executive.approval import end
from tests.live_gateway.web.test_browser import CHECKER, one, press, wait
from tests.support.insight_sessions import Held, awaiting, let_pass
from tests.support.web_site import Site, log_in, picture, size

pytestmark = [pytest.mark.browser, pytest.mark.services]
WIDTHS = (1280, 390)
TOLD = {"ko": "executive:u0002", "en": "executive:u0002"}
"""What the edited insight cites."""
WRONG = {"ko": "팀원 80명을 이끌었다.", "en": "Led a team of eighty at Northwind."}
BETTER = {"ko": "매출이 큰 세 나라로 범위를 줄였다.", "en": "Took over the billing migration at Northwind."}


def held_on(site: Site, language: str) -> Held:
    return awaiting(
        site.world.stores,
        site.world.settings,
        language,
        leader_id=site.people["interviewer"].account_id,
        candidate_id=site.people["candidate"].candidate_id,
    )


def items(driver: Any) -> dict[str, str]:
    found = driver.find_elements("css selector", "li[data-insight]")
    return {e.get_attribute("data-insight"): e.get_attribute("data-status") for e in found}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_reviewer_reads_and_decides(site: Site, chromium: Any, language: str) -> None:
    t = Texts(language)  # type: ignore[arg-type]
    held = held_on(site, language)
    log_in(chromium, site, "reviewer", language)
    chromium.get(f"{site.url}/sessions/{held.session.id}/result")
    assert set(items(chromium).values()) == {"draft"}
    assert len(items(chromium)) == held.waiting
    text = one(chromium, "#insights").text
    assert t("stage.ai") in text
    assert t("stage.executive") in text
    link = one(chromium, "#insights a.time").get_attribute("href").partition("#")[2]
    assert chromium.execute_script("return document.getElementById(arguments[0]) !== null", link)
    for width in WIDTHS:
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"insights-open-{language}-{width}")
    size(chromium, 1280)

    insights = held.context.stores.insights.list(held.session.id)
    told = next(i.id for i in insights if i.quotes[0].utterance_id == TOLD[language])
    first, second = [one_id for one_id in items(chromium) if one_id != told][:2]
    item = f'li[data-insight="{told}"]'
    press(chromium, f"{item} [data-act=open-edit]")
    for field in chromium.find_elements("css selector", f"{item} textarea"):
        field.clear()
    field = one(chromium, f"{item} textarea[name={language}]")
    field.send_keys(WRONG[language])
    press(chromium, f"{item} form [type=submit]")
    wait(chromium, lambda d: one(d, f"{item} .message").is_displayed())
    assert "80" in one(chromium, f"{item} .message").text or "eighty" in one(chromium, f"{item} .message").text
    field.clear()
    field.send_keys(BETTER[language])
    press(chromium, f"{item} form [type=submit]")
    wait(chromium, lambda d: items(d)[told] == "accepted")
    assert one(chromium, f"{item} .sentence").text == BETTER[language]
    assert t("insights.before") in one(chromium, item).text
    assert "reviewer" in one(chromium, item).text
    press(chromium, f'li[data-insight="{first}"] [data-act=approve]')
    wait(chromium, lambda d: items(d)[first] == "accepted")
    press(chromium, f'li[data-insight="{second}"] [data-act=reject]')
    wait(chromium, lambda d: items(d)[second] == "rejected")
    for width in WIDTHS:
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"insights-decided-{language}-{width}")
    size(chromium, 1280)


def test_who_conducted_it_sees_approved_ones_after_rating(site: Site, chromium: Any) -> None:
    held = held_on(site, "en")
    stores, session = held.context.stores, held.session
    approved = held.ids[0]
    stores.insights.approve(session.id, approved)
    let_pass(stores, session.id, 48)
    end(held.context)
    stores.scorecards.publish(load(stores, held.card, ScoredInterview).card)
    stores.interviews.set_status(session.id, "published")
    log_in(chromium, site, "interviewer", "en")
    chromium.get(f"{site.url}/sessions/{session.id}/result")
    assert items(chromium) == {}
    criteria = ("leadership", "strategic_thinking", "experience", "culture_fit")
    stores.ratings.submit(session.id, session.interviewer_id, [Rating(c, 3) for c in criteria])
    chromium.get(f"{site.url}/sessions/{session.id}/result")
    assert items(chromium) == {approved: "accepted"}
    assert chromium.find_elements("css selector", "#insights button") == []
    log_in(chromium, site, "hr", "en")
    chromium.get(f"{site.url}/sessions/{session.id}/result")
    assert len(items(chromium)) == held.waiting
    assert chromium.find_elements("css selector", "#insights button") == []
