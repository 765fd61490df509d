"""Logins that end: on every replica, everywhere, by a second use, by closing; links in place of handed passwords."""

from __future__ import annotations

import asyncio
import json
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import msgspec
import pytest

from include.security.access import SECOND_PERSON, Role
from live_gateway.settings import proxied_unnamed
from tests.live_gateway.http.conftest import GENEROUS, Cast
from tests.support.gateway_thread import Gateway, running_gateway
from tests.support.services.ports import free_port

pytestmark = pytest.mark.services
PASSWORD, OTHER = "a long password 1", "another password 2"
V1 = "/api/v1"


@pytest.fixture(scope="module")
def replica(gateway: Gateway) -> Iterator[Gateway]:
    """A second replica over the same stores, with the same secret."""
    settings = msgspec.structs.replace(gateway.settings, port=free_port())
    with running_gateway(settings, limits=GENEROUS) as running:
        yield running


class Person:
    """Somebody with an account, logged in as a program is."""

    def __init__(self, gateway: Gateway, role: Role = "interviewer") -> None:
        self.gateway, self.login = gateway, f"p-{uuid.uuid4().hex[:10]}"
        self.id = gateway.stores.accounts.create(self.login, PASSWORD, role).id

    def log_in(self, password: str = PASSWORD) -> dict[str, str]:
        with self.gateway.client() as client:
            answer = client.post(f"{V1}/auth/login", json={"login": self.login, "password": password})
            assert answer.status_code == 200, answer.text
            assert isinstance(answer.json()["refresh_token"], str)
            return answer.json()


def knows(gateway: Gateway, tokens: dict[str, str]) -> bool:
    """Whether this replica takes the access token, at a route and at a page."""
    with gateway.client(tokens["access_token"]) as client:
        route = client.get(f"{V1}/auth/me").status_code
    with gateway.client() as client:
        client.cookies.set("triview_token", tokens["access_token"])
        page = client.get("/interviews").status_code
    assert (route, page) in ((200, 200), (401, 303))
    return route == 200


def refreshed(gateway: Gateway, tokens: dict[str, str], **headers: str) -> httpx.Response:
    with gateway.client() as client:
        body = {"refresh_token": tokens["refresh_token"]}
        return client.post(f"{V1}/auth/refresh", json=body, headers=headers)


@contextmanager
def asking(gateway: Gateway, tokens: dict[str, str]) -> Iterator[httpx.Client]:
    with gateway.client(tokens["access_token"]) as client:
        yield client


def test_logging_out_everywhere_ends_every_token_at_once_on_every_replica(gateway: Gateway, replica: Gateway) -> None:
    person = Person(gateway)
    logins = [person.log_in() for _ in range(3)]
    assert all(knows(each, tokens) for each in (gateway, replica) for tokens in logins)
    with asking(replica, logins[0]) as client:
        assert client.post(f"{V1}/auth/logout-everywhere").status_code == 204
    for tokens in logins:
        assert not knows(gateway, tokens)
        assert not knows(replica, tokens)
        assert refreshed(gateway, tokens).status_code == 401
    assert knows(gateway, person.log_in()), "the account stays open"


def test_logging_out_ends_this_login_only(gateway: Gateway, replica: Gateway) -> None:
    person = Person(gateway)
    one, other = person.log_in(), person.log_in()
    with asking(gateway, one) as client:
        assert client.post(f"{V1}/auth/logout").status_code == 204
    assert not knows(replica, one)
    assert refreshed(gateway, one).status_code == 401
    assert knows(replica, other)


def test_a_refresh_token_counts_once_and_a_thief_and_its_owner_are_both_logged_out(
    gateway: Gateway, replica: Gateway
) -> None:
    person = Person(gateway)
    stolen = person.log_in()
    mine = refreshed(gateway, stolen).json()
    assert mine["login_ends_at"] == stolen["login_ends_at"], "a login does not grow older than it may"
    assert mine["refresh_token"] != stolen["refresh_token"]
    assert knows(gateway, mine)
    again = refreshed(replica, stolen)
    assert (again.status_code, again.json()["code"]) == (401, "login_ended")
    assert refreshed(gateway, mine).status_code == 401
    assert not knows(gateway, mine)
    assert not knows(replica, stolen)


def test_an_access_token_refreshes_nothing(gateway: Gateway) -> None:
    tokens = Person(gateway).log_in()
    with asking(gateway, tokens) as client:
        assert client.post(f"{V1}/auth/refresh").status_code == 401
        page = client.get("/interviews", headers={"Cookie": f"triview_token={tokens['access_token']}"})
    assert "triview_token" not in page.headers.get("set-cookie", ""), "nor does a page"


def test_a_lost_answer_is_had_again_under_its_key(gateway: Gateway) -> None:
    tokens = Person(gateway).log_in()
    key = {"Idempotency-Key": uuid.uuid4().hex}
    first, second = (refreshed(gateway, tokens, **key).json() for _ in range(2))
    assert first["refresh_token"] == second["refresh_token"]
    assert refreshed(gateway, first).status_code == 200


def test_a_browser_has_its_refresh_token_as_a_cookie_that_pages_do_not_get(gateway: Gateway) -> None:
    person = Person(gateway)
    ours = {"Origin": gateway.url}
    with gateway.client() as client:
        body = {"login": person.login, "password": PASSWORD}
        answer = client.post(f"{V1}/auth/login", json=body, headers=ours)
        assert answer.json().get("refresh_token") is None
        (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith("triview_refresh=")]
        for attribute in ("HttpOnly", "SameSite=strict", "Path=/api/v1/auth"):
            assert attribute.lower() in cookie.lower()
        before = client.cookies["triview_refresh"]
        assert client.post(f"{V1}/auth/refresh", headers=ours).status_code == 200
        assert client.cookies["triview_refresh"] != before
        evil = client.post(f"{V1}/auth/refresh", headers={"Origin": "https://evil.example"})
        assert (evil.status_code, evil.json()["code"]) == (403, "bad_origin")


def test_ones_own_password_needs_the_old_one_and_ends_other_logins(gateway: Gateway, replica: Gateway) -> None:
    person = Person(gateway)
    here, elsewhere = person.log_in(), person.log_in()
    with asking(gateway, here) as client:

        def change(old: str, new: str) -> httpx.Response:
            return client.put(f"{V1}/auth/password", json={"old_password": old, "new_password": new})

        for old, new, code in (
            ("wrong password", OTHER, "wrong_password"),
            (PASSWORD, PASSWORD, "same_password"),
            (PASSWORD, "short", "weak_password"),
        ):
            refused = change(old, new)
            assert (refused.status_code, refused.json()["code"]) == (400, code)
        assert knows(replica, elsewhere)
        answer = change(PASSWORD, OTHER)
    assert answer.status_code == 200, answer.text
    assert knows(replica, answer.json()), "whoever changed it goes on"
    assert not any(knows(each, tokens) for each in (gateway, replica) for tokens in (here, elsewhere))
    assert person.log_in(OTHER)["role"] == "interviewer"


def test_a_closed_account_is_out_at_once_and_may_be_opened_again(
    gateway: Gateway, replica: Gateway, cast: Cast
) -> None:
    person, hr = Person(gateway), cast.of("hr")
    tokens = person.log_in()
    closed = hr.post(f"{V1}/accounts/{person.id}/close")
    assert (closed.status_code, closed.json()["active"]) == (200, False)
    assert not knows(gateway, tokens)
    assert not knows(replica, tokens)
    body = {"login": person.login, "password": PASSWORD}
    assert cast.nobody().post(f"{V1}/auth/login", json=body).json()["code"] == "bad_login"
    refused = hr.post(f"{V1}/accounts/{person.id}/activation")
    assert (refused.status_code, refused.json()["code"]) == (409, "account_closed")
    assert hr.post(f"{V1}/accounts/{person.id}/open").json()["active"] is True
    assert not knows(replica, tokens)
    assert knows(replica, person.log_in())


def test_an_account_is_activated_by_a_link_that_works_once(
    gateway: Gateway, cast: Cast, capfd: pytest.CaptureFixture[str]
) -> None:
    login = f"new-{uuid.uuid4().hex[:8]}"
    made = cast.of("hr").post(f"{V1}/accounts", json={"login": login, "role": "interviewer"}).json()
    link = made["activation"]
    assert link["path"] == f"/activate#{link['token']}", "what stands behind # is sent to no server"
    assert "password" not in made
    nobody = cast.nobody()

    def use(password: str) -> httpx.Response:
        return nobody.post(f"{V1}/auth/activate", json={"token": link["token"], "password": password})

    weak = use("short")
    assert (weak.status_code, weak.json()["code"]) == (400, "weak_password")
    answer = use(PASSWORD)
    assert (answer.status_code, answer.json()) == (200, {"login": login, "awaits_second_person": False})
    assert answer.headers["cache-control"] == "no-store"
    assert nobody.post(f"{V1}/auth/login", json={"login": login, "password": PASSWORD}).status_code == 200
    again = use(OTHER)
    assert (again.status_code, again.json()["code"]) == (400, "activation_unknown")
    listed = json.dumps(cast.of("hr").get(f"{V1}/accounts", params={"limit": 200}).json())
    written = capfd.readouterr()
    assert link["token"] not in listed + written.out + written.err


def test_handing_out_a_password_is_not_possible(cast: Cast) -> None:
    body = {"login": "handed", "role": "interviewer", "password": PASSWORD}
    assert cast.of("hr").post(f"{V1}/accounts", json=body).status_code == 400


@pytest.mark.parametrize("role", sorted(SECOND_PERSON))
def test_hr_alone_makes_no_account_that_sees_or_runs_everything(gateway: Gateway, cast: Cast, role: Role) -> None:
    one, two = cast.of("hr"), cast.stranger("hr")
    login = f"{role}-{uuid.uuid4().hex[:8]}"
    made = one.post(f"{V1}/accounts", json={"login": login, "role": role}).json()
    assert made["awaits_second_person"] is True
    activated = cast.nobody().post(
        f"{V1}/auth/activate", json={"token": made["activation"]["token"], "password": PASSWORD}
    )
    assert activated.json()["awaits_second_person"] is True
    credentials = {"login": login, "password": PASSWORD}
    assert cast.nobody().post(f"{V1}/auth/login", json=credentials).status_code == 401
    refused = one.post(f"{V1}/accounts/{made['id']}/confirm")
    assert (refused.status_code, refused.json()["code"]) == (409, "second_person")
    assert two.post(f"{V1}/accounts/{made['id']}/confirm").status_code == 200
    assert cast.nobody().post(f"{V1}/auth/login", json=credentials).json()["role"] == role


def test_a_candidate_gets_no_second_login(cast: Cast) -> None:
    body = {"login": f"second-{uuid.uuid4().hex[:8]}", "role": "candidate", "candidate_id": cast.candidate_id}
    answer = cast.of("hr").post(f"{V1}/accounts", json=body, headers={"Accept-Language": "ko"})
    assert (answer.status_code, answer.json()["code"]) == (409, "candidate_has_account")
    assert "이미 계정이" in answer.json()["detail"]


@pytest.mark.usefixtures("real_costs")
def test_nobody_waits_for_the_hashes_of_others(gateway: Gateway, cast: Cast) -> None:
    guesses, statuses = 14, []

    async def flood() -> None:
        async with httpx.AsyncClient(base_url=gateway.url, timeout=60.0, trust_env=False) as client:
            body = {"login": "nobody-here", "password": "x" * 12}
            answers = await asyncio.gather(*(client.post(f"{V1}/auth/login", json=body) for _ in range(guesses)))
            statuses.extend(answer.status_code for answer in answers)

    flooding = threading.Thread(target=lambda: asyncio.run(flood()))
    flooding.start()
    asked, slowest = 0, 0.0
    while flooding.is_alive():
        begun = time.perf_counter()
        assert cast.of("hr").get(f"{V1}/openings").status_code == 200
        slowest, asked = max(slowest, time.perf_counter() - begun), asked + 1
    flooding.join()
    assert set(statuses) == {401}
    assert asked >= 3, f"only {asked} requests were answered beside {guesses} hashes; the slowest took {slowest:.2f} s"


def test_a_start_behind_a_proxy_that_is_not_named_is_seen(gateway: Gateway) -> None:
    def seen(**changes: object) -> bool:
        return proxied_unnamed(msgspec.structs.replace(gateway.settings, **changes))

    assert not seen()
    assert seen(secure_cookie=True)
    assert seen(origins=("https://hr.example",))
    assert not seen(secure_cookie=True, trusted_proxies=("10.0.0.0/8",))
