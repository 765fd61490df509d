"""The owner of a session: transcribes its sound, writes its events, carries out its commands, and concludes it.

Crash-only: whatever fails, the owner stops without having written half of anything, and the next owner (perhaps on
this replica) goes on from the last checkpoint, hearing the sound after it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from include.interview.live import wire
from include.interview.live.finals import event_of, record_of, utterance_of
from include.perception.streaming.attribution import ROOM
from include.perception.streaming.events import Discarded, Final, Speaker, SpeechEvent, TrackState
from include.perception.streaming.streaming_engine import StreamingEngine
from live_gateway import metrics
from live_gateway.sessions import commands
from live_gateway.sessions.audio_feed import AudioFeed
from live_gateway.sessions.audio_polling import AudioPolling, until
from live_gateway.sessions.conclusion import conclude
from live_gateway.sessions.event_writer import EventWriter
from live_gateway.sessions.feedback_queue import FeedbackQueue
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.overload import Rung, StatusSent, climb, due, status_of
from live_gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from live_gateway.feedback import LiveFeedback

WATCH_S = 1.0
ASK_S = 30.0
"""How often it is asked whether anybody is there."""
STALE_S = 10.0
"""Commands are looked for this often even when nobody announced any."""
STARTED, ENDED = 1, 2
NO_RECOGNITION = "recognition_off"

log = logging.getLogger("live_gateway.sessions")
MakeFeedback = Callable[[SessionHandle], Awaitable["LiveFeedback"]]


class SessionOwner:
    """Owns one session under one fencing token for as long as `run` runs."""

    def __init__(
        self,
        handle: SessionHandle,
        fence: int,
        engine: StreamingEngine | None,
        make_feedback: MakeFeedback,
        settings: GatewaySettings,
    ) -> None:
        self._handle, self._fence, self._engine = handle, fence, engine
        self._make_feedback = make_feedback
        self._abandon_s, self._quiet = settings.abandon_s, not settings.feedback
        self._commands_came = asyncio.Event()
        self._rung, self._sent = Rung(), StatusSent()
        self._panel: list[wire.Panelist] = []
        self._asked = _now()
        self._writer: EventWriter
        self._feedback: FeedbackQueue
        self._feed: AudioFeed | None = None
        self._polling: AudioPolling | None = None

    def sound_came(self) -> None:
        """There is more sound to hear."""
        if self._polling is not None:
            self._polling.sound_came()

    def command_came(self) -> None:
        """There are commands to carry out."""
        self._commands_came.set()

    def tell_status(self) -> None:
        """Publish the status again, and who is there: a socket joined."""
        self._sent = StatusSent()
        self.tell_panel()

    def tell_panel(self) -> None:
        """Publish again who conducts the interview and who of them is there."""
        self._panel = []

    async def run(self) -> None:
        """Until the session has been concluded and queued for hand-over.

        Raises:
            Fenced: another replica owns the session. ServiceFailure: Redis is away. Both: begin again later.
        """
        await self._handle.store.watch()
        try:
            await self._run()
        finally:
            self._handle.store.unfollow()
            await self._handle.store.unwatch()

    async def _run(self) -> None:
        await self._handle.began()
        writer = self._writer = await EventWriter.open(self._handle, self._fence)
        self._feedback = FeedbackQueue(writer, lambda: self._make_feedback(self._handle), quiet=self._quiet)
        await self._feedback.start()
        parts: list[Callable[[], Awaitable[None]]] = [self._feedback.run, self._watch]
        if self._engine is not None:
            self._feed = AudioFeed(self._handle, self._engine, self._heard, writer.checkpoint.tracks)
            self._polling = AudioPolling(self._handle, self._feed)
            parts.append(self._polling.run)
        tasks = [asyncio.ensure_future(part()) for part in parts]
        try:
            await self._while_healthy(asyncio.ensure_future(self._run_commands()), tasks)
            concluding = conclude(writer, self._feed, self._feedback)
            await self._while_healthy(asyncio.ensure_future(concluding), tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._feedback.close()
            if self._feed is not None:
                await self._feed.close()

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

    # ------------------------------------------------------------ speech

    async def _heard(self, event: SpeechEvent) -> None:
        """Write or publish one speech event; they come in order."""
        writer = self._writer
        if isinstance(event, wire.TranscriptPartial):
            metrics.partials.inc()
            if event.rev == 1:
                metrics.partial_lag.observe(max(0, self._handle.now_ms() - event.start_ms) / 1000)
            await self._handle.store.publish(event)
            return
        async with writer.turn:
            if isinstance(event, wire.SpeechStart | wire.SpeechEnd):
                await self._bounds(event)
            elif isinstance(event, Final):
                await self._final(event)
            elif isinstance(event, Discarded):
                await self._discarded(event)
            elif isinstance(event, Speaker):
                updates = writer.speakers.diarized(event.utts, event.label) + writer.speakers.settle_roles()
                self._feedback.events(await writer.write(updates))

    async def _bounds(self, event: wire.SpeechStart | wire.SpeechEnd) -> None:
        writer = self._writer
        reached = STARTED if isinstance(event, wire.SpeechStart) else ENDED
        emitted = writer.checkpoint.emitted
        if emitted.get(event.utt, 0) >= reached or writer.speakers.knows(event.utt):
            return
        self._feedback.events(await writer.write([event], emitted={**emitted, event.utt: reached}))

    async def _discarded(self, event: Discarded) -> None:
        """Close what was begun: who saw the start is told that nothing comes of it."""
        writer = self._writer
        metrics.discarded.inc()
        begun = event.utt in writer.checkpoint.emitted
        closed = [wire.SpeechDiscarded(utt=event.utt, track=event.track, reason=event.reason)] if begun else []
        changes = {"tracks": self._resumed(event, event.track), "emitted": self._emitted_without(event.utt)}
        self._feedback.events(await writer.write(closed, **changes))

    async def _final(self, event: Final) -> None:
        writer, track = self._writer, event.utterance.track
        changes = {"tracks": self._resumed(event, track), "emitted": self._emitted_without(event.utt)}
        if writer.speakers.knows(event.utt):
            await writer.write([], **changes)
            return
        final = event_of(event.utterance)
        line = record_of(utterance_of(final))  # as every later owner reads it
        speaker, role = writer.speakers.heard(line, track, event.utterance.speaker or None)
        final = replace(final, speaker=speaker, role=role)
        updates = writer.speakers.settle_roles() if track == ROOM else []
        written = await writer.write([final, *updates], **changes)
        metrics.finals.inc()
        metrics.final_lag.observe(max(0, self._handle.now_ms() - final.end_ms) / 1000)
        speaker, role = writer.speakers.label_of(event.utt)
        self._feedback.final(replace(utterance_of(final), speaker=speaker, role=role), event.pcm)
        self._feedback.events(written[1:])

    def _resumed(self, event: Final | Discarded, track: wire.Track) -> dict[wire.Track, TrackState]:
        return {**self._writer.checkpoint.tracks, track: event.resume}

    def _emitted_without(self, utt: str) -> dict[str, int]:
        return {each: reached for each, reached in self._writer.checkpoint.emitted.items() if each != utt}

    # ------------------------------------------------------------ commands

    async def _run_commands(self) -> None:
        """Commands in order, each once; returns when the session is to end."""
        writer = self._writer
        while writer.checkpoint.phase == "live":
            self._commands_came.clear()
            for position, command in await self._handle.commands(writer.checkpoint.command):
                await self._carry_out(position, command)
                if isinstance(command, commands.EndNow):
                    return
            await until(self._commands_came, STALE_S)

    async def _carry_out(self, position: str, command: commands.AnyCommand) -> None:
        writer = self._writer
        if isinstance(command, commands.FinalizeNow) and self._feed is not None:
            await self._feed.finalize()
        async with writer.turn:
            events: list[wire.Durable] = []
            changes: dict[str, Any] = {"command": position}
            if isinstance(command, commands.FinalizeNow):
                events.append(wire.Finalized(id=command.id))
            elif isinstance(command, commands.Assign):
                order = wire.SpeakerAssign(source=command.source, to=command.to, scope=command.scope)
                events.extend(writer.speakers.assign(order))
                events.extend(writer.speakers.settle_roles())
            elif isinstance(command, commands.Act):
                events.append(wire.QuestionActed(id=command.id, action=command.action, at_ms=command.at_ms))
            elif isinstance(command, commands.TakeNote):
                events.append(wire.NoteTaken(text=command.text, at_ms=command.at_ms, author=command.author))
            elif isinstance(command, commands.EndNow):
                changes |= {"phase": "ending", "reason": command.reason}
            self._feedback.events(await writer.write(events, **changes))

    # ------------------------------------------------------------ watching

    async def _watch(self) -> None:
        """Load, what is given up for it, and whether anybody is still there."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self._look_at_load()
            await self._look_at_panel()
            self._feedback.tick()
            if self._writer.checkpoint.phase == "live" and await self._abandoned():
                log.info("A session was left by everybody.", extra={"session": self._handle.id})
                await self._handle.command(commands.EndNow("abandoned"), once="end")
                self._commands_came.set()

    async def _abandoned(self) -> bool:
        now = _now()
        if now - self._asked < min(ASK_S, self._abandon_s / 2):
            return False
        self._asked = now
        return await self._handle.abandoned(self._abandon_s)

    async def _look_at_panel(self) -> None:
        """Say who is there when that has changed."""
        if not self._handle.has_panel:
            return
        panel = await self._handle.panel()
        if panel != self._panel:
            self._panel = panel
            await self._handle.store.publish(wire.PanelState(members=panel))

    async def _look_at_load(self) -> None:
        now, level, asr, diarization = _now(), 0, 0, 0
        troubles: tuple[str, ...] = (NO_RECOGNITION,)
        if self._engine is not None:
            load = self._engine.load()
            level, asr, diarization = load.level, load.asr_lag_ms, load.diarization_lag_ms
            troubles = () if self._engine.ready else ("recognition_warming",)
        rung = climb(self._rung, level, now)
        if rung.level != self._rung.level and self._feed is not None:
            self._feed.shed(rung.level)
            self._feedback.shed(rung.level)
        self._rung = rung
        status = status_of(rung.level, asr, diarization, troubles)
        if due(self._sent, status, now):
            self._sent = StatusSent(status, now)
            await self._handle.store.publish(status)


def _now() -> float:
    """Monotonic seconds of the event loop's clock, which tests replace by a virtual one."""
    return asyncio.get_running_loop().time()
