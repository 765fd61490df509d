"""Every route against every role, from the application's own list of routes and the table of who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from include.security.access import ACTIONS, INVITED, ROLES, may
from live_gateway.http.guarding import ACTION, SELF
from live_gateway.http.openapi import OPEN
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway

pytestmark = pytest.mark.services
NOBODYS_ID = "00000000-0000-4000-8000-000000000000"
PREFIX = "/api/v1"
OPEN_ROUTES = {
    "/api/v1/auth/login",
    "/api/v1/auth/logout",
    "/api/v1/auth/refresh",
    "/api/v1/auth/activate",
    "/api/v1/invitation/entry",
    "/api/v1/openapi.json",
}
"""The only routes of the interface that ask for no login."""
SELF_ROUTES = {"/api/v1/auth/me", "/api/v1/auth/logout-everywhere"}
"""The only ones that everybody who is logged in may use, about their own login."""


ENDS_LOGINS = {"/api/v1/auth/logout-everywhere"}


def _routes(gateway: Gateway) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """(method, path template, handler) of every REST route."""
    for route in gateway.app.routes:
        if not route.path.startswith(PREFIX):
            continue
        for handler in route.route_handlers:  # type: ignore[union-attr]
            for method in handler.http_methods:
                if method != "OPTIONS":
                    yield method, route.path_format, handler


def _ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    concrete = path
    while "{" in concrete:
        before, _, rest = concrete.partition("{")
        concrete = before + NOBODYS_ID + rest.partition("}")[2]
    return client.request(method, concrete)


def test_every_route_is_in_the_table(gateway: Gateway) -> None:
    seen = set()
    for method, path, handler in _routes(gateway):
        if handler.opt.get(OPEN):
            assert path in OPEN_ROUTES, f"{method} {path} asks for no login"
        elif handler.opt.get(SELF):
            assert path in SELF_ROUTES, f"{method} {path} is for everybody who is logged in"
        else:
            assert handler.opt.get(ACTION) in ACTIONS, f"{method} {path} names no action of the table"
            seen.add(handler.opt[ACTION])
    assert len(seen) > 15


def test_nobody_gets_through_anywhere(gateway: Gateway, cast: Cast) -> None:
    guarded = [route for route in _routes(gateway) if not route[2].opt.get(OPEN)]
    assert len(guarded) > 15
    for method, path, _ in guarded:
        answer = _ask(cast.nobody(), method, path)
        assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("role", [*ROLES, INVITED])
def test_a_role_gets_exactly_what_the_table_says(gateway: Gateway, cast: Cast, role) -> None:
    guarded = [route for route in _routes(gateway) if not route[2].opt.get(OPEN)]
    assert len(guarded) > 15
    for method, path, handler in guarded:
        with cast.passing(role) if path in ENDS_LOGINS and role != INVITED else nullcontext(cast.of(role)) as client:
            answer = _ask(client, method, path)
        where = f"{role}: {method} {path} -> {answer.status_code}"
        if handler.opt.get(SELF):
            assert answer.status_code in ((404,) if role == INVITED else (200, 204)), where
        elif not may(role, handler.opt[ACTION]):
            assert answer.status_code == 403, where
            assert method == "HEAD" or answer.json()["code"] == "forbidden", where
        else:
            assert answer.status_code not in (401, 403, 500), where


def test_forged_expired_and_foreign_tokens_prove_nothing(gateway: Gateway, cast: Cast) -> None:
    from include.security.tokens import issue_token

    account = cast.account_ids["hr"]
    now, login = gateway.services.clock(), gateway.stores.logins.begin(account, 1000).id
    bad = [
        issue_token("x" * 40, account, "hr", login_id=login, now=now, ttl_s=900),
        issue_token(gateway.settings.secret, account, "hr", login_id=login, now=now - 1000, ttl_s=900),
        issue_token(gateway.settings.secret, account, "hr", login_id="no-such-login", now=now, ttl_s=900),
        issue_token(gateway.settings.secret, account, "operator", login_id=login, now=now, ttl_s=900),
        issue_token(
            gateway.settings.secret, cast.account_ids["operator"], "operator", login_id=login, now=now, ttl_s=9
        ),
        gateway.token(account, "hr")[:-2] + "xx",
        "eyJhbGciOiJub25lIn0.e30.",
        "x",
    ]
    for token in bad:
        with gateway.client(token) as client:
            assert client.get("/api/v1/openings").status_code == 401
