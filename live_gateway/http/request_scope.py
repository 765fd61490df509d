"""What a route works with: the services, who asks, and the stores acting in their name."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from include.interview.entities import Interview
from include.interview.errors import NotFound
from include.security.access import Action, Caller, Owners, allows, share_of
from include.storage import Stores
from live_gateway.identity import actor_of
from live_gateway.services import Services

P = ParamSpec("P")
T = TypeVar("T")


class Desk:
    """One request's view. What somebody may not see does not exist for them: `NotFound`, with the usual words."""

    def __init__(self, services: Services, me: Caller, action: Action) -> None:
        self.services = services
        self.me = me
        self.action = action
        self.stores: Stores = services.stores.acting_as(actor_of(me))

    @property
    def share(self) -> Owners:
        """Whose objects the action reaches: `Owners()` for everybody's.

        Raises:
            NotFound: nothing at all.
        """
        share = share_of(self.me, self.action)
        if share is None:
            raise NotFound("There is nothing of yours here.", "Check the account.")
        return share

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the blocking `call` returns, from a thread."""
        return await self.services.run(call, *args, **kwargs)

    def check(self, absent: str, owners: Owners) -> None:
        """Pass when the action reaches an object of `owners`; `absent` says that it is not there.

        Raises:
            NotFound: it does not.
        """
        if not allows(self.me, self.action, owners):
            raise NotFound(absent, "Check the id.")

    def check_candidate(self, candidate_id: str) -> None:
        """Pass when the action reaches what is this candidate's. Raises as `check`."""
        self.check(f"There is no candidate {candidate_id}.", Owners(candidate_id=candidate_id))

    async def interview(self, interview_id: str) -> Interview:
        """The interview, if the action reaches it: it belongs to its candidate and to who led it.

        Raises:
            NotFound: no such interview, or not theirs.
        """
        interview = await self.run(self.stores.interviews.get, interview_id)
        leader = await self.run(self._leader, interview) if self.share.account_id is not None else None
        self.check(f"There is no interview {interview_id}.", Owners(leader, interview.candidate_id))
        return interview

    async def interviews(self, opening_id: str | None, candidate_id: str | None) -> list[Interview]:
        """The interviews that the action reaches, oldest first."""
        return await self.run(self._interviews, opening_id, candidate_id)

    def _interviews(self, opening_id: str | None, candidate_id: str | None) -> list[Interview]:
        share = self.share
        if share.candidate_id is not None:
            if candidate_id not in (None, share.candidate_id):
                return []
            candidate_id = share.candidate_id
        found = self.stores.interviews.list(opening_id, candidate_id)
        if share.account_id is None:
            return list(found)
        led = {session.id for session in self.stores.live_sessions.list(interviewer_id=share.account_id)}
        return [interview for interview in found if interview.id in led]

    def _leader(self, interview: Interview) -> str | None:
        """The account that led a live interview."""
        if interview.stage == "ai":
            return None
        try:
            return self.stores.live_sessions.get(interview.id).interviewer_id
        except NotFound:
            return None
