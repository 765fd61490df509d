"""By page alone, on real parts: from an empty installation to a decision that stands in the audit trail.

Run by `make test-walk` and not by `make test`: it takes seven minutes and more.

A real Airflow runs what waits, a real gateway hears, four people use two browsers, and nothing is done but what a page
offers. What a person would say comes from synthetic voices; what is heard of it is the recogniser's own.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cli.demo.applicants import OTHERS
from cli.demo.video import SCRIPT, Exchange, Voice, build_demo_interview
from cli.local import LocalAirflow
from cli.local.gateway import LocalGateway
from cli.local.redis import LocalRedis
from cli.local.runtime import ADMIN
from cli.session import local_stores
from tests.live_gateway.web.test_account_pages import act, row
from tests.live_gateway.web.test_application_page import choose, opened_note, standing
from tests.live_gateway.web.test_browser import one, press, visible, wait
from tests.live_gateway.web.test_executive_walk import connected, statuses, words_of
from tests.live_gateway.web.test_invited_page import open_camera, record, sent
from tests.support import web_site as web
from tests.support.local_airflow import require_models
from tests.support.web_site import PASSWORD, picture, size, speech

pytestmark = [
    pytest.mark.airflow, pytest.mark.browser, pytest.mark.models, pytest.mark.hears, pytest.mark.services,
    pytest.mark.slow, pytest.mark.timeout(1800),
]  # fmt: skip
LONG_S = 600.0
"""What Airflow does on two cores beside three browsers and a gateway that hears."""
EN = SCRIPT["en"]
ENOUGH = 75
"""Words of the candidate: more than what a criterion of any rubric asks for, in answers to both questions."""
ANN, BEN, CHLOE = SHOWN = ("Ann Newcomer", "Ben Newcomer", "Chloe Newcomer")
SPOKEN = {ANN: (EN, Voice("en-gb", 140, 50)), BEN: (OTHERS["en"][1].exchanges, OTHERS["en"][1].voice)}
FORM_ADVICE = "Password forms should have (optionally hidden) username fields"
"""What Chromium remarks of the page behind an activation link, which does not know whose it is before it was used."""
STAFF = ("lee.interviewer", "kim.reviewer", "han.auditor")


@dataclass
class Place:
    """Where everybody is: the gateway's address, the browser of the staff, and of each candidate."""

    url: str
    staff: Any
    guests: dict[str, Any]
    recordings: dict[str, list[Path]]
    links: dict[str, str] = field(default_factory=dict)
    sessions: dict[tuple[str, str], str] = field(default_factory=dict)
    opening: str = ""


@pytest.fixture(scope="module")
def place(local_airflow: LocalAirflow, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """An installation with two accounts of HR, of which the first confirms the second; nothing else is theirs."""
    settings, folder = local_airflow.settings, tmp_path_factory.mktemp
    require_models(settings)
    if web.CHROMIUM is None or web.DRIVER is None or shutil.which("espeak-ng") is None:
        pytest.skip("Chromium, its driver or the synthetic voice are not installed.")
    asked = speech(folder("asked"), *(one.question for one in EN), pause_s=12.0)
    said = {
        name: speech(folder("said"), *(one.answer for one in told), voice=voice.name, pace=voice.rate)
        for name, (told, voice) in SPOKEN.items()
    }
    films = folder("films")

    def film(told: tuple[Exchange, ...], voice: Voice) -> list[Path]:
        return [build_demo_interview(settings.models_dir, films, exchanges=(one,), voice=voice).path for one in told]

    recordings = {BEN: film(*SPOKEN[BEN]), CHLOE: film(OTHERS["en"][0].exchanges, OTHERS["en"][0].voice)}
    with local_stores(settings) as (stores, _):
        for login in ("choi.hr", "park.hr"):
            stores.accounts.create(login, PASSWORD, "hr")
    more = {"TRIVIEW_SPEECH": "on", "TRIVIEW_FEEDBACK": "on", "TRIVIEW_CORES": "2"}
    access = (local_airflow.url, ADMIN, local_airflow.password)
    with (
        LocalRedis(settings.home) as redis,
        LocalGateway(settings, redis.url, airflow=access, name="newcomer", more=more) as gateway,
        web.browser(folder("staff"), asked) as staff,
        web.browser(folder("ann"), said[ANN]) as ann,
        web.browser(folder("ben"), said[BEN]) as ben,
    ):
        yield Place(gateway.url, staff, {ANN: ann, BEN: ben}, recordings)


def enter_as(place: Place, driver: Any, login: str) -> None:
    """Log out whoever is there, and log in by the page."""
    driver.get(f"{place.url}/login")
    if driver.find_elements("css selector", "#log-out"):
        log_out(driver)
    one(driver, "#login-name").send_keys(login)
    one(driver, "#password").send_keys(PASSWORD)
    press(driver, "#login [type=submit]")
    wait(driver, visible("#log-out"))


def log_out(driver: Any) -> None:
    press(driver, "#log-out")
    wait(driver, lambda d: not d.find_elements("css selector", "#log-out") and visible("#login")(d))


def activate(driver: Any, link: str) -> None:
    """Choose a password by the link that HR passed on."""
    driver.get(link)
    wait(driver, visible("#activate"))
    one(driver, "#new-password").send_keys(PASSWORD)
    one(driver, "#repeated").send_keys(PASSWORD)
    press(driver, "#activate [type=submit]")
    wait(driver, visible("#activated"))


def once(driver: Any, login: str) -> str:
    """The activation link that the page shows this once."""
    wait(driver, lambda d: one(d, "#once-login").get_attribute("value") == login)
    return str(one(driver, "#once-link").get_attribute("value"))


def test_from_an_empty_installation_to_a_decision_in_the_audit_trail(place: Place) -> None:
    size(place.staff, 1280)
    accounts(place)
    opening(place)
    candidates(place)
    record_by_camera(place)
    for name in (BEN, CHLOE):
        hand_in_files(place, name)
    for name in (ANN, BEN):
        for stage in ("practical", "executive"):
            hold(place, name, stage)
    evaluated(place)
    first, second = ranking(place)
    compare_and_report(place, first, second)
    decide(place, first)
    audit(place, first)
    for driver in (place.staff, *place.guests.values()):
        told = [entry["message"] for entry in driver.get_log("browser") if entry["source"] != "network"]
        assert [message for message in told if FORM_ADVICE not in message] == []


def accounts(place: Place) -> None:
    """HR makes accounts; a second person confirms the auditor's; everybody chooses a password of their own."""
    driver = place.staff
    driver.get(f"{place.url}/login")
    driver.add_cookie({"name": "triview_language", "value": "en", "path": "/"})
    enter_as(place, driver, "choi.hr")
    links = {}
    for login in STAFF:
        driver.get(f"{place.url}/accounts")
        one(driver, "#login").send_keys(login)
        choose(driver, "#role", login.split(".")[1])
        press(driver, "form[data-people] [type=submit]")
        links[login] = once(driver, login)
    confirm(place, "park.hr")
    enter_as(place, driver, "park.hr")
    confirm(place, "han.auditor")
    log_out(driver)
    for link in links.values():
        activate(driver, link)


def confirm(place: Place, login: str) -> None:
    driver = place.staff
    driver.get(f"{place.url}/accounts")
    act(driver, login, "confirm")
    wait(driver, lambda d: (found := row(d, login)) and not found.find_elements("css selector", "[data-act=confirm]"))


def opening(place: Place) -> None:
    """HR describes the opening: what is asked, what each answer is read for, the values, and one place."""
    driver = place.staff
    enter_as(place, driver, "choi.hr")
    driver.get(f"{place.url}/openings/new")
    one(driver, "#title-ko").send_keys("온라인 상점 개발자")
    one(driver, "#title-en").send_keys("Shop developer")
    one(driver, "#description-ko").send_keys("Keeps the orders of an online store from being lost.")
    choose(driver, "#opening-language", "en")
    one(driver, "#opening-places").clear()
    one(driver, "#opening-places").send_keys("1")
    for term, synonyms in (("evidence", "test"), ("data", "report")):
        press(driver, "[data-add=keywords]")
        last = driver.find_elements("css selector", "#keywords .entry")[-1]
        last.find_element("css selector", "[data-f=term]").send_keys(term)
        last.find_element("css selector", "[data-f=synonyms]").send_keys(synonyms)
    for exchange in EN:
        press(driver, "[data-add=questions]")
        last = driver.find_elements("css selector", "#questions .entry")[-1]
        last.find_element("css selector", "[data-f=ko]").send_keys(exchange.question)
    press(driver, "[data-add=competencies]")
    one(driver, "#competencies [data-f=name]").send_keys("Finds causes")
    for value in ("We hear out people whose views differ from ours.", "We are the first to report bad news."):
        press(driver, "[data-add=values]")
        driver.find_elements("css selector", "#values [data-f=ko]")[-1].send_keys(value)
    press(driver, "form [type=submit]")
    wait(driver, lambda d: d.current_url.endswith("/openings"))
    wait(driver, lambda d: "Shop developer" in one(d, "main").text)
    driver.find_element("link text", "Shop developer").click()
    wait(driver, visible("#opening"))
    place.opening = str(one(driver, "#opening").get_attribute("data-id"))


def candidates(place: Place) -> None:
    """Three people, two with a login of their own, are invited to the recorded interview."""
    driver = place.staff
    logins = {}
    for name in SHOWN:
        driver.get(f"{place.url}/candidates")
        one(driver, "#name").send_keys(name)
        if name in place.guests:
            login = name.split()[0].lower()
            one(driver, "#login").send_keys(login)
            press(driver, "form[data-people] [type=submit]")
            logins[name] = once(driver, login)
        else:
            press(driver, "form[data-people] [type=submit]")
            wait(driver, lambda d, n=name: n in one(d, "#found").text)
    driver.get(f"{place.url}/openings/{place.opening}/invitations")
    wait(driver, visible("#invite"))
    for option in driver.find_elements("css selector", "#people option"):
        if option.text in SHOWN:
            option.click()
    for number, seconds in (("thinking_s", 5), ("answer_s", 120)):
        one(driver, f"#{number}").clear()
        one(driver, f"#{number}").send_keys(str(seconds))
    press(driver, "#invite [type=submit]")
    wait(driver, visible("#links"))
    for line in one(driver, "#all-links").get_attribute("value").splitlines():
        place.links[line.split("\t")[0]] = line.rsplit("\t", 1)[1]
    assert set(place.links) == set(SHOWN)
    picture(driver, "newcomer-invited-1280")
    for name, link in logins.items():
        activate(place.guests[name], link)


def arrive(place: Place, driver: Any, name: str) -> None:
    """Open the link, agree to what is needed and refuse what may be refused."""
    driver.get(place.links[name])
    wait(driver, visible("#consent"))
    driver.add_cookie({"name": "triview_language", "value": "en", "path": "/"})
    agree(driver)
    wait(driver, visible("#question-2"))


def agree(driver: Any) -> None:
    for box in driver.find_elements("css selector", "#consent [name=purposes][data-needed]"):
        box.click()
    press(driver, "#consent [type=submit]")


def submit(driver: Any) -> None:
    wait(driver, lambda d: one(d, "#submit").is_enabled())
    press(driver, "#submit")
    press(driver, "#submit-dialog [value=yes]")
    wait(driver, visible("#done"))


def record_by_camera(place: Place) -> None:
    """Ann answers both questions by camera and microphone."""
    driver = place.guests[ANN]
    arrive(place, driver, ANN)
    open_camera(driver)
    for number in (1, 2):
        record(driver, number, 32.0)
        wait(driver, sent(number))
    submit(driver)


def hand_in_files(place: Place, name: str) -> None:
    """Somebody answers with a file for each question."""
    driver = place.guests[BEN]
    arrive(place, driver, name)
    for number, film in enumerate(place.recordings[name], start=1):
        press(driver, f"#question-{number} summary")
        one(driver, f"#file-{number}").send_keys(str(film))
        wait(driver, sent(number))
    submit(driver)


def hold(place: Place, name: str, stage: str) -> None:
    """HR plans a live interview, it is held by two browsers, and who led the last one rates before seeing a number."""
    staff, guest = place.staff, place.guests[name]
    enter_as(place, staff, "choi.hr")
    staff.get(f"{place.url}/interviews")
    one(staff, "#candidate-name").send_keys(name)
    press(staff, "#find-candidate")
    wait(staff, lambda d: one(d, "#candidate").text.strip() == name)
    choose(staff, "#opening", place.opening)
    press(staff, f"[name=stage][value={stage}]")
    choose(staff, "#session-language", "en")
    leader = next(o for o in staff.find_elements("css selector", "#leader option") if "lee.interviewer" in o.text)
    choose(staff, "#leader", leader.get_attribute("value"))
    press(staff, "#new-session [type=submit]")
    wait(staff, visible("#created"))
    join = one(staff, "#join-link").get_attribute("value")
    session = place.sessions[name, stage] = str(join.rsplit("/", 1)[1])
    if stage == "executive":
        prepare(place, session)

    enter_as(place, guest, name.split()[0].lower())
    guest.get(join)
    agree(guest)
    begin(guest)
    enter_as(place, staff, "lee.interviewer")
    staff.get(f"{place.url}/sessions/{session}")
    begin(staff)
    wait(staff, lambda d: words_of(d, "interviewer") > 5)
    wait(staff, lambda d: words_of(d, "candidate") >= ENOUGH, 180)
    one(staff, "#note").send_keys("Names what was done and what came of it.")
    press(staff, "#note-form button")
    wait(staff, visible("#notes li"))
    press(staff, "#end")
    press(staff, "#end-dialog [value=yes]")
    for driver in (staff, guest):
        wait(driver, visible("#after"))
    if stage == "executive":
        rate(place, name, stage)


def begin(driver: Any) -> None:
    press(driver, "#check-device")
    wait(driver, lambda d: one(d, "#start").is_enabled())
    press(driver, "#start")
    wait(driver, connected)


def prepare(place: Place, session: str) -> None:
    """The questions are written by a run of the real Airflow; HR accepts the first."""
    driver = place.staff
    driver.get(f"{place.url}/sessions/{session}/questions")
    press(driver, "#prepare")
    wait(driver, visible("li[data-question]"), LONG_S)
    press(driver, "li[data-question] [data-act=accept]")
    wait(driver, lambda d: one(d, "li[data-question]").get_attribute("data-state") == "accepted")


def rate(place: Place, name: str, stage: str) -> None:
    """Every criterion gets a level; no number of the machine is on the page before."""
    driver, session = place.staff, place.sessions[name, stage]
    driver.get(f"{place.url}/sessions/{session}/result")
    wait(driver, visible("#rating-form"))
    assert driver.find_elements("css selector", ".cards, .grounds") == []
    level = 4 if name == ANN else 2
    for choice in driver.find_elements("css selector", f'#rating-form [value="{level}"]'):
        choice.click()
    press(driver, "#rating-form [type=submit]")
    wait(driver, lambda d: not d.find_elements("css selector", "#rating-form"))


def evaluated(place: Place) -> None:
    """A reviewer answers what a rule held back and decides about every insight, until each interview has its card."""
    driver = place.staff
    enter_as(place, driver, "kim.reviewer")
    answered: set[str] = set()
    """Reviews that were answered: the list has them until their runs have gone on."""

    def all_published(d: Any) -> bool:
        d.get(f"{place.url}/reviews")
        if waiting := address_of(d, "td.row-actions a", but=answered):
            answer_review(d, waiting)
            answered.add(waiting)
            return False
        d.get(f"{place.url}/interviews")
        if waiting := address_of(d, "a[href*='#insights']"):
            decide_insights(d, waiting)
            return False
        states = [line.find_element("css selector", "td:nth-of-type(2)").text for line in own_rows(d)]
        assert "Could not be evaluated" not in states
        return states == ["Card published"] * 7

    wait(driver, all_published, LONG_S)
    picture(driver, "newcomer-interviews-1280")


def own_rows(driver: Any) -> list[Any]:
    """The lines of a list that are about these three people: the installation's other tests have theirs."""
    return [line for line in driver.find_elements("css selector", "main tbody tr") if "Newcomer" in line.text]


def address_of(driver: Any, selector: str, but: Collection[str] = ()) -> str | None:
    """Where the first link of `selector` in a line about these people leads, `but` for these."""
    links = [link for line in own_rows(driver) for link in line.find_elements("css selector", selector)]
    found = [str(link.get_attribute("href")) for link in links]
    return next((one for one in found if one not in but), None)


def answer_review(driver: Any, address: str) -> None:
    driver.get(address)
    wait(driver, visible("#review form"))
    for box in driver.find_elements("css selector", "[name=evidence]")[:1]:
        box.click()
    press(driver, "#decision-publish")
    press(driver, "#ground-evidence_supports_card")
    press(driver, "#review [type=submit]")
    # The page says that it was taken, and draws itself anew once the card is published.
    wait(driver, lambda d: visible("#review .outcome")(d) or not d.find_elements("css selector", "#review form"))


def decide_insights(driver: Any, address: str) -> None:
    driver.get(address)
    wait(driver, visible("#insights"))
    for insight, status in statuses(driver).items():
        if status == "draft":
            press(driver, f'li[data-insight="{insight}"] [data-act=approve]')
            wait(driver, lambda d, i=insight: statuses(d).get(i) == "accepted")


def ranking(place: Place) -> tuple[str, str]:
    """The opening ranks itself once its cards are published; the applications in their order."""
    driver = place.staff
    enter_as(place, driver, "choi.hr")

    def both(d: Any) -> list[str]:
        d.get(f"{place.url}/openings/{place.opening}/ranking")
        rows = d.find_elements("css selector", "tr[data-application]")
        return [r.get_attribute("data-application") for r in rows] if len(rows) == 2 else []

    first, second = wait(driver, both, LONG_S)
    names = [cell.text for cell in driver.find_elements("css selector", "tr[data-application] th")]
    assert names == [ANN, BEN]
    picture(driver, "newcomer-ranking-1280")
    driver.get(f"{place.url}/openings/{place.opening}/ranking?show=apart")
    assert CHLOE in one(driver, "#found").text
    return first, second


def compare_and_report(place: Place, first: str, second: str) -> None:
    """Why one stands above the other, and the report with the same numbers."""
    driver = place.staff
    driver.get(f"{place.url}/openings/{place.opening}/ranking")
    for application in (first, second):
        press(driver, f"input[value='{application}']")
    press(driver, "[formaction$='/compare']")
    assert wait(driver, visible("#pair-1")).text == f"Why {ANN} is above {BEN}"
    composite = one(driver, ".beside b").text
    picture(driver, "newcomer-compare-1280")

    def report(d: Any) -> str:
        d.get(f"{place.url}/openings/{place.opening}/ranking")
        address = one(d, 'a[href*="format=csv"]').get_attribute("href")
        script = "const done = arguments[1]; fetch(arguments[0]).then(async r => done(r.ok ? await r.text() : ''))"
        return str(d.execute_async_script(script, address))

    text = wait(driver, report, LONG_S)
    assert ANN in text
    assert BEN in text
    assert composite.split()[0] in text


def decide(place: Place, application: str) -> None:
    """HR reads the evidence, and advances the person on a ground and in words."""
    driver = place.staff
    driver.get(f"{place.url}/applications/{application}")
    for to, shown in (("in_process", "In process"), ("advanced", "Advanced")):
        wait(driver, visible(".decision"))
        if to not in [
            o.get_attribute("value") for o in driver.find_elements("css selector", ".decision [name=to] option")
        ]:
            continue
        press(driver, "#ai summary")
        driver.execute_script("document.getElementById('ai').scrollIntoView()")
        wait(driver, opened_note)
        choose(driver, ".decision [name=to]", to)
        one(driver, ".decision textarea").send_keys(f"Says what was measured ({to}).")
        press(driver, ".decision [type=submit]")
        wait(driver, lambda d, words=shown: standing(d) == words)
    assert "Says what was measured (advanced)." in one(driver, "#decided").text
    picture(driver, "newcomer-decided-1280")


def audit(place: Place, application: str) -> None:
    """The auditor finds the decision, what was seen before it, and an intact trail."""
    driver = place.staff
    enter_as(place, driver, "han.auditor")
    driver.get(f"{place.url}/audit")
    one(driver, "[name=subject]").send_keys(application)
    press(driver, "[name=verify]")
    assert "entries are intact" in wait(driver, visible("[role=status]")).text
    assert "application.decided" in wait(driver, visible(".trail")).text
    driver.get(f"{place.url}/audit?about={application}&question=history")
    assert "application.decided" in one(driver, "main").text
    picture(driver, "newcomer-audit-1280")
    for stage in ("practical", "executive"):
        driver.get(f"{place.url}/audit?subject={place.sessions[ANN, stage]}&action=scorecard.published")
        assert "scorecard.published" in wait(driver, visible(".trail")).text
