"""The executive interviewer's page while people talk: prepared questions, what was heard, probes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from include.interview.live.wire import Durable, QuestionSuggested
from include.interview.preparation.records import WriterIdentity, WrittenQuestions
from live_gateway.feedback import LiveFeedback
from live_gateway.web.texts import Texts
from tasks.executive.questions import decide
from tests.live_gateway.web.test_browser import CHECKER, one, press, visible, wait
from tests.support.executive_sessions import Application, application
from tests.support.spoken_executive import PREPARED, SESSIONS, context, prepared
from tests.support.spoken_sessions import final, hold, utterances
from tests.support.web_site import Site, log_in, picture, size

pytestmark = [pytest.mark.browser, pytest.mark.services]
WIDTHS = (1280, 390)
HEARD = 5
"""Lines after which a probe is open."""


def planned(site: Site, language: str) -> Application:
    """An executive session with two accepted questions, and one that nobody accepted."""
    stores = site.world.stores
    made = application(
        stores,
        language,
        leader_id=site.people["interviewer"].account_id,
        candidate_id=site.people["candidate"].candidate_id,
    )
    written = WrittenQuestions(language, WriterIdentity("t", "offline", "", "1"), prepared(language))  # type: ignore[arg-type]
    stores.prepared_questions.put(made.session.id, written, "a" * 64)
    decide(stores, made.session.id, PREPARED[1], "drop")
    return made


def listened(language: str) -> list[Durable]:
    """What was said and told of it, by the feedback we ship."""

    async def listen() -> list[Durable]:
        feedback, events = LiveFeedback(context(language)), list[Durable]()
        for u in utterances(SESSIONS[language][:HEARD], language):
            events += [final(u), *await hold(feedback, [u])]
            events += await feedback.on_tick(round(u.end_s * 1000) + 2_600) + await feedback.settled()
        await feedback.close()
        return events

    return asyncio.run(listen())


def write(site: Site, session: str, events: list[Durable]) -> None:
    """As the session's owner does; this site's own recognises nothing."""

    async def append() -> None:
        key = site.world.stores.candidates.live_key(site.people["candidate"].candidate_id or "", session)
        async with site.world.live() as live:
            await live.session(session, key).append_events(events, fence=None)

    asyncio.run(append())


def enter(driver: Any, site: Site, session: str) -> None:
    driver.get(f"{site.url}/sessions/{session}")
    press(driver, "#check-device")
    wait(driver, lambda d: one(d, "#start").is_enabled())
    press(driver, "#start")
    wait(driver, lambda d: one(d, "#connection").get_attribute("data-state") == "open", 20)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_of_an_executive_interview(site: Site, chromium: Any, language: str) -> None:
    t = Texts(language)  # type: ignore[arg-type]
    site.consent()
    session = planned(site, language).session.id
    texts = {q.id: q.wording for q in prepared(language)}
    log_in(chromium, site, "interviewer", language)
    enter(chromium, site, session)
    wait(chromium, visible("#prepared li"))
    rows = [row.text for row in chromium.find_elements("css selector", "#prepared li")]
    assert len(rows) == 2
    assert texts[PREPARED[0]] in rows[0]
    assert texts[PREPARED[2]] in rows[1]
    assert t("js.not_covered") in one(chromium, "#covered").text

    events = listened(language)
    write(site, session, events)
    probe = [e for e in events if isinstance(e, QuestionSuggested)][-1]
    wait(chromium, visible(f'#suggestions [data-probe="{probe.probe}"]'))
    assert t(f"js.probe.{probe.probe}") in one(chromium, "#suggestions").text
    assert probe.text in one(chromium, "#suggestions").text
    heard = {"en": "heard: courses compared", "ko": "들음: 방안 비교"}[language]
    wait(chromium, lambda d: heard in one(d, "#covered").text)
    asked = f'#prepared li[data-key="{PREPARED[0]}"].done'
    wait(chromium, visible(asked))

    press(chromium, f'#prepared li[data-key="{PREPARED[2]}"] button')
    wait(chromium, visible(f'#prepared li[data-key="{PREPARED[2]}"].done .why'))
    for width in WIDTHS:
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"executive-live-{language}-{width}")
    size(chromium, 1280)
    press(chromium, ".fold summary")
    wait(chromium, lambda d: not one(d, "#prepared").is_displayed())

    enter(chromium, site, session)  # the page was loaded anew: nothing of it is lost
    wait(chromium, visible(f'#prepared li[data-key="{PREPARED[2]}"].done .why'))
    wait(chromium, visible(asked))
    wait(chromium, visible(f'#suggestions [data-probe="{probe.probe}"]'))

    cookies = {"triview_token": site.token("candidate")}
    page = httpx.get(f"{site.url}/join/{session}", cookies=cookies, trust_env=False, timeout=30.0)
    assert page.status_code == 200
    assert not any(text in page.text for text in texts.values())
