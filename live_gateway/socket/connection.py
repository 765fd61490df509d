"""One open socket: reader, ingest queue, event feed and writer around the sans-I/O protocol.

The reader never waits for storage: sound and commands go to the ingest queue. Durable events are read from the
session's stream by their numbers, so a slow or absent pub/sub delays them, but never loses one.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar.types import Receive, Send

from include.interview.errors import BadInput, ServiceFailure, TriviewError
from include.interview.live import wire
from include.interview.live.session import LiveSession
from include.interview.scoring.review import Standing
from include.storage.live.records import Ticket
from live_gateway import metrics
from live_gateway.sessions.card_visibility import standing_in
from live_gateway.sessions.errors import JoinRefused
from live_gateway.sessions.handle import OFF_PANEL, SessionHandle
from live_gateway.socket import protocol
from live_gateway.socket.candidate_resume import by_session, resumed
from live_gateway.socket.candidate_stream import EPOCH_SUFFIX, CandidateStream
from live_gateway.socket.events import (
    MAX_BACKLOG_BYTES,
    Answer,
    AudioReceived,
    Backlog,
    Close,
    Draining,
    Effect,
    Failed,
    Finish,
    Input,
    InvalidReceived,
    Joined,
    Lead,
    Refused,
    RequestJoin,
    Rules,
    SessionOver,
    Skip,
    Store,
    Superseded,
    Tell,
    TextReceived,
    Tick,
)
from live_gateway.socket.ingest_queue import RETRY_S, IngestQueue
from live_gateway.socket.send_queue import SendQueue
from live_gateway.socket.visibility import PanelView, partial_is_for, share_of

PAGE = 100
"""Durable events read at once."""
HALF_FULL = MAX_BACKLOG_BYTES // 2
LEAVE_S = 3.0
"""How long a closing socket may take to store what it still holds, and to say why it closes."""
STUCK_S = 0.5
"""A send to a client that reads nothing ends only with its connection, which is cut when `run` returns."""
STALE_S = 10.0
"""Events are looked for this often even when nobody announced any."""

log = logging.getLogger("live_gateway.socket")


class Connection:
    """A socket after its handshake. `run` returns when it is closed; everything it started has ended then."""

    def __init__(self, handle: SessionHandle, rules: Rules, ticket: Ticket, receive: Receive, send: Send) -> None:
        now = time.monotonic()
        self._handle, self._rules = handle, rules
        self.role, self.login_id = ticket.role, ticket.login_id
        role = self.role
        self.account = ticket.account_id if handle.has_panel and role == "interviewer" else ""
        self._receive, self._send = receive, send
        self._state = protocol.opened(role, handle.meta.microphones, now)
        self._hello: wire.Hello | None = None
        self._send_queue = SendQueue()
        self._allowance = 0
        """Bytes that may wait beyond the limit: a snapshot as long as the session was."""
        self._ingest = IngestQueue(handle, self._send_queue, self._give, self.account)
        self._wake = asyncio.Event()
        self._looked = now
        self._seq = 0
        self._standing: Standing | None = None
        self._panel: PanelView | None = None
        self._own: CandidateStream | None = None
        """The candidate's messages, where this is the candidate's socket."""
        self._missed: Sequence[wire.Durable] = ()
        """What the candidate's last socket did not get."""
        self._open_speech: set[str] = set()
        """Utterances that have begun and are not closed yet, whoever speaks."""
        self._errors = 0
        self._closing: Close | None = None
        self._end = asyncio.Event()

    # ------------------------------------------------------------ what the process tells every socket

    @property
    def epoch(self) -> str | None:
        """The epoch it was let in with; None before that."""
        return None if self._ingest.join is None else self._ingest.join.claim.epoch

    def wake(self) -> None:
        """There may be new events."""
        self._wake.set()

    def superseded(self, generation: int) -> None:
        """A socket of this role, on a panel of this account, joined as `generation`."""
        if self._ingest.join is not None and self._ingest.join.claim.generation < generation:
            self._give(Superseded())

    def tell(self, message: wire.ServerMessage) -> None:
        """An ephemeral message of the session; only what this role may see is sent."""
        if self._ingest.join is None:
            return
        if isinstance(message, wire.PanelState) and self.role != "interviewer":
            return
        if isinstance(message, wire.TranscriptPartial):
            if partial_is_for(self.role, message.utt):
                self._put(f"partial:{message.utt}", message)
        else:
            self._put(message.__struct_config__.tag, message)

    def panel_changed(self, session: LiveSession) -> None:
        """Who conducts the session, or who leads, has changed."""
        if not self.account or self._ingest.join is None:
            return
        if self.account in session.interviewers:
            self._give(Lead(self.account == session.interviewer_id))
        else:
            self._give(Refused(OFF_PANEL.close_code, "removed", "You are no longer on the panel of this interview."))

    def lost(self) -> None:
        """The session's stream was lost: the next connection is told what is left."""
        if self._ingest.join is not None:
            self._give(Failed("state_lost", "The session's live state was lost; connect again to go on."))

    def withdrawn(self) -> None:
        """The candidate took back a consent that the session needs, or was erased: nobody stays."""
        text = "The candidate's consent was withdrawn; the session has ended and nothing of it is kept."
        self._give(Refused(wire.FORBIDDEN, "consent_withdrawn", text))

    def logged_out(self) -> None:
        """The login by which it was opened was ended."""
        self._give(Refused(wire.BAD_TICKET, "logged_out", "Your login was ended; log in again to go on."))

    @property
    def speaking(self) -> bool:
        """Whether an utterance has begun and is not final yet, as far as this socket has heard."""
        return bool(self._open_speech)

    def going_away(self, reason: str, within_ms: int) -> None:
        """This replica will stop within so many milliseconds."""
        self._put("go_away", wire.GoAway(reason=reason, within_ms=within_ms))

    def drain(self) -> None:
        """This replica stops: close for reconnection elsewhere."""
        self._give(Draining())

    def tick(self) -> None:
        """Time has passed."""
        now = time.monotonic()
        if now >= protocol.deadline(self._rules, self._state):
            self._give(Tick())
        if now - self._looked > STALE_S:
            self._wake.set()

    # ------------------------------------------------------------ the rules

    def _give(self, given: Input) -> None:
        self._state, effects = protocol.step(self._rules, self._state, given, time.monotonic())
        for effect in effects:
            self._carry(effect)

    def _carry(self, effect: Effect) -> None:
        if isinstance(effect, Store | Skip | Tell | Finish):
            self._ingest.add(effect)
        elif isinstance(effect, Answer):
            self._put(self._slot(effect.message), effect.message)
        elif isinstance(effect, RequestJoin):
            self._hello = effect.hello
        elif isinstance(effect, Close):
            self._closing = effect
            self._end.set()

    def _slot(self, answer: wire.ServerMessage) -> str:
        """Of answers only the latest waits, but of errors each: every one is about another message."""
        tag = str(answer.__struct_config__.tag)
        if not isinstance(answer, wire.ErrorMessage):
            return tag
        self._errors += 1
        return f"{tag}:{self._errors}"

    def _put(self, slot: Any, message: wire.ServerMessage) -> None:
        self._send_queue.put(slot, wire.encode(message).decode())
        waiting = self._send_queue.waiting - self._allowance
        if waiting > MAX_BACKLOG_BYTES:
            self._give(Backlog(waiting))

    # ------------------------------------------------------------ life

    async def run(self) -> None:
        """Serve the socket until it is closed, by whichever side."""
        writer = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._read())
        ingest = asyncio.create_task(self._ingest.run())
        feeder = asyncio.create_task(self._feed())
        ended = asyncio.create_task(self._end.wait())
        tasks = [reader, ingest, feeder, ended, writer]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            self._blame(tasks)
            await self._leave(reader, ingest, writer)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=STUCK_S)

    def _blame(self, tasks: list[asyncio.Task[Any]]) -> None:
        """A part that failed is our fault: the client may connect again."""
        for task in tasks:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                if not isinstance(error, ConnectionError | OSError):
                    log.error("A socket failed.", exc_info=error)
                self._give(Failed("internal", "Something went wrong on our side; connect again."))

    async def _leave(self, reader: asyncio.Task[None], ingest: asyncio.Task[None], writer: asyncio.Task[None]) -> None:
        """Store what is still held, say why, close."""
        reader.cancel()  # the server closes no socket of which somebody still reads
        await asyncio.gather(reader, return_exceptions=True)
        if not self._replaced():
            kept = asyncio.create_task(self._ingest.idle())
            await asyncio.wait([kept, ingest], timeout=LEAVE_S, return_when=asyncio.FIRST_COMPLETED)
            kept.cancel()
        closing = self._closing
        if closing is None:  # the client left
            return
        metrics.socket_closes.labels(str(closing.close_code)).inc()
        if closing.close_code == wire.SLOW_CONSUMER:
            metrics.outbound_overflows.inc()
        else:
            await self._flush(writer)
        writer.cancel()
        await asyncio.wait([writer], timeout=STUCK_S)
        try:
            async with asyncio.timeout(LEAVE_S):
                if closing.close_code != wire.NORMAL:
                    error = wire.ErrorMessage(closing.code, closing.message, closing.close_code)
                    await self._send_text(wire.encode(error).decode())
                await self._send({"type": "websocket.close", "code": closing.close_code, "reason": closing.code})
        except (TimeoutError, ConnectionError, OSError, RuntimeError):
            log.info("A socket could not be told why it was closed.", extra={"close_code": closing.close_code})

    def _replaced(self) -> bool:
        return self._closing is not None and self._closing.close_code == wire.SUPERSEDED

    async def _flush(self, writer: asyncio.Task[None]) -> None:
        drained = asyncio.create_task(self._send_queue.drained())
        await asyncio.wait([drained, writer], timeout=LEAVE_S, return_when=asyncio.FIRST_COMPLETED)
        drained.cancel()

    # ------------------------------------------------------------ reading

    async def _read(self) -> None:
        receive = self._receive
        while self._closing is None:
            message: Any = await receive()
            if message["type"] != "websocket.receive":
                return
            data = message.get("bytes")
            if data is not None:
                self._give(AudioReceived(data))
                if self._ingest.full(self._state.channels or 1):
                    self._give(Failed("storage_away", "The sound cannot be kept just now; connect again."))
            else:
                self._give(self._decoded(message.get("text") or ""))
                if self._hello is not None:
                    await self._join(self._hello)

    def _decoded(self, text: str) -> Input:
        try:
            return TextReceived(wire.decode_client(text))
        except BadInput as error:
            return InvalidReceived(str(error))

    async def _join(self, hello: wire.Hello) -> None:
        self._hello = None
        try:
            join = await self._handle.join(self.role, by_session(hello), self.account)
            if self.role == "candidate":
                self._own, join, self._missed = await resumed(self._handle, hello, join)
            self._standing = await standing_in(self._handle, join)
        except JoinRefused as refused:
            self._give(Refused(refused.close_code, refused.code, refused.cause))
            return
        except ServiceFailure:
            self._give(Failed("storage_away", "The session cannot be reached just now; connect again."))
            return
        self._ingest.join, self._seq = join, join.after_seq
        if self.account and self.account not in self._handle.session.interviewers:  # taken off while joining
            self.panel_changed(self._handle.session)
            return
        self._panel = PanelView(self.account, join.blind) if self.account else None
        claim = join.claim
        ready = wire.Ready(
            epoch=claim.epoch + (EPOCH_SUFFIX if self._own else ""),
            recovered=join.recovered,
            next_sample=claim.next_sample,
            last_seq=self._own.last if self._own else claim.last_seq,
            limits=wire.Limits(max_ahead_s=self._rules.max_ahead_s, idle_s=self._rules.idle_s),
            session_ms=claim.session_ms,
            start_ms=claim.start_ms or 0,
        )
        self._put("ready", ready)
        if not join.recovered:
            seen = join.snapshot if self._own else [share for event in join.snapshot if (share := self._share(event))]
            snapshot = wire.encode(wire.Snapshot(events=seen)).decode()  # type: ignore[arg-type]  # every durable event is one of the union
            self._allowance = len(snapshot)
            self._send_queue.put("snapshot", snapshot)
        ahead_s = (claim.session_ms - (claim.start_ms or 0)) / 1000
        self._give(Joined(claim.next_sample, ahead_s, lost=join.lost, ended=join.ended, leads=join.leads))
        self._wake.set()

    # ------------------------------------------------------------ feeding and writing

    async def _feed(self) -> None:
        """Every durable event this role may see, in order, from the session's stream."""
        catching_up = True
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._ingest.join is None:
                continue
            self._looked = time.monotonic()
            try:
                if await self._catch_up():
                    return
                while page := await self._handle.store.read_events(self._seq, PAGE):
                    await self._pass_on(page, patient=catching_up or len(page) == PAGE)
                    if await self._over(page):
                        return
                if catching_up:
                    await self._send_queue.drained()
                    catching_up, self._allowance = False, 0
            except (ServiceFailure, msgspec.MsgspecError, TriviewError) as error:
                if not isinstance(error, ServiceFailure):
                    raise
                await asyncio.sleep(RETRY_S)
                self._wake.set()

    async def _catch_up(self) -> bool:
        """Queue what the candidate missed; whether the session is over with it."""
        missed, self._missed = self._missed, ()
        for message in missed:
            await self._queue(message, patient=True)
        return await self._over(missed)

    async def _over(self, events: Sequence[wire.Durable]) -> bool:
        """Whether the session ended with these events; if so the socket is closed when all is sent."""
        if not any(isinstance(event, wire.SessionEnded) for event in events):
            return False
        await self._send_queue.drained()
        self._give(SessionOver())
        return True

    async def _pass_on(self, page: Sequence[wire.Durable], *, patient: bool) -> None:
        """Queue what this role may see."""
        for event in page:
            if isinstance(event, wire.SpeechStart):
                self._open_speech.add(event.utt)
            elif isinstance(event, wire.TranscriptFinal | wire.SpeechDiscarded):
                self._open_speech.discard(event.utt)
            if self._own is None:
                share = self._share(event)
                messages = [] if share is None else [share]
            else:
                messages = self._own.take(event, await self._finals(self._own.needs(event)))
            self._seq = event.seq
            for message in messages:
                await self._queue(message, patient=patient)

    async def _finals(self, numbers: Sequence[int]) -> dict[int, wire.TranscriptFinal]:
        """Finals by their numbers. Raises ServiceFailure."""
        pages = [await self._handle.store.read_events(number - 1, 1) for number in numbers]
        return {event.seq: event for page in pages for event in page if isinstance(event, wire.TranscriptFinal)}

    async def _queue(self, message: wire.Durable, *, patient: bool) -> None:
        """Queue a durable message. A patient one waits for the reader: it is we who have so much to tell."""
        if patient and self._send_queue.waiting > HALF_FULL:
            await self._send_queue.drained()
        if isinstance(message, wire.TranscriptFinal):
            self._send_queue.drop(f"partial:{message.utt}")
        self._put(message.seq, message)

    def _share(self, event: wire.Durable) -> wire.Durable | None:
        return share_of(self.role, event, self._standing, self._panel)

    async def _write(self) -> None:
        while True:
            await self._send_text(await self._send_queue.next())

    async def _send_text(self, text: str) -> None:
        await self._send({"type": "websocket.send", "bytes": None, "text": text})
