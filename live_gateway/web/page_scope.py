"""The scope of a request for a page: who is logged in, and the language the reader chose."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from include.security.access import Action, Owners
from include.security.tokens import Claims
from live_gateway.identity import claims_of, not_logged_in
from live_gateway.request_scope import RequestScope
from live_gateway.services import Services
from live_gateway.web.texts import PageLanguage, page_language

LANGUAGE_COOKIE = "triview_language"
PageRequest = Request[Any, Any, Any]
PUBLIC = "public"
"""Key in a handler's `opt` of pages and files for which it does not matter who asks."""


async def recognise(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Find out who asks for a page, before its handler; `reader_of` says it."""
    if not handler.opt.get(PUBLIC):
        connection.scope["auth"] = await claims_of(connection, connection.app.state.services)


def reader_of(request: PageRequest) -> Claims | None:
    """What the token of who asks says; None when nobody is logged in."""
    found: Claims | None = request.scope.get("auth")
    return found


def language_of(request: PageRequest) -> PageLanguage:
    """The language of the answer: by the reader's cookie, else by Accept-Language, else Korean."""
    return page_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))


def page_scope(request: PageRequest, action: Action) -> RequestScope:
    """The scope of a page that does `action`; whether the caller may is not checked yet.

    Raises:
        NotLoggedIn: nobody is logged in.
    """
    services: Services = request.app.state.services
    reader = reader_of(request)
    if reader is None:
        raise not_logged_in()
    request.scope["user"] = reader.caller
    return RequestScope(services, reader.caller, language_of(request), action)


def require_page(scope: RequestScope, owners: Owners, action: Action | None = None) -> None:
    """Return when `action` (default: the page's) reaches an object of `owners`.

    Raises:
        Forbidden: not with this role. NotFound: not this object.
    """
    scope.require(action)
    scope.check("There is no such page.", owners, action, remedy="Check the address.")
