"""A request that is sent again under its key makes nothing a second time."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from live_gateway.http.idempotency import ANSWERING_S, KEPT_S
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services
NAME = "정하나 Idem"


def under(key: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": key or str(uuid.uuid4()), "Accept-Language": "en"}


def body_of(kind: str, cast: Cast) -> dict[str, object]:
    """A request that creates something."""
    if kind == "candidates":
        return {"name": NAME, "contact": "one@example.org"}
    ids = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id}
    return ids if kind == "sessions" else {**ids, "size": 50_000}


@pytest.mark.parametrize("kind", ["candidates", "sessions", "uploads"])
def test_the_same_request_gets_the_same_answer_and_another_one_is_refused(kind: str, cast: Cast) -> None:
    hr, place, body, header = cast.of("hr"), f"/api/v1/{kind}", body_of(kind, cast), under()
    first, again = (hr.post(place, json=body, headers=header) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert again.json() == first.json()
    turned = dict(reversed(body.items()))
    assert hr.post(place, json=turned, headers=header).json() == first.json()
    other = hr.post(place, json={**body, "language": "en"} if kind != "candidates" else {"name": "x"}, headers=header)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert hr.post(place, json=body, headers=under()).json() != first.json()
    assert hr.post(place, json=body).json() != first.json()


def test_a_key_is_its_accounts_own(cast: Cast) -> None:
    header, body = under(), {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id}
    ids = {cast.of(role).post("/api/v1/sessions", json=body, headers=header).json()["session_id"] for role in ("hr", "interviewer")}  # fmt: skip  # noqa: E501
    assert len(ids) == 2


def test_an_activation_link_is_shown_once(cast: Cast) -> None:
    header, body = under(), {"name": NAME, "login": f"idem-{uuid.uuid4().hex[:8]}"}
    first, again = (cast.of("hr").post("/api/v1/candidates", json=body, headers=header).json() for _ in range(2))
    assert first["account"]["activation"]
    assert again == {**first, "account": {**first["account"], "activation": None}}


def test_a_request_that_failed_may_be_sent_again(gateway: Gateway, cast: Cast) -> None:
    header, login = under(), f"taken-{uuid.uuid4().hex[:8]}"
    taken = gateway.stores.acting_as("system").accounts.create(login, "a long password 1", "interviewer").id
    hr, body = cast.of("hr"), {"name": NAME, "login": login}
    for _ in range(2):
        assert hr.post("/api/v1/candidates", json=body, headers=header).json()["code"] == "login_taken"
    assert taken
    assert hr.post("/api/v1/candidates", json={"name": NAME}, headers=header).status_code == 201


def test_many_at_once_make_one(gateway: Gateway, cast: Cast) -> None:
    header, hr, name = under(), cast.of("hr"), f"Many {uuid.uuid4().hex}"
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(hr.post, "/api/v1/candidates", json={"name": name}, headers=header) for _ in range(8)]
        answers = [one.result() for one in sent]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"idempotency_busy"}
    found = gateway.stores.acting_as("system").candidates.list(100_000, 0)
    assert [one.name for one in found].count(name) == 1


def test_redis_keeps_hashes_and_ids_that_expire(cast: Cast, redis_url: str) -> None:
    header = under()
    made = cast.of("hr").post("/api/v1/candidates", json={"name": NAME}, headers=header).json()
    with redis.Redis.from_url(redis_url) as client:
        keys = list(client.scan_iter("*idempotency:*"))
        kept = {key: client.get(key) or b"" for key in keys}
        mine = [key for key, value in kept.items() if made["id"].encode() in value]
        assert len(mine) == 1
        assert ANSWERING_S * 1000 < client.pttl(mine[0]) <= KEPT_S * 1000
    for text in (NAME.encode(), b"\\u", header["Idempotency-Key"].encode(), b"example.org"):
        assert not any(text in key + value for key, value in kept.items())


def test_a_key_that_is_none_is_refused(cast: Cast) -> None:
    refused = cast.of("hr").post("/api/v1/candidates", json={"name": NAME}, headers=under("short"))
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_request")
