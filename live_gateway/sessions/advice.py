"""Live feedback beside the transcript: it gets what is written, in order, and what it has to say is written too.

A queue of its own, so that a slow judge never delays a final.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

from include.interview.live.session import LiveUtterance
from include.interview.live.wire import Durable, SpeakerRole, TranscriptFinal
from include.interview.records import Scorecard
from live_gateway import metrics
from live_gateway.sessions.ledger import Ledger
from live_gateway.sessions.speakers import spoken
from live_gateway.speech.events import Final

if TYPE_CHECKING:
    from live_gateway.feedback import LiveFeedback

Work = Callable[[], Awaitable[list[Durable]]]


class Advice:
    """The queue in front of one session's LiveFeedback."""

    def __init__(self, ledger: Ledger, feedback: LiveFeedback) -> None:
        self._ledger, self.feedback = ledger, feedback
        self._work: asyncio.Queue[Work] = asyncio.Queue()

    def final(self, final: TranscriptFinal, heard: Final, seen: tuple[str, SpeakerRole]) -> None:
        """An utterance became final; `seen` is its speaker and role as known now."""
        line = spoken(final)
        utterance = LiveUtterance(
            id=line.id,
            track=heard.track,
            text=line.text,
            start_s=final.start_ms / 1000,
            end_s=final.end_ms / 1000,
            words=line.words,
            speaker=seen[0],
            role=seen[1],
            language=final.language,
            confidence=final.confidence,
        )
        now_ms = self._ledger.room.now_ms()
        self._work.put_nowait(lambda: self.feedback.on_final(utterance, heard.pcm, now_ms))

    def events(self, events: Iterable[Durable]) -> None:
        """Other events were written."""
        for event in events:
            self._work.put_nowait(lambda event=event: self.feedback.on_event(event))  # type: ignore[misc]

    def tick(self) -> None:
        """Time has passed; a waiting queue has no need to hear of it."""
        if self._work.empty():
            now_ms = self._ledger.room.now_ms()
            self._work.put_nowait(lambda: self.feedback.on_tick(now_ms))

    def shed(self, level: int) -> None:
        """A rung of the overload ladder."""
        self.feedback.shed(level)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            work = await self._work.get()
            try:
                told = await work()
                if told:
                    async with self._ledger.turn:
                        await self._ledger.write(told)
                    for event in told:
                        metrics.feedback_events.labels(getattr(event, "kind", type(event).__name__)).inc()
            finally:
                self._work.task_done()

    async def settled(self) -> None:
        """Wait until everything given so far was thought about and written."""
        await self._work.join()

    async def assessment(self) -> Scorecard:
        """The live card of the whole session."""
        return await self.feedback.assessment()
