"""When a session's sound is heard: at once while somebody may be speaking, now and then while nobody is.

Being told of every piece of sound costs more than hearing silence does. While a stream is silent it is therefore looked
at a few times a second; from the first frame that may be speech on, and while no sound comes at all, its owner is told.
No text comes later for it: a guess needs half a second of speech anyway (`SpeechOptions.first_partial_s`).
"""

from __future__ import annotations

import asyncio

from live_gateway.sessions.audio_feed import Hearing
from live_gateway.sessions.handle import Room

LOOK_S = 0.35
"""Between two looks at silence."""
NOTHING_CAME = 3
"""Looks that found nothing: the sender is mute or away, and its sound will be told of."""
STALE_S = 10.0
"""Sound is looked for this often even when nobody announced any."""


class Attention:
    """Hears one session for its owner."""

    def __init__(self, room: Room, hearing: Hearing) -> None:
        self._room, self._hearing = room, hearing
        self._told = asyncio.Event()

    def sound_came(self) -> None:
        """There is more sound to hear."""
        self._told.set()

    async def run(self) -> None:
        """Until it is cancelled. Raises ServiceFailure: Redis is away, or recognition failed."""
        following, empty = False, NOTHING_CAME
        while True:
            self._told.clear()
            found = await self._catch_up()
            empty = 0 if found else empty + 1
            if not self._hearing.stirring and empty < NOTHING_CAME:
                if following:
                    self._room.unfollow()
                    following = False
                await asyncio.sleep(LOOK_S)
            elif following:
                await until(self._told, STALE_S)
            else:
                await self._room.follow()  # and hear what came before
                following = True

    async def _catch_up(self) -> bool:
        before = self._hearing.fed
        while await self._hearing.pump():
            pass
        return self._hearing.fed > before


async def until(event: asyncio.Event, seconds: float) -> None:
    """Wait for `event`, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
