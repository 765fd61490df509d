"""One request for a page: who asks, in which language, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from litestar import Request

from include.interview.errors import NotFound
from include.security.access import Action, Caller, Owners, allows, may, share_of
from include.storage import Stores
from live_gateway.identity import Forbidden, actor_of, require_caller
from live_gateway.services import Services
from live_gateway.web.texts import PageLanguage, Texts, page_language

LANGUAGE_COOKIE = "triview_language"
P = ParamSpec("P")
T = TypeVar("T")
PageRequest = Request[Any, Any, Any]


def language_of(request: PageRequest) -> PageLanguage:
    """The language of the answer."""
    return page_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))


class Visit:
    """What a page works with. What somebody may not see does not exist for them, in the words of a missing page."""

    def __init__(self, request: PageRequest, services: Services, me: Caller) -> None:
        self.request, self.services, self.me = request, services, me
        self.t = Texts(language_of(request))
        self.stores: Stores = services.stores.acting_as(actor_of(me))

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the blocking `call` returns, from a thread."""
        return await self.services.run(call, *args, **kwargs)

    def may(self, action: Action) -> bool:
        """Whether this role does `action` at all."""
        return may(self.me.role, action)

    def require(self, action: Action) -> None:
        """Pass when this role does `action`.

        Raises:
            Forbidden: it does not.
        """
        if not self.may(action):
            raise Forbidden("Your role may not open this page.", "Log in with an account that may.")

    def require_for(self, action: Action, owners: Owners) -> None:
        """Pass when `action` reaches an object of `owners`.

        Raises:
            Forbidden: not with this role. NotFound: not this object.
        """
        self.require(action)
        if not allows(self.me, action, owners):
            raise NotFound("There is no such page.", "Check the address.")

    def share(self, action: Action) -> Owners | None:
        """What a list may show; see `access.share_of`."""
        return share_of(self.me, action)


def visit_of(request: PageRequest) -> Visit:
    """The visit of somebody logged in.

    Raises:
        NotLoggedIn: nobody is.
    """
    services: Services = request.app.state.services
    return Visit(request, services, require_caller(request, services))
