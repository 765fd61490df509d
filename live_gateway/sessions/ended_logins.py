"""Closing sockets whose login was ended: by logging out everywhere, a new password, or closing the account."""

from __future__ import annotations

import asyncio
import logging

from include.interview.errors import TriviewError
from include.storage import Stores
from live_gateway.sessions.sockets import Sockets

LOOK_S = 1.0
"""Between two looks: a socket is closed at most twice as long after its login was ended."""

log = logging.getLogger("live_gateway.sessions")


class EndedLogins:
    """Every replica looks after the sockets it has. The session goes on: whoever logs in anew may join it again.

    The database is asked, not a message waited for: a login ends whichever door its end came through.
    """

    def __init__(self, stores: Stores, sockets: Sockets) -> None:
        self._stores, self._sockets = stores, sockets

    async def watch(self) -> None:
        """Look every `LOOK_S` seconds until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            await self.look()

    async def look(self) -> None:
        """Close the sockets whose login was ended; while the database is away, none."""
        logins = {socket.login_id for socket in self._sockets}
        if not logins:
            return
        try:
            ended = await asyncio.to_thread(self._stores.logins.ended, logins)
        except TriviewError as failure:
            log.warning("logins cannot be looked at", extra={"code": failure.code})
            return
        for socket in self._sockets:
            if socket.login_id in ended:
                socket.logged_out()
