"""What a held card looks like: on the result page in every state, and on the interviewer's page right after the end."""

from __future__ import annotations

from typing import Any

import pytest

from include.interview.assessment.policy import load_profile
from live_gateway.web.texts import Texts
from tests.live_gateway.web.test_browser import CHECKER, one, press, visible, wait
from tests.support.reviewed_sessions import GROUND, State, bring_into
from tests.support.spoken_sessions import opening
from tests.support.web_site import CONSENT_TEXT, Site, log_in, picture, size

pytestmark = [pytest.mark.browser, pytest.mark.services]
WIDTHS = (1280, 390)
SEEN: tuple[tuple[State, str, bool], ...] = (
    ("kr", "interviewer", False),
    ("under_review", "hr", False),
    ("under_review", "reviewer", True),
    ("withheld", "reviewer", False),
    ("open", "interviewer", True),
)
"""State of the review, who looks, whether the card is there."""


@pytest.fixture(scope="module")
def sessions(site: Site) -> dict[State, str]:
    stores = site.world.stores
    stores.openings.put(opening("en"))
    candidate_id = site.people["candidate"].candidate_id
    assert candidate_id is not None
    made: dict[State, str] = {}
    for state in dict.fromkeys(state for state, _, _ in SEEN):
        profile = "kr" if state == "kr" else "standard"
        session = stores.live_sessions.create(
            interviewer_id=site.people["interviewer"].account_id, candidate_id=candidate_id,
            opening_id=opening("en").id, profile=profile, language="en", microphones="shared",
        )  # fmt: skip
        stores.consents.grant(candidate_id, session.id, load_profile(profile).purposes, CONSENT_TEXT)
        bring_into(stores, state, session)
        made[state] = session.id
    return made


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("state", "role", "full"), SEEN)
def test_the_result_page(
    site: Site, chromium: Any, sessions: dict[State, str], state: State, role: str, full: bool, language: str
) -> None:
    t = Texts(language)  # type: ignore[arg-type]
    log_in(chromium, site, role, language)
    chromium.get(f"{site.url}/sessions/{sessions[state]}/result")
    assert bool(chromium.find_elements("css selector", ".cards")) == full
    held = chromium.find_elements("css selector", ".held")
    assert bool(held) == (state != "open")
    if state != "open":
        assert t(f"result.held.{'withheld' if state == 'withheld' else 'under_review'}") in held[0].text
        assert (t(f"result.grounds.{GROUND}") in held[0].text) == (state == "withheld")
    for width in WIDTHS:
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"held-{state}-{role}-{language}-{width}")
    size(chromium, 1280)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_interviewers_page_after_the_end(site: Site, chromium: Any, language: str) -> None:
    t = Texts(language)  # type: ignore[arg-type]
    site.consent()
    session = site.session(microphones="shared")
    log_in(chromium, site, "interviewer", language)
    chromium.get(f"{site.url}/sessions/{session}")
    press(chromium, "#check-device")
    wait(chromium, lambda d: one(d, "#start").is_enabled())
    press(chromium, "#start")
    wait(chromium, lambda d: one(d, "#connection").get_attribute("data-state") == "open", 20)
    press(chromium, "#end")
    wait(chromium, visible("#end-dialog"))
    press(chromium, "#end-dialog [value=yes]")
    wait(chromium, visible("#after"), 40)
    assert one(chromium, "#after-lead").text == t("js.held.under_review")
    assert chromium.find_elements("css selector", "#after-card table") == []
    assert not one(chromium, "#gauges-sheet").is_displayed()
    for width in WIDTHS:
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"held-after-{language}-{width}")
    size(chromium, 1280)
