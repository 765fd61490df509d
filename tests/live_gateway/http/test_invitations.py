"""Invitations over REST: HR invites, a link is exchanged, answers come in, and nothing else can be reached by it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from include.interview.records import Bilingual, Keyword, Opening, Question
from live_gateway.identity import INVITED_COOKIE
from tests.live_gateway.http.conftest import Cast
from tests.live_gateway.http.test_uploads import CHUNK, sha
from tests.support.gateway_thread import Gateway
from tests.support.upload_sounds import tone

pytestmark = pytest.mark.services
HIDDEN = ("비밀 낱말", "Secret value", "weight", "places", "stage_weights")
ALL = ["recording", "ai_evaluation", "emotion_analysis"]


@pytest.fixture
def opening(gateway: Gateway) -> str:
    text = Bilingual(ko="서버 개발자", en="Backend engineer")
    questions = tuple(Question(f"q{n}", Bilingual(ko=f"{n}번 질문", en=f"Question {n}")) for n in (1, 2))
    found = Opening(
        f"asked-{uuid.uuid4().hex[:8]}", text, text, keywords=(Keyword("비밀 낱말", weight=9.0),), questions=questions,
        values=(Bilingual(ko="비밀 가치", en="Secret value"),), places=4,
    )  # fmt: skip
    gateway.stores.acting_as("system").openings.put(found)
    return found.id


@pytest.fixture
def person(gateway: Gateway) -> str:
    return gateway.stores.acting_as("system").candidates.create("성춘향", "spring@example.org").id


@pytest.fixture
def by_link(gateway: Gateway, cast: Cast, opening: str, person: str) -> Iterator[tuple[httpx.Client, str]]:
    """A browser without any login that came by the link, and the invitation's id."""
    invitation_id, secret = cast.invitation(person, opening_id=opening, language="ko")
    with gateway.client() as client:
        enter(client, secret)
        yield client, invitation_id


def enter(client: httpx.Client, secret: str) -> None:
    entered = client.post("/api/v1/invitation/entry", json={"secret": secret})
    assert entered.status_code == 200, entered.text
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    client.headers["Origin"] = str(client.base_url).rstrip("/")


def agree(client: httpx.Client) -> None:
    body = {"purposes": ALL, "text_version": "2026-11"}
    assert client.post("/api/v1/invitation/consents", json=body).status_code == 204


def answer(client: httpx.Client, question: str, sound: bytes) -> httpx.Response:
    begun = client.post("/api/v1/invitation/answers", json={"question_id": question})
    if begun.status_code != 201:
        return begun
    place = f"/api/v1/invitation/answers/{begun.json()['id']}/upload"
    upload = client.post(place, json={"size": len(sound)})
    assert upload.status_code == 200, upload.text
    address = f"/api/v1/invitation/uploads/{upload.json()['id']}"
    first = client.patch(address, content=sound[:20_000], headers=CHUNK | {"Upload-Offset": "0"})
    assert first.status_code == 204, first.text
    assert client.head(address).headers["upload-offset"] == "20000"
    assert client.post(place, json={"size": len(sound)}).json()["offset"] == 20_000
    return client.patch(
        address, content=sound[20_000:],
        headers=CHUNK | {"Upload-Offset": "20000", "X-Chunk-SHA256": sha(sound[20_000:])},
    )  # fmt: skip


def test_from_the_link_to_one_interview_whose_run_is_asked_for(
    gateway: Gateway, cast: Cast, airflow, by_link: tuple[httpx.Client, str], opening: str, person: str
) -> None:
    client, invitation_id = by_link
    seen = client.get("/api/v1/invitation")
    assert seen.status_code == 200, seen.text
    assert not [word for word in HIDDEN if word in seen.text]
    asked = seen.json()
    assert [one["text"] for one in asked["questions"]] == ["1번 질문", "2번 질문"]
    assert (asked["standing"], asked["consented"]) == ("opened", False)
    refused = client.post("/api/v1/invitation/answers", json={"question_id": "q1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_missing")
    less = client.post("/api/v1/invitation/consents", json={"purposes": ["recording"], "text_version": "2026-11"})
    assert (less.status_code, less.json()["code"]) == (409, "consent_missing")
    assert gateway.stores.consents.list(person) == ()
    agree(client)
    sounds = {"q2": tone(pitch_hz=401), "q1": tone(pitch_hz=402)}
    assert answer(client, "q1", tone(pitch_hz=400)).json()["state"] == "kept"
    early = client.post("/api/v1/invitation/submission")
    assert (early.status_code, early.json()["code"]) == (409, "answers_missing")
    for question, sound in sounds.items():
        assert answer(client, question, sound).status_code == 202
    more = client.post("/api/v1/invitation/answers", json={"question_id": "q1"})
    assert (more.status_code, more.json()["code"]) == (409, "attempts_used")
    counted = {
        q["id"]: [a["counts"] for a in q["answers"]] for q in client.get("/api/v1/invitation").json()["questions"]
    }
    assert counted == {"q1": [False, True], "q2": [True]}
    done = client.post("/api/v1/invitation/submission")
    assert done.status_code == 202, done.text
    body = done.json()
    assert airflow.wait_for_run(body["run_id"])["conf"] == {"interview_id": body["interview_id"]}
    stored = [(m.index, m.question_id, m.sha256) for m in gateway.stores.media.list(body["interview_id"])]
    assert stored == [(0, "q1", sha(sounds["q1"])), (1, "q2", sha(sounds["q2"]))]
    interview = gateway.stores.interviews.get(body["interview_id"])
    assert (interview.candidate_id, interview.status, interview.language) == (person, "uploaded", "ko")
    assert client.post("/api/v1/invitation/submission").json()["run_id"] == body["run_id"]
    after = client.post("/api/v1/invitation/answers", json={"question_id": "q2"})
    assert (after.status_code, after.json()["code"]) == (409, "invitation_submitted")
    view = cast.of("hr").get(f"/api/v1/invitations/{invitation_id}").json()
    assert (view["standing"], view["answered"], view["interview_id"]) == ("submitted", 2, interview.id)
    acted = gateway.stores.audit.entries(f"invitation:{invitation_id}")
    assert f"invited:{invitation_id}" in {entry.actor for entry in acted}


def test_by_a_link_nothing_else_can_be_reached(gateway: Gateway, cast: Cast, by_link: tuple[httpx.Client, str]) -> None:
    client, _ = by_link
    for path in ("/api/v1/openings", "/api/v1/candidates", "/api/v1/interviews", "/api/v1/invitations"):
        assert client.get(path).status_code == 401, "the cookie is no login"
    with gateway.client(client.cookies[INVITED_COOKIE]) as as_bearer:
        for path in ("/api/v1/openings", "/api/v1/candidates", "/api/v1/interviews", "/api/v1/invitations"):
            assert as_bearer.get(path).status_code == 403
    _, secret = cast.invitation(cast.other_candidate_id)
    with gateway.client() as other:
        enter(other, secret)
        agree(other)
        begun = other.post("/api/v1/invitation/answers", json={"question_id": "whole"}).json()
        place = f"/api/v1/invitation/answers/{begun['id']}/upload"
        upload = other.post(place, json={"size": 64_044}).json()["id"]
    agree(client)
    assert client.post(place, json={"size": 64_044}).status_code == 404
    assert client.head(f"/api/v1/invitation/uploads/{upload}").status_code == 404
    chunk = client.patch(f"/api/v1/invitation/uploads/{upload}", content=tone(), headers=CHUNK | {"Upload-Offset": "0"})
    assert chunk.status_code == 404
    client.headers["Origin"] = "https://evil.example"
    assert client.post("/api/v1/invitation/submission").json()["code"] == "bad_origin"
    assert cast.of("hr").get("/api/v1/invitation").status_code == 403
    assert cast.of("candidate").get("/api/v1/invitation").status_code == 403


def test_a_link_that_was_replaced_or_taken_back_opens_nothing(
    gateway: Gateway, cast: Cast, by_link: tuple[httpx.Client, str], opening: str, person: str
) -> None:
    client, invitation_id = by_link
    hr = cast.of("hr")
    (again,) = hr.post("/api/v1/invitations/reminders", json={"invitation_ids": [invitation_id]}).json()["items"]
    assert (again["candidate"], again["contact"]) == ("성춘향", "spring@example.org")
    assert again["link"].startswith("/invitation#")
    for secret in ("x" * 43, "가" * 43):
        unknown = client.post("/api/v1/invitation/entry", json={"secret": secret}, headers={"Accept-Language": "ko"})
        assert (unknown.status_code, unknown.json()["code"]) == (404, "invitation_unknown")
        assert secret not in unknown.text
    assert client.get("/api/v1/invitation").status_code == 200
    assert hr.post(f"/api/v1/invitations/{invitation_id}/revocation").json()["standing"] == "revoked"
    for refused in (
        client.get("/api/v1/invitation"),
        client.post("/api/v1/invitation/submission"),
        client.post("/api/v1/invitation/entry", json={"secret": again["link"].partition("#")[2]}),
        hr.post("/api/v1/invitations/reminders", json={"invitation_ids": [invitation_id]}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (410, "invitation_revoked")


def test_after_the_deadline_one_reads_why_and_records_nothing(
    gateway: Gateway, by_link: tuple[httpx.Client, str]
) -> None:
    from sqlalchemy import update

    from include.storage.database import tables as t

    client, invitation_id = by_link
    agree(client)
    begun = client.post("/api/v1/invitation/answers", json={"question_id": "q1"}).json()["id"]
    late = datetime.now(UTC) - timedelta(seconds=30)
    with gateway.stores.db.begin() as connection:
        connection.execute(update(t.invitations).where(t.invitations.c.id == invitation_id).values(deadline=late))
    seen = client.get("/api/v1/invitation").json()
    assert (seen["standing"], seen["sendable"]) == ("expired", True)
    refused = client.post("/api/v1/invitation/answers", json={"question_id": "q2"}, headers={"Accept-Language": "ko"})
    assert (refused.status_code, refused.json()["code"]) == (410, "invitation_expired")
    assert "마감" in refused.json()["detail"]
    sending = client.post(f"/api/v1/invitation/answers/{begun}/upload", json={"size": 64_044})
    assert sending.status_code == 200, "what was begun in time may be sent"


def test_a_withdrawn_consent_stops_the_answers(
    gateway: Gateway, by_link: tuple[httpx.Client, str], person: str
) -> None:
    client, _ = by_link
    agree(client)
    begun = client.post("/api/v1/invitation/answers", json={"question_id": "q1"}).json()["id"]
    (consent,) = gateway.stores.consents.list(person)
    gateway.stores.consents.withdraw(consent.id)
    for refused in (
        client.post("/api/v1/invitation/answers", json={"question_id": "q2"}),
        client.post(f"/api/v1/invitation/answers/{begun}/upload", json={"size": 64_044}),
        client.post("/api/v1/invitation/submission"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "consent_missing")
    assert client.get("/api/v1/invitation").json()["consented"] is False


def test_who_came_by_the_link_takes_the_consent_back(
    gateway: Gateway, by_link: tuple[httpx.Client, str], person: str
) -> None:
    client, invitation_id = by_link
    assert client.post("/api/v1/invitation/withdrawal").status_code == 204, "nothing was given: nothing to take back"
    agree(client)
    stores = gateway.stores
    elsewhere = stores.consents.grant(person, None, ["recording", "ai_evaluation"], "1")
    for _ in range(2):
        assert client.post("/api/v1/invitation/withdrawal").status_code == 204
    interview = stores.invitations.get(invitation_id).interview_id
    own = [one for one in stores.consents.list(person) if one.interview_id == interview]
    assert [one.withdrawn_at is None for one in own] == [False]
    assert stores.consents.get(elsewhere.id).withdrawn_at is None, "other interviews are not this link's"
    stores.consents.withdraw(elsewhere.id)
    assert client.get("/api/v1/invitation").json()["consented"] is False
    refused = client.post("/api/v1/invitation/answers", json={"question_id": "q1"})
    assert (refused.status_code, refused.json()["code"]) == (409, "consent_missing")
    agree(client)
    assert client.get("/api/v1/invitation").json()["consented"] is True, "agreed to anew"


def test_candidates_with_a_login_find_and_enter_their_own(gateway: Gateway, cast: Cast) -> None:
    mine, _ = cast.invitation(cast.candidate_id)
    others, _ = cast.invitation(cast.other_candidate_id)
    own = cast.of("candidate")
    listed = own.get("/api/v1/invitations", params={"limit": 200}).json()["items"]
    assert mine in [one["id"] for one in listed]
    assert {one["candidate_id"] for one in listed} == {cast.candidate_id}
    assert own.get("/api/v1/invitations", params={"candidate_id": cast.other_candidate_id}).json()["total"] == 0
    for act in (own.get(f"/api/v1/invitations/{others}"), own.post(f"/api/v1/invitations/{others}/entry")):
        assert act.status_code == 404
    entered = own.post(f"/api/v1/invitations/{mine}/entry")
    assert entered.status_code == 204
    with gateway.client(entered.cookies[INVITED_COOKIE]) as client:
        assert client.get("/api/v1/invitation").json()["opening"]["id"] == cast.opening_id
    own.cookies.clear()


def test_the_public_view_of_an_opening_is_for_who_applied(cast: Cast, opening: str) -> None:
    applied = cast.of("candidate")
    assert applied.get(f"/api/v1/openings/{opening}/public").status_code == 404
    cast.invitation(cast.candidate_id, opening_id=opening)
    seen = applied.get(f"/api/v1/openings/{opening}/public")
    assert set(seen.json()) == {"id", "title", "description", "language", "profile"}
    assert not [word for word in HIDDEN if word in seen.text]


def test_invitations_that_cannot_be_are_refused_whole(cast: Cast, gateway: Gateway, opening: str, person: str) -> None:
    hr, before = cast.of("hr"), len(gateway.stores.invitations.list())
    deadline = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    body = {"opening_id": opening, "candidate_ids": [person], "deadline": deadline}
    for change, status, code in (
        ({"candidate_ids": [person, str(uuid.uuid4())]}, 404, "not_found"),
        ({"opening_id": "nothing"}, 404, "not_found"),
        ({"profile": "nothing"}, 404, "not_found"),
        ({"stage": "executive"}, 400, "invitation_stage"),
        ({"deadline": "2020-01-01T00:00:00Z"}, 400, "invitation_deadline"),
        ({"attempts": 99}, 400, "invitation_terms"),
        ({"candidate_ids": []}, 400, "invalid_request"),
    ):
        refused = hr.post("/api/v1/invitations", json=body | change)
        assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text
    assert len(gateway.stores.invitations.list()) == before
