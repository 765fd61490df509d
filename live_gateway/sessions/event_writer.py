"""The owner's pen: durable events and the checkpoint that belongs to them, written as one under the fencing token."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from include.interview.live.wire import Durable
from include.perception.streaming.attribution import SpeakerBook
from live_gateway.sessions import checkpoint as checkpoints
from live_gateway.sessions.checkpoint import Checkpoint
from live_gateway.sessions.handle import Room


class Ledger:
    """One owner's view of what is written; the events themselves stay in Redis.

    Take `turn` around every change of the book and the write that tells it.
    """

    def __init__(self, room: Room, fence: int, checkpoint: Checkpoint, events: Sequence[Durable]) -> None:
        self.room, self.fence, self.checkpoint = room, fence, checkpoint
        self.book = SpeakerBook()
        self.book.restore(checkpoint.speakers, events)
        self.turn = asyncio.Lock()

    @classmethod
    async def open(cls, room: Room, fence: int) -> Ledger:
        """As the last owner left it.

        Raises:
            ServiceFailure: Redis cannot be read.
        """
        checkpoint = checkpoints.decode(await room.checkpoint())
        return cls(room, fence, checkpoint, await room.all_events())

    async def write(self, events: Sequence[Durable], **changes: Any) -> list[Durable]:
        """Write `events` and the checkpoint with `changes`; returns the events with their numbers.

        Raises:
            Fenced: another replica owns the session now. ServiceFailure: Redis cannot be written.
        """
        checkpoint = replace(self.checkpoint, speakers=self.book.state(), **changes)
        if not events and checkpoint == self.checkpoint:
            return []
        written = await self.room.write(events, self.fence, checkpoints.encode(checkpoint))
        self.checkpoint = checkpoint
        return written
