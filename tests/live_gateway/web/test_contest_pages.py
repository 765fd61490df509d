"""A contest from the candidate's own page to the answer: as pages for every role, and as one walk in Chromium."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from include.interview.contests import CONTEST_GROUNDS, CONTEST_OUTCOMES, ContestAnswer
from include.interview.scoring.ratings import Rating
from include.storage.database import tables as t
from live_gateway.web.texts import Texts, table
from tests.live_gateway.web.test_browser import CHECKER, one, press, visible, wait
from tests.support.contested_results import WORDS, contested, published
from tests.support.page_reader import read_page
from tests.support.web_site import Site, log_in, picture, size

pytestmark = pytest.mark.services
WIDTHS = (1280, 390)


def get(site: Site, role: str, path: str, language: str = "en") -> httpx.Response:
    cookies = {"triview_token": site.token(role), "triview_language": language}
    return httpx.get(site.url + path, cookies=cookies, trust_env=False, timeout=60.0)


def test_every_code_has_its_words() -> None:
    for group, codes in (
        ("ground", CONTEST_GROUNDS),
        ("outcome", CONTEST_OUTCOMES),
        ("outcome_text", CONTEST_OUTCOMES),
    ):
        assert [code for code in codes if f"contest.{group}.{code}" not in table()] == []


def test_the_pages_are_for_whom_the_table_names(site: Site) -> None:
    interview = published(site, "en")
    identity = contested(site, interview, "en")
    for path, allowed in (
        ("/contests", {"hr", "reviewer"}),
        (f"/contests/{identity}", {"hr", "reviewer"}),
        (f"/me/interviews/{interview}", {"candidate"}),
    ):
        for role in ("hr", "reviewer", "interviewer", "operator", "candidate"):
            answer = get(site, role, path)
            assert (answer.status_code == 200) == (role in allowed), (path, role)
            assert answer.status_code in (200, 403), (path, role)
    stores = site.world.stores
    other = stores.candidates.create("임꺽정").id
    stores.accounts.create("other-candidate", "a long enough password", "candidate", other)
    site.people["other"] = type(site.people["hr"])("other-candidate", "", other)
    assert get(site, "other", f"/me/interviews/{interview}").status_code == 404
    page = read_page(get(site, "hr", f"/contests/{identity}").text)
    assert page.problems == []
    assert WORDS.split("\n", maxsplit=1)[0] in page.text, "as it was written, markup and all"


def test_home_and_the_list_show_the_clock_and_who_may_not_answer(site: Site) -> None:
    stores = site.world.stores
    interview = published(site, "en")
    identity = contested(site, interview, "en")
    with stores.db.begin() as connection:
        late = datetime.now(UTC) - timedelta(days=1)
        connection.execute(update(t.contests).where(t.contests.c.id == identity).values(due_at=late))
    en = Texts("en")
    home = read_page(get(site, "hr", "/home").text)
    assert en("home.kind.contest") in home.text
    assert en("contest.overdue") in home.text
    assert en("contest.days", n=30) in home.text
    listed = get(site, "reviewer", "/contests").text
    assert listed.index(identity) < listed.index(en("contest.days", n=30)), "overdue first"
    assert WORDS not in listed
    given = [Rating("language", 3, "as heard")]
    stores.ratings.submit(interview, site.people["hr"].account_id, given)
    assert en("contest.own_note") in read_page(get(site, "hr", "/home").text).text
    own = read_page(get(site, "hr", f"/contests/{identity}").text).text
    assert en("contest.own") in own
    assert en("contest.answer_send") not in own
    assert en("contest.answer_send") in read_page(get(site, "reviewer", f"/contests/{identity}").text).text


def test_a_card_that_may_not_be_shown_is_answered_all_the_same(site: Site) -> None:
    identity = contested(site, published(site, "en", erased_consent=True), "en")
    page = get(site, "reviewer", f"/contests/{identity}")
    assert page.status_code == 200
    assert 'id="contest-answer"' in page.text
    assert 'class="list cards"' not in page.text
    withheld = ContestAnswer("withheld", "It is not used.")
    site.world.stores.acting_as("hr:elsewhere").contests.answer(identity, withheld, ())
    after = read_page(get(site, "reviewer", f"/contests/{identity}").text).text
    assert "It is not used." in after
    assert Texts("en")("contest.outcome.withheld") in after


def test_a_live_interview_is_contested_beside_what_follows_it(site: Site) -> None:
    stores, session = site.world.stores, site.session()
    address = f"/sessions/{session}/result"
    assert Texts("en")("contest.not_yet") in read_page(get(site, "candidate", address).text).text
    stores.interviews.set_status(session, "published")
    assert 'id="contest-form"' in get(site, "candidate", address).text
    contested(site, session, "en")
    waiting = get(site, "candidate", address).text
    assert 'id="contest-form"' not in waiting
    assert 'id="contest-withdraw"' in waiting
    assert Texts("en")("contest.state.open") in read_page(get(site, "candidate", "/me").text).text


@pytest.mark.browser
@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_whole_way(site: Site, chromium: Any, language: str) -> None:
    texts = Texts(language)  # type: ignore[arg-type]
    interview = published(site, language)

    def looked(name: str) -> None:
        for width in WIDTHS:
            size(chromium, width)
            assert chromium.execute_script(CHECKER) == [], (name, width)
            picture(chromium, f"contest-{name}-{language}-{width}")
        size(chromium, 1280)

    log_in(chromium, site, "candidate", language)
    chromium.get(f"{site.url}/me")
    press(chromium, f"[href='/me/interviews/{interview}']")
    wait(chromium, visible("#contest-form"))
    looked("form")
    one(chromium, "#contest-words").send_keys(WORDS.replace("\n", " "))
    press(chromium, "#contest-form [type=submit]")
    wait(chromium, visible("#contest-form .message"))
    assert one(chromium, "#contest-form .message").text == texts("js.contest_grounds")
    for ground in ("words_misheard", "other"):
        press(chromium, f"#contest-{ground}")
    press(chromium, "#contest-form [type=submit]")
    wait(chromium, visible(".contest[data-state=open]"))
    assert texts("contest.state.open") in one(chromium, ".contest").text
    assert "<b>3년</b>" in one(chromium, ".contest .quote").text
    assert not chromium.find_elements("css selector", "#contest-form")
    looked("waiting")
    press(chromium, "#contest-withdraw")
    wait(chromium, visible("#contest-dialog"))
    press(chromium, "#contest-dialog [value=yes]")
    wait(chromium, visible("#contest-form"))
    press(chromium, "#contest-evidence_misread")
    one(chromium, "#contest-words").send_keys(WORDS.replace("\n", " "))
    press(chromium, "#contest-form [type=submit]")
    wait(chromium, visible(".contest[data-state=open]"))
    identity = site.world.stores.contests.newest([interview])[interview].id

    log_in(chromium, site, "hr", language)
    chromium.get(f"{site.url}/home")
    assert texts("contest.days", n=30) in one(chromium, "[data-work=contest]").text
    looked("home")
    chromium.get(f"{site.url}/contests")
    looked("list")
    press(chromium, f"[data-contest='{identity}'] .row-actions a")
    wait(chromium, visible("#contest-answer"))
    press(chromium, "#outcome-upheld")
    one(chromium, "#answer-text").send_keys("다시 들었고, 3년으로 들렸습니다.")
    press(chromium, "#contest-answer [type=submit]")
    wait(chromium, visible("#contest-answer .message"))
    assert one(chromium, "#contest-answer .message").text == texts("js.review_evidence")
    chromium.find_elements("css selector", "[name=evidence]")[0].click()
    looked("answering")
    press(chromium, "#contest-answer [type=submit]")
    wait(chromium, visible("#answer .outcome"))
    chromium.get(f"{site.url}/contests/{identity}")
    assert texts("contest.outcome.upheld") in one(chromium, "#main").text
    looked("answered")

    log_in(chromium, site, "candidate", language)
    chromium.get(f"{site.url}/me/interviews/{interview}")
    first = one(chromium, ".contest[data-state=answered]")
    assert texts("contest.outcome.upheld") in first.text
    assert "3년으로 들렸습니다" in first.text
    assert "hr" not in first.text.split(), "who answered is not shown"
    looked("own-answer")
    chromium.get(f"{site.url}/me")
    assert texts("contest.state.answered") in one(chromium, "#main").text
    looked("me")
