"""Who asks: the account behind a bearer token or the login cookie. Routes, pages and sockets read it from here."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from include.interview.errors import TriviewError
from include.security.access import INVITED, Caller
from include.security.errors import BadToken
from include.security.tokens import issue_token, read_token
from live_gateway.services import Services
from live_gateway.settings import GatewaySettings

COOKIE = "triview_token"
INVITED_COOKIE = "triview_invitation"
"""Beside the login's cookie, so that a member of staff who opens a link stays who they are on every other page."""
INVITED_TTL_S = 3600
"""Seconds in which somebody who came by a link stays known without asking for anything: longer than one answer."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
Connection = ASGIConnection[Any, Any, Any, Any]


class NotLoggedIn(TriviewError):
    """The request carries no valid login (401)."""

    code = "not_logged_in"


class Forbidden(TriviewError):
    """The caller is known, but may not do this (403)."""

    code = "forbidden"


def actor_of(caller: Caller) -> str:
    """The caller as actor of audit entries: "role:account id"."""
    return f"{caller.role}:{caller.account_id}"


def caller_of(connection: Connection, services: Services) -> Caller | None:
    """The caller, by `Authorization: Bearer` or the login cookie; None without a valid token.

    Raises:
        Forbidden: code "bad_origin": a change asked for with the cookie, from a page that is not ours.
    """
    header = connection.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return _read(header[7:].strip(), services)
    cookie = connection.cookies.get(COOKIE)
    if cookie is None:
        return None
    caller = _read(cookie, services)
    if caller is not None and connection.scope.get("method", "GET") not in SAFE_METHODS:
        require_origin(connection, services.settings)
    return caller


def invited_of(connection: Connection, services: Services) -> Caller | None:
    """Who came by an invitation's link, by `Authorization: Bearer` or the invitation's cookie; None without either.

    Raises:
        Forbidden: code "bad_origin": a change asked for with the cookie, from a page that is not ours.
    """
    header = connection.headers.get("authorization", "")
    by_header = header.lower().startswith("bearer ")
    token = header[7:].strip() if by_header else connection.cookies.get(INVITED_COOKIE)
    caller = None if token is None else _read(token, services)
    if caller is None or caller.role != INVITED:
        return None
    if not by_header and connection.scope.get("method", "GET") not in SAFE_METHODS:
        require_origin(connection, services.settings)
    return caller


def invited_cookie(invitation_id: str, services: Services, *, ttl_s: int = INVITED_TTL_S) -> Cookie:
    """The cookie of who came by the link of this invitation; with `ttl_s` 0 it is taken away."""
    settings = services.settings
    token = issue_token(settings.secret, invitation_id, INVITED, now=services.clock(), ttl_s=ttl_s) if ttl_s else ""
    return Cookie(
        key=INVITED_COOKIE, value=token, path="/", max_age=ttl_s, httponly=True, samesite="strict",
        secure=settings.secure_cookie,
    )  # fmt: skip


def require_caller(connection: Connection, services: Services) -> Caller:
    """The caller, by `Authorization: Bearer` or the login cookie.

    Raises:
        NotLoggedIn: there is no token, or it is not valid any more.
        Forbidden: code "bad_origin": a change asked for with the cookie, from a page that is not ours.
    """
    caller = caller_of(connection, services)
    if caller is None:
        raise NotLoggedIn("You are not logged in, or your login has run out.", "Log in again.")
    return caller


def _read(token: str, services: Services) -> Caller | None:
    try:
        return read_token(services.settings.secret, token, now=services.clock()).caller
    except BadToken:
        return None


def login_token(caller: Caller, services: Services) -> str:
    """A signed token that names `caller`, valid for `settings.token_ttl_s` seconds."""
    settings = services.settings
    return issue_token(
        settings.secret,
        caller.account_id,
        caller.role,
        now=services.clock(),
        ttl_s=settings.token_ttl_s,
        candidate_id=caller.candidate_id,
    )


def login_cookie(token: str, settings: GatewaySettings) -> Cookie:
    """The cookie that carries `token`: no script reads it, no other site sends it."""
    return Cookie(
        key=COOKIE, value=token, path="/", max_age=settings.token_ttl_s, httponly=True, samesite="strict",
        secure=settings.secure_cookie,
    )  # fmt: skip


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
    if peer not in settings.trusted_proxies:
        return peer
    forwarded = [part.strip() for part in connection.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    for address in reversed(forwarded):
        if address not in settings.trusted_proxies:
            return address
    return peer
