"""Preparing an executive interview in a browser: reasons and evidence, accept, edit, order, drop; no scores; phones."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from live_gateway.web.texts import Texts
from tasks.evaluation.context import StepContext
from tasks.executive.preparation import gather, store, write
from tests.live_gateway.web.test_browser import CHECKER, one, press, wait
from tests.support.executive_sessions import Application, application, good_interview
from tests.support.web_site import Site, log_in, picture, size

pytestmark = [pytest.mark.browser, pytest.mark.services]
WIDTHS = (1280, 390)
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


def planned(site: Site, language: str) -> Application:
    return application(
        site.world.stores,
        language,
        [("ai", good_interview(language))],
        leader_id=site.people["interviewer"].account_id,
        candidate_id=site.people["candidate"].candidate_id,
    )


def run_steps(site: Site, session_id: str) -> None:
    """What Airflow does when it is asked: this site has none."""
    stores = site.world.stores
    context = StepContext(stores, site.world.settings, session_id)
    store(context, write(context, gather(context)))


def items(driver: Any) -> list[tuple[str, str]]:
    found = driver.find_elements("css selector", "li[data-question]")
    return [(e.get_attribute("data-question"), e.get_attribute("data-state")) for e in found]


@LANGUAGES
def test_an_interviewer_prepares_and_decides(site: Site, chromium: Any, language: str) -> None:
    t = Texts(language)  # type: ignore[arg-type]
    made = planned(site, language)
    session = made.session.id
    log_in(chromium, site, "interviewer", language)
    chromium.get(f"{site.url}/interviews")
    press(chromium, f'a[href="/sessions/{session}/questions"]')
    wait(chromium, lambda d: one(d, "#prepare"))
    assert t("questions.none") in one(chromium, "#preparation").text
    press(chromium, "#prepare")
    wait(chromium, lambda d: one(d, "#prepare-message").text == t("js.preparing"))
    run_steps(site, session)
    wait(chromium, lambda d: len(items(d)) > 3)
    ids = [question for question, _ in items(chromium)]

    first = f'li[data-question="{ids[0]}"]'
    press(chromium, f"{first} [data-act=accept]")
    wait(chromium, lambda d: items(d)[0] == (ids[0], "accepted"))
    press(chromium, f'li[data-question="{ids[1]}"] [data-act=up]')
    wait(chromium, lambda d: [q for q, _ in items(d)][:2] == [ids[1], ids[0]])
    press(chromium, f'li[data-question="{ids[2]}"] [data-act=drop]')
    wait(chromium, lambda d: items(d)[2] == (ids[2], "dropped"))

    press(chromium, f"{first} [data-act=open-edit]")
    field = one(chromium, f"{first} textarea")
    field.clear()
    field.send_keys({"ko": "결혼하셨나요?", "en": "Are you married?"}[language])
    press(chromium, f"{first} form [type=submit]")
    wait(chromium, lambda d: one(d, f"{first} .message").is_displayed())
    assert one(chromium, f"{first} .message").text
    good = {"ko": "그때 맡으신 역할을 말씀해 주세요.", "en": "Tell me about your own part in it."}[language]
    field.clear()
    field.send_keys(good)
    press(chromium, f"{first} form [type=submit]")
    wait(chromium, lambda d: items(d)[1] == (ids[0], "edited"))
    assert one(chromium, f"{first} .ask").text == good

    page = one(chromium, "main").text
    card = made.cards["ai"]
    for number in (card.total, *(c.level for c in card.criteria if c.level is not None)):
        assert f"{number:.1f}" not in page
        assert f"{number:.2f}" not in page
    for width in WIDTHS:
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"questions-{language}-{width}")
    size(chromium, 1280)


@pytest.mark.parametrize(("role", "status"), [("hr", 200), ("interviewer", 200), ("candidate", 403), ("operator", 403)])
def test_who_may_open_the_page(site: Site, role: str, status: int) -> None:
    session = planned(site, "en").session.id
    cookies = {"triview_token": site.token(role)}
    for path, expected in ((f"/sessions/{session}/questions", status), (f"/sessions/{site.session()}/questions", 404)):
        answer = httpx.get(site.url + path, cookies=cookies, trust_env=False, timeout=30.0)
        assert answer.status_code == (expected if status == 200 else status), path
