"""All live state of one process, over one Redis that every replica shares."""

from __future__ import annotations

from include.security.keys import DataKey
from include.storage.live.audio import Audio
from include.storage.live.commands import Commands
from include.storage.live.events import Events
from include.storage.live.following import Following
from include.storage.live.handovers import Handovers
from include.storage.live.idempotency import Idempotency
from include.storage.live.limits import Limits
from include.storage.live.link import Link
from include.storage.live.ownership import Ownership
from include.storage.live.session_store import SessionStore
from include.storage.live.sessions import Sessions
from include.storage.live.tickets import Tickets


class LiveStore(Tickets, Sessions, Audio, Events, Commands, Ownership, Handovers, Limits, Following, Idempotency):
    """All that is kept of live sessions in Redis. One per process; every part in a module of its own.

    Whatever it does raises ServiceFailure (code "redis_away") soon while Redis is away, and works again when it is
    back: nothing is retried inside.
    """

    @classmethod
    async def open(cls, redis_url: str) -> LiveStore:
        """Connect and begin to hear notices.

        Raises:
            ServiceFailure: Redis is away, or refuses the password. BadInput: not a Redis URL.
        """
        store = cls(Link(redis_url))
        try:
            await store.ping()
            await store.start_hearing()
        except BaseException:
            await store.close()
            raise
        return store

    def session(self, session_id: str, key: DataKey) -> SessionStore:
        """One session's live state, under its candidate's data key. Nothing is asked of Redis yet."""
        return SessionStore(self, session_id, key)

    async def ping(self) -> None:
        """Pass when Redis answers. Raises ServiceFailure."""
        await self._link.call("PING")

    async def time(self) -> float:
        """Redis' clock: seconds since 1970. Raises ServiceFailure."""
        seconds, microseconds = await self._link.call("TIME")
        return int(seconds) + int(microseconds) / 1e6

    async def close(self) -> None:
        """Commit what is on its way, stop hearing, close the connections."""
        await super().close()
        await self._link.close()
