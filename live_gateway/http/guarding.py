"""Who may use a route: the route names an action, the table of include/security/access.py decides."""

from __future__ import annotations

import hmac
import logging
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from include.interview.errors import ServiceFailure
from include.security.access import Caller, may
from live_gateway import metrics
from live_gateway.http.openapi import OPEN
from live_gateway.identity import Forbidden, invited_of, require_caller
from live_gateway.problems import TooMany, language_of
from live_gateway.request_scope import RequestScope
from live_gateway.services import Rate, Services

ACTION = "action"
"""Key in a handler's `opt`: what the route does, as the table calls it."""
SELF = "self"
"""Key in a handler's `opt` of routes about one's own login: everybody who is logged in may."""
BY_LINK = "by_link"
"""Key in a handler's `opt` of routes for who came by the link of an invitation."""
HIDDEN_CHARS = 24
"""Names and addresses are counted under keyed hashes: none of them stands in Redis."""
log = logging.getLogger("live_gateway")


async def authorise(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let the request pass when its account's role may do what the route does.

    Raises:
        NotLoggedIn: nobody asks. Forbidden: not with this role. TooMany: over the account's general limit.
    """
    if handler.opt.get(OPEN) or connection.scope.get("method") == "OPTIONS":  # which only tells the methods
        return
    services: Services = connection.app.state.services
    caller = invited_of(connection, services) if handler.opt.get(BY_LINK) else None
    if caller is None:
        caller = await require_caller(connection, services)
    connection.scope["user"] = caller
    if not handler.opt.get(SELF) and not may(caller.role, handler.opt[ACTION]):
        raise Forbidden("Your role may not do this.", "Log in with an account that may.")
    try:
        await limit(services, "account", caller.account_id, services.limits.account)
    except ServiceFailure:  # without Redis what only reads and writes rows goes on; logging in and uploading do not
        log.warning("requests are not counted: Redis is away")


async def limit(services: Services, name: str, whom: str, rate: Rate) -> None:
    """Count one more of `name` by `whom`.

    Raises:
        TooMany: more than `rate` allows. ServiceFailure: Redis is away.
    """
    decision = await services.live.allow(_bucket(services, name, whom), rate.count, rate.per_s)
    if not decision.allowed:
        metrics.rate_limited.labels(name).inc()
        raise TooMany(
            "Too many requests of this kind.",
            "Wait as long as the header Retry-After says.",
            retry_after_s=decision.retry_after_s,
        )


async def not_counted(services: Services, name: str, whom: str, rate: Rate) -> None:
    """Take back one count of `limit`. Without Redis it stays: it passes by itself."""
    try:
        await services.live.give_back(_bucket(services, name, whom), rate.count, rate.per_s)
    except ServiceFailure:
        log.warning("an attempt stays counted: Redis is away")


def _bucket(services: Services, name: str, whom: str) -> str:
    hidden = hmac.digest(services.settings.secret.encode(), whom.encode(), "sha256").hex()[:HIDDEN_CHARS]
    return f"{name}:{hidden}"


def provide_caller(request: Request[Any, Any, Any]) -> Caller:
    """The account that asks, as `authorise` found it."""
    caller: Caller = request.scope["user"]
    return caller


def provide_scope(request: Request[Any, Any, Any]) -> RequestScope:
    """The scope of a request for a route, whose action is the one in the route's `opt`."""
    language = language_of(request.headers)
    return RequestScope(
        request.app.state.services, provide_caller(request), language, request.route_handler.opt[ACTION]
    )
