"""Logging in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from include.security.access import Caller, Role
from live_gateway import metrics
from live_gateway.http.guarding import SELF, limit
from live_gateway.http.openapi import OPEN, OPEN_SECURITY, example
from live_gateway.http.schemas import Login
from live_gateway.identity import (
    NotLoggedIn,
    client_address,
    login_cookie,
    login_token,
    require_origin,
)
from live_gateway.problems import TooMany
from live_gateway.services import Services


class LoginIn(msgspec.Struct, forbid_unknown_fields=True):
    """A login and its password."""

    login: Login
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]


class LoginOut(msgspec.Struct, frozen=True):
    """Send the token as `Authorization: Bearer …`; browsers have it as a cookie too. It lasts `expires_in` seconds."""

    access_token: str
    expires_in: int
    role: Role
    token_type: str = "Bearer"  # noqa: S105 - RFC 6750's word


class Me(msgspec.Struct, frozen=True):
    """The account that asks."""

    account_id: str
    login: str
    role: Role
    candidate_id: str | None


class AuthController(Controller):
    """Tokens last 15 minutes; a new one is had by logging in again, or by `POST /auth/refresh` before it runs out."""

    path = "/auth"
    tags = ("auth",)

    @post(
        "/login",
        status_code=200,
        operation_class=example({"login": "admin", "password": "correct horse battery"}),
        security=OPEN_SECURITY,
        summary="Log in",
        opt={OPEN: True},
    )
    async def log_in(
        self, data: JSONBody[LoginIn], request: Request[Any, Any, Any], services: NamedDependency[Services]
    ) -> Response[LoginOut]:
        """The same answer in the same time whether the login does not exist or the password is wrong."""
        if "origin" in request.headers:
            require_origin(request, services.settings)
        await _count(services, client_address(request, services.settings), data.login)
        account = await services.run(services.stores.accounts.authenticate, data.login, data.password)
        if account is None:
            metrics.logins.labels("refused").inc()
            raise NotLoggedIn("The login or the password is not right.", "Check both and try again.", code="bad_login")
        metrics.logins.labels("ok").inc()
        return _logged_in(Caller(account.id, account.role, account.candidate_id), services)

    @post("/refresh", status_code=200, summary="Get a new token", opt={SELF: True})
    async def refresh(self, caller: NamedDependency[Caller], services: NamedDependency[Services]) -> Response[LoginOut]:
        """A new token for whoever still has a valid one and an open account."""
        account = await services.run(services.stores.accounts.get, caller.account_id)
        if not account.active:
            raise NotLoggedIn("This account is closed.", "Ask HR.")
        return _logged_in(Caller(account.id, account.role, account.candidate_id), services)

    @post("/logout", status_code=204, security=OPEN_SECURITY, summary="Log out", opt={OPEN: True})
    async def log_out(self, services: NamedDependency[Services]) -> Response[None]:
        """Takes the cookie away. A bearer token simply runs out."""
        gone = replace(login_cookie("", services.settings), max_age=0)
        return Response(None, status_code=204, cookies=[gone])

    @get("/me", summary="Who am I?", opt={SELF: True})
    async def get_me(self, caller: NamedDependency[Caller], services: NamedDependency[Services]) -> Me:
        """The account behind the token."""
        account = await services.run(services.stores.accounts.get, caller.account_id)
        return Me(account.id, account.login, account.role, account.candidate_id)


async def _count(services: Services, address: str, login: str) -> None:
    """Both limits count every try, so that neither many names from one address nor one name from many go through."""
    try:
        await limit(services, "login_address", address, services.limits.login_address)
        await limit(services, "login_name", login.casefold(), services.limits.login_name)
    except TooMany:
        metrics.logins.labels("limited").inc()
        raise


def _logged_in(caller: Caller, services: Services) -> Response[LoginOut]:
    token = login_token(caller, services)
    body = LoginOut(token, services.settings.token_ttl_s, caller.role)
    return Response(body, cookies=[login_cookie(token, services.settings)], headers={"Cache-Control": "no-store"})
