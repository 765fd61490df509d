"""Every door of the gateway to a card × every state of its review × every role."""

from __future__ import annotations

import httpx
import pytest

from include.interview.assessment.policy import load_profile
from include.interview.records import Scorecard
from include.interview.scoring.review import REVIEW_GROUNDS
from include.security.access import ROLES, Role, may
from live_gateway.web.texts import Texts, table
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.reviewed_sessions import (
    ASKED,
    FULL,
    GROUND,
    NOTE,
    REASON,
    REVIEWABLE,
    STATES,
    State,
    bring_into,
    scores_in,
)
from tests.support.spoken_sessions import opening

LANGUAGES = ("ko", "en")


@pytest.fixture(scope="module")
def sessions(gateway: Gateway, cast: Cast) -> dict[State, tuple[str, Scorecard]]:
    """A session per state, all led by the cast's interviewer: (id, its live card)."""
    stores = gateway.stores.acting_as("system")
    stores.openings.put(opening("en"))
    made: dict[State, tuple[str, Scorecard]] = {}
    for state in STATES:
        profile = "kr" if state == "kr" else "standard"
        session = stores.live_sessions.create(
            interviewer_id=cast.account_ids["interviewer"], candidate_id=cast.candidate_id,
            opening_id=opening("en").id, profile=profile, language="en", microphones="shared",
        )  # fmt: skip
        stores.consents.grant(cast.candidate_id, session.id, load_profile(profile).purposes, "2026-11")
        made[state] = session.id, bring_into(stores, state, session)
    return made


def sees(role: Role, state: State) -> bool:
    return may(role, "live_result.read") and (state in FULL or (role == "reviewer" and state in REVIEWABLE))


def page_of(gateway: Gateway, cast: Cast, role: Role, session_id: str, language: str) -> httpx.Response:
    own = cast.candidate_id if role == "candidate" else None
    cookies = {"triview_token": gateway.token(cast.account_ids[role], role, own), "triview_language": language}
    place = f"{gateway.url}/sessions/{session_id}/result"
    return httpx.get(place, cookies=cookies, timeout=30.0, trust_env=False)


@pytest.mark.services
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", STATES)
def test_the_interface(sessions: dict[State, tuple[str, Scorecard]], cast: Cast, state: State, role: Role) -> None:
    session_id, card = sessions[state]
    answer = cast.of(role).get(f"/api/v1/interviews/{session_id}/live")
    if not may(role, "live_result.read"):
        assert answer.status_code == 403
        return
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["live"] is not None) == sees(role, state)
    leaked = [part for part in scores_in(card) if part in answer.text]
    assert bool(leaked) == sees(role, state)
    assert body["standing"]["ground"] == (GROUND if state == "withheld" else None)
    if may(role, "interview.read") and state in ("under_review", "withheld", "asked_again"):
        one = cast.of(role).get(f"/api/v1/interviews/{session_id}").json()
        assert one["status"] == ("withheld" if state == "withheld" else "review")
    if state in ("under_review", "withheld", "asked_again"):
        for door in ("result", "report.html", "report.pdf"):
            refused = cast.of(role).get(f"/api/v1/interviews/{session_id}/{door}", headers={"Accept-Language": "en"})
            code, said = (
                ("result_withheld", "withheld") if state == "withheld" else ("awaits_review", "waits for a person")
            )
            assert (refused.status_code, refused.json()["code"]) == (404, code)
            assert said in refused.json()["detail"]


@pytest.mark.services
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", STATES)
def test_the_page(
    gateway: Gateway,
    sessions: dict[State, tuple[str, Scorecard]],
    cast: Cast,
    state: State,
    role: Role,
    language: str,
) -> None:
    session_id, card = sessions[state]
    answer = page_of(gateway, cast, role, session_id, language)
    if role == "candidate":
        assert answer.status_code == 200
        assert 'id="result"' not in answer.text
    elif not may(role, "live_result.read"):
        assert answer.status_code == 403
    else:
        _check_page(answer.text, card, state, role, Texts(language))  # type: ignore[arg-type]
    if not sees(role, state):
        assert not [part for part in scores_in(card) if part in answer.text]


def _check_page(page: str, card: Scorecard, state: State, role: Role, t: Texts) -> None:
    assert ('id="criteria-h"' in page) == sees(role, state)
    assert NOTE in page, "what was said and noted is no card"
    held = "withheld" if state == "withheld" else "under_review"
    assert (f'id="held-h">{t(f"result.held.{held}")}</h2>' in page) == (state not in FULL)
    assert ('id="review-form"' in page) == (state in ASKED and role == "reviewer")
    assert (t(f"result.grounds.{GROUND}") in page) == (state == "withheld" or (state in ASKED and role == "reviewer"))
    reviewing = role == "reviewer" and state in REVIEWABLE
    assert ('data-held="reviewing"' in page) == reviewing
    if state == "asking":
        assert (REASON.text.text(t.language) in page) == reviewing
    assert ('class="quote' in page) == sees(role, state)


@pytest.mark.services
def test_who_led_another_session_finds_nothing(sessions: dict[State, tuple[str, Scorecard]], cast: Cast) -> None:
    assert len(sessions) == len(STATES)
    for session_id, _ in sessions.values():
        assert cast.stranger("interviewer").get(f"/api/v1/interviews/{session_id}/live").status_code == 404


@pytest.mark.services
def test_a_reviewers_look_is_on_record(
    gateway: Gateway, sessions: dict[State, tuple[str, Scorecard]], cast: Cast
) -> None:
    session_id, _ = sessions["under_review"]
    before = len(_reads(gateway, session_id))
    cast.of("reviewer").get(f"/api/v1/interviews/{session_id}/live")
    cast.of("hr").get(f"/api/v1/interviews/{session_id}/live")
    reads = _reads(gateway, session_id)[before:]
    assert [entry.actor for entry in reads] == [f"reviewer:{cast.account_ids['reviewer']}"]


def _reads(gateway: Gateway, session_id: str) -> list:
    entries = gateway.stores.audit.entries(f"interview:{session_id}")
    return [entry for entry in entries if entry.action == "scorecard.read"]


@pytest.mark.unit
def test_every_ground_has_its_words() -> None:
    for ground in REVIEW_GROUNDS:
        assert f"result.grounds.{ground}" in table()
    for state in ("live", "processing", "review", "withheld", "published", "failed"):
        assert f"result.state_{state}" in table()
    for held in ("under_review", "withheld"):
        assert f"js.held.{held}" in table()
