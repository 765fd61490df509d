"""What one socket sent, in order, each piece kept until it is durable, also while Redis is away."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from include.interview.errors import ServiceFailure
from include.interview.live import wire
from include.storage.live import MicrophoneTaken
from live_gateway import metrics
from live_gateway.sessions import commands
from live_gateway.sessions.errors import JoinRefused
from live_gateway.sessions.handle import Join, SessionHandle
from live_gateway.sessions.known_ids import KnownIds
from live_gateway.sessions.overload import status_of
from live_gateway.socket.events import Failed, Finish, Input, MicrophoneGone, NotTaken, Skip, Store, Superseded, Tell
from live_gateway.socket.send_queue import SendQueue

RETRY_S = 0.25
"""Between attempts while storage is away."""
BUFFER_S = 40.0
"""Seconds of sound kept here while storage is away: more than a client's ring, which has the same sound."""
APPEND_S = 1.0
"""Most sound stored in one entry."""

Work = Store | Skip | Tell | Finish


class IngestQueue:
    """The queue between a socket's reader and its session. `run` works it off from when the socket has joined."""

    def __init__(
        self, handle: SessionHandle, send_queue: SendQueue, give: Callable[[Input], None], account: str
    ) -> None:
        self._handle, self._send_queue, self._give, self._account = handle, send_queue, give, account
        self._work: deque[tuple[Work, float]] = deque()
        self._some, self._idle = asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._held_bytes = 0
        self._known = KnownIds(handle)
        self.join: Join | None = None

    def add(self, work: Work) -> None:
        """Keep this after all that came before."""
        self._work.append((work, time.monotonic()))
        self._idle.clear()
        self._some.set()
        if isinstance(work, Store):
            self._held_bytes += len(work.pcm)

    def full(self, channels: int) -> bool:
        """Whether more sound waits than may be held."""
        return self._held_bytes > BUFFER_S * wire.SAMPLE_RATE * wire.SAMPLE_BYTES * channels

    async def idle(self) -> None:
        """Wait until nothing is left to keep."""
        await self._idle.wait()

    async def run(self) -> None:
        """Until cancelled, or the socket is superseded."""
        troubled = False
        while True:
            while not self._work:
                self._idle.set()
                self._some.clear()
                await self._some.wait()
            came = self._work[0][1]
            try:
                await self._next()
            except JoinRefused as refused:
                self._work.clear()
                self._give(
                    Superseded() if refused.close_code == wire.SUPERSEDED else Failed(refused.code, refused.cause)
                )
                return
            except MicrophoneTaken:
                self._leave_out_sound()
                self._give(MicrophoneGone())
                continue
            except ServiceFailure:
                if not troubled:
                    self._tell(status_of(0, 0, 0, ("storage_away",)))
                troubled = True
                await asyncio.sleep(RETRY_S)
                continue
            if troubled:
                troubled = False
                self._tell(wire.Status(state="ok"))
            metrics.ack_seconds.observe(time.monotonic() - came)

    def _leave_out_sound(self) -> None:
        """Of what waits keep only what people asked for."""
        self._work = deque((work, came) for work, came in self._work if not isinstance(work, Store | Skip))
        self._held_bytes = 0

    def _tell(self, status: wire.Status) -> None:
        self._send_queue.put("status", wire.encode(status).decode())

    async def _next(self) -> None:
        work = self._work[0][0]
        assert self.join is not None  # noqa: S101 - nothing is given to keep before the socket joined
        if isinstance(work, Store):
            await self._store(self.join, work)
            return
        if isinstance(work, Skip):
            await self._handle.skip(self.join, work.start_sample, work.end_sample, work.cause, work.rebase)
        elif isinstance(work, Tell):
            if (refusal := await self._known.refusal(work.message)) is not None:
                self._give(NotTaken(refusal))
            else:
                await self._handle.request(commands.from_wire(work.message, self._handle.now_ms(), self._account))
        else:
            await self._handle.request(commands.EndNow(), once="end")
        self._work.popleft()

    async def _store(self, join: Join, first: Store) -> None:
        """Store the sound at the head of the queue, a second of it at most, and acknowledge."""
        pieces = [first.pcm]
        if len(self._work) > 1:
            self._gather(pieces, join.channels)
        pcm = first.pcm if len(pieces) == 1 else b"".join(pieces)
        through = await self._handle.append(join, first.start_sample, pcm)
        for _ in pieces:
            self._work.popleft()
        self._held_bytes -= len(pcm)
        self._send_queue.put("audio.ack", f'{{"type":"audio.ack","through_sample":{through}}}')
        metrics.acks.inc()

    def _gather(self, pieces: list[bytes], channels: int) -> None:
        """What directly follows the head of the queue and may be stored with it."""
        left = int(APPEND_S * wire.SAMPLE_RATE * wire.SAMPLE_BYTES * channels) - len(pieces[0])
        waiting = iter(self._work)
        next(waiting)
        for work, _ in waiting:
            if not isinstance(work, Store) or len(work.pcm) > left:
                return
            pieces.append(work.pcm)
            left -= len(work.pcm)
