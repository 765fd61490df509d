"""Applications, decisions, home, ratings and the audit trail as pages; the last test walks them in Chromium alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from include.interview.assessment.rubric import load_rubric
from include.interview.ranking.next_step_words import STEP_WORDS
from include.interview.scoring.ratings import Rating
from live_gateway.problem_texts import ENGLISH_REASONS
from live_gateway.web.texts import Texts
from tasks.evaluation.agreement import divergence_queue
from tests.live_gateway.web.test_browser import CHECKER, one, press, visible, wait
from tests.support.page_reader import read_page
from tests.support.ranked_openings import OPENING, WORDS, Ranked, ranked_opening
from tests.support.web_site import PASSWORD, Person, Site, log_in, picture, searched, size

pytestmark = pytest.mark.services
RANKING = f"/openings/{OPENING.id}/ranking"
ROLES = ("hr", "reviewer", "interviewer", "operator", "auditor")
BEGIN = {"to": "in_process", "ground": "stage_begins", "text": "면접을 시작합니다.", "expected": "invited"}


@pytest.fixture(scope="module")
def people(site: Site) -> list[Ranked]:
    return ranked_opening(site.world.stores)


@pytest.fixture(scope="module")
def tokens(site: Site) -> dict[str, str]:
    made = site.world.stores.accounts.create("auditor", PASSWORD, "auditor")
    site.people["auditor"] = Person("auditor", made.id)
    return {role: site.token(role) for role in ROLES}


def get(site: Site, token: str, path: str, language: str = "en", **params: Any) -> httpx.Response:
    cookies = {"triview_token": token, "triview_language": language}
    return httpx.get(site.url + path, params=params, cookies=cookies, trust_env=False, timeout=60.0)


def decide(site: Site, application: str, role: str = "hr", **body: Any) -> httpx.Response:
    with site.client(role) as client:
        return client.post(f"/api/v1/applications/{application}/decisions", json=body)


def actions(site: Site, subject: str) -> list[str]:
    return [entry.action for entry in site.world.stores.audit.entries(subject)]


def test_three_stages_stand_on_one_page_with_their_evidence(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    first = people[0]
    page = get(site, tokens["hr"], f"/applications/{first.application_id}")
    text = read_page(page.text).text
    assert read_page(page.text).problems == []
    assert page.text.count("90.0") == 3, "the total of each stage"
    assert text.count(WORDS) == sum(len(load_rubric(stage, "1").criteria) for stage in first.interviews)
    assert STEP_WORDS["decide"][0].en in text
    read = len([one for one in actions(site, f"candidate:{first.candidate_id}") if one == "candidate.read"])
    hidden = read_page(get(site, tokens["hr"], f"/applications/{first.application_id}", blind=1).text).text
    assert first.name not in hidden
    assert first.application_id[:8].upper() in hidden
    assert len([a for a in actions(site, f"candidate:{first.candidate_id}") if a == "candidate.read"]) == read
    for role in ("interviewer", "operator", "auditor"):
        assert get(site, tokens[role], f"/applications/{first.application_id}").status_code == 403


def test_a_decision_is_read_with_what_was_looked_at_and_the_second_is_told(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    application, interview = people[3].application_id, people[3].interviews["ai"]
    assert decide(site, application, **BEGIN).status_code == 201
    late = decide(site, application, "reviewer", **BEGIN)
    assert (late.status_code, late.json()["code"]) == (409, "changed_meanwhile")
    opened = [{"kind": "scorecard", "subject": interview, "seconds": 95}]
    made = decide(
        site, application, to="advanced", ground="criteria_met", text="<i>구체적</i>입니다.", evidence=opened,
        expected="in_process",
    )  # fmt: skip
    assert made.status_code == 201
    text = read_page(get(site, tokens["hr"], f"/applications/{application}").text).text
    assert "In process → Advanced · Criteria met hr" in text
    assert "<i>구체적</i>입니다." in text
    assert "Looked at before: scorecard 01:35" in text
    given = [Rating(c.id, 1, f"Reason of {people[3].name}.") for c in load_rubric("executive", "1").criteria]
    site.world.stores.ratings.submit(people[3].interviews["executive"], site.people["interviewer"].account_id, given)
    assert given[0].reason in read_page(get(site, tokens["hr"], f"/applications/{application}").text).text
    hidden = get(site, tokens["hr"], f"/applications/{application}", blind=1).text
    blind = read_page(hidden).text
    assert "In process → Advanced · Criteria met hr" in blind
    assert Texts("en")("application.blind") in blind
    assert "interviewer 1" in blind, "levels are no words"
    for words in ("구체적", WORDS, "Says what was done", people[3].name, "/result", "report.html"):
        assert words not in hidden, words


def test_nothing_is_decided_about_who_was_erased(site: Site, people: list[Ranked], tokens: dict[str, str]) -> None:
    gone = people[9]
    site.world.stores.candidates.destroy_key(gone.candidate_id)
    assert decide(site, gone.application_id, **BEGIN).status_code == 410
    page = get(site, tokens["hr"], f"/applications/{gone.application_id}")
    assert page.status_code == 200
    assert "was erased" in page.text
    assert "<form" not in page.text
    ranked = read_page(get(site, tokens["hr"], RANKING).text).text
    assert gone.name not in ranked, "the ranking that is served names nobody who was erased"


def test_home_holds_what_waits_for_a_role(site: Site, people: list[Ranked], tokens: dict[str, str]) -> None:
    stores = site.world.stores
    stores.interviews.set_status(people[10].interviews["ai"], "processing")
    stores.interviews.set_status(people[10].interviews["ai"], "failed", "bad_media.empty")
    asked, withheld = people[8].interviews["practical"], people[7].interviews["practical"]
    for interview in (asked, withheld, people[7].interviews["ai"]):
        stores.reviews.ask(interview, "artifact", ["low_agreement"])
        stores.interviews.set_status(interview, "review")
    for interview in (withheld, people[7].interviews["ai"]):
        stores.reviews.answer(interview, "artifact", "withhold:recording_unusable")
    stores.rankings.failed(OPENING.id, "stamp", {"total_equals_recomputed": 1})
    hr, reviewer = (read_page(get(site, tokens[role], "/home").text) for role in ("hr", "reviewer"))
    kinds = {role: [e.attributes["data-work"] for e in page.elements if "data-work" in e.attributes]
             for role, page in (("hr", hr), ("reviewer", reviewer))}  # fmt: skip
    kinds = {role: [one for one in found if one != "settle"] for role, found in kinds.items()}
    assert kinds == {"hr": ["failed", "stopped", "decide"], "reviewer": ["review", "decide"]}
    assert people[10].name in hr.text
    assert "bad_media" not in hr.text, "a reason is a sentence"
    assert ENGLISH_REASONS["bad_media.empty"][0] in hr.text
    assert people[8].name in reviewer.text
    assert people[7].name not in reviewer.text, "nobody is asked about a card that was withheld"
    listed = read_page(get(site, tokens["reviewer"], "/reviews").text).text
    assert people[8].name in listed
    assert people[7].name not in listed
    assert people[8].name not in read_page(get(site, tokens["reviewer"], "/reviews", page=2).text).text
    rows = read_page(get(site, tokens["hr"], "/interviews").text).text
    assert (rows.count(Texts("en")("state.withheld")), rows.count(Texts("en")("state.review"))) == (1, 0)
    of_withheld = read_page(get(site, tokens["hr"], f"/applications/{people[7].application_id}").text).text
    assert "Practical interview " + Texts("en")("stage_standing.withheld") in of_withheld
    held = site.session()
    home = get(site, tokens["interviewer"], "/home").text
    assert f'href="/sessions/{held}"' in home
    for one_more in ("operator", "auditor"):
        assert get(site, tokens[one_more], "/home").status_code == 200
    for role, target in (("hr", "/home"), ("auditor", "/home")):
        assert get(site, tokens[role], "/").headers["location"] == target


def test_diverging_ratings_are_queued_and_agreement_is_for_hr(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    stores, interview = site.world.stores, people[5].interviews["executive"]
    for role, level in (("interviewer", 2), ("hr", 5)):
        given = [Rating(c.id, level, "근거") for c in load_rubric("executive", "1").criteria]
        stores.ratings.submit(interview, site.people[role].account_id, given)
    address = f"/openings/{OPENING.id}/ratings"
    text = read_page(get(site, tokens["hr"], address).text).text
    orders = ("hr 5.0 · interviewer 2.0", "interviewer 2.0 · hr 5.0")
    assert any(f"{people[5].name} Executive interview · Leadership {order} 3.0" in text for order in orders)
    assert site.people["hr"].account_id not in text, "who rated is called by the login"
    assert "Agreement" in text
    assert "Severity" in text
    other = read_page(get(site, tokens["reviewer"], address).text).text
    assert people[5].name in other
    assert "Severity" not in other
    assert get(site, tokens["interviewer"], address).status_code == 403
    home = read_page(get(site, tokens["reviewer"], "/home").text).text
    assert Texts("en")("home.kind.settle") in home
    entry = next(one for one in divergence_queue(stores, OPENING.id) if one.kind == "raters")
    form = f'data-settle="/api/v1/openings/{OPENING.id}/ratings/divergences/{entry.id}/settlement"'
    assert form in get(site, tokens["reviewer"], address).text
    assert form not in get(site, tokens["hr"], address).text, "one of the levels is HR's own"
    with site.client("reviewer") as client:
        body = {"reason": "Heard again: <b>level 4</b> fits."}
        place = f"/api/v1/openings/{OPENING.id}/ratings/divergences/{entry.id}/settlement"
        assert client.post(place, json=body).status_code == 201
    settled = get(site, tokens["reviewer"], address).text
    assert form not in settled
    assert "reviewer" in read_page(settled).text
    assert body["reason"] in read_page(settled).text
    stage = read_page(get(site, tokens["hr"], f"/applications/{people[5].application_id}").text).text
    assert "Executive interview: second rater needed for" in stage


def test_candidates_are_found_by_name_and_lead_to_their_applications(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    page = searched(site, tokens["hr"], "/candidates", q="이서").text
    assert f'href="/applications/{people[1].application_id}"' in page
    assert people[0].name not in read_page(page).text
    assert "/applications/" not in searched(site, tokens["interviewer"], "/candidates", q="이서").text


def test_the_trail_is_read_filtered_and_verified_by_auditors(
    site: Site, people: list[Ranked], tokens: dict[str, str]
) -> None:
    decide(site, people[7].application_id, **BEGIN)
    page = get(site, tokens["auditor"], "/audit", subject=people[7].application_id, action="application.", verify=1)
    text = read_page(page.text).text
    assert "application.decided" in text
    assert "candidate.listed" not in text
    assert "entries are intact" in text
    assert BEGIN["text"] not in text, "the trail holds no words of a decision"
    asked = get(site, tokens["auditor"], "/audit", about=people[7].application_id, question="history").text
    assert "application.decided" in read_page(asked).text
    assert f'href="/api/v1/audit/answer.xlsx?about={people[7].application_id}&amp;question=history"' in asked
    nobody = get(site, tokens["auditor"], "/audit", about="00000000-0000-4000-8000-000000000000").text
    assert "answer.xlsx" not in nobody
    assert "has this id" in read_page(nobody).text
    for role in ("hr", "operator", "interviewer"):
        assert get(site, tokens[role], "/audit").status_code == 403


def opened_note(driver: Any) -> Any:
    return "scorecard" in one(driver, ".decision .opened").text and one(driver, ".decision .opened")


def standing(driver: Any) -> Any:
    """Where the application stands, asked at one moment of the page: it is being loaded anew meanwhile."""
    return driver.execute_script("return document.getElementById('standing')?.textContent")


def choose(driver: Any, selector: str, value: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(one(driver, selector)).select_by_value(value)


def readable(driver: Any, name: str) -> None:
    """At both widths: no fault by the checker, a picture kept."""
    for width in (390, 1280):
        size(driver, width)
        assert driver.execute_script(CHECKER) == [], (name, width)
        picture(driver, f"{name}-{width}")


@pytest.mark.browser
@pytest.mark.slow
def test_by_page_alone_from_what_waits_to_the_audit_trail(
    site: Site, chromium: Any, people: list[Ranked], tokens: dict[str, str]
) -> None:
    first, second, third = (people[n].application_id for n in (0, 1, 2))
    log_in(chromium, site, "hr", "en")
    size(chromium, 1280)
    chromium.get(site.url)
    wait(chromium, visible("[data-work=decide] a")).click()
    wait(chromium, visible("#choose svg"))
    readable(chromium, "hr-ranking-en")
    for application in (first, second):  # by keyboard alone
        press(chromium, f"input[value='{application}']", " ")
    press(chromium, "[formaction$='/compare']", "\n")
    why = wait(chromium, visible("#pair-1"))
    assert why.text == f"Why {people[0].name} is above {people[1].name}"
    assert "± " in one(chromium, "main").text
    readable(chromium, "hr-compare-en")
    press(chromium, ".beside thead a")
    press(chromium, "#ai summary")
    assert WORDS in wait(chromium, visible("#ai blockquote")).text
    wait(chromium, opened_note)
    readable(chromium, "hr-application-en")
    one(chromium, ".decision textarea").send_keys("Begin the interviews.")
    press(chromium, ".decision [type=submit]")
    wait(chromium, lambda d: standing(d) == "In process")
    wait(chromium, visible(".decision"))
    chromium.execute_script("document.getElementById('ai').scrollIntoView()")
    wait(chromium, opened_note)
    choose(chromium, ".decision [name=to]", "advanced")
    # Somebody else decides meanwhile: who comes second is told, keeps the words, and may decide again.
    other = decide(site, first, "reviewer", to="on_hold", ground="position_filled", text="자리가 찼습니다.")
    assert other.status_code == 201
    one(chromium, ".decision textarea").send_keys("Describes own work in figures.")
    press(chromium, ".decision [type=submit]")
    told = wait(chromium, visible(".decision .message"))
    assert "On hold" in told.text
    assert "자리가 찼습니다." in told.text
    assert one(chromium, ".decision [name=to]").get_attribute("value") == "advanced", "a choice is kept"
    press(chromium, ".decision [type=submit]")
    wait(chromium, lambda d: standing(d) == "Advanced")
    wait(chromium, visible("#decided li"))
    decided = one(chromium, "#decided li").text
    assert "Describes own work in figures." in decided
    assert "scorecard" in decided
    # Two at once, each with a reason of their own.
    chromium.get(site.url + RANKING)
    for application in (second, third):
        press(chromium, f"input[value='{application}']")
    press(chromium, "[formaction$='/decide']")
    wait(chromium, visible("#send-all"))
    readable(chromium, "hr-decide-en")
    one(chromium, f"#text-{second}").send_keys("Invited to the first interview.")
    press(chromium, "#send-all")
    wait(chromium, visible(f"[data-person='{second}'] .outcome"))
    assert "1 of 2" in wait(chromium, visible("#several-message")).text
    one(chromium, f"#text-{third}").send_keys("Invited as well.")
    press(chromium, "#send-all")
    wait(chromium, visible(f"[data-person='{third}'] .outcome"))
    press(chromium, "#log-out")
    wait(chromium, lambda d: d.current_url.endswith("/login"))
    assert chromium.execute_script("return Object.keys(localStorage).length") == 0
    log_in(chromium, site, "auditor", "en")
    chromium.get(f"{site.url}/audit")
    one(chromium, "[name=subject]").send_keys(first)
    press(chromium, "[name=verify]")
    assert "entries are intact" in wait(chromium, visible("[role=status]")).text, "of the trail that was asked for"
    assert wait(chromium, visible(".trail")).text.count("application.decided") == 3
    readable(chromium, "auditor-audit-en")


@pytest.mark.browser
@pytest.mark.slow
def test_the_pages_are_readable_in_korean_too(
    site: Site, chromium: Any, people: list[Ranked], tokens: dict[str, str]
) -> None:
    log_in(chromium, site, "hr", "ko")
    compare = f"/openings/{OPENING.id}/compare?who={people[0].application_id}&who={people[4].application_id}"
    pages = {
        "home": "/home",
        "ranking": RANKING,
        "apart": f"{RANKING}?show=apart",
        "compare": compare,
        "application": f"/applications/{people[0].application_id}",
        "ratings": f"/openings/{OPENING.id}/ratings",
        "candidates": "/candidates",
    }
    for name, path in pages.items():
        chromium.get(site.url + path)
        readable(chromium, f"hr-{name}-ko")
