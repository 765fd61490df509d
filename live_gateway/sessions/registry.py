"""The open sessions of one replica: a session is opened once, and shared by its sockets and its owner.

Redis may have lost what the database still knows: then the session is made anew under a new epoch, which is how
everybody learns of it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from weakref import WeakValueDictionary

from include.interview.live import wire
from include.interview.live.session import LiveSession
from include.security.keys import DataKey
from include.storage import Stores
from include.storage.live import LiveStore, SessionMeta, StateLost
from live_gateway.sessions.errors import JoinRefused
from live_gateway.sessions.handle import SessionHandle


class SessionRegistry:
    """Open session handles by session id."""

    def __init__(self, live: LiveStore, stores: Stores, clock: Callable[[], float] = time.time) -> None:
        self._live, self._stores, self._clock = live, stores, clock
        self._open: WeakValueDictionary[str, SessionHandle] = WeakValueDictionary()
        self._opening = asyncio.Lock()

    def known(self, session_id: str) -> SessionHandle | None:
        """The handle, if a socket or owner here holds it."""
        return self._open.get(session_id)

    async def open(self, session_id: str) -> SessionHandle:
        """The handle of a session in its present epoch.

        Raises:
            NotFound: no such session, or its candidate was erased. ServiceFailure: Redis or the database is away.
        """
        handle = self._open.get(session_id)
        if handle is not None and await handle.current():
            return handle
        async with self._opening:
            handle = self._open.get(session_id)
            if handle is None or not await handle.current():
                handle = self._open[session_id] = await self._make(session_id)
            return handle

    async def _make(self, session_id: str) -> SessionHandle:
        session, key = await asyncio.to_thread(self._session_and_key, session_id)
        try:
            meta = await self._live.meta(session_id)
        except StateLost:
            meta = await self._again(session)
        return SessionHandle(self._live.session(session_id, key), self._stores, session, meta, self._clock)

    def _session_and_key(self, session_id: str) -> tuple[LiveSession, DataKey]:
        session = self._stores.live_sessions.get(session_id)
        return session, self._stores.candidates.live_key(session.candidate_id, session_id)

    async def _again(self, session: LiveSession) -> SessionMeta:
        """Redis does not know it: never created there, expired, or lost. Then the clock goes on where it would stand.

        Raises:
            Taken: 4410: it has ended, there is nothing to go on with.
        """
        if session.state in ("ended", "handed_over"):
            raise JoinRefused(wire.ENDED, "ended", "This session has ended.")
        if session.state == "created":
            return await self._live.create(SessionMeta.of(session))
        started, _ = await asyncio.to_thread(self._stores.live_sessions.times, session.id)
        began = int((started or datetime.now(UTC)).replace(tzinfo=UTC).timestamp() * 1000)
        return await self._live.recreate(SessionMeta.of(session), started_unix_ms=began)
