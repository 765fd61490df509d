"""Panels, ratings, and cards that wait for them, through the interface and the result page."""

from __future__ import annotations

import uuid

import httpx
import pytest

from include.interview.records import Scorecard
from include.security.access import Role
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.reviewed_sessions import NOTE, bring_into, scores_in
from tests.support.spoken_sessions import opening

pytestmark = pytest.mark.services
REASON = "Bore the loss when the launch failed."


class Member:
    """Somebody who conducts interviews, with a login of their own."""

    def __init__(self, cast: Cast, role: Role = "interviewer") -> None:
        self.gateway, self.login, self.role = cast.gateway, f"panel-{uuid.uuid4().hex[:8]}", role
        self.id = self.gateway.stores.acting_as("system").accounts.create(self.login, "a long password 1", role).id
        self.client = cast.clients[self.login] = self.gateway.client(self.gateway.token(self.id, role))

    def page(self, session_id: str, more: str = "/result") -> httpx.Response:
        cookies = {"triview_token": self.gateway.token(self.id, self.role), "triview_language": "en"}
        place = f"{self.gateway.url}/sessions/{session_id}{more}"
        return httpx.get(place, cookies=cookies, timeout=30.0, trust_env=False)


def new_session(leader: Member, cast: Cast, **more: str) -> str:
    body = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id, "language": "en", "stage": "executive"}
    made = leader.client.post("/api/v1/sessions", json=body | more)
    assert made.status_code == 201, made.text
    assert made.json()["socket_url"].endswith(f"/ws/executive-interview/{made.json()['session_id']}")
    return str(made.json()["session_id"])


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_panel_is_managed_by_who_leads_it_and_by_hr(cast: Cast) -> None:
    leader, second, third = (Member(cast) for _ in range(3))
    session_id = new_session(leader, cast)
    place = f"/api/v1/sessions/{session_id}/panel"
    assert second.client.get(place).status_code == 404, "who is not on it knows nothing of it"
    added = leader.client.post(place, json={"login": second.login.upper()})
    assert added.status_code == 201, added.text
    assert [(m["account_id"], m["login"], m["leads"]) for m in added.json()["members"]] == [
        (leader.id, leader.login, True), (second.id, second.login, False),
    ]  # fmt: skip
    assert second.client.get(place).json() == added.json()
    assert second.client.post(f"/api/v1/sessions/{session_id}/tickets").json()["role"] == "interviewer"
    assert session_id in [one["id"] for one in second.client.get("/api/v1/sessions").json()["items"]]
    assert second.client.get(f"/api/v1/interviews/{session_id}").status_code == 200
    for work in (
        second.client.post(place, json={"account_id": third.id}),
        second.client.delete(f"{place}/{leader.id}"),
        second.client.put(f"{place}/leader", json={"account_id": leader.id}),
    ):
        assert refusal(work) == (403, "forbidden")
    claim = second.client.put(f"{place}/leader", json={"account_id": second.id}, headers={"Accept-Language": "ko"})
    assert refusal(claim) == (409, "already_led")
    assert "두 사람이 함께 진행자가 될 수 없습니다" in claim.json()["detail"]
    assert refusal(leader.client.delete(f"{place}/{leader.id}")) == (409, "leader_leaves")
    assert refusal(leader.client.put(f"{place}/leader", json={"account_id": third.id})) == (409, "not_on_panel")
    assert leader.client.put(f"{place}/leader", json={"account_id": second.id}).json()["members"][0]["leads"]
    assert leader.client.post(place, json={"account_id": third.id}).status_code == 403, "the lead is somebody else's"
    hr = cast.of("hr")
    assert hr.post(place, json={"account_id": third.id}).status_code == 201
    assert [m["login"] for m in hr.delete(f"{place}/{leader.id}").json()["members"]] == [second.login, third.login]
    assert leader.client.post(f"/api/v1/sessions/{session_id}/tickets").status_code == 404
    for bad in ({}, {"login": second.login, "account_id": second.id}):
        assert refusal(hr.post(place, json=bad)) == (400, "bad_input")
    assert hr.post(place, json={"login": "nobody-at-all"}).status_code == 404


def test_a_practical_interview_has_no_panel(cast: Cast) -> None:
    leader = Member(cast)
    session_id = new_session_practical(leader, cast)
    added = leader.client.post(f"/api/v1/sessions/{session_id}/panel", json={"account_id": Member(cast).id})
    assert refusal(added) == (409, "panel_full")
    page = leader.page(session_id, "")
    assert 'id="panel"' not in page.text
    assert 'id="gauges"' in page.text


def new_session_practical(leader: Member, cast: Cast) -> str:
    body = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id, "language": "en"}
    return str(leader.client.post("/api/v1/sessions", json=body).json()["session_id"])


def test_the_page_of_a_panel_lists_it_and_shows_no_scores(cast: Cast) -> None:
    leader, second = Member(cast), Member(cast)
    session_id = new_session(leader, cast)
    leader.client.post(f"/api/v1/sessions/{session_id}/panel", json={"account_id": second.id})
    for member, hears in ((leader, True), (second, False)):
        page = member.page(session_id, "")
        assert page.status_code == 200
        assert second.login in page.text
        assert "/ws/executive-interview/" in page.text
        assert 'id="gauges"' not in page.text
        assert ('id="check-device"' in page.text) == hears
        assert f'"hears": {str(hears).lower()}' in page.text


@pytest.fixture(scope="module")
def finished(gateway: Gateway, cast: Cast) -> tuple[str, Scorecard, Member, Member]:
    """A session of two interviewers whose card is published: (id, live card, leader, second)."""
    stores = gateway.stores.acting_as("system")
    stores.openings.put(opening("en"))
    leader, second = Member(cast), Member(cast)
    session = stores.live_sessions.create(
        interviewer_id=leader.id, candidate_id=cast.candidate_id, opening_id=opening("en").id, profile="standard",
        language="en", microphones="shared", stage="executive",
    )  # fmt: skip
    stores.panels.add(session.id, second.id)
    stores.consents.grant(cast.candidate_id, session.id, ["recording", "ai_evaluation", "emotion_analysis"], "1")
    card = bring_into(stores, "published", stores.live_sessions.get(session.id))
    return session.id, card, leader, second


def rate(member: Member, interview_id: str, **levels: int) -> httpx.Response:
    wanted = member.client.get(f"/api/v1/interviews/{interview_id}/ratings").json()["criteria"]
    given = [{"criterion": c["id"], "level": levels.get(c["id"], 3), "reason": REASON} for c in wanted]
    return member.client.post(f"/api/v1/interviews/{interview_id}/ratings", json={"ratings": given})


def test_cards_wait_for_ones_own_ratings_on_every_door(
    finished: tuple[str, Scorecard, Member, Member], cast: Cast
) -> None:
    session_id, card, leader, second = finished
    place = f"/api/v1/interviews/{session_id}"
    for member in (leader, second):
        live = member.client.get(f"{place}/live")
        assert (live.json()["standing"]["state"], live.json()["live"], live.json()["offline"]) == (
            "rate_first",
            None,
            None,
        )
        for door in ("result", "report.html", "report.pdf"):
            assert refusal(member.client.get(f"{place}/{door}")) == (404, "rate_first")
        page = member.page(session_id)
        assert 'id="rating-form"' in page.text
        for text in (live.text, page.text):
            assert not [part for part in scores_in(card) if part in text]
    assert cast.of("hr").get(f"{place}/live").json()["live"] is not None, "who did not conduct it is not asked to rate"
    assert cast.of("candidate").get(f"{place}/ratings").status_code == 403

    together = f"/api/v1/openings/{opening('en').id}/ratings"
    hr_leads = Member(cast, "hr")
    cast.gateway.stores.acting_as("system").live_sessions.create(
        interviewer_id=hr_leads.id, candidate_id=cast.candidate_id, opening_id=opening("en").id, profile="standard",
        language="en", microphones="shared", stage="executive",
    )  # fmt: skip
    for door in ("analysis", "divergences"):
        assert refusal(hr_leads.client.get(f"{together}/{door}")) == (404, "rate_first")
        assert refusal(leader.client.get(f"{together}/{door}")) == (403, "forbidden")

    first = leader.client.get(f"{place}/ratings").json()
    assert (first["rates"], first["own"], first["all"]) == (True, None, [])
    assert set(first["criteria"][0]["anchors"]) == {"1", "2", "3", "4", "5"}
    assert refusal(leader.client.post(f"{place}/ratings", json={"ratings": []})) == (400, "rating_criteria")
    short = [{"criterion": c["id"], "level": 5} for c in first["criteria"]]
    assert refusal(leader.client.post(f"{place}/ratings", json={"ratings": short})) == (400, "rating_reason")
    given = rate(leader, session_id, leadership=5)
    assert given.status_code == 201, given.text
    assert refusal(rate(leader, session_id)) == (409, "already_rated")

    assert leader.client.get(f"{place}/live").json()["live"]["total"] == card.total
    assert leader.client.get(f"{place}/result").status_code == 200
    page = leader.page(session_id)
    assert REASON in page.text
    assert leader.login in page.text
    assert 'id="rating-form"' not in page.text
    assert second.client.get(f"{place}/ratings").json()["all"] == [], "the other rater is still on their own"
    assert REASON not in second.page(session_id).text
    assert rate(second, session_id, leadership=2).status_code == 201
    everybody = cast.of("reviewer").get(f"{place}/ratings").json()
    levels = [{r["criterion"]: r["level"] for r in sheet["ratings"]}["leadership"] for sheet in everybody["all"]]
    assert (everybody["rates"], levels) == (False, [5, 2])
    queue = cast.of("reviewer").get(f"{together}/divergences").json()["items"]
    assert [(q["criterion"], q["levels"]) for q in queue if q["kind"] == "raters"] == [("leadership", [2.0, 5.0])]
    between = next(q for q in queue if q["kind"] == "raters")
    settlement = f"{together}/divergences/{between['id']}/settlement"
    assert refusal(leader.client.post(settlement, json={"reason": REASON})) == (403, "forbidden")
    assert cast.of("reviewer").post(settlement, json={"reason": ""}).status_code == 400
    done = cast.of("reviewer").post(settlement, json={"reason": REASON})
    assert (done.status_code, done.json()["settled"]["reason"]) == (201, REASON)
    assert done.json()["settled"]["actor"].startswith("reviewer:")
    assert refusal(cast.of("reviewer").post(settlement, json={"reason": REASON})) == (409, "already_settled")
    assert refusal(cast.of("reviewer").post(f"{together}/divergences/none/settlement", json={"reason": REASON})) == (
        404,
        "not_found",
    )
    open_ones, settled = (
        cast.of("reviewer").get(f"{together}/divergences", params={"show": show}).json()["items"]
        for show in ("open", "settled")
    )
    assert between["id"] not in {q["id"] for q in open_ones}
    assert [q["id"] for q in settled] == [between["id"]]
    found = cast.of("hr").get(f"{together}/analysis").json()
    assert {"executive/leadership"} <= {one["criterion"] for one in found["agreement"]}
    assert "at least 8 ratings" in found["why_not"]["en"]
    assert cast.of("reviewer").get(f"{together}/analysis").status_code == 403


def test_notes_of_a_panel_are_read_by_their_author(finished: tuple[str, Scorecard, Member, Member], cast: Cast) -> None:
    """The record's note has another author; of one's own there is none."""
    session_id, _, leader, _ = finished
    assert NOTE not in leader.page(session_id).text


def test_who_did_not_conduct_it_does_not_rate_it(finished: tuple[str, Scorecard, Member, Member], cast: Cast) -> None:
    place = f"/api/v1/interviews/{finished[0]}/ratings"
    assert cast.of("hr").post(place, json={"ratings": []}).status_code == 404
    assert cast.of("reviewer").post(place, json={"ratings": []}).status_code == 403
    assert Member(cast).client.get(place).status_code == 404


def test_hr_on_a_panel_sees_no_number_on_any_door_and_leaving_opens_none(gateway: Gateway, cast: Cast) -> None:
    stores = gateway.stores.acting_as("system")
    stores.openings.put(opening("en"))
    leader, manager, late = Member(cast), Member(cast, "hr"), Member(cast)
    session = stores.live_sessions.create(
        interviewer_id=leader.id, candidate_id=cast.candidate_id, opening_id=opening("en").id, profile="standard",
        language="en", microphones="shared", stage="executive",
    )  # fmt: skip
    stores.panels.add(session.id, manager.id)
    stores.consents.grant(cast.candidate_id, session.id, ["recording", "ai_evaluation", "emotion_analysis"], "1")
    stores.live_sessions.set_state(session.id, "live")
    panel, place = f"/api/v1/sessions/{session.id}/panel", f"/api/v1/interviews/{session.id}"
    assert refusal(rate(leader, session.id)) == (409, "not_over")
    bring_into(stores, "published", stores.live_sessions.get(session.id))
    ranking = f"/api/v1/openings/{opening('en').id}/ranking"
    for door in (ranking, f"{ranking}/not-apart/x", f"{place}/result"):
        assert refusal(manager.client.get(door)) == (404, "rate_first"), door
    assert refusal(cast.of("hr").get(ranking))[1] != "rate_first", "who conducted none of its interviews is not asked"
    found = manager.client.post(
        "/api/v1/answers/details", json={"text": "I led a team", "opening_id": opening("en").id}
    )
    assert session.id not in found.text
    # Taking oneself off the panel afterwards opens nothing, and nobody new joins to rate what they have read.
    assert manager.client.delete(f"{panel}/{manager.id}").status_code == 200
    assert refusal(manager.client.get(f"{place}/result")) == (404, "rate_first")
    assert refusal(manager.client.get(ranking)) == (404, "rate_first")
    assert refusal(cast.of("hr").post(panel, json={"account_id": late.id})) == (409, "session_over")
    assert cast.of("hr").post(panel, json={"account_id": manager.id}).status_code == 201
    assert rate(manager, session.id).status_code == 201
    assert manager.client.get(f"{place}/result").status_code == 200
