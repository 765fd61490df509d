"""Logging in: tokens, cookies, origins, guesses and their limits."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from live_gateway.identity import _warn_of_proxy
from live_gateway.services import Rate
from tests.live_gateway.http.conftest import GENEROUS, Cast
from tests.support.gateway_thread import Gateway, gateway_settings, running_gateway

pytestmark = pytest.mark.services
LOGIN = "/api/v1/auth/login"
RIGHT = {"login": "cast-hr", "password": "a long password 1"}


def test_logs_in_by_bearer_and_by_cookie(gateway: Gateway, cast: Cast) -> None:
    with gateway.client() as client:
        answer = client.post(LOGIN, json=RIGHT)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert (body["role"], body["expires_in"], body["token_type"]) == ("hr", 900, "Bearer")
        cookie = answer.headers["set-cookie"].lower()
        assert "triview_token=" in cookie
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/api/v1/auth/me").json()["login"] == "cast-hr"
        out = client.post("/api/v1/auth/logout")
        assert out.status_code == 204
        assert client.get("/api/v1/auth/me").status_code == 401
    with gateway.client(body["access_token"]) as client:
        assert client.get("/api/v1/auth/me").status_code == 401, "logging out ends the token as well"
        body = client.post(LOGIN, json=RIGHT).json()
        client.headers["Authorization"] = f"Bearer {body['access_token']}"
        me = client.get("/api/v1/auth/me").json()
        assert me == {"account_id": cast.account_ids["hr"], "login": "cast-hr", "role": "hr", "candidate_id": None}
        assert client.post("/api/v1/auth/refresh").json()["role"] == "hr", "by its cookie"


def test_a_cookie_changes_things_only_from_our_own_pages(gateway: Gateway, cast: Cast) -> None:
    opening = {"title": "a", "description": "b"}
    with gateway.client() as client:
        client.post(LOGIN, json=RIGHT)
        assert client.get("/api/v1/openings").status_code == 200
        for origin in (None, "https://evil.example", "null"):
            headers = {} if origin is None else {"Origin": origin}
            answer = client.post("/api/v1/openings", json=opening, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (403, "bad_origin")
        assert client.post("/api/v1/openings", json=opening, headers={"Origin": gateway.url}).status_code in (201, 409)
        assert client.post(LOGIN, json=RIGHT, headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.usefixtures("real_costs")
def test_a_wrong_password_and_an_unknown_login_look_the_same(gateway: Gateway, cast: Cast) -> None:
    def ask(login: str) -> tuple[bytes, int, float]:
        started = time.perf_counter()
        answer = cast.nobody().post(LOGIN, json={"login": login, "password": "not the password"})
        return answer.content, answer.status_code, time.perf_counter() - started

    assert cast.nobody().post(LOGIN, json=RIGHT).status_code == 200  # a hash of lesser costs is renewed by a login
    ask("cast-hr")
    known, unknown = [ask("cast-hr") for _ in range(5)], [ask(f"nobody-{n}") for n in range(5)]
    assert {one[:2] for one in known} == {one[:2] for one in unknown}
    assert known[0][1] == 401
    ratio = statistics.median(one[2] for one in known) / statistics.median(one[2] for one in unknown)
    assert 1 / 3 < ratio < 3, "the work of a hash is done either way"


FROM = "X-Forwarded-For"
HERE, STRANGER = {FROM: "2001:db8:1:2::7"}, {FROM: "198.51.100.9"}


def test_guesses_run_into_the_limit_and_lock_nobody_else_out(tmp_path: Path, redis_url: str) -> None:
    from msgspec.structs import replace

    limits = replace(GENEROUS, login_pair=Rate(3, 600.0), login_network=Rate(6, 600.0))
    settings = gateway_settings(tmp_path, redis_url, trusted_proxies=("127.0.0.0/8",))
    with running_gateway(settings, limits=limits) as gateway, gateway.client() as client:
        gateway.stores.accounts.create("victim", RIGHT["password"], "interviewer")

        def guess(login: str, where: dict[str, str], password: str = "x" * 12) -> int:
            return client.post(LOGIN, json={"login": login, "password": password}, headers=where).status_code

        assert [guess("victim", STRANGER) for _ in range(4)] == [401, 401, 401, 429]
        assert guess("victim", STRANGER, RIGHT["password"]) == 429, "the guesser is slowed down, right or not"
        for _ in range(8):
            assert guess("victim", HERE, RIGHT["password"]) == 200, "the owner, elsewhere, is not; nor for being right"
        assert [guess(f"other-{n}", STRANGER) for n in range(4)] == [401, 401, 401, 429]
        neighbours = [{FROM: f"2001:db8:1:3::{n}"} for n in range(4)]
        assert [guess("victim", where) for where in neighbours] == [401, 401, 401, 429], "a /64 is one customer"
        answer = client.post(LOGIN, json=RIGHT, headers={"Accept-Language": "ko", **STRANGER})
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1
        assert "잦습니다" in answer.json()["detail"]


def test_a_proxy_that_nobody_named_is_not_believed_and_warned_of(
    tmp_path: Path, redis_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    from msgspec.structs import replace

    limits = replace(GENEROUS, login_pair=Rate(2, 600.0))
    settings = gateway_settings(tmp_path, redis_url, secure_cookie=True)
    _warn_of_proxy.cache_clear()
    with running_gateway(settings, limits=limits) as gateway, gateway.client() as client:
        assert [r for r in caplog.records if "TRIVIEW_TRUSTED_PROXIES" in getattr(r, "remedy", "")], "at the start"
        tries = [{FROM: f"198.51.100.{n}"} for n in range(3)]
        guess = {"login": "victim", "password": "x" * 12}
        assert [client.post(LOGIN, json=guess, headers=each).status_code for each in tries] == [401, 401, 429]
    said = [r for r in caplog.records if "TRIVIEW_TRUSTED_PROXIES does not name" in r.getMessage()]
    assert len(said) == 1, "once, when a request shows it"


def test_the_general_limit_tells_when_to_come_back(tmp_path: Path, redis_url: str) -> None:
    from msgspec.structs import replace

    limits = replace(GENEROUS, account=Rate(5, 600.0))
    with running_gateway(gateway_settings(tmp_path, redis_url), limits=limits) as gateway:
        ids = [gateway.stores.accounts.create(f"hr-{n}", RIGHT["password"], "hr").id for n in (1, 2)]
        one, other = (gateway.token(each, "hr") for each in ids)
        with gateway.client(one) as client:
            statuses = [client.get("/api/v1/openings").status_code for _ in range(6)]
            assert statuses == [200] * 5 + [429]
            assert 1 <= int(client.get("/api/v1/openings").headers["retry-after"]) <= 121
        with gateway.client(other) as client:
            assert client.get("/api/v1/openings").status_code == 200
