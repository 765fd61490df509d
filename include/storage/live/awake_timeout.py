"""A limit on waiting that a process starved of processor time does not use up: only time its loop ran counts.

Where a machine does too much, an event loop may not run for seconds. Whatever it waited for came long ago and lies in
its socket, and an ordinary limit would end in the same moment: the answerer would look away although it answered.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

STEP_S = 0.25
"""Between two looks at the clock. More than this never counts for one look, however late it comes."""


class AwakeTimeout:
    """`async with AwakeTimeout(limit_s)`: as `asyncio.timeout`, in seconds during which the event loop ran.

    Raises:
        TimeoutError: the block took longer.
    """

    def __init__(self, limit_s: float) -> None:
        self._left = limit_s
        self._timeout = asyncio.timeout(None)
        self._step = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        self._wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._timeout.__aexit__(kind, error, trace)

    def _wait(self) -> None:
        self._step = min(STEP_S, self._left)
        self._timer = asyncio.get_running_loop().call_later(self._step, self._look)

    def _look(self) -> None:
        self._left -= self._step
        if self._left > 0:
            self._wait()
        else:
            self._timer = None
            self._timeout.reschedule(asyncio.get_running_loop().time())
