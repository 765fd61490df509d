"""A socket without manners: sends whatever a test wants, and reads until it is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from cli.local.gateway import LocalGateway
from include.interview.live import wire
from include.storage.live import LiveStore
from tests.support.live_world import Held, socket_url
from tests.support.patience import PATIENCE_S
from tests.support.wire_schemas import check_server

M = TypeVar("M", bound=wire.ServerMessage)


@dataclass
class Raw:
    """An open socket."""

    socket: ClientConnection
    got: list[wire.ServerMessage] = field(default_factory=list)

    async def send(self, *frames: wire.ClientMessage | bytes | str) -> None:
        for frame in frames:
            await self.socket.send(wire.encode(frame).decode() if isinstance(frame, wire.ClientMessage) else frame)

    async def _received(self) -> wire.AnyServerMessage:
        """The next message, which the schemas of docs/asyncapi.yaml allow."""
        data = await self.socket.recv()
        check_server(data)
        return wire.decode_server(data)

    async def until(self, kind: type[M], fits: Callable[[M], bool] = lambda _: True, within_s: float = PATIENCE_S) -> M:
        """A message of this kind, from what came already or comes within so many seconds."""
        for message in self.got:
            if isinstance(message, kind) and fits(message):
                return message
        async with asyncio.timeout(within_s):
            while True:
                message = await self._received()
                self.got.append(message)
                if isinstance(message, kind) and fits(message):
                    return message

    async def closed(self) -> tuple[int, str]:
        """Close code, and the code of the error before it."""
        code = ""
        async with asyncio.timeout(PATIENCE_S):
            try:
                while True:
                    message = await self._received()
                    self.got.append(message)
                    if isinstance(message, wire.ErrorMessage) and message.close_code is not None:
                        code = message.code
            except ConnectionClosed as closed:
                return (1006 if closed.rcvd is None else closed.rcvd.code), code


@asynccontextmanager
async def raw(
    replica: LocalGateway,
    session: Held,
    ticket: str | None,
    *,
    origin: str | None = None,
    speaks: str = wire.SUBPROTOCOL,
    max_queue: int | None = None,
) -> AsyncIterator[Raw]:
    """A socket with this ticket (None: without one)."""
    offered = [speaks] + ([] if ticket is None else [f"{wire.TICKET_PREFIX}{ticket}"])
    async with connect(
        socket_url(replica, session),
        subprotocols=offered,
        origin=origin,
        compression=None,
        proxy=None,
        ping_timeout=None,
        close_timeout=1,
        max_size=None,
        max_queue=max_queue,
    ) as socket:
        yield Raw(socket)


@asynccontextmanager
async def joined(
    live: LiveStore,
    replica: LocalGateway,
    session: Held,
    role: wire.SocketRole = "interviewer",
    *,
    resume: wire.ResumeFrom | None = None,
    channels: int | None = 1,
    max_queue: int | None = None,
    account: str = "account",
) -> AsyncIterator[tuple[Raw, wire.Ready]]:
    """A socket that has said hello and got `ready`."""
    ticket = await live.issue_ticket(session.id, role, account, session.login_id)
    async with raw(replica, session, ticket, max_queue=max_queue) as socket:
        audio = None if channels is None else wire.AudioFormat(channels=channels)
        await socket.send(wire.Hello(v=1, consent_id=session.consent_id, audio=audio, resume=resume))
        yield socket, await socket.until(wire.Ready)
