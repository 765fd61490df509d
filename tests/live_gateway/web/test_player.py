"""Recordings on the pages: played from the second of a quote, by mouse and by keyboard, and by nobody who may not."""

from __future__ import annotations

import io
from typing import Any

import pytest

from include.interview.assessment.policy import load_profile
from include.interview.records import Bilingual, Opening
from live_gateway.web.texts import Texts
from tests.live_gateway.web.test_application_page import get
from tests.live_gateway.web.test_browser import CHECKER, one, wait
from tests.support.page_reader import read_page
from tests.support.recorded_channels import LATER_S, recorded_session
from tests.support.spoken_sessions import opening
from tests.support.upload_sounds import tone
from tests.support.web_site import Site, log_in, picture, size

pytestmark = [pytest.mark.services, pytest.mark.browser]
SECONDS = 90.0


@pytest.fixture(scope="module")
def session(site: Site) -> str:
    stores, people = site.world.stores, site.people
    stores.openings.put(opening("en"))
    candidate = people["candidate"].candidate_id
    assert candidate is not None
    return recorded_session(stores, people["interviewer"].account_id, candidate, opening("en").id, seconds=SECONDS)


def playing(driver: Any) -> dict[str, Any]:
    script = """const m = document.querySelector('.dock audio, .dock video');
        return {at: m.currentTime, paused: m.paused, src: m.currentSrc, last: m.duration};"""
    return dict(driver.execute_script(script))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_quote_plays_from_its_second(site: Site, chromium: Any, session: str, language: str) -> None:
    t = Texts(language)  # type: ignore[arg-type]
    log_in(chromium, site, "interviewer", language)
    size(chromium, 1280)
    chromium.get(f"{site.url}/sessions/{session}/result")
    button = chromium.find_element("css selector", ".quote .play")
    second = float(button.get_attribute("data-play"))
    assert button.accessible_name.startswith(t("player.play_from", time="").strip().split()[0]) or language == "ko"
    chromium.execute_script("arguments[0].focus(); arguments[0].scrollIntoView({block: 'center'})", button)
    button.send_keys("\ue007")
    wait(chromium, lambda d: not playing(d)["paused"] and playing(d)["at"] > 0)
    heard = playing(chromium)
    assert second - LATER_S - 0.1 <= heard["at"] < second + 20
    assert round(heard["last"]) == SECONDS
    which = one(chromium, ".player select")
    assert [option.text for option in which.find_elements("css selector", "option")] == [
        t("player.track.candidate"),
        t("player.track.interviewer"),
    ]
    which.find_elements("css selector", "option")[1].click()
    wait(chromium, lambda d: playing(d)["src"] != heard["src"] and not playing(d)["paused"])
    assert second - 0.1 <= playing(chromium)["at"] < second + 20
    for width in (390, 1280):
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"player-{language}-{width}")
    one(chromium, "[data-undock]").click()
    wait(chromium, lambda d: playing(d)["paused"])


def test_a_page_without_names_and_without_consent_plays_nothing(site: Site) -> None:
    stores = site.world.stores
    text = Bilingual(ko="녹화", en="Recorded")
    stores.openings.put(Opening(id="recorded", title=text, description=text))
    candidate = stores.candidates.create("강산에")
    consent = stores.consents.grant(candidate.id, None, load_profile("standard").purposes, "2026-11")
    application = stores.applications.ensure(candidate.id, "recorded")
    interview = stores.interviews.create(application, "ai", "standard", "ko")
    stores.media.add(interview.id, io.BytesIO(tone(pitch_hz=411)), "audio")
    token, path = site.token("hr"), f"/applications/{application}"
    page = get(site, token, path)
    assert read_page(page.text).problems == []
    assert f"/api/v1/interviews/{interview.id}/recordings/" in page.text
    assert "/recordings/" not in get(site, token, path, blind=1).text
    stores.consents.withdraw(consent.id)
    page = get(site, token, path)
    assert "/recordings/" not in page.text
    assert Texts("en")("player.refused") in read_page(page.text).text
