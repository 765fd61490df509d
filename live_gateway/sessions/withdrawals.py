"""Ending sessions whose candidate took back a consent they need, or was erased, on whichever replica they are."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from include.interview.errors import NotFound, ServiceFailure, TriviewError
from include.storage import Stores
from include.storage.live import LiveStore, StateLost
from live_gateway import metrics
from live_gateway.sessions.ownership import Ownership
from live_gateway.sessions.sockets import Sockets

LOOK_S = 1.0
"""Between two looks: from the withdrawal to silence it may take twice as long."""
REASON = "consent_withdrawn"

log = logging.getLogger("live_gateway.sessions")


class Withdrawals:
    """Every replica looks after its own: the sessions it owns, and those its sockets are in.

    The database is asked, not a message waited for: a withdrawal counts whichever door it came through.
    """

    def __init__(self, stores: Stores, live: LiveStore, sockets: Sockets, ownership: Ownership) -> None:
        self._stores, self._live = stores, live
        self._sockets, self._ownership = sockets, ownership
        self._silent: set[str] = set()
        """Ended here, and still to be forgotten by Redis: not before every other replica had its own look."""
        self._ending: set[str] = set()
        """To be ended here, and not all of it is done and recorded yet: tried again at every look."""

    async def watch(self) -> None:
        """Look every `LOOK_S` seconds until cancelled."""
        try:
            while True:
                await asyncio.sleep(LOOK_S)
                await self._look()
        finally:
            await asyncio.shield(self._finish())

    async def _look(self) -> None:
        await self._forget()
        joined = {
            session_id
            for session_id in self._sockets.sessions()
            if any(socket.epoch is not None for socket in self._sockets.of(session_id))
        }
        here = joined | set(self._ownership.ids())
        if here:
            try:
                self._ending.update(await asyncio.to_thread(self._stores.consents.lacking, here))
            except TriviewError as failure:
                log.warning("consents cannot be looked at", extra={"code": failure.code})
        await self._end_all()

    async def _finish(self) -> None:
        await self._forget()
        await self._end_all()

    async def _end_all(self) -> None:
        for session_id in list(self._ending):
            try:
                await self._end(session_id)
            except TriviewError as failure:
                log.warning(
                    "A session without consent is not ended yet.", extra={"session": session_id, "code": failure.code}
                )
            else:
                self._ending.discard(session_id)

    async def _end(self, session_id: str) -> None:
        for socket in self._sockets.of(session_id):
            socket.withdrawn()
        with suppress(StateLost):
            await self._live.set_state(session_id, "ended")  # nobody owns it anew
        await self._ownership.give_up(session_id)
        self._silent.add(session_id)
        await asyncio.to_thread(end_without_consent, self._stores, session_id)
        metrics.sessions.labels("withdrawn").inc()
        log.info("A session was ended: the candidate's consent is no longer there.", extra={"session": session_id})

    async def _forget(self) -> None:
        """Redis forgets everything of what was ended at the last look."""
        for session_id in list(self._silent):
            try:
                await self._live.forget(session_id)
            except ServiceFailure as failure:
                log.warning("A session is not forgotten yet.", extra={"session": session_id, "code": failure.code})
            else:
                self._silent.discard(session_id)


def end_without_consent(stores: Stores, session_id: str) -> None:
    """Record that the session ended for want of consent; nothing of it is handed over."""
    with suppress(NotFound):  # erased: nothing is left to be marked
        stores.live_sessions.set_state(session_id, "ended")
    with suppress(NotFound):
        stores.interviews.set_status(session_id, "failed", REASON)
