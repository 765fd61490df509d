"""Insights over REST: who reads and decides, once; edits that stand up; the end of the time; erasure."""

from __future__ import annotations

import httpx
import pytest

from include.interview.scoring.review import WITHHOLD
from include.security.access import ROLES, Role
from tasks.executive.insight_results import awaits_decision
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.insight_sessions import Held, awaiting, let_pass

pytestmark = pytest.mark.services

EDIT = {"decision": "edit", "text": {"en": "Took over the billing migration at Northwind."}}


def held_in(gateway: Gateway, cast: Cast, leader: Role = "interviewer", **more: str) -> Held:
    stores = gateway.stores.acting_as("system")
    return awaiting(stores, gateway.settings.core, leader_id=cast.account_ids[leader], **more)


@pytest.fixture(scope="module")
def held(gateway: Gateway, cast: Cast) -> Held:
    """An executive interview of the cast's interviewer whose insights wait for people."""
    return held_in(gateway, cast, candidate_id=cast.candidate_id)


def address(held: Held) -> str:
    return f"/api/v1/interviews/{held.session.id}/insights"


def decide(client: httpx.Client, held: Held, insight_id: str, body: dict, language: str = "en") -> httpx.Response:
    url = f"{address(held)}/{insight_id}/decision"
    return client.post(url, json=body, headers={"Accept-Language": language})


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_and_who_decides(cast: Cast, held: Held, role: Role) -> None:
    read = cast.of(role).get(address(held))
    refused = decide(cast.of(role), held, "invented", {"decision": "approve"})
    if role in ("hr", "reviewer"):
        found = read.json()
        assert (found["state"], found["decides"], len(found["insights"])) == ("open", True, held.waiting)
        first = found["insights"][0]
        assert first["quotes"][0]["text"]
        assert {q["stage"] for one in found["insights"] for q in one["quotes"]} == {"ai", "executive"}
        assert all(q["start_s"] is not None for q in first["quotes"] if q["stage"] == "executive")
        assert refused.status_code == 404, "an invented id"
    elif role == "interviewer":
        assert read.json()["insights"] == [], "nothing is approved and published, and nobody has rated"
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    else:
        assert (read.status_code, refused.status_code) == (403, 403)
    assert cast.nobody().get(address(held)).status_code == 401


def test_a_stranger_of_the_panel_sees_no_interview(cast: Cast, held: Held) -> None:
    assert cast.stranger("interviewer").get(address(held)).status_code == 404


def test_decided_once_by_name_and_an_edit_keeps_what_stood_before(cast: Cast, held: Held) -> None:
    reviewer, hr = cast.of("reviewer"), cast.of("hr")
    found = hr.get(address(held)).json()["insights"]
    (told,) = [one for one in found if one["quotes"][0]["utterance_id"] == "executive:u0002"][:1]
    other = next(one["id"] for one in found if one["id"] != told["id"])
    for language, said in (("en", "'eighty' does not stand"), ("ko", "‘eighty’")):
        wrong = {"decision": "edit", "text": {"en": "Led a team of eighty at Northwind."}}
        answer = decide(hr, held, told["id"], wrong, language)
        assert (answer.status_code, answer.json()["code"]) == (400, "number_not_cited")
        assert said in answer.json()["detail"]
    assert decide(hr, held, told["id"], {"decision": "edit"}).json()["code"] == "edit_without_text"
    edited = decide(hr, held, told["id"], EDIT)
    assert edited.status_code == 200, edited.text
    line = edited.json()
    assert (line["status"], line["decision"], line["decided_by"]) == ("accepted", "edit", "cast-hr")
    assert (line["text"]["en"], line["before"]) == (EDIT["text"]["en"], told["text"])
    again = decide(reviewer, held, told["id"], {"decision": "reject"})
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")
    assert cast.account_ids["hr"] in again.json()["detail"]
    assert decide(reviewer, held, other, {"decision": "approve"}).json()["decided_by"] == "cast-reviewer"
    assert decide(hr, held, other, {"decision": "shout"}).status_code == 400


def test_whoever_conducted_the_interview_decides_nothing(gateway: Gateway, cast: Cast) -> None:
    held = held_in(gateway, cast, "hr")
    left = cast.of("reviewer").get(address(held)).json()["insights"][-1]["id"]
    answer = decide(cast.of("hr"), held, left, {"decision": "approve"}, "ko")
    assert (answer.status_code, answer.json()["code"]) == (403, "own_interview")
    assert cast.of("hr").get(address(held)).json()["insights"] == []


def test_withheld_too_late_and_erased(gateway: Gateway, cast: Cast) -> None:
    held = held_in(gateway, cast)
    stores, first = gateway.stores.acting_as("system"), held.ids[0]
    stores.reviews.ask(held.session.id, held.card.id, ["policy"])
    stores.reviews.answer(held.session.id, held.card.id, f"{WITHHOLD}:recording_unusable")
    answer = decide(cast.of("reviewer"), held, first, {"decision": "approve"})
    assert (answer.status_code, answer.json()["code"]) == (409, "card_withheld")
    assert cast.of("hr").get(address(held)).json()["insights"] == []
    let_pass(stores, held.session.id, 48)
    late = decide(cast.of("reviewer"), held, first, {"decision": "approve"})
    assert (late.status_code, late.json()["code"]) == (409, "approval_closed")
    assert "ended at" in late.json()["detail"]
    stores.candidates.destroy_key(held.session.candidate_id)
    gone = (decide(cast.of("reviewer"), held, first, {"decision": "approve"}), cast.of("hr").get(address(held)))
    assert [(a.status_code, a.json()["code"]) for a in gone] == [(410, "erased")] * 2


def test_what_was_decided_waits_for_nobody(gateway: Gateway, cast: Cast) -> None:
    own = held_in(gateway, cast, candidate_id=cast.candidate_id)
    reviewer = cast.account_ids["reviewer"]
    assert len(own.ids) > 1
    for insight_id in own.ids:
        assert awaits_decision(gateway.stores, own.session.id, reviewer)
        assert decide(cast.of("reviewer"), own, insight_id, {"decision": "approve"}).status_code == 200
    assert not awaits_decision(gateway.stores, own.session.id, reviewer), "though Airflow has not looked yet"
