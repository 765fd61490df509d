"""When a session's sound is read: at once while somebody may be speaking, a few times a second while nobody is.

A notice for every piece of sound costs more than reading silence does. While a stream is silent it is therefore polled
a few times a second; from the first frame that may be speech on, and while no sound comes at all, its owner is
notified. No text comes later for it: a partial needs half a second of speech anyway (`SpeechOptions.first_partial_s`).
"""

from __future__ import annotations

import asyncio

from live_gateway.sessions.audio_feed import AudioFeed
from live_gateway.sessions.handle import SessionHandle

LOOK_S = 0.35
"""Between two looks at silence."""
NOTHING_CAME = 3
"""Looks that found nothing: the sender is mute or away, and its sound will be announced."""
STALE_S = 10.0
"""Sound is looked for this often even when nobody announced any."""


class AudioPolling:
    """Feeds one session's sound for its owner."""

    def __init__(self, handle: SessionHandle, feed: AudioFeed) -> None:
        self._handle, self._feed = handle, feed
        self._arrived = asyncio.Event()

    def sound_came(self) -> None:
        """There is more sound to hear."""
        self._arrived.set()

    async def run(self) -> None:
        """Until it is cancelled. Raises ServiceFailure: Redis is away, or recognition failed."""
        following, empty = False, NOTHING_CAME
        while True:
            self._arrived.clear()
            found = await self._catch_up()
            empty = 0 if found else empty + 1
            if not self._feed.speech_active and empty < NOTHING_CAME:
                if following:
                    self._handle.store.unfollow()
                    following = False
                await asyncio.sleep(LOOK_S)
            elif following:
                await until(self._arrived, STALE_S)
            else:
                await self._handle.store.follow()  # and hear what came before
                following = True

    async def _catch_up(self) -> bool:
        before = self._feed.fed
        while await self._feed.pump():
            pass
        return self._feed.fed > before


async def until(event: asyncio.Event, seconds: float) -> None:
    """Wait for `event`, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
