"""Events to one listener, in order, however slow it is: partials give way to newer ones, everything else waits."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from include.interview.live.wire import TranscriptPartial
from include.perception.streaming.events import SpeechEvent


class EventDelivery:
    """A bounded outbox with one task. `put` never waits; whoever makes events asks `has_room` first."""

    def __init__(self, emit: Callable[[SpeechEvent], Awaitable[None]], limit: int) -> None:
        self._emit = emit
        self._limit = limit
        self._queue: deque[SpeechEvent] = deque()
        self._changed = asyncio.Condition()
        self._busy = False
        self._task: asyncio.Task[None] | None = None
        self.failure: BaseException | None = None
        """What the listener raised; nothing more is delivered after it."""

    def put(self, event: SpeechEvent) -> None:
        """Add an event; a waiting partial of the same utterance is replaced, and dropped once its final comes."""
        utt = getattr(event, "utt", None)
        if utt is not None and not (isinstance(event, TranscriptPartial) and not self._queue):
            for old in list(self._queue):
                if isinstance(old, TranscriptPartial) and old.utt == utt:
                    self._queue.remove(old)
        self._queue.append(event)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._deliver())

    async def has_room(self) -> None:
        """Returns when the outbox is below its limit, or the listener failed."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._queue) < self._limit or self.failure is not None)

    async def drained(self) -> None:
        """Returns when everything was delivered, or the listener failed."""
        async with self._changed:
            await self._changed.wait_for(lambda: not (self._queue or self._busy) or self.failure is not None)

    async def close(self) -> None:
        """Stop at once; what waits is dropped, and whoever waits goes on. The listener itself may call it."""
        self._queue.clear()
        task, self._task = self._task, None
        if task is not None and not task.done() and task is not asyncio.current_task():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        async with self._changed:
            self._changed.notify_all()

    async def _deliver(self) -> None:
        try:
            while self._queue and self.failure is None:
                event, self._busy = self._queue.popleft(), True
                try:
                    await self._emit(event)
                except Exception as error:  # noqa: BLE001 - kept, and raised to whoever feeds the session
                    self.failure = error
                finally:
                    self._busy = False
                    async with self._changed:
                        self._changed.notify_all()
        finally:
            self._busy = False
