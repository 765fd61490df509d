"""One judging at a time per session: while one runs, the newest request waits and older ones are dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestOnly(Generic[T]):
    """Runs blocking judgements in `executor` and keeps what they gave until it is taken."""

    def __init__(self, executor: Callable[[], Executor]) -> None:
        self._executor = executor
        self._waiting: Callable[[], T] | None = None
        self._task: asyncio.Task[None] | None = None
        self._done: list[T] = []

    @property
    def busy(self) -> bool:
        """Whether a judgement runs."""
        return self._task is not None and not self._task.done()

    def request(self, judge: Callable[[], T]) -> None:
        """Judge as soon as the one that runs is done, unless a newer request comes first."""
        self._waiting = judge
        if not self.busy:
            self._raise()
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting is not None:
            judge, self._waiting = self._waiting, None
            self._done.append(await loop.run_in_executor(self._executor(), judge))

    def take(self) -> T | None:
        """The newest finished judgement, once; None when there is none. Raises what a judgement raised."""
        self._raise()
        newest = self._done[-1] if self._done else None
        self._done.clear()
        return newest

    def _raise(self) -> None:
        if self._task is not None and self._task.done() and not self._task.cancelled():
            task, self._task = self._task, None
            task.result()

    async def settled(self) -> None:
        """Wait until nothing runs and nothing waits."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def close(self) -> None:
        """Drop what waits and wait for what runs."""
        self._waiting = None
        await self.settled()
