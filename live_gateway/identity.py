"""Who asks: the account behind a bearer token or the login cookie. Routes, pages and sockets read it from here."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from include.interview.errors import TriviewError
from include.security.access import INVITED, Caller
from include.security.errors import BadToken
from include.security.networks import forwarded_address, parse_networks, within
from include.security.tokens import Claims, issue_token, read_token
from include.storage.repositories.logins import Login
from live_gateway.services import Services
from live_gateway.settings import GatewaySettings

COOKIE = "triview_token"
INVITED_COOKIE = "triview_invitation"
"""Beside the login's cookie, so that a member of staff who opens a link stays who they are on every other page."""
INVITED_TTL_S = 3600
"""Seconds in which somebody who came by a link stays known without asking for anything: longer than one answer."""
REFRESH_COOKIE = "triview_refresh"
REFRESH_PATH = "/api/v1/auth"
"""The refresh cookie is sent nowhere else: no page and no other route ever sees it."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Connection = ASGIConnection[Any, Any, Any, Any]
log = logging.getLogger("live_gateway")


class NotLoggedIn(TriviewError):
    """The request carries no valid login (401)."""

    code = "not_logged_in"


class Forbidden(TriviewError):
    """The caller is known, but may not do this (403)."""

    code = "forbidden"


def actor_of(caller: Caller) -> str:
    """The caller as actor of audit entries: "role:account id"."""
    return f"{caller.role}:{caller.account_id}"


async def caller_of(connection: Connection, services: Services) -> Caller | None:
    """The caller, by `Authorization: Bearer` or the login cookie; None without a token of a login that goes on.

    Raises:
        Forbidden: code "bad_origin": a change asked for with the cookie, from a page that is not ours.
        ServiceFailure: the database, which knows which logins go on, is away.
    """
    claims = await claims_of(connection, services)
    return None if claims is None else claims.caller


async def claims_of(connection: Connection, services: Services, *, from_our_pages: bool = True) -> Claims | None:
    """What the caller's token says, as `caller_of`; `from_our_pages`: changes by cookie must come from one of them."""
    header = connection.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return await _read(header[7:].strip(), services)
    cookie = connection.cookies.get(COOKIE)
    if cookie is None:
        return None
    claims = await _read(cookie, services)
    changes = connection.scope.get("method", "GET") not in SAFE_METHODS
    if claims is not None and changes and from_our_pages:
        require_origin(connection, services.settings)
    return claims


def invited_of(connection: Connection, services: Services) -> Caller | None:
    """Who came by an invitation's link, by `Authorization: Bearer` or the invitation's cookie; None without either.

    Raises:
        Forbidden: code "bad_origin": a change asked for with the cookie, from a page that is not ours.
    """
    header = connection.headers.get("authorization", "")
    by_header = header.lower().startswith("bearer ")
    token = header[7:].strip() if by_header else connection.cookies.get(INVITED_COOKIE)
    claims = None if token is None else _claims(token, services)
    if claims is None or claims.role != INVITED:
        return None
    if not by_header and connection.scope.get("method", "GET") not in SAFE_METHODS:
        require_origin(connection, services.settings)
    return claims.caller


def invited_cookie(invitation_id: str, services: Services, *, ttl_s: int = INVITED_TTL_S) -> Cookie:
    """The cookie of who came by the link of this invitation; with `ttl_s` 0 it is taken away."""
    settings = services.settings
    token = ""
    if ttl_s:  # of no login: it ends with the invitation, which is looked at wherever it is used
        token = issue_token(settings.secret, invitation_id, INVITED, login_id="", now=services.clock(), ttl_s=ttl_s)
    return Cookie(
        key=INVITED_COOKIE, value=token, path="/", max_age=ttl_s, httponly=True, samesite="strict",
        secure=settings.secure_cookie,
    )  # fmt: skip


async def require_caller(connection: Connection, services: Services) -> Caller:
    """The caller, by `Authorization: Bearer` or the login cookie.

    Raises:
        NotLoggedIn: there is no token, it is not valid any more, or its login was ended.
        Forbidden: code "bad_origin": a change asked for with the cookie, from a page that is not ours.
    """
    caller = await caller_of(connection, services)
    if caller is None:
        raise not_logged_in()
    return caller


def not_logged_in() -> NotLoggedIn:
    """The error of a request that carries no login that goes on."""
    return NotLoggedIn("You are not logged in, or your login has run out.", "Log in again.")


def _claims(token: str, services: Services) -> Claims | None:
    try:
        return read_token(services.settings.secret, token, now=services.clock())
    except BadToken:
        return None


async def _read(token: str, services: Services) -> Claims | None:
    claims = _claims(token, services)
    if claims is None or claims.role == INVITED:  # known, and of no login: the table says what such a caller may
        return claims
    current = await services.run(services.stores.logins.caller, claims.login_id)
    return claims if current == claims.caller else None


def token_life_s(login: Login, services: Services) -> float:
    """Seconds for which a token issued now is valid: never longer than its login."""
    left = datetime.fromisoformat(login.ends_at).timestamp() - services.clock()
    return max(1.0, min(float(services.settings.token_ttl_s), left))


def login_token(login: Login, services: Services) -> str:
    """A signed access token of `login`, valid for `token_life_s` seconds."""
    account = login.account
    return issue_token(
        services.settings.secret,
        account.id,
        account.role,
        login_id=login.id,
        now=services.clock(),
        ttl_s=token_life_s(login, services),
        candidate_id=account.candidate_id,
    )


def login_cookies(token: str, refresh_token: str, settings: GatewaySettings) -> list[Cookie]:
    """The cookies of access and refresh token: no script reads them, no other site sends them."""
    lives = settings.token_ttl_s if token else 0, settings.login_idle_s if refresh_token else 0
    return [
        Cookie(
            key=key, value=value, path=path, max_age=life, httponly=True, samesite="strict",
            secure=settings.secure_cookie,
        )
        for key, value, path, life in (
            (COOKIE, token, "/", lives[0]),
            (REFRESH_COOKIE, refresh_token, REFRESH_PATH, lives[1]),
        )
    ]  # fmt: skip


def allowed_origin(connection: Connection, settings: GatewaySettings) -> bool:
    """Whether the header Origin names a page of ours: one of `settings.origins`, else the address asked itself."""
    origin = connection.headers.get("origin", "").rstrip("/")
    if settings.origins:
        return origin in settings.origins
    return bool(origin) and urlsplit(origin).netloc == connection.headers.get("host")


def require_origin(connection: Connection, settings: GatewaySettings) -> None:
    """Return when the page that sent the request is one of ours, by its header Origin.

    Raises:
        Forbidden: code "bad_origin".
    """
    if not allowed_origin(connection, settings):
        raise Forbidden(
            "This was asked by a page that is not part of this service.",
            "Use the service's own pages.",
            code="bad_origin",
        )


def client_address(connection: Connection, settings: GatewaySettings) -> str:
    """The address to count for rate limits; X-Forwarded-For counts only from `settings.trusted_proxies`."""
    peer = connection.client.host if connection.client is not None else "unknown"
    proxies = parse_networks(settings.trusted_proxies)
    forwarded = connection.headers.get("x-forwarded-for", "")
    if not within(peer, proxies):
        if forwarded:
            _warn_of_proxy()
        return peer
    hops = [forwarded_address(part) for part in forwarded.split(",") if part.strip()]
    return next((address for address in reversed(hops) if not within(address, proxies)), peer)


@cache
def _warn_of_proxy() -> None:
    """Said once: limits of attempts then count everybody behind that proxy as one."""
    log.warning("a request came through a proxy that TRIVIEW_TRUSTED_PROXIES does not name")
