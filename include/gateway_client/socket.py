"""A client of the live interview's wire protocol (docs/protocol.md): for `./triview live`, tests and measurements.

It keeps the last 30 s of sound, connects again with a fresh ticket where the protocol allows it, replays what the
server has not kept, and hands on every durable event once.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Literal, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from include.gateway_client.replay_buffer import Figures, Ring
from include.interview.errors import ServiceFailure, TriviewError
from include.interview.live import wire

FRAME_SAMPLES = wire.SAMPLE_RATE // 10
"""100 ms."""
KEEPALIVE_S = 10.0
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 2.0
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
"""A snapshot of a long session comes in one message."""

M = TypeVar("M", bound=wire.ServerMessage)
GetTicket = Callable[[], Awaitable[str]]


class SessionClosed(TriviewError):
    """The server closed the session for good: `close_code` is the WebSocket's, `code` the server's own."""

    def __init__(self, close_code: int, code: str, cause: str) -> None:
        super().__init__(cause or f"The server closed the session ({close_code}).", code=code or "closed")
        self.close_code = close_code


class LiveClient:
    """One role's connection to one session, renewed after breaks; use it as an async context manager.

    Args:
        url: ws(s)://host/ws/realtime-interview/{session} or .../executive-interview/{session}.
        ticket: a fresh single-use ticket for each connection; raises ServiceFailure when there is none just now.
        consent_id: the candidate's consent for this session.
        channels: of the audio that will be sent; None only listens.
        on_message: called with every server message, durable ones exactly once.
        origin: sent as a browser would.
        tls: what a wss address is trusted by; None: the usual authorities.
    """

    def __init__(
        self,
        url: str,
        ticket: GetTicket,
        consent_id: str,
        *,
        channels: Literal[1, 2] | None = 1,
        on_message: Callable[[wire.ServerMessage], None] | None = None,
        origin: str | None = None,
        ring_s: float = wire.RING_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.url, self._get_ticket, self._consent_id, self._origin = url, ticket, consent_id, origin
        self._channels = channels
        self._tls = tls
        self._on_message = on_message
        self.ring = Ring(channels or 1, int(ring_s * wire.SAMPLE_RATE))
        self.figures = Figures()
        self.events: list[wire.Durable] = []
        """Every durable event of this role, once, in order (a snapshot replaces them)."""
        self.epoch: str | None = None
        self.last_seq = 0
        self.acked = 0
        self.ready: wire.Ready | None = None
        self.error: wire.ErrorMessage | None = None
        self._socket: ClientConnection | None = None
        self._cursor = 0
        self._unacked: deque[tuple[int, float]] = deque()
        self._more = asyncio.Event()
        self._connected = asyncio.Event()
        self._changed = asyncio.Condition()
        self._closed: SessionClosed | None = None
        self._inbox: asyncio.Queue[wire.ServerMessage | None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._leaving = False

    async def __aenter__(self) -> LiveClient:
        self._task = asyncio.create_task(self._keep_connected())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End this connection and wait for it; the session goes on without it."""
        self._leaving = True
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # ------------------------------------------------------------ sending

    def push(self, pcm: bytes) -> None:
        """Queue sound to send, now or after a break: interleaved 16-bit samples at 16 kHz."""
        step = FRAME_SAMPLES * self.ring.width
        for at in range(0, len(pcm), step):
            gone = self.ring.add(pcm[at : at + step])
            if gone and self.ring.start > self.acked:
                self.figures.dropped_samples += min(gone, self.ring.start - self.acked)
        self._more.set()

    async def play(self, pcm: bytes, speed: float = 1.0) -> None:
        """Send `pcm` in frames of 100 ms at `speed` times real time.

        Raises:
            SessionClosed: the server closed the session for good.
        """
        step, began = FRAME_SAMPLES * self.ring.width, time.monotonic()
        for number, at in enumerate(range(0, len(pcm), step)):
            due = began + (number + 1) * FRAME_SAMPLES / wire.SAMPLE_RATE / speed
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
            self._raise_closed()
            self.push(pcm[at : at + step])

    async def say(self, message: wire.ClientMessage) -> None:
        """Send a text message, after a break if there is one just now.

        Raises:
            SessionClosed: the server closed the session for good.
        """
        while True:
            await self._wait(self._connected.is_set)
            try:
                assert self._socket is not None  # noqa: S101 - set before `_connected`
                await self._socket.send(wire.encode(message).decode())
            except ConnectionClosed:
                self._connected.clear()
                continue
            return

    async def finalize(self, name: str) -> wire.Finalized:
        """Wait until everything sent so far is final, and return the server's answer to request `name`.

        Raises:
            SessionClosed: the server closed the session for good.
        """
        await self.flushed()
        return await self._until_answered(wire.Finalize(id=name), wire.Finalized, lambda event: event.id == name)

    async def end(self) -> wire.SessionEnded:
        """End the interview and return the event that says so; its `result` is then among `events`.

        Raises:
            SessionClosed: the server closed the session for good.
        """
        await self.flushed()
        return await self._until_answered(wire.End(last_sample=self.ring.end), wire.SessionEnded, lambda _: True)

    async def _until_answered(self, message: wire.ClientMessage, kind: type[M], fits: Callable[[M], bool]) -> M:
        """Say it, and again after each break (the server takes a repetition politely), until the answer is here."""
        while True:
            connection = self.figures.connections
            await self.say(message)
            await self._wait(lambda: self._find(kind, fits) is not None or self.figures.connections > connection)  # noqa: B023
            if (found := self._find(kind, fits)) is not None:
                return found

    def _find(self, kind: type[M], fits: Callable[[M], bool]) -> M | None:
        for event in reversed(self.events):
            if isinstance(event, kind) and fits(event):
                return event
        return None

    async def flushed(self) -> None:
        """Wait until all sound pushed so far is acknowledged.

        Raises:
            SessionClosed: the server closed the session for good.
        """
        target = self.ring.end
        await self._wait(lambda: self.acked >= target or self._channels is None)

    # ------------------------------------------------------------ receiving

    async def wait_for(self, kind: type[M], fits: Callable[[M], bool] = lambda _: True) -> M:
        """The latest durable event of this kind, once there is one.

        Raises:
            SessionClosed: the server closed the session for good.
        """
        await self._wait(lambda: self._find(kind, fits) is not None)
        found = self._find(kind, fits)
        assert found is not None  # noqa: S101 - just waited for
        return found

    async def wait_ready(self) -> wire.Ready:
        """The latest `ready`, once connected.

        Raises:
            SessionClosed: the server closed the session for good.
        """
        await self._wait(self._connected.is_set)
        assert self.ready is not None  # noqa: S101 - set before `_connected`
        return self.ready

    async def wait_closed(self) -> SessionClosed:
        """The error with which the server closed the session for good, once it has."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._closed is not None)
        assert self._closed is not None  # noqa: S101 - just waited for
        return self._closed

    async def messages(self) -> AsyncIterator[wire.ServerMessage]:
        """Iterate over every message from now on until the server closes for good; one reader at a time."""
        self._inbox = asyncio.Queue()
        while (message := await self._inbox.get()) is not None:
            yield message

    def cut(self) -> None:
        """Break the connection without a close frame, as a network does: for tests."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _wait(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: condition() or self._closed is not None)
        if not condition():
            self._raise_closed()

    def _raise_closed(self) -> None:
        if self._closed is not None:
            raise self._closed

    async def _announce(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    # ------------------------------------------------------------ the connection

    async def _keep_connected(self) -> None:
        delay = FIRST_DELAY_S
        while self._closed is None and not self._leaving:
            before = self.figures.connections
            try:
                await self._connection()
            except (OSError, ServiceFailure, InvalidHandshake, InvalidMessage, TimeoutError):
                pass  # away or not up yet: tried again below
            except ConnectionClosed as closed:
                self._closed_with(closed)
            finally:
                self._connected.clear()
                self._socket = None
            if self._closed is not None or self._leaving:
                break
            delay = FIRST_DELAY_S if self.figures.connections > before else min(2 * delay, LONGEST_DELAY_S)
            await asyncio.sleep(delay * random.uniform(0.5, 1.0))  # noqa: S311 - spreads clients, no secret
        if self._inbox is not None:
            self._inbox.put_nowait(None)
        await self._announce()

    def _closed_with(self, closed: ConnectionClosed) -> None:
        code = 1006 if closed.rcvd is None else closed.rcvd.code
        self.figures.close_codes.append(code)
        if code not in wire.RECONNECT_CODES:
            told = self.error
            self._closed = SessionClosed(code, told.code if told else "", told.message if told else "")

    async def _connection(self) -> None:
        """One connection from ticket to close. Raises ConnectionClosed, OSError, InvalidHandshake, ServiceFailure."""
        ticket = await self._get_ticket()
        self.error = None
        async with connect(
            self.url,
            subprotocols=[wire.SUBPROTOCOL, f"{wire.TICKET_PREFIX}{ticket}"],  # type: ignore[list-item]
            origin=self._origin,  # type: ignore[arg-type]
            ssl=self._tls,
            compression=None,
            proxy=None,
            max_size=MAX_MESSAGE_BYTES,
            open_timeout=5,
            close_timeout=1,
            ping_timeout=None,
        ) as socket:
            self._socket = socket
            await socket.send(wire.encode(self._hello()).decode())
            sender = asyncio.create_task(self._send(socket))
            try:
                async for data in socket:
                    await self._take(self._decode(data))
                await socket.wait_closed()
                raise socket.protocol.close_exc
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    def _decode(self, data: str | bytes) -> wire.AnyServerMessage:
        """A frame of the server as its record."""
        return wire.decode_server(data)

    def _hello(self) -> wire.Hello:
        audio = None if self._channels is None else wire.AudioFormat(channels=self._channels)
        resume = None if self.epoch is None else wire.ResumeFrom(epoch=self.epoch, last_seq=self.last_seq)
        return wire.Hello(v=1, consent_id=self._consent_id, audio=audio, resume=resume)

    async def _send(self, socket: ClientConnection) -> None:
        """All sound in the ring from the cursor on, and a keepalive where there is none."""
        await self._connected.wait()
        try:
            while True:
                self._more.clear()
                for start, pcm in self.ring.frames(self._cursor):
                    self._cursor = start + len(pcm) // self.ring.width
                    self._unacked.append((self._cursor, time.monotonic()))
                    await socket.send(wire.frame_of(start, pcm))
                try:
                    await asyncio.wait_for(self._more.wait(), KEEPALIVE_S)
                except TimeoutError:
                    await socket.send(wire.encode(wire.Keepalive()).decode())
        except ConnectionClosed:
            pass  # the reading side says what it means

    async def _take(self, message: wire.AnyServerMessage) -> None:
        if isinstance(message, wire.Durable):
            if message.seq <= self.last_seq:
                self.figures.duplicates += 1
                return
            self.last_seq = message.seq
            self.events.append(message)
        elif isinstance(message, wire.Ready):
            self._greeted(message)
        elif isinstance(message, wire.Snapshot):
            self.events = list(message.events)
            self.last_seq = max([self.last_seq, *(event.seq for event in message.events)])
        elif isinstance(message, wire.AudioAck):
            self._acknowledged(message.through_sample)
        elif isinstance(message, wire.ErrorMessage):
            self.error = message
        if self._on_message is not None:
            self._on_message(message)
        if self._inbox is not None:
            self._inbox.put_nowait(message)
        await self._announce()

    def _greeted(self, ready: wire.Ready) -> None:
        self.figures.connections += 1
        self.ready, self.epoch = ready, ready.epoch
        if not ready.recovered:
            self.last_seq = 0
        self._cursor = max(ready.next_sample, self.ring.start)
        self._unacked.clear()
        self.acked = ready.next_sample
        self._connected.set()

    def _acknowledged(self, through: int) -> None:
        self.acked = max(self.acked, through)
        now = time.monotonic()
        while self._unacked and self._unacked[0][0] <= through:
            self.figures.ack_s.append(now - self._unacked.popleft()[1])
