"""What a held card looks like: on the result page in every state, and on the interviewer's page right after the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from include.interview.assessment.policy import load_profile
from include.interview.case import Case
from include.interview.scoring.review import with_review
from live_gateway.web.texts import Texts
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, save
from tasks.evaluation.publish import review_needed
from tests.live_gateway.web.test_browser import CHECKER, one, press, visible, wait
from tests.support.reviewed_sessions import GROUND, REASON, State, bring_into
from tests.support.scorecard_samples import sample
from tests.support.services.airflow_rest import AirflowServer, airflow_server
from tests.support.services.memory import passing_folder
from tests.support.spoken_sessions import opening
from tests.support.web_site import CONSENT_TEXT, Site, log_in, picture, site_in, size

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
def airflow() -> Iterator[AirflowServer]:
    """What answers as Airflow."""
    with airflow_server() as server:
        yield server


@pytest.fixture(scope="module")
def site(airflow: AirflowServer) -> Iterator[Site]:
    """A gateway that recognises nothing, and has an Airflow to answer."""
    access = airflow.settings
    told = {
        "TRIVIEW_AIRFLOW_URL": access.url,
        "TRIVIEW_AIRFLOW_USER": access.user,
        "TRIVIEW_AIRFLOW_PASSWORD": access.password,
    }
    with passing_folder("tvweb-") as home, site_in(home, **told) as running:
        yield running


def held_session(site: Site, state: State) -> str:
    """A session that was held and brought into `state`."""
    stores = site.world.stores
    stores.openings.put(opening("en"))
    candidate_id = site.people["candidate"].candidate_id
    assert candidate_id is not None
    profile = "kr" if state == "kr" else "standard"
    session = stores.live_sessions.create(
        interviewer_id=site.people["interviewer"].account_id, candidate_id=candidate_id,
        opening_id=opening("en").id, profile=profile, language="en", microphones="shared",
    )  # fmt: skip
    stores.consents.grant(candidate_id, session.id, load_profile(profile).purposes, CONSENT_TEXT)
    bring_into(stores, state, session)
    return session.id


@pytest.fixture(scope="module")
def sessions(site: Site) -> dict[State, str]:
    return {state: held_session(site, state) for state in dict.fromkeys(state for state, _, _ in SEEN)}


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


def recorded(site: Site, language: str) -> str:
    """A recorded interview whose card waits for a person."""
    stores = site.world.stores
    card, written = sample(language)
    candidate_id = site.people["candidate"].candidate_id
    assert candidate_id is not None
    stores.openings.put(opening(language))
    application = stores.applications.ensure(candidate_id, opening(language).id)
    interview = stores.interviews.create(application, "ai", "standard", language)  # type: ignore[arg-type]
    stores.consents.grant(candidate_id, interview.id, load_profile("standard").purposes, CONSENT_TEXT)
    case = Case(
        interview.id, "ai", language, opening(language), written.rubric, written.profile, written.transcript, (),
    )  # fmt: skip
    context = StepContext(stores, site.world.settings, interview.id)
    prepared = save(context, "case", [language], lambda: PreparedCase(case, {}, (), ()))
    held = with_review(msgspec.structs.replace(card, interview_id=interview.id), (REASON,))
    review_needed(context, save(context, "score", [prepared], lambda: ScoredInterview(held, prepared)))
    return interview.id


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("stage", ["ai", "practical"])
def test_a_reviewer_answers_beside_the_evidence(
    site: Site, chromium: Any, airflow: AirflowServer, stage: str, language: str
) -> None:
    t = Texts(language)  # type: ignore[arg-type]
    interview = recorded(site, language) if stage == "ai" else held_session(site, "under_review")
    airflow.waiting[interview] = f"run-{interview}"
    log_in(chromium, site, "reviewer", language)
    chromium.get(f"{site.url}/reviews")
    row = f'[data-interview="{interview}"]'
    assert t("review.reason.injection_suspected") in one(chromium, row).text
    for width in WIDTHS:
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"reviews-{stage}-{language}-{width}")
    size(chromium, 1280)
    press(chromium, f"{row} .row-actions a")
    wait(chromium, visible("#review-form"))
    assert REASON.text.text(language) in one(chromium, ".held").text
    quote = one(chromium, ".grounds .quote")
    link = quote.find_element("css selector", "a.time").get_attribute("href").partition("#")[2]
    assert chromium.execute_script("return document.getElementById(arguments[0]) !== null", link)
    press(chromium, "#decision-publish")
    assert not one(chromium, "#ground-recording_unusable").is_enabled()
    press(chromium, "#ground-evidence_supports_card")
    press(chromium, "#review-form [type=submit]")
    wait(chromium, visible("#review-form .message"))
    assert one(chromium, "#review-form .message").text == t("js.review_evidence")
    assert interview in airflow.waiting
    ticks = chromium.find_elements("css selector", "[name=evidence]")
    assert len(ticks) >= 4
    ticks[0].click()
    for width in WIDTHS:
        size(chromium, width)
        assert chromium.execute_script(CHECKER) == [], width
        picture(chromium, f"review-{stage}-{language}-{width}")
    size(chromium, 1280)
    press(chromium, "#review-form [type=submit]")
    wait(chromium, visible("#review .outcome"))
    answer = {"chosen_options": ["publish"], "params_input": {"ground": "evidence_supports_card"}}
    assert (f"run-{interview}", answer) in airflow.reviews


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
