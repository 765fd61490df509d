"""What one request works with, whether it asks for a route or a page: who asks, what they may do, their stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, ParamSpec, TypeVar

from include.interview.errors import NotFound
from include.security.access import Action, Caller, Owners, allows, may, share_of
from include.storage import Stores
from live_gateway.identity import Forbidden, actor_of
from live_gateway.services import Services

P = ParamSpec("P")
T = TypeVar("T")
Language = Literal["ko", "en"]


class OutOfScope(NotFound):
    """What was asked for is not the caller's to see: the same answer as for an id that names nothing."""


class RequestScope:
    """Services, caller, language and stores of one request, which is for `action` of the table of access.

    `stores` write the caller as actor into the audit trail. `language` is the one the answer is written in. Methods
    that take an action check the request's own one unless another is given. What the caller may not see does not exist
    for them: `NotFound`, in the words for an id that names nothing.
    """

    def __init__(self, services: Services, caller: Caller, language: Language, action: Action) -> None:
        self.services = services
        self.caller = caller
        self.language = language
        self.action = action
        self.stores: Stores = services.stores.acting_as(actor_of(caller))

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the blocking `call` returns, run in a thread; what it raises is raised here."""
        return await self.services.run(call, *args, **kwargs)

    def may(self, action: Action | None = None) -> bool:
        """Whether the caller's role may do the action to any object at all."""
        return may(self.caller.role, action or self.action)

    def require(self, action: Action | None = None) -> None:
        """Return when the caller's role may do the action to any object at all.

        Raises:
            Forbidden: it may not.
        """
        if not self.may(action):
            raise Forbidden("Your role may not open this page.", "Log in with an account that may.")

    def reach(self, action: Action | None = None) -> Owners | None:
        """Whose objects the action reaches: `Owners()` for everybody's, None for nobody's."""
        return share_of(self.caller, action or self.action)

    def require_reach(self) -> Owners:
        """Whose objects the request's action reaches: `Owners()` for everybody's.

        Raises:
            NotFound: it reaches nothing.
        """
        reach = self.reach()
        if reach is None:
            raise OutOfScope("There is nothing of yours here.", "Check the account.")
        return reach

    def check(
        self, absent: str, owners: Owners, action: Action | None = None, *, remedy: str = "Check the id."
    ) -> None:
        """Return when the action reaches an object of `owners`.

        Raises:
            NotFound: it does not; the text is `absent`, which says that there is no such object.
        """
        if not allows(self.caller, action or self.action, owners):
            raise OutOfScope(absent, remedy)

    def check_candidate(self, candidate_id: str) -> None:
        """Return when the request's action reaches what belongs to this candidate.

        Raises:
            NotFound: it does not.
        """
        self.check(f"There is no candidate {candidate_id}.", Owners(candidate_id=candidate_id))
