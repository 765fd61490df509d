"""Logging in and out, refreshing, one's own password, activation links."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from include.security.access import Caller, Role
from include.security.networks import network_of
from include.storage.repositories.logins import Login as StoredLogin
from live_gateway import metrics
from live_gateway.http.guarding import ACTION, SELF, limit, not_counted
from live_gateway.http.idempotency import IdempotencyKey
from live_gateway.http.openapi import OPEN, OPEN_SECURITY, example
from live_gateway.http.schemas import Login
from live_gateway.identity import (
    REFRESH_COOKIE,
    NotLoggedIn,
    actor_of,
    claims_of,
    client_address,
    login_cookies,
    login_token,
    require_origin,
    token_life_s,
)
from live_gateway.problems import TooMany
from live_gateway.services import Services

GivenPassword = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
Token = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
NO_STORE = {"Cache-Control": "no-store"}


class LoginIn(msgspec.Struct, forbid_unknown_fields=True):
    """A login and its password."""

    login: Login
    password: GivenPassword


class LoginOut(msgspec.Struct, frozen=True):
    """Send the token as `Authorization: Bearer …`; it lasts `expires_in` seconds, the login until `login_ends_at`.

    `refresh_token` gets the next one, once. Pages, which send the header Origin, have both as cookies only.
    """

    access_token: str
    expires_in: int
    role: Role
    login_ends_at: str
    refresh_token: str | None = None
    token_type: str = "Bearer"  # noqa: S105 - RFC 6750's word


class RefreshIn(msgspec.Struct, forbid_unknown_fields=True):
    """The refresh token of the last answer; a browser leaves it out, because it has the cookie."""

    refresh_token: Token | None = None


class PasswordIn(msgspec.Struct, forbid_unknown_fields=True):
    """The present password and the one in its place."""

    old_password: GivenPassword
    new_password: GivenPassword


class ActivationIn(msgspec.Struct, forbid_unknown_fields=True):
    """The token of an activation link, and the password chosen with it."""

    token: Token
    password: GivenPassword


class Activated(msgspec.Struct, frozen=True):
    """The login to log in with. `awaits_second_person`: not before another person has confirmed the account."""

    login: str
    awaits_second_person: bool


class Me(msgspec.Struct, frozen=True):
    """The account that asks."""

    account_id: str
    login: str
    role: Role
    candidate_id: str | None


class AuthController(Controller):
    """A login lasts half a day at most, less when it is not refreshed or is ended; access tokens last 15 minutes."""

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
        """The same answer in the same time whether the login does not exist or the password is wrong.

        Wrong passwords are counted by login and network and by network; right ones are not.
        """
        _check_page(request, services)
        attempt = Attempt(services, request, data.login.casefold())
        await attempt.count()
        account = await services.run_hashing(services.stores.accounts.authenticate, data.login, data.password)
        if account is None:
            metrics.logins.labels("refused").inc()
            raise NotLoggedIn("The login or the password is not right.", "Check both and try again.", code="bad_login")
        await attempt.succeeded()
        metrics.logins.labels("ok").inc()
        login = await services.run(services.stores.logins.begin, account.id, services.settings.login_max_age_s)
        return _logged_in(login, request, services)

    @post(
        "/refresh",
        status_code=200,
        operation_class=example({"refresh_token": "7f0c2f58-6a3c-4f0e-9d53-0a8f0a1b2c3d.V2hvZXZlciByZWFkcyB0aGlz"}),
        security=OPEN_SECURITY,
        summary="Get a new token",
        opt={OPEN: True},
    )
    async def refresh(
        self,
        request: Request[Any, Any, Any],
        services: NamedDependency[Services],
        data: JSONBody[RefreshIn | None] = None,
        idempotency_key: IdempotencyKey = None,
    ) -> Response[LoginOut]:
        """New tokens for a refresh token, which counts once; one that comes a second time ends the login.

        When the answer is lost, the same token with the same `Idempotency-Key` gets the same answer again.
        """
        token = data.refresh_token if data is not None else None
        if token is None:
            _check_page(request, services)
            token = request.cookies.get(REFRESH_COOKIE, "")
        idle_s = services.settings.login_idle_s
        login = await services.run(services.stores.logins.refresh, token, idle_s, idempotency_key)
        if login is None:
            raise NotLoggedIn("Your login has ended.", "Log in again.", code="login_ended")
        return _logged_in(login, request, services)

    @post("/logout", status_code=204, security=OPEN_SECURITY, summary="Log out", opt={OPEN: True})
    async def log_out(self, request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Response[None]:
        """Ends this login: its tokens and cookies are worthless at once, on every replica."""
        _check_page(request, services)
        claims = await claims_of(request, services, from_our_pages=False)
        if claims is not None:
            await services.run(services.stores.acting_as(actor_of(claims.caller)).logins.end, claims.login_id)
        elif token := request.cookies.get(REFRESH_COOKIE):
            await services.run(services.stores.logins.end_by_token, token)
        return Response(None, status_code=204, cookies=login_cookies("", "", services.settings))

    @post("/logout-everywhere", status_code=204, summary="Log out everywhere", opt={SELF: True})
    async def log_out_everywhere(
        self, caller: NamedDependency[Caller], services: NamedDependency[Services]
    ) -> Response[None]:
        """Ends every login of the account; its open sockets close within 2 s."""
        await services.run(services.stores.acting_as(actor_of(caller)).accounts.end_logins, caller.account_id)
        return Response(None, status_code=204, cookies=login_cookies("", "", services.settings))

    @put(
        "/password",
        operation_class=example({"old_password": "correct horse battery", "new_password": "staple horse battery"}),
        summary="Change one's own password",
        opt={ACTION: "account.own_password"},
    )
    async def put_password(
        self,
        data: JSONBody[PasswordIn],
        request: Request[Any, Any, Any],
        caller: NamedDependency[Caller],
        services: NamedDependency[Services],
    ) -> Response[LoginOut]:
        """Replaces the password by another and ends every other login; answers a new login in place of this one."""
        attempt = Attempt(services, request, caller.account_id)
        await attempt.count()
        accounts = services.stores.acting_as(actor_of(caller)).accounts
        await services.run_hashing(accounts.change_password, caller.account_id, data.old_password, data.new_password)
        await attempt.succeeded()
        login = await services.run(services.stores.logins.begin, caller.account_id, services.settings.login_max_age_s)
        return _logged_in(login, request, services)

    @post(
        "/activate",
        status_code=200,
        operation_class=example({"token": "V2hvZXZlciByZWFkcyB0aGlz", "password": "correct horse battery"}),
        security=OPEN_SECURITY,
        summary="Use an activation link",
        opt={OPEN: True},
    )
    async def activate(
        self, data: JSONBody[ActivationIn], request: Request[Any, Any, Any], services: NamedDependency[Services]
    ) -> Response[Activated]:
        """Sets the account's password by the token of its link, once; then one logs in with it."""
        attempt = Attempt(services, request, None)
        await attempt.count()
        account = await services.run_hashing(services.stores.activations.activate, data.token, data.password)
        await attempt.succeeded()
        return Response(Activated(account.login, bool(account.proposed_by)), headers=NO_STORE)

    @get("/me", summary="Who am I?", opt={SELF: True})
    async def get_me(self, caller: NamedDependency[Caller], services: NamedDependency[Services]) -> Me:
        """The account behind the token."""
        account = await services.run(services.stores.accounts.get, caller.account_id)
        return Me(account.id, account.login, account.role, account.candidate_id)


def _check_page(request: Request[Any, Any, Any], services: Services) -> None:
    """A page that asks is one of ours; programs send no Origin. Raises Forbidden."""
    if "origin" in request.headers:
        require_origin(request, services.settings)


class Attempt:
    """One try at a secret, counted by (whose, network) and by network until it proves right.

    It is counted before its outcome is known, so that many at once do not all pass.
    """

    def __init__(self, services: Services, request: Request[Any, Any, Any], whose: str | None) -> None:
        self._services = services
        network = network_of(client_address(request, services.settings))
        limits = services.limits
        self._counts = [("login_network", network, limits.login_network)]
        if whose is not None:
            self._counts.insert(0, ("login_pair", f"{whose}\n{network}", limits.login_pair))

    async def count(self) -> None:
        """Count the try.

        Raises:
            TooMany: too many wrong ones came before. ServiceFailure: Redis is away.
        """
        try:
            for name, whom, rate in self._counts:
                await limit(self._services, name, whom, rate)
        except TooMany:
            metrics.logins.labels("limited").inc()
            raise

    async def succeeded(self) -> None:
        """Take the count back."""
        await asyncio.gather(*(not_counted(self._services, name, whom, rate) for name, whom, rate in self._counts))


def _logged_in(login: StoredLogin, request: Request[Any, Any, Any], services: Services) -> Response[LoginOut]:
    token = login_token(login, services)
    body = LoginOut(
        access_token=token,
        expires_in=int(token_life_s(login, services)),
        role=login.account.role,
        login_ends_at=login.ends_at,
        refresh_token=None if "origin" in request.headers else login.refresh_token,
    )
    return Response(body, cookies=login_cookies(token, login.refresh_token, services.settings), headers=NO_STORE)
