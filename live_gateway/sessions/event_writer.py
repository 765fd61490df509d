"""Durable events and the owner's checkpoint, written as one under the fencing token."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from include.interview.live.wire import Durable
from include.interview.stages import STAGES
from include.perception.streaming.attribution import SpeakerAttribution
from live_gateway.sessions.checkpoint import Checkpoint, decode_checkpoint, encode_checkpoint
from live_gateway.sessions.handle import SessionHandle


class EventWriter:
    """One owner's view of what is written; the events themselves stay in Redis.

    Take `turn` around every change of `speakers` and the write of its events.
    """

    def __init__(self, handle: SessionHandle, fence: int, checkpoint: Checkpoint, events: Sequence[Durable]) -> None:
        self.handle, self.fence, self.checkpoint = handle, fence, checkpoint
        self.speakers = SpeakerAttribution(panel=STAGES[handle.meta.stage].interviewers > 1)
        self.speakers.restore(checkpoint.speakers, events)
        self.turn = asyncio.Lock()

    @classmethod
    async def open(cls, handle: SessionHandle, fence: int) -> EventWriter:
        """As the last owner left it.

        Raises:
            ServiceFailure: Redis cannot be read.
        """
        checkpoint = decode_checkpoint(await handle.store.checkpoint())
        return cls(handle, fence, checkpoint, await handle.store.all_events())

    async def write(self, events: Sequence[Durable], **changes: Any) -> list[Durable]:
        """Write `events` and the checkpoint with `changes`; returns the events with their numbers.

        Raises:
            Fenced: another replica owns the session now. ServiceFailure: Redis cannot be written.
        """
        checkpoint = replace(self.checkpoint, speakers=self.speakers.state(), **changes)
        if not events and checkpoint == self.checkpoint:
            return []
        written = await self.handle.store.append_events(
            events, fence=self.fence, checkpoint=encode_checkpoint(checkpoint)
        )
        self.checkpoint = checkpoint
        return written
