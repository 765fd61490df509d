"""The owner of a session: hears its sound, writes its events, obeys its commands, and brings it to its end.

Crash-only: whatever fails, the runner stops without having written half of anything, and the next owner (perhaps on
this replica) goes on from the last checkpoint, hearing the sound after it again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from include.interview.live import wire
from include.perception.streaming.attribution import ROOM, spoken
from include.perception.streaming.events import (
    Discarded,
    Ended,
    Final,
    Partial,
    Speaker,
    SpeechEvent,
    Started,
    TrackState,
)
from live_gateway import metrics
from live_gateway.sessions import commands as c
from live_gateway.sessions.audio_feed import Hearing
from live_gateway.sessions.audio_polling import Attention, until
from live_gateway.sessions.conclusion import conclude
from live_gateway.sessions.event_writer import Ledger
from live_gateway.sessions.feedback_queue import Advice
from live_gateway.sessions.handle import Room
from live_gateway.sessions.overload import Rung, Telling, climb, due, status_of
from live_gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from include.perception.streaming.engine import SpeechEngine
    from live_gateway.feedback import LiveFeedback

WATCH_S = 1.0
ASK_S = 30.0
"""How often it is asked whether anybody is there."""
STALE_S = 10.0
"""Commands are looked for this often even when nobody announced any."""
STARTED, ENDED = 1, 2
NO_RECOGNITION = "recognition_off"

log = logging.getLogger("live_gateway.sessions")
MakeFeedback = Callable[[Room], Awaitable["LiveFeedback"]]


class SessionRunner:
    """Owns one session under one fencing token for as long as `run` runs."""

    def __init__(
        self,
        room: Room,
        fence: int,
        engine: SpeechEngine | None,
        make_feedback: MakeFeedback,
        settings: GatewaySettings,
    ) -> None:
        self._room, self._fence, self._engine = room, fence, engine
        self._make_feedback = make_feedback
        self._abandon_s, self._quiet = settings.abandon_s, not settings.feedback
        self._orders = asyncio.Event()
        self._rung, self._told = Rung(), Telling()
        self._asked = time.monotonic()
        self._ledger: Ledger
        self._advice: Advice
        self._hearing: Hearing | None = None
        self._attention: Attention | None = None

    def sound_came(self) -> None:
        """There is more sound to hear."""
        if self._attention is not None:
            self._attention.sound_came()

    def order_came(self) -> None:
        """There are commands to obey."""
        self._orders.set()

    def tell_status(self) -> None:
        """Somebody may not know it."""
        self._told = Telling()

    async def run(self) -> None:
        """Until the session has been concluded and queued for hand-over.

        Raises:
            Fenced: another replica owns the session. ServiceFailure: Redis is away. Both: begin again later.
        """
        await self._room.watch()
        try:
            await self._run()
        finally:
            self._room.unfollow()
            await self._room.unwatch()

    async def _run(self) -> None:
        await self._room.began()
        ledger = self._ledger = await Ledger.open(self._room, self._fence)
        self._advice = Advice(ledger, lambda: self._make_feedback(self._room), quiet=self._quiet)
        await self._advice.start()
        parts: list[Callable[[], Awaitable[None]]] = [self._advice.run, self._watch]
        if self._engine is not None:
            self._hearing = Hearing(self._room, self._engine, self._heard, ledger.checkpoint.tracks)
            self._attention = Attention(self._room, self._hearing)
            parts.append(self._attention.run)
        tasks = [asyncio.ensure_future(part()) for part in parts]
        try:
            await self._while_healthy(asyncio.ensure_future(self._obey()), tasks)
            concluding = conclude(ledger, self._hearing, self._advice)
            await self._while_healthy(asyncio.ensure_future(concluding), tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._advice.close()
            if self._hearing is not None:
                await self._hearing.close()

    async def _while_healthy(self, work: asyncio.Future[None], tasks: Sequence[asyncio.Future[None]]) -> None:
        """Await `work`; the first failure of any task ends it."""
        try:
            await asyncio.wait([work, *tasks], return_when=asyncio.FIRST_COMPLETED)
            for task in (work, *tasks):
                if task.done():
                    await task
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    # ------------------------------------------------------------ hearing

    async def _heard(self, event: SpeechEvent) -> None:
        """What speech tells, in order."""
        ledger = self._ledger
        if isinstance(event, Partial):
            metrics.partials.inc()
            if event.rev == 1:
                metrics.partial_lag.observe(max(0, self._room.now_ms() - event.start_ms) / 1000)
            await self._room.publish(_partial(event, self._speaker_of(event)))
            return
        async with ledger.turn:
            if isinstance(event, Started | Ended):
                await self._bounds(event)
            elif isinstance(event, Final):
                await self._final(event)
            elif isinstance(event, Discarded):
                metrics.discarded.inc()
                await ledger.write([], tracks=self._resumed(event), told=self._untold(event.utt))
            elif isinstance(event, Speaker):
                updates = ledger.book.diarized(event.utts, event.label) + ledger.book.settle_roles()
                self._advice.events(await ledger.write(updates))

    def _speaker_of(self, event: Partial) -> str | None:
        return None if event.track == ROOM else event.track

    async def _bounds(self, event: Started | Ended) -> None:
        ledger = self._ledger
        reached = STARTED if isinstance(event, Started) else ENDED
        told = ledger.checkpoint.told
        if told.get(event.utt, 0) >= reached or ledger.book.knows(event.utt):
            return
        kind = wire.SpeechStart if isinstance(event, Started) else wire.SpeechEnd
        bound = kind(utt=event.utt, track=event.track, at_ms=event.at_ms)
        self._advice.events(await ledger.write([bound], told={**told, event.utt: reached}))

    async def _final(self, event: Final) -> None:
        ledger = self._ledger
        changes = {"tracks": self._resumed(event), "told": self._untold(event.utt)}
        if ledger.book.knows(event.utt):
            await ledger.write([], **changes)
            return
        final = _final(event)
        speaker, role = ledger.book.heard(spoken(final), event.track, event.speaker)
        final = replace(final, speaker=speaker, role=role)
        updates = ledger.book.settle_roles() if event.track == ROOM else []
        written = await ledger.write([final, *updates], **changes)
        metrics.finals.inc()
        metrics.final_lag.observe(max(0, self._room.now_ms() - event.end_ms) / 1000)
        self._advice.final(final, event, ledger.book.label_of(event.utt))
        self._advice.events(written[1:])

    def _resumed(self, event: Final | Discarded) -> dict[wire.Track, TrackState]:
        return {**self._ledger.checkpoint.tracks, event.track: event.resume}

    def _untold(self, utt: str) -> dict[str, int]:
        return {each: reached for each, reached in self._ledger.checkpoint.told.items() if each != utt}

    # ------------------------------------------------------------ obeying

    async def _obey(self) -> None:
        """Commands in order, each once; returns when the session is to end."""
        ledger = self._ledger
        while ledger.checkpoint.phase == "live":
            self._orders.clear()
            for place, command in await self._room.commands(ledger.checkpoint.command):
                await self._carry_out(place, command)
                if isinstance(command, c.EndNow):
                    return
            await until(self._orders, STALE_S)

    async def _carry_out(self, place: str, command: c.AnyCommand) -> None:
        ledger = self._ledger
        if isinstance(command, c.FinalizeNow) and self._hearing is not None:
            await self._hearing.finalize()
        async with ledger.turn:
            events: list[wire.Durable] = []
            changes: dict[str, Any] = {"command": place}
            if isinstance(command, c.FinalizeNow):
                events.append(wire.Finalized(id=command.id))
            elif isinstance(command, c.Assign):
                order = wire.SpeakerAssign(source=command.source, to=command.to, scope=command.scope)
                events.extend(ledger.book.assign(order))
                events.extend(ledger.book.settle_roles())
            elif isinstance(command, c.Act):
                events.append(wire.QuestionActed(id=command.id, action=command.action, at_ms=command.at_ms))
            elif isinstance(command, c.TakeNote):
                events.append(wire.NoteTaken(text=command.text, at_ms=command.at_ms))
            elif isinstance(command, c.EndNow):
                changes |= {"phase": "ending", "reason": command.reason}
            self._advice.events(await ledger.write(events, **changes))

    # ------------------------------------------------------------ watching

    async def _watch(self) -> None:
        """Load, what is given up for it, and whether anybody is still there."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self._look_at_load()
            self._advice.tick()
            if self._ledger.checkpoint.phase == "live" and await self._abandoned():
                log.info("A session was left by everybody.", extra={"session": self._room.id})
                await self._room.command(c.EndNow("abandoned"), once="end")
                self._orders.set()

    async def _abandoned(self) -> bool:
        now = time.monotonic()
        if now - self._asked < min(ASK_S, self._abandon_s / 2):
            return False
        self._asked = now
        return await self._room.abandoned(self._abandon_s)

    async def _look_at_load(self) -> None:
        now, level, asr, diarization = time.monotonic(), 0, 0, 0
        troubles: tuple[str, ...] = (NO_RECOGNITION,)
        if self._engine is not None:
            load = self._engine.load()
            level, asr, diarization = load.level, load.asr_lag_ms, load.diarization_lag_ms
            troubles = () if self._engine.ready else ("recognition_warming",)
        rung = climb(self._rung, level, now)
        if rung.level != self._rung.level and self._hearing is not None:
            self._hearing.shed(rung.level)
            self._advice.shed(rung.level)
        self._rung = rung
        status = status_of(rung.level, asr, diarization, troubles)
        if due(self._told, status, now):
            self._told = Telling(status, now)
            await self._room.publish(status)


def _partial(event: Partial, speaker: str | None) -> wire.TranscriptPartial:
    return wire.TranscriptPartial(
        event.utt, event.rev, event.stable, event.unstable, event.start_ms, event.end_ms, speaker
    )


def _final(event: Final) -> wire.TranscriptFinal:
    words = [
        wire.WireWord(w.text, round(w.start_s * 1000), round(w.end_s * 1000), round(w.probability, 3))
        for w in event.words
    ]
    return wire.TranscriptFinal(
        utt=event.utt,
        text=event.text,
        words=words,
        speaker=event.speaker or "",
        role="unknown",
        start_ms=event.start_ms,
        end_ms=event.end_ms,
        language=event.language,
        confidence=round(event.confidence, 3),
    )
