"""What waits to be sent on one socket: durable events in order, of everything else only the latest."""

from __future__ import annotations

import asyncio


class SendQueue:
    """A queue by slots. Whoever fills it watches `waiting` (bytes, with what is just being sent)."""

    def __init__(self) -> None:
        self._texts: dict[str | int, str] = {}
        self._some = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self.waiting = 0
        self._sending = 0

    def put(self, slot: str | int, text: str) -> None:
        """Send `text`; what still waits in the same slot is dropped, and the newer goes to the end."""
        self.drop(slot)
        self._texts[slot] = text
        self.waiting += len(text)
        self._some.set()
        self._drained.clear()

    def drop(self, slot: str | int) -> None:
        """Do not send what waits in `slot`."""
        old = self._texts.pop(slot, None)
        if old is not None:
            self.waiting -= len(old)

    async def next(self) -> str:
        """The next text to send, once there is one. Call it again when that one is sent."""
        self.waiting -= self._sending
        self._sending = 0
        while not self._texts:
            self._some.clear()
            self._drained.set()
            await self._some.wait()
        slot = next(iter(self._texts))
        text = self._texts.pop(slot)
        self._sending = len(text)
        return text

    async def drained(self) -> None:
        """Wait until everything put so far is sent."""
        await self._drained.wait()
