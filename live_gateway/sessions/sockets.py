"""The sockets of this replica, by session."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from typing import Protocol

from include.interview.live.session import LiveSession
from include.interview.live.wire import ServerMessage, SocketRole


class Listener(Protocol):
    """An open socket, as sessions see it."""

    role: SocketRole
    account: str
    """Whose it is on a panel; empty where the role has one place."""
    login_id: str
    """The login by which it was opened."""

    @property
    def epoch(self) -> str | None:
        """The epoch it was let in with; None before that."""
        ...

    def wake(self) -> None:
        """There may be new events."""

    def superseded(self, generation: int) -> None:
        """A socket of this role, on a panel of this account, joined as `generation`."""

    def tell(self, message: ServerMessage) -> None:
        """An ephemeral message; only what its role may see is sent."""

    def panel_changed(self, session: LiveSession) -> None:
        """Who conducts the session, or who leads, has changed."""

    def lost(self) -> None:
        """The session's stream was lost."""

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun and is not final yet, as far as this socket has heard."""
        ...

    def withdrawn(self) -> None:
        """The candidate took back a consent that the session needs, or was erased."""

    def logged_out(self) -> None:
        """The login by which it was opened was ended, or its account closed."""

    def going_away(self, reason: str, within_ms: int) -> None:
        """This replica will stop within so many milliseconds."""

    def drain(self) -> None:
        """This replica stops."""

    def tick(self) -> None:
        """Time has passed."""


class Sockets:
    """All sockets of one replica."""

    def __init__(self) -> None:
        self._by_session: dict[str, set[Listener]] = defaultdict(set)
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return sum(len(listeners) for listeners in self._by_session.values())

    def __iter__(self) -> Iterator[Listener]:
        return iter([listener for listeners in list(self._by_session.values()) for listener in listeners])

    def enter(self, session_id: str, listener: Listener) -> None:
        """A socket was opened."""
        self._by_session[session_id].add(listener)
        self._empty.clear()

    def leave(self, session_id: str, listener: Listener) -> None:
        """... and closed."""
        listeners = self._by_session.get(session_id)
        if listeners is not None:
            listeners.discard(listener)
            if not listeners:
                del self._by_session[session_id]
        if not self._by_session:
            self._empty.set()

    async def empty(self) -> None:
        """Wait until the last one has left."""
        await self._empty.wait()

    def of(self, session_id: str) -> list[Listener]:
        """The sockets of a session."""
        return list(self._by_session.get(session_id, ()))

    def present(self) -> dict[str, list[str]]:
        """Session id -> accounts of its panel that joined with a socket here; empty where there is no panel."""
        return {
            session_id: sorted({one.account for one in listeners if one.account and one.epoch is not None})
            for session_id, listeners in self._by_session.items()
        }

    def sessions(self) -> list[str]:
        """Sessions with a socket here."""
        return list(self._by_session)
