"""Sockets of a `VirtualWorld`: the real connection around the in-memory store, its two ends held by the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, TypeVar

from include.interview.live import wire
from include.storage.live import Notice
from include.storage.live.records import Ticket
from live_gateway.sessions.replica import Replica
from live_gateway.socket.connection import Connection
from live_gateway.socket.events import Rules
from tests.support.virtual_sessions import ID, VirtualWorld

M = TypeVar("M", bound=wire.ServerMessage)
CONSENT = "consent-1"


class _Consents:
    """The candidate has consented to everything."""

    def get(self, consent_id: str) -> Any:
        return SimpleNamespace(candidate_id="candidate-1", withdrawn_at=None, interview_id=None)

    def require(self, interview_id: str, purposes: Any) -> None:
        """Nothing is missing."""


class _Logins:
    """Nobody logs out."""

    def ended(self, login_ids: Any) -> frozenset[str]:
        return frozenset()


class VirtualSocket:
    """One open socket: `got` is what it received, in order; `codes` the close codes."""

    def __init__(self, connection: Connection, inbox: asyncio.Queue[Any]) -> None:
        self.connection, self._inbox = connection, inbox
        self.got: list[wire.ServerMessage] = []
        self.codes: list[int] = []

    def say(self, message: wire.ClientMessage) -> None:
        """Send a text message."""
        self._inbox.put_nowait({"type": "websocket.receive", "text": wire.encode(message).decode()})

    def of(self, kind: type[M]) -> list[M]:
        """What it received of one kind."""
        return [message for message in self.got if isinstance(message, kind)]

    @property
    def durable(self) -> list[wire.Durable]:
        """What it received that has a number."""
        return self.of(wire.Durable)

    async def heard(self, message: Any) -> None:
        """Take what the connection sends."""
        if message["type"] == "websocket.close":
            self.codes.append(message["code"])
        else:
            self.got.append(wire.decode_server(message["text"]))


@asynccontextmanager
async def socket_of(
    world: VirtualWorld,
    role: wire.SocketRole,
    resume: wire.ResumeFrom | None = None,
    *,
    replica: Replica | None = None,
    settle_s: float = 0.1,
) -> AsyncIterator[VirtualSocket]:
    """A socket that listens, after its `ready`; one of this replica, if one is given."""
    world.stores.consents = _Consents()  # type: ignore[attr-defined]  # only sockets ask for it
    world.stores.logins = _Logins()  # type: ignore[attr-defined]
    inbox: asyncio.Queue[Any] = asyncio.Queue()
    socket: VirtualSocket

    async def send(message: Any) -> None:
        await socket.heard(message)

    handle = await (world.handle() if replica is None else replica.registry.open(ID))
    connection = Connection(handle, Rules(), Ticket(ID, role, f"{role}-1", f"login-{role}"), inbox.get, send)
    socket = VirtualSocket(connection, inbox)
    if replica is None:
        deaf = world.live.listen(lambda notice: _pass_on(connection, notice))
    else:
        await replica.enter(handle, connection)

    async def serve() -> None:
        await connection.run()
        if replica is not None:
            await replica.leave(handle, connection)

    running = asyncio.create_task(serve())
    socket.say(wire.Hello(v=1, consent_id=CONSENT, resume=resume))
    await asyncio.sleep(settle_s)
    try:
        yield socket
    finally:
        inbox.put_nowait({"type": "websocket.disconnect"})
        await running
        if replica is None:
            deaf()


def _pass_on(connection: Connection, notice: Notice) -> None:
    """As a replica does."""
    if notice.kind == "events":
        connection.wake()
    elif notice.kind == "message" and notice.message is not None:
        connection.tell(notice.message)
