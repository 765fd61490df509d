"""The whole way in Chromium: open the page, speak, read what was said, put a speaker right, end, see the result."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.evaluation.context import StepContext
from tasks.live.in_process import evaluate_session, publish_session
from tests.live_gateway.web.test_browser import CHECKER, one, press, visible, wait
from tests.support import web_site as web
from tests.support.browser_frames import check_frames
from tests.support.hearing import SYNTHETIC_WER, plain, word_error_rate_in_loop
from tests.support.installation import models_missing
from tests.support.web_site import Site, log_in, picture, site_in, size, speech

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.hears, pytest.mark.services]

LINES = (
    "My communication with the team solved a hard problem.",
    "We shared the responsibility and reached the goal together.",
    "I learned how to plan the project from that experience, and I measured the result with the customers.",
    "When two jobs locked the same table, I moved the report to another server and the errors went away.",
)
ENOUGH = len(" ".join(LINES).split()) // 2
"""Words from which an error rate says something: those of two lines."""
FINAL = "#lines li:not(.partial)"
SAID = f"{FINAL} .said"


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Any]]:
    """A gateway that recognises speech, and a browser whose microphone says `LINES` over and over."""
    if reason := models_missing():
        pytest.skip(reason)
    if web.CHROMIUM is None or web.DRIVER is None or shutil.which("espeak-ng") is None:
        pytest.skip("Chromium, its driver or the synthetic voice are not installed.")
    home = Path(tempfile.mkdtemp(prefix="tvweb-"))
    microphone = speech(tmp_path_factory.mktemp("voice"), *LINES)
    more = {"TRIVIEW_SPEECH": "on", "TRIVIEW_FEEDBACK": "on", "TRIVIEW_CORES": "2"}
    try:
        with (
            site_in(home, **more) as site,
            web.browser(tmp_path_factory.mktemp("profile"), microphone) as driver,
        ):
            yield site, driver
    finally:
        shutil.rmtree(home)


OWN_RATE = "const Real = AudioContext; window.AudioContext = class extends Real { constructor() { super(); } };"
"""As in browsers that open sound at the device's own rate only: the worklet then resamples."""


def enter(site: Site, driver: Any, role: str, session: str, language: str = "en", before: str = "") -> None:
    """Log in as `role`, check the microphone and begin."""
    log_in(driver, site, role, language)
    page = "join" if role == "candidate" else "sessions"
    driver.get(f"{site.url}/{page}/{session}")
    driver.execute_script(before)
    one(driver, "#check-device").click()
    wait(driver, lambda d: one(d, "#start").is_enabled())
    wait(driver, lambda d: int(one(d, "#check-level").get_attribute("aria-valuenow")) > 0)
    one(driver, "#start").click()
    wait(driver, lambda d: one(d, "#connection").get_attribute("data-state") == "open")


def said(driver: Any) -> str:
    """All finals, one a line, read in one moment of the page."""
    rows = driver.execute_script("return [...document.querySelectorAll(arguments[0])].map(r => r.innerText)", SAID)
    return "\n".join(rows).lower()


def test_an_interview_from_the_first_word_to_the_result(speaking: tuple[Site, Any]) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    site, driver = speaking
    site.consent()
    session = site.session(microphones="shared")
    size(driver, 1280)
    enter(site, driver, "interviewer", session)
    wait(driver, visible("#lines .partial"), 30)
    wait(driver, lambda d: len(said(d).split()) >= ENOUGH, 60)
    heard = said(driver)
    assert word_error_rate_in_loop(" ".join(LINES), heard) <= SYNTHETIC_WER, heard
    assert driver.execute_script(CHECKER) == []

    # The speaker is put right by keyboard alone: of everything that was said so far under this label.
    press(driver, f"{FINAL} button.who", Keys.ENTER)
    wait(driver, visible("#who-dialog"))
    picture(driver, "live-speaker-en-1280")
    one(driver, '#who-dialog [value="speaker candidate"]').send_keys(Keys.ENTER)
    wait(driver, visible("#lines .r-candidate"))
    press(driver, "#keywords button")
    wait(driver, visible("#lines .pointed:focus"))

    # A note and a question's mark.
    ActionChains(driver).key_down(Keys.ALT).send_keys("n").key_up(Keys.ALT).perform()
    driver.switch_to.active_element.send_keys("gave numbers", Keys.CONTROL, Keys.ENTER)
    wait(driver, visible("#notes li"))
    press(driver, "#questions button")
    wait(driver, visible("#questions .done .why"))
    for width, language in ((1280, "en"), (390, "en")):
        size(driver, width)
        assert driver.execute_script(CHECKER) == []
        picture(driver, f"live-running-{language}-{width}")
    size(driver, 1280)

    # The line breaks: the page says so, connects again by itself, and nothing that was said meanwhile is missing.
    before, count = said(driver), len(driver.find_elements("css selector", FINAL))
    site.line.cut()
    wait(driver, lambda d: one(d, "#connection").get_attribute("data-state") == "waiting")
    picture(driver, "live-broken-en-1280")
    site.line.mend()
    wait(driver, lambda d: one(d, "#connection").get_attribute("data-state") == "open", 20)
    wait(driver, lambda d: len(d.find_elements("css selector", FINAL)) > count, 20)
    assert said(driver).startswith(before)
    assert driver.find_elements("css selector", "#lines .gap") == []

    one(driver, "#end").click()
    wait(driver, visible("#end-dialog"))
    picture(driver, "live-ending-en-1280")
    one(driver, "#end-dialog [value=yes]").click()
    wait(driver, visible("#after"), 40)
    assert driver.execute_script(CHECKER) == []
    picture(driver, "live-ended-en-1280")
    one(driver, "#after a").click()
    wait(driver, lambda d: d.current_url.endswith("/result"))
    wait(driver, lambda d: _shown(d), 30)
    assert "gave numbers" in one(driver, "main").text
    told = " ".join(plain(one(driver, ".turns").text).split())
    assert all(plain(row) in told for row in heard.splitlines())
    for width in (1280, 390):
        size(driver, width)
        assert driver.execute_script(CHECKER) == []
        picture(driver, f"result-en-{width}")
    size(driver, 1280)
    _evaluate(site, driver, session)
    assert {
        "hello", "ready", "speech.start", "speech.end", "transcript.partial", "transcript.final", "speaker.assign",
        "speaker.update", "note", "note.taken", "question.action", "question.acted", "score.update", "end", "result",
    } <= set(check_frames(driver))  # fmt: skip
    assert [entry["message"] for entry in driver.get_log("browser") if entry["source"] != "network"] == []


def _evaluate(site: Site, driver: Any, session: str) -> None:
    """The recording is evaluated as Airflow would; the open page shows the second card by itself."""
    stores, settings = site.world.stores, site.world.settings
    context = StepContext(stores, settings, session)
    publish_session(context, evaluate_session(context))
    driver.execute_script("window.dispatchEvent(new Event('focus'))")
    wait(driver, lambda d: one(d, "#result").get_attribute("data-state") == "published", 40)
    for width in (1280, 390):
        size(driver, width)
        assert driver.execute_script(CHECKER) == []
        picture(driver, f"result-both-en-{width}")
    size(driver, 1280)
    heads = [head.text for head in driver.find_elements("css selector", ".cards thead th")]
    assert heads == ["Criterion", "During the interview", "From the recording", "Difference"]
    assert "Word error rate" in one(driver, "main").text
    quotes = driver.find_elements("css selector", ".grounds .quote")
    assert quotes
    assert all("r-candidate" in quote.get_attribute("class") for quote in quotes)
    for link in driver.find_elements("css selector", ".grounds .quote a.time"):
        target = link.get_attribute("href").rsplit("#", 1)[1]
        assert driver.execute_script("return document.getElementById(arguments[0]) !== null", target), target


def _shown(driver: Any) -> bool:
    """The card is there once the session was handed over; the page is asked again until then."""
    if driver.find_elements("css selector", ".turns"):
        return True
    driver.refresh()
    return False


def test_the_candidate_sees_their_own_words_and_nothing_else(speaking: tuple[Site, Any]) -> None:
    site, driver = speaking
    session = site.session(microphones="separate")
    enter(site, driver, "candidate", session, "ko", before=OWN_RATE)
    wait(driver, visible(FINAL), 40)
    wait(driver, lambda d: len(said(d).split()) >= ENOUGH, 60)
    assert word_error_rate_in_loop(" ".join(LINES), said(driver)) <= SYNTHETIC_WER
    wait(driver, lambda d: one(d, "#heard").get_attribute("data-state") == "ok")
    assert driver.find_elements("css selector", "#lines button") == []
    assert driver.execute_script(CHECKER) == []
    one(driver, "#mute").click()
    assert one(driver, "#mute").get_attribute("aria-pressed") == "true"
    picture(driver, "candidate-speaking-ko-1280")

    # Loaded anew, the page goes on in the same session with what was said before.
    told = said(driver)
    driver.execute_script("window.onbeforeunload = null")
    driver.refresh()
    _accept(driver)
    one(driver, "#check-device").click()
    wait(driver, lambda d: one(d, "#start").is_enabled())
    one(driver, "#start").click()
    wait(driver, lambda d: said(d).startswith(told), 20)


def _accept(driver: Any) -> None:
    """Leave although the browser asks."""
    from selenium.common.exceptions import NoAlertPresentException

    try:
        driver.switch_to.alert.accept()
    except NoAlertPresentException:
        return
