"""An event loop whose clock jumps: what would take an hour takes a millisecond, and runs the same every time.

Give it to anyio: `return "asyncio", {"loop_factory": VirtualTimeLoop}` from the fixture `anyio_backend`.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class _JumpingSelector(selectors.DefaultSelector):
    """Never waits: where a real one would, the loop's clock moves on to the next timer."""

    loop: VirtualTimeLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if not events and timeout != 0:
            if timeout is None:
                raise RuntimeError("Every task waits for something that will never happen.")
            self.loop.now += timeout
        return events


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Time passes only while everything waits. What would run in a thread runs at once, in the loop."""

    def __init__(self) -> None:
        self.now = 0.0
        selector = _JumpingSelector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Seconds since the loop was made."""
        return self.now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """The finished call: no thread, so that the order of things is always the same."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - handed on to who awaits
            future.set_exception(error)
        return future


def now() -> float:
    """The virtual clock of the running loop."""
    return asyncio.get_running_loop().time()
