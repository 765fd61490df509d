"""An executive interview as people hold it in Chromium: plan, prepare, a panel, own ratings, insights, the report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from include.interview.entities import ArtifactRef
from include.reporting.strings import Strings
from live_gateway.web.texts import Texts
from tasks.evaluation.context import StepContext
from tasks.executive.approval import end, store_for_approval
from tasks.executive.insights import draft, verify
from tasks.live.in_process import LiveRun, evaluate_session, publish_session
from tests.include.judgement.insight.claim_files import transcript_text
from tests.live_gateway.web.test_browser import CHECKER, one, press, visible, wait
from tests.live_gateway.web.test_questions_page import items as questions_of
from tests.live_gateway.web.test_questions_page import run_steps
from tests.support import web_site as web
from tests.support.executive_sessions import Earlier, published_stages
from tests.support.installation import models_missing
from tests.support.services.memory import passing_folder
from tests.support.web_site import PASSWORD, Person, Site, log_in, picture, site_in, size, speech

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.hears, pytest.mark.services]

ASKED = ("Tell me about a project that you turned around.",)
ANSWERED = (
    "I took over the billing migration when it was four months behind.",
    "I talked to each of the seven engineers, cut the scope to three countries, and we went live in September.",
    "Our finance director was sceptical, so I showed her the error rate every Friday, and it fell from eight percent "
    "to one percent within ten weeks.",
    "I learned to share bad news first, because people trust a plan that shows its risks.",
)
ENOUGH = 62
"""Words of the candidate: a little more than what a criterion of the rubric asks for."""
WRONG = "Led a staff of 9,000 people in Osaka."
"""Nothing of it was ever said."""
CRITERIA = ("leadership", "strategic_thinking", "experience", "culture_fit")
EN = Texts("en")


@dataclass
class Meeting:
    """The gateway, the staff's browser, the browser of candidate and second panelist, and what came before."""

    site: Site
    staff: Any
    guest: Any
    earlier: Earlier
    session: str = ""

    @property
    def context(self) -> StepContext:
        """What the steps of the session's interview are given."""
        return StepContext(self.site.world.stores, self.site.world.settings, self.session)


@pytest.fixture(scope="module")
def meeting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    """A gateway that hears, a candidate with a published first interview, and two browsers with a voice each."""
    if reason := models_missing():
        pytest.skip(reason)
    if web.CHROMIUM is None or web.DRIVER is None or shutil.which("espeak-ng") is None:
        pytest.skip("Chromium, its driver or the synthetic voice are not installed.")
    folder = tmp_path_factory.mktemp
    asked = speech(folder("asked"), *ASKED, pause_s=9.0, voice="en-gb")
    answered = speech(folder("answered"), *ANSWERED, pause_s=0.8, pace=190)
    more = {"TRIVIEW_SPEECH": "on", "TRIVIEW_FEEDBACK": "on", "TRIVIEW_CORES": "2"}
    with (
        passing_folder("tvweb-") as home,
        site_in(home, **more) as site,
        web.browser(folder("staff"), asked) as staff,
        web.browser(folder("guest"), answered) as guest,
    ):
        stores, settings = site.world.stores, site.world.settings
        panelist = stores.accounts.create("panelist", PASSWORD, "interviewer")
        site.people["panelist"] = Person("panelist", panelist.id)
        told = [("ai", transcript_text("en_second"))]
        candidate = site.people["candidate"].candidate_id
        earlier = published_stages(stores, "en", told, candidate_id=candidate, settings=settings)  # type: ignore[arg-type]
        yield Meeting(site, staff, guest, earlier)


def look(driver: Any, name: str, widths: tuple[int, ...] = (390, 1280)) -> None:
    """The page as it is, wide and on a phone: readable by everybody, and kept."""
    for width in widths:
        size(driver, width)
        assert driver.execute_script(CHECKER) == [], (name, width)
        picture(driver, f"executive-{name}-{width}")


def look_in_both(driver: Any, name: str, languages: tuple[str, str] = ("ko", "en")) -> None:
    """`look` in both languages; the page stays in the last."""
    for language in languages:
        driver.add_cookie({"name": "triview_language", "value": language, "path": "/"})
        driver.refresh()
        look(driver, f"{name}-{language}")


def choose(driver: Any, selector: str, value: str) -> None:
    """Take an option of a list."""
    from selenium.webdriver.support.ui import Select

    Select(one(driver, selector)).select_by_value(value)


def test_an_executive_interview_from_the_plan_to_the_report(meeting: Meeting) -> None:
    plan(meeting)
    prepare(meeting)
    hold(meeting)
    for role, driver in (("interviewer", meeting.staff), ("panelist", meeting.guest)):
        rate(meeting, role, driver)
    run = evaluate_session(meeting.context)
    insights = store_insights(meeting, run.card)
    decide(meeting, insights)
    publish(meeting, run)
    read(meeting)
    for driver in (meeting.staff, meeting.guest):
        assert [entry["message"] for entry in driver.get_log("browser") if entry["source"] != "network"] == []


def plan(meeting: Meeting) -> None:
    """HR plans the interview, names who leads it, and puts a second interviewer on the panel."""
    site, driver = meeting.site, meeting.staff
    size(driver, 1280)
    log_in(driver, site, "hr", "en")
    driver.get(f"{site.url}/interviews")
    choose(driver, "#candidate", meeting.earlier.candidate_id)
    choose(driver, "#opening", meeting.earlier.opening.id)
    assert not one(driver, "#panelists").is_displayed()
    press(driver, "[name=stage][value=executive]")
    choose(driver, "#leader", site.people["interviewer"].account_id)
    press(driver, f'#panelists [value="{site.people["panelist"].account_id}"]')
    press(driver, "#new-session [type=submit]")
    wait(driver, visible("#created"))
    look(driver, "planned-en")
    assert not one(driver, "#enter").is_displayed()
    meeting.session = one(driver, "#join-link").get_attribute("value").rsplit("/", 1)[1]
    press(driver, "#to-questions")
    wait(driver, lambda d: d.current_url.endswith(f"/sessions/{meeting.session}/questions"))


def prepare(meeting: Meeting) -> None:
    """HR has questions prepared; one is accepted, one dropped."""
    driver = meeting.staff
    press(driver, "#prepare")
    wait(driver, lambda d: one(d, "#prepare-message").text == EN("js.preparing"))
    run_steps(meeting.site, meeting.session)
    wait(driver, lambda d: len(questions_of(d)) > 3)
    first, second = (question for question, _ in questions_of(driver)[:2])
    press(driver, f'li[data-question="{first}"] [data-act=accept]')
    wait(driver, lambda d: questions_of(d)[0] == (first, "accepted"))
    press(driver, f'li[data-question="{second}"] [data-act=drop]')
    wait(driver, lambda d: questions_of(d)[1] == (second, "dropped"))
    look_in_both(driver, "questions")


def hold(meeting: Meeting) -> None:
    """The candidate agrees and answers; who leads is heard, the other of the panel listens; who leads ends it."""
    site, leader, guest, session = meeting.site, meeting.staff, meeting.guest, meeting.session
    second = site.url.replace("127.0.0.1", "localhost")
    enter_as_candidate(meeting)
    candidate = guest.current_window_handle
    guest.switch_to.new_window("window")
    log_in(guest, site, "panelist", "ko", at=second)
    guest.get(f"{second}/interviews")
    press(guest, f'a[href="/sessions/{session}"]')
    press(guest, "#start")
    wait(guest, connected)

    log_in(leader, site, "interviewer", "en")
    leader.get(f"{site.url}/sessions/{session}")
    press(leader, "#check-device")
    wait(leader, lambda d: one(d, "#start").is_enabled())
    look(leader, "before-en")
    press(leader, "#start")
    wait(leader, connected)
    wait(leader, lambda d: len(d.find_elements("css selector", '#panel [data-here="true"]')) == 2)
    assert leader.find_elements("css selector", "#gauges") == []
    wait(leader, lambda d: words_of(d, "candidate") >= ENOUGH)
    wait(leader, lambda d: words_of(d, "interviewer") > 0)
    one(guest, "#note").send_keys("구체적인 수치를 들었음")
    press(guest, "#note-form button")
    wait(guest, visible("#notes li"))
    assert not one(guest, "#end").is_displayed()
    look(leader, "room-en")
    look(guest, "room-ko")
    press(leader, "#end")
    press(leader, "#end-dialog [value=yes]")
    for driver in (leader, guest):
        wait(driver, visible("#after"))
        assert driver.find_elements("css selector", "#after-card table") == []
        assert not any(one(driver, f"#{place}").is_displayed() for place in ("panel-form", "ask-sheet", "note-form"))
    look(leader, "ended-en")
    look(guest, "ended-ko")
    guest.switch_to.window(candidate)
    wait(guest, visible("#after"))
    look(guest, "ended-candidate-ko")
    guest.close()
    guest.switch_to.window(guest.window_handles[0])


def enter_as_candidate(meeting: Meeting) -> None:
    site, driver = meeting.site, meeting.guest
    size(driver, 1280)
    log_in(driver, site, "candidate", "ko")
    driver.get(f"{site.url}/join/{meeting.session}")
    look_in_both(driver, "join", ("en", "ko"))
    for box in driver.find_elements("css selector", "#consent [name=purposes]"):
        box.click()
    press(driver, "#consent [type=submit]")
    press(driver, "#check-device")
    wait(driver, lambda d: one(d, "#start").is_enabled())
    press(driver, "#start")
    wait(driver, connected)


def connected(driver: Any) -> bool:
    """Whether the page's socket is open."""
    return bool(one(driver, "#connection").get_attribute("data-state") == "open")


def words_of(driver: Any, role: str) -> int:
    """How many words of `role` the page shows as final, read in one moment of the page."""
    script = "return [...document.querySelectorAll(arguments[0])].map(r => r.innerText).join(' ')"
    return len(driver.execute_script(script, f"#lines .r-{role}:not(.partial) .said").split())


def rate(meeting: Meeting, role: str, driver: Any) -> None:
    """Rate every criterion; no number of the machine is there before, and all of them are afterwards."""
    press(driver, "#after a")
    wait(driver, visible("#rating-form"))
    wait(driver, lambda d: handed_over(d))
    assert driver.find_elements("css selector", ".cards") == []
    assert driver.find_elements("css selector", ".grounds") == []
    assert driver.find_elements("css selector", "#insights") == []
    if role == "interviewer":
        look_in_both(driver, "rating")
    for n, criterion in enumerate(CRITERIA):
        press(driver, f'[name="level-{criterion}"][value="{5 if n == 0 else 3}"]')
    press(driver, "#rating-form [type=submit]")
    assert driver.execute_script("return document.querySelector('#reason-leadership:invalid') !== null")
    one(driver, "#reason-leadership").send_keys("She turned the migration around herself.")
    press(driver, "#rating-form [type=submit]")
    wait(driver, visible(".cards"))
    assert driver.find_elements("css selector", "#rating-form") == []
    assert "She turned the migration around herself." in one(driver, "main").text
    look(driver, f"rated-{role}")


def handed_over(driver: Any) -> bool:
    """The session was handed over; the page is asked again until then."""
    if one(driver, "#result").get_attribute("data-state") != "live":
        return True
    driver.refresh()
    return False


def store_insights(meeting: Meeting, card: ArtifactRef) -> int:
    """What Airflow does next: drafted, verified, and asked about; returns how many wait."""
    return store_for_approval(meeting.context, verify(meeting.context, draft(meeting.context, card)))


def decide(meeting: Meeting, waiting: int) -> None:
    """A reviewer finds the interview, approves one insight, edits one (first wrongly), and rejects one."""
    site, driver = meeting.site, meeting.staff
    log_in(driver, site, "reviewer", "en")
    driver.get(f"{site.url}/interviews")
    look_in_both(driver, "to-review")
    press(driver, f'a[href="/sessions/{meeting.session}/result#insights"]')
    wait(driver, visible("#insights"))
    assert len(statuses(driver)) == waiting >= 3
    look_in_both(driver, "insights")
    approved, edited, rejected = list(statuses(driver))[:3]
    press(driver, f'li[data-insight="{approved}"] [data-act=approve]')
    wait(driver, lambda d: statuses(d)[approved] == "accepted")

    item = f'li[data-insight="{edited}"]'
    press(driver, f"{item} [data-act=open-edit]")
    field = one(driver, f"{item} textarea[name=en]")
    before = field.get_attribute("value")
    field.clear()
    field.send_keys(WRONG)
    press(driver, f"{item} form [type=submit]")
    refused = wait(driver, visible(f"{item} .message")).text
    assert "9,000" in refused, refused
    look(driver, "insight-refused-en", (390,))
    size(driver, 1280)
    field.clear()
    field.send_keys(before)
    press(driver, f"{item} form [type=submit]")
    wait(driver, lambda d: statuses(d)[edited] == "accepted")

    press(driver, f'li[data-insight="{rejected}"] [data-act=reject]')
    wait(driver, lambda d: statuses(d)[rejected] == "rejected")
    for left in [one_id for one_id, status in statuses(driver).items() if status == "draft"]:
        press(driver, f'li[data-insight="{left}"] [data-act=approve]')
        wait(driver, lambda d, i=left: statuses(d)[i] == "accepted")
    look(driver, "insights-decided-en")


def statuses(driver: Any) -> dict[str, str]:
    """Insight id -> its status, in the page's order."""
    found = driver.find_elements("css selector", "li[data-insight]")
    return {e.get_attribute("data-insight"): e.get_attribute("data-status") for e in found}


def publish(meeting: Meeting, run: LiveRun) -> None:
    """The approval ends, and the card with its insights is published."""
    settled = end(meeting.context)
    assert settled.undecided == 0
    publish_session(meeting.context, run)


def read(meeting: Meeting) -> None:
    """HR reads the result, and the report in both languages: insights, levels of the panel, the delivery."""
    site, driver = meeting.site, meeting.staff
    log_in(driver, site, "hr", "en")
    driver.get(f"{site.url}/sessions/{meeting.session}/result")
    look_in_both(driver, "result")
    assert one(driver, "#result").get_attribute("data-state") == "published"
    report = one(driver, 'a[href*="report.html"]').get_attribute("href")
    insights = site.world.stores.insights.list(meeting.session)
    for language in ("ko", "en"):
        driver.get(report.replace("language=en", f"language={language}"))
        text = " ".join(one(driver, "body").text.split())
        for insight in insights:
            sentence = " ".join(dict(insight.text.given())[language].split())
            assert (sentence in text) == (insight.status == "accepted"), sentence
        assert all(login in text for login in ("interviewer", "panelist"))
        t = Strings(language)
        assert all(t(f"delivery.{part}") in text for part in ("heading", "shares", "tones"))
        for width in (390, 1280):
            size(driver, width)
            picture(driver, f"executive-report-{language}-{width}")
