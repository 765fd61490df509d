"""The queue between a session's event writer and its live feedback: written events in, feedback events written.

A queue of its own, so that a slow judge never delays a final.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from include.interview.live.session import LiveUtterance
from include.interview.live.wire import Durable
from include.interview.records import Scorecard
from live_gateway import metrics
from live_gateway.sessions.event_writer import EventWriter

if TYPE_CHECKING:
    from live_gateway.feedback import LiveFeedback

Work = Callable[[], Awaitable[list[Durable]]]


class FeedbackQueue:
    """The queue in front of one session's LiveFeedback. A quiet one says nothing before the assessment."""

    def __init__(self, writer: EventWriter, make: Callable[[], Awaitable[LiveFeedback]], *, quiet: bool) -> None:
        self._writer, self._make, self._quiet = writer, make, quiet
        self._feedback: LiveFeedback | None = None
        self._work: asyncio.Queue[Work] = asyncio.Queue()

    async def start(self) -> None:
        """Take up what was written before. Raises ServiceFailure."""
        if not self._quiet:
            await self._ready()

    async def _ready(self) -> LiveFeedback:
        if self._feedback is None:
            feedback = await self._make()
            await asyncio.to_thread(feedback.restore, await self._writer.handle.store.all_events())
            self._feedback = feedback
        return self._feedback

    def final(self, utterance: LiveUtterance, pcm: np.ndarray) -> None:
        """An utterance became final, with its speaker and role as known now; `pcm`: its sound, int16 (n,), 16 kHz."""
        feedback = self._feedback
        if feedback is None:
            return
        now_ms = self._writer.handle.now_ms()
        self._work.put_nowait(lambda: feedback.on_final(utterance, pcm, now_ms))

    def events(self, events: Iterable[Durable]) -> None:
        """Other events were written."""
        feedback = self._feedback
        if feedback is None:
            return
        for event in events:
            self._work.put_nowait(lambda event=event: feedback.on_event(event))  # type: ignore[misc]

    def tick(self) -> None:
        """Time has passed; a waiting queue has no need to hear of it."""
        feedback = self._feedback
        if feedback is not None and self._work.empty():
            now_ms = self._writer.handle.now_ms()
            self._work.put_nowait(lambda: feedback.on_tick(now_ms))

    def shed(self, level: int) -> None:
        """Apply load-shedding level `level` (0 none to 4 stalled)."""
        if self._feedback is not None:
            self._feedback.shed(level)

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            work = await self._work.get()
            try:
                await self._write(await work())
            finally:
                self._work.task_done()

    async def _write(self, events: list[Durable]) -> None:
        if not events:
            return
        async with self._writer.turn:
            await self._writer.write(events)
        for event in events:
            metrics.feedback_events.labels(type(event).__name__).inc()

    async def settled(self) -> None:
        """Wait until everything given so far was judged and written."""
        await self._work.join()
        if self._feedback is not None:
            await self._write(await self._feedback.settled())

    async def close(self) -> None:
        """Stop judging."""
        if self._feedback is not None:
            await self._feedback.close()

    async def assessment(self) -> Scorecard:
        """The live card of the whole session. Raises ServiceFailure."""
        return await (await self._ready()).assessment()
