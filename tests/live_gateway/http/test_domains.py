"""Candidates, openings, consents, accounts, sessions: what they do, who sees what, and what the trail says."""

from __future__ import annotations

import httpx
import pytest

from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services
OPENING = {
    "id": "frontend",
    "title": {"ko": "화면 개발자", "en": "Frontend engineer"},
    "description": "Pages.",
    "keywords": [{"term": "React", "synonyms": ["리액트"]}],
    "questions": [{"id": "q1", "text": "What did you build?"}],
}


def create_session(client: httpx.Client, cast: Cast, **more) -> httpx.Response:
    body = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id, "language": "ko"} | more
    return client.post("/api/v1/sessions", json=body)


def test_openings_are_added_once_and_replaced(cast: Cast) -> None:
    hr = cast.of("hr")
    assert hr.post("/api/v1/openings", json=OPENING).status_code == 201
    again = hr.post("/api/v1/openings", json=OPENING)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    changed = hr.put("/api/v1/openings/frontend", json=OPENING | {"profile": "eu"})
    assert (changed.status_code, changed.json()["profile"]) == (200, "eu")
    assert hr.put("/api/v1/openings/other", json=OPENING).json()["code"] == "bad_input"
    assert hr.post("/api/v1/openings", json=OPENING | {"id": "x", "profile": "nothing"}).status_code == 400
    seen = cast.of("interviewer").get("/api/v1/openings/frontend").json()
    assert seen["keywords"][0]["synonyms"] == ["리액트"]
    assert cast.of("candidate").get("/api/v1/openings/frontend").status_code == 403
    assert cast.of("candidate").get("/api/v1/openings").status_code == 403
    listed = hr.get("/api/v1/openings", params={"limit": 1, "offset": 1}).json()
    assert (len(listed["items"]), listed["limit"], listed["offset"]) == (1, 1, 1)
    assert listed["total"] >= 2


def test_a_candidate_gets_a_login_of_their_own_once(gateway: Gateway, cast: Cast) -> None:
    hr = cast.of("hr")
    made = hr.post("/api/v1/candidates", json={"name": "성춘향", "contact": "spring@example.org", "login": "chunhyang"})
    assert made.status_code == 201, made.text
    body = made.json()
    taken = hr.post("/api/v1/candidates", json={"name": "다른 사람", "login": "ChunHyang"})
    assert (taken.status_code, taken.json()["code"]) == (409, "login_taken")
    with gateway.client() as own:
        login = {"login": "chunhyang", "password": "a password of her own"}  # pragma: allowlist secret
        link = {"token": body["account"]["activation"]["token"], "password": login["password"]}
        assert own.post("/api/v1/auth/activate", json=link).json()["login"] == "chunhyang"
        assert own.post("/api/v1/auth/login", json=login).json()["role"] == "candidate"
        assert own.get(f"/api/v1/candidates/{body['id']}").json()["name"] == "성춘향"
        assert own.get(f"/api/v1/candidates/{cast.candidate_id}").status_code == 404
        assert own.get("/api/v1/candidates").status_code == 403
    page = hr.get("/api/v1/candidates", params={"limit": 2}).json()
    assert len(page["items"]) == 2
    assert page["total"] >= 3


def test_reading_a_person_is_in_the_trail_under_who_read(gateway: Gateway, cast: Cast) -> None:
    cast.of("reviewer").get(f"/api/v1/candidates/{cast.candidate_id}")
    last = gateway.stores.audit.entries(f"candidate:{cast.candidate_id}")[-1]
    assert (last.action, last.actor) == ("candidate.read", f"reviewer:{cast.account_ids['reviewer']}")
    assert gateway.stores.audit.verify().intact


def test_consents_are_ones_own(cast: Cast) -> None:
    own, stranger = cast.of("candidate"), cast.stranger("candidate")
    given = own.post("/api/v1/consents", json={"purposes": ["recording"], "text_version": "2026-11"})
    assert given.status_code == 201, given.text
    consent = given.json()["id"]
    other = {"purposes": ["recording"], "text_version": "1", "candidate_id": cast.candidate_id}
    assert stranger.post("/api/v1/consents", json=other).status_code == 404
    assert stranger.get("/api/v1/consents", params={"candidate_id": cast.candidate_id}).status_code == 404
    assert stranger.post(f"/api/v1/consents/{consent}/withdraw").status_code == 404
    assert own.post(f"/api/v1/consents/{consent}/withdraw").json()["withdrawn_at"]
    listed = own.get("/api/v1/consents").json()
    assert consent in [item["id"] for item in listed["items"]]
    assert cast.of("hr").get("/api/v1/consents").status_code == 400
    assert own.post("/api/v1/consents", json={"purposes": ["everything"], "text_version": "1"}).status_code == 400


def test_accounts_are_made_by_hr_and_their_link_is_told_once(cast: Cast) -> None:
    hr = cast.of("hr")
    made = hr.post("/api/v1/accounts", json={"login": "kim", "role": "interviewer"})
    assert made.status_code == 201, made.text
    assert made.json()["activation"]["token"]
    listed = hr.get("/api/v1/accounts", params={"limit": 200}).json()["items"]
    assert [item["activated"] for item in listed if item["login"] == "kim"] == [False]
    assert all("password" not in item and "activation" not in item for item in listed)
    assert hr.post("/api/v1/accounts", json={"login": "lee", "role": "candidate"}).status_code == 400


def test_a_session_is_seen_by_who_leads_it_whom_it_is_about_and_hr(gateway: Gateway, cast: Cast) -> None:
    leader = cast.of("interviewer")
    made = create_session(leader, cast, microphones="separate")
    assert made.status_code == 201, made.text
    body = made.json()
    session_id = body["session_id"]
    assert body["socket_url"] == f"ws://127.0.0.1:{gateway.settings.port}/ws/realtime-interview/{session_id}"
    assert body["consent_id"]
    assert set(body) == {"session_id", "socket_url", "consent_id"}, "creating a session hands out no tickets"
    for client, status in (
        (leader, 200),
        (cast.of("candidate"), 200),
        (cast.of("hr"), 200),
        (cast.stranger("interviewer"), 404),
        (cast.stranger("candidate"), 404),
        (cast.of("auditor"), 403),
    ):
        assert client.get(f"/api/v1/sessions/{session_id}").status_code == status
        listed = client.get("/api/v1/sessions", params={"limit": 200})
        if status != 403:
            ids = [item["id"] for item in listed.json()["items"]]
            assert (session_id in ids) == (status == 200)
    assert leader.get(f"/api/v1/interviews/{session_id}").json()["stage"] == "practical"
    assert cast.stranger("interviewer").get(f"/api/v1/interviews/{session_id}").status_code == 404
    assert session_id in [one["id"] for one in leader.get("/api/v1/interviews").json()["items"]]
    assert leader.get(f"/api/v1/interviews/{session_id}/live").json()["state"] == "live"
    assert cast.of("candidate").get(f"/api/v1/interviews/{session_id}/live").status_code == 403
    assert leader.get(f"/api/v1/interviews/{session_id}/result").status_code == 404
    assert leader.get(f"/api/v1/interviews/{session_id}/report.html").status_code == 404


def test_tickets_are_for_ones_own_role(gateway: Gateway, cast: Cast) -> None:
    session_id = create_session(cast.of("interviewer"), cast).json()["session_id"]
    place = f"/api/v1/sessions/{session_id}/tickets"
    assert cast.of("interviewer").post(place).json()["role"] == "interviewer"
    own = cast.of("candidate").post(place).json()
    assert (own["role"], own["expires_in"]) == ("candidate", gateway.settings.ticket_ttl_s)
    assert cast.stranger("candidate").post(place).status_code == 404
    assert cast.of("hr").post(place).status_code == 403
    named = create_session(cast.of("hr"), cast, interviewer_id=cast.account_ids["interviewer"])
    assert "ticket" not in named.text, "whoever creates a session for another gets no ticket in that account's name"
    led = named.json()["session_id"]
    assert cast.of("hr").post(f"/api/v1/sessions/{led}/tickets").status_code == 403
    assert cast.of("interviewer").post(f"/api/v1/sessions/{led}/tickets").status_code == 201
    stolen = create_session(cast.of("interviewer"), cast, interviewer_id=cast.account_ids["hr"])
    assert stolen.status_code == 403
    wrong = create_session(cast.of("hr"), cast, interviewer_id=cast.account_ids["auditor"])
    assert wrong.status_code == 400


def test_health_and_figures(gateway: Gateway, cast: Cast) -> None:
    nobody = cast.nobody()
    assert nobody.get("/health/live").json() == {"status": "ok"}
    assert nobody.get("/health/ready").json() == {"ready": True, "reasons": {}}
    figures = cast.of("operator").get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    assert 'triview_http_requests_total{method="GET",route="/health/ready",status="200"}' in figures.text
    for secret in (cast.candidate_id, cast.account_ids["hr"], "cast-hr", "홍길동"):
        assert secret not in figures.text
    gateway.services.draining = True
    try:
        answer = nobody.get("/health/ready")
        assert (answer.status_code, answer.json()["reasons"]) == (503, {"gateway": "draining"})
        assert create_session(cast.of("hr"), cast).json()["code"] == "draining"
    finally:
        gateway.services.draining = False


def test_candidates_are_found_by_a_name_in_the_body_and_the_read_is_audited(gateway: Gateway, cast: Cast) -> None:
    stores = gateway.stores.acting_as("system")
    made = [stores.candidates.create(name).id for name in ("Ｑuirin Ａbel", "quirin Zorn")]
    client = cast.of("hr")
    found = client.post("/api/v1/candidates/search", json={"name": "QUIRIN"}).json()
    assert [one["id"] for one in found["items"]] == made
    assert client.post("/api/v1/candidates/search", params={"limit": 1}, json={"name": "quirin"}).json()["total"] == 2
    assert client.post("/api/v1/candidates/search", json={"name": "nobody is called so"}).json()["items"] == []
    assert client.post("/api/v1/candidates/search", json={"name": ""}).status_code == 400
    assert gateway.stores.audit.page(1, 0)[0].action == "candidate.listed"
