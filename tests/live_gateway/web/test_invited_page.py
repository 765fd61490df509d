"""Inviting and answering by a link, in Chromium with its fake camera and microphone: from link to interview."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from include.interview.records import Bilingual, Keyword, Opening, Question
from include.interview.stages import flow_of
from include.storage.live.dag_triggers import Trigger, TriggerQueue
from tasks.ai.perceive import prepare_media, validate
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedInterview, load
from tests.live_gateway.web.test_browser import CHECKER, one, press, recording, visible, wait
from tests.support.web_site import Site, log_in, picture, size

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.slow]
OPENING = "recorded"
REFUSED = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError'); }"
"""As a person who refuses: the flag that answers the browser's question for tests says yes to everything."""
SENT = ("Your answer has arrived.", "답이 도착했습니다.")


@pytest.fixture(scope="module")
def opening(site: Site) -> str:
    both = Bilingual(ko="서버 개발자", en="Backend engineer")
    questions = (
        Question(
            "q1", Bilingual(ko="최근에 해결한 어려운 문제를 말씀해 주세요.", en="Describe a hard problem you solved.")
        ),
        Question("q2", Bilingual(ko="왜 저희 회사에 지원하셨습니까?", en="Why do you apply to us?")),
    )
    site.world.stores.openings.put(
        Opening(
            OPENING,
            both,
            both,
            questions=questions,
            keywords=(Keyword("비밀낱말"),),
            values=(Bilingual("속뜻", "Inner"),),
        )
    )
    return OPENING


async def queued(site: Site) -> Trigger:
    """The run that waits to be started: this gateway has no Airflow."""
    queue = TriggerQueue.open(site.world.redis.url)
    try:
        taken = await queue.take(60)
    finally:
        await queue.close()
    assert taken is not None
    return taken[0]


def invite(site: Site, name: str, **terms: Any) -> tuple[str, str]:
    """The address of a new link, and the invitation's id."""
    person = site.world.stores.candidates.create(name, "someone@example.org").id
    deadline = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    body = {"opening_id": OPENING, "candidate_ids": [person], "deadline": deadline, "thinking_s": 5, "answer_s": 20}
    with site.client("hr") as hr:
        (made,) = hr.post("/api/v1/invitations", json=body | terms).raise_for_status().json()["items"]
    return site.url + made["link"], made["invitation"]["id"]


def arrive(driver: Any, site: Site, link: str, language: str = "en") -> None:
    """Open the link as somebody without a login, and consent."""
    driver.get(f"{site.url}/static/none/mark.svg")
    driver.delete_all_cookies()
    driver.add_cookie({"name": "triview_language", "value": language, "path": "/"})
    driver.get(link)
    wait(driver, visible("#asked-h"))
    wait(driver, visible("#consent"))


def consent(driver: Any) -> None:
    for box in driver.find_elements("css selector", "#consent [name=purposes]"):
        box.click()
    press(driver, "#consent [type=submit]")
    wait(driver, visible("#question-2"))


def open_camera(driver: Any) -> None:
    one(driver, "#check-camera").click()
    wait(driver, lambda d: one(d, "#practise").is_enabled())
    wait(driver, lambda d: one(d, "#preview").get_property("videoWidth") > 0)
    wait(driver, lambda d: int(one(d, "#check-level").get_attribute("aria-valuenow")) > 0)


def record(driver: Any, number: int, seconds: float = 3.0) -> None:
    """Answer a question by camera; `seconds` are those that the page's own clock shows."""
    press(driver, f"#question-{number} .record")
    press(driver, "#stage-now")
    wait(driver, visible("#stage-stop"))
    recorded(driver, seconds)
    one(driver, "#stage-stop").click()


def recorded(driver: Any, seconds: float) -> None:
    before = clock(driver)
    wait(driver, lambda d: before - clock(d) >= seconds)


def clock(driver: Any) -> int:
    minutes, _, seconds = one(driver, "#stage-clock").text.partition(":")
    return int(minutes) * 60 + int(seconds)


def state(number: int) -> Any:
    return lambda driver: one(driver, f"#question-{number} .answer-state").text


def sent(number: int) -> Any:
    return lambda driver: state(number)(driver) in SENT


def look_at(driver: Any, name: str) -> None:
    for width in (1280, 390):
        size(driver, width)
        assert driver.execute_script(CHECKER) == [], (name, width)
        picture(driver, f"{name}-{width}")
    size(driver, 1280)


@pytest.fixture(autouse=True)
def clean(chromium: Any) -> Iterator[None]:
    """The browser's one page leaves without being asked."""
    yield
    chromium.execute_script("window.onbeforeunload = null")
    chromium.get("about:blank")
    _accept(chromium)


def _accept(driver: Any) -> None:
    from selenium.common.exceptions import NoAlertPresentException

    try:
        driver.switch_to.alert.accept()
    except NoAlertPresentException:
        return


def test_from_the_link_to_an_interview_whose_run_is_asked_for(site: Site, chromium: Any, opening: str) -> None:
    link, invitation = invite(site, "김하늘")
    arrive(chromium, site, link, "ko")
    assert chromium.current_url == f"{site.url}/invitation", "the secret leaves the address"
    assert "비밀낱말" not in chromium.page_source
    assert "속뜻" not in chromium.page_source
    look_at(chromium, "invited-consent-ko")
    consent(chromium)
    open_camera(chromium)
    look_at(chromium, "invited-ready-ko")

    one(chromium, "#practise").click()
    press(chromium, "#stage-now")
    wait(chromium, visible("#stage-stop"))
    recorded(chromium, 2)
    one(chromium, "#stage-stop").click()
    wait(chromium, visible("#playback"))
    wait(chromium, lambda d: one(d, "#playback").get_property("readyState") > 1)
    look_at(chromium, "invited-practised-ko")
    one(chromium, "#throw-away").click()
    assert site.world.stores.invitations.answers(invitation) == ()

    press(chromium, "#question-1 .record")
    wait(chromium, visible("#stage-now"))
    look_at(chromium, "invited-thinking-ko")
    assert site.world.stores.invitations.answers(invitation) == (), "thinking uses no attempt"
    one(chromium, "#stage-now").click()
    wait(chromium, visible("#stage-stop"))
    assert len(site.world.stores.invitations.answers(invitation)) == 1
    look_at(chromium, "invited-recording-ko")
    recorded(chromium, 3)
    site.line.cut()
    one(chromium, "#stage-stop").click()
    wait(chromium, lambda d: "기다리는" in state(1)(d))
    picture(chromium, "invited-line-gone-ko-1280")
    site.line.mend()
    wait(chromium, sent(1), 40)
    assert not one(chromium, "#submit").is_enabled()
    record(chromium, 2)
    wait(chromium, sent(2), 40)
    wait(chromium, lambda d: one(d, "#submit").is_enabled())
    look_at(chromium, "invited-complete-ko")
    one(chromium, "#submit").click()
    wait(chromium, visible("#submit-dialog [value=yes]")).click()
    wait(chromium, visible("#done"))
    look_at(chromium, "invited-done-ko")

    stores = site.world.stores
    found = stores.invitations.get(invitation)
    assert (found.state, found.interview_id is not None) == ("submitted", True)
    assert found.interview_id is not None
    assert stores.interviews.get(found.interview_id).status == "uploaded"
    assert [(m.index, m.question_id) for m in stores.media.list(found.interview_id)] == [(0, "q1"), (1, "q2")]
    asked = asyncio.run(queued(site))
    assert (asked.dag_id, asked.interview_id) == (flow_of("ai").dag_id, found.interview_id)
    context = StepContext(stores, site.world.settings, found.interview_id)
    prepared = load(stores, prepare_media(context, validate(context)), PreparedInterview)
    assert all(one.facts.duration_s > 1.5 and one.audio is not None for one in prepared.recordings)
    assert [entry["message"] for entry in chromium.get_log("browser") if entry["source"] != "network"] == []


def test_a_tab_closed_in_the_middle_keeps_what_was_recorded(site: Site, chromium: Any, opening: str) -> None:
    link, invitation = invite(site, "박바다", attempts=1)
    arrive(chromium, site, link)
    consent(chromium)
    open_camera(chromium)
    press(chromium, "#question-1 .record")
    press(chromium, "#stage-now")
    wait(chromium, visible("#stage-stop"))
    recorded(chromium, 5)
    chromium.get(link)
    _accept(chromium)
    wait(chromium, visible("#question-1 .rest"))
    look_at(chromium, "invited-cut-off-en")
    press(chromium, "#question-1 .rest button")
    wait(chromium, sent(1), 30)
    assert not one(chromium, "#question-1 [data-begins]").is_enabled(), "the one attempt is used"
    assert site.world.stores.invitations.answers(invitation)[0].complete


def test_bad_devices_are_told_in_words(site: Site, chromium: Any, opening: str) -> None:
    link, invitation = invite(site, "이산")
    arrive(chromium, site, link)
    consent(chromium)
    chromium.execute_script(REFUSED)
    one(chromium, "#check-camera").click()
    wait(chromium, lambda d: "cannot be used" in one(d, "#camera-message").text)
    look_at(chromium, "invited-refused-en")
    chromium.execute_script("delete navigator.mediaDevices.getUserMedia")
    open_camera(chromium)

    press(chromium, "#question-1 .record")
    press(chromium, "#stage-now")
    wait(chromium, visible("#stage-stop"))
    track = "document.getElementById('preview').srcObject"
    chromium.execute_script(f"{track}.getAudioTracks()[0].enabled = false")
    recorded(chromium, 3)
    chromium.execute_script(f"const t = {track}.getVideoTracks()[0]; t.stop(); t.dispatchEvent(new Event('ended'))")
    wait(chromium, lambda d: "went away" in state(1)(d))
    assert not one(chromium, "#question-2 .record").is_enabled()
    look_at(chromium, "invited-camera-gone-en")
    chromium.find_elements("css selector", "#question-1 .rest button")[1].click()
    wait(chromium, lambda d: "No recording has arrived" in state(1)(d))

    open_camera(chromium)
    chromium.execute_script(f"{track}.getAudioTracks()[0].enabled = false")
    press(chromium, "#question-2 .record")
    press(chromium, "#stage-now")
    wait(chromium, visible("#stage-stop"))
    wait(chromium, lambda d: "No sound" in one(d, "#stage-message").text, 20)
    one(chromium, "#stage-stop").click()
    wait(chromium, lambda d: "No sound was heard" in state(2)(d))
    assert [one.complete for one in site.world.stores.invitations.answers(invitation)] == [False, False]


def test_a_second_tab_waits_and_files_answer_as_well(site: Site, chromium: Any, opening: str, tmp_path: Path) -> None:
    link, invitation = invite(site, "최강")
    arrive(chromium, site, link)
    consent(chromium)
    first = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    chromium.get(f"{site.url}/invitation")
    wait(chromium, visible("#elsewhere"))
    picture(chromium, "invited-second-tab-en-1280")
    chromium.close()
    chromium.switch_to.window(first)

    letter = tmp_path / "letter.mp4"
    letter.write_bytes(b"Dear company, " * 4000)
    one(chromium, "#question-1 summary").click()
    one(chromium, "#file-1").send_keys(str(letter))
    wait(chromium, lambda d: "MP4" in state(1)(d), 20)
    one(chromium, "#file-1").send_keys(str(recording(tmp_path)))
    wait(chromium, sent(1), 60)
    answers = site.world.stores.invitations.answers(invitation)
    assert [one.complete for one in answers] == [False, True]
    with site.client("hr") as hr:
        hr.post(f"/api/v1/invitations/{invitation}/revocation").raise_for_status()
    one(chromium, "#question-2 summary").click()
    one(chromium, "#file-2").send_keys(str(letter))
    assert "taken back" in wait(chromium, visible("#closed")).text
    assert not one(chromium, "#answering").is_displayed()
    chromium.get("about:blank")
    chromium.get(link)
    wait(chromium, visible("#closed"))
    look_at(chromium, "invited-revoked-en")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_hr_invites_reminds_and_takes_back(site: Site, chromium: Any, opening: str, language: str) -> None:
    person = site.world.stores.candidates.create(f"초대 {language}", "invited@example.org")
    log_in(chromium, site, "hr", language)
    chromium.get(f"{site.url}/openings/{OPENING}")
    one(chromium, f'a[href="/openings/{OPENING}/invitations"]').click()
    wait(chromium, visible("#invite"))
    one(chromium, f'#people option[value="{person.id}"]').click()
    one(chromium, "#invite [type=submit]").click()
    wait(chromium, visible("#links"))
    link = one(chromium, "#link-0").get_attribute("value")
    assert link.startswith(f"{site.url}/invitation#")
    assert link in one(chromium, "#all-links").get_attribute("value")
    wait(chromium, lambda d: person.name in one(d, "#list").text)
    look_at(chromium, f"invitations-links-{language}")
    chromium.get(f"{site.url}/openings/{OPENING}/invitations")
    (made,) = site.world.stores.invitations.list(candidate_id=person.id)
    one(chromium, f'[name=invitation_ids][value="{made.id}"]').click()
    one(chromium, "#chosen [type=submit]").click()
    wait(chromium, visible("#links"))
    assert one(chromium, "#link-0").get_attribute("value") != link
    wait(chromium, visible(f'tr:has([value="{made.id}"]) td:nth-of-type(4) time'))
    chromium.execute_script("arguments[0].click()", one(chromium, f'[data-revoke="{made.id}"]'))
    wait(chromium, visible("#revoke-dialog [value=yes]")).click()
    wait(chromium, lambda d: not d.find_elements("css selector", f'[data-revoke="{made.id}"]'))
    assert site.world.stores.invitations.get(made.id).state == "revoked"
    look_at(chromium, f"invitations-{language}")


def test_a_candidate_with_a_login_enters_from_their_own_page(site: Site, chromium: Any, opening: str) -> None:
    candidate = site.people["candidate"].candidate_id
    deadline = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    with site.client("hr") as hr:
        body = {"opening_id": OPENING, "candidate_ids": [candidate], "deadline": deadline}
        hr.post("/api/v1/invitations", json=body).raise_for_status()
    log_in(chromium, site, "candidate", "ko")
    chromium.get(f"{site.url}/me")
    look_at(chromium, "candidate-invited-ko")
    press(chromium, "[data-enter]")
    wait(chromium, lambda d: d.current_url == f"{site.url}/invitation" and visible("#consent")(d))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_consent_is_taken_back_on_the_page(site: Site, chromium: Any, opening: str, language: str) -> None:
    link, invitation_id = invite(site, "박철회")
    arrive(chromium, site, link, language)
    consent(chromium)
    wait(chromium, visible("#consent-given"))
    press(chromium, "#withdraw")
    wait(chromium, visible("#withdraw-dialog"))
    look_at(chromium, f"invited-withdraw-{language}")
    press(chromium, "#withdraw-dialog [value=no]")
    stores = site.world.stores
    interview = stores.invitations.get(invitation_id).interview_id
    person = stores.invitations.get(invitation_id).candidate_id
    (given,) = [one for one in stores.consents.list(person) if one.interview_id == interview]
    assert given.withdrawn_at is None
    press(chromium, "#withdraw")
    press(chromium, "#withdraw-dialog [value=yes]")
    wait(chromium, visible("#consent"))
    assert stores.consents.get(given.id).withdrawn_at is not None
    assert visible("#question-1")(chromium) is None
