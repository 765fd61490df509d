"""The scope of a request for a page: who is logged in, and the language the reader chose."""

from __future__ import annotations

from typing import Any

from litestar import Request

from include.security.access import Action, Owners
from live_gateway.identity import require_caller
from live_gateway.request_scope import RequestScope
from live_gateway.services import Services
from live_gateway.web.texts import PageLanguage, page_language

LANGUAGE_COOKIE = "triview_language"
PageRequest = Request[Any, Any, Any]


def language_of(request: PageRequest) -> PageLanguage:
    """The language of the answer: by the reader's cookie, else by Accept-Language, else Korean."""
    return page_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))


def page_scope(request: PageRequest, action: Action) -> RequestScope:
    """The scope of a page that does `action`; whether the caller may is not checked yet.

    Raises:
        NotLoggedIn: nobody is logged in.
    """
    services: Services = request.app.state.services
    caller = require_caller(request, services)
    request.scope["user"] = caller
    return RequestScope(services, caller, language_of(request), action)


def require_page(scope: RequestScope, owners: Owners, action: Action | None = None) -> None:
    """Return when `action` (default: the page's) reaches an object of `owners`.

    Raises:
        Forbidden: not with this role. NotFound: not this object.
    """
    scope.require(action)
    scope.check("There is no such page.", owners, action, remedy="Check the address.")
