"""Which followed streams of sound have grown: one blocking read of the process, shared by all sessions it owns."""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from include.interview.live.wire import SocketRole
from include.storage.live import names
from include.storage.live.awake_timeout import AwakeTimeout
from include.storage.live.link import ANSWER_TIMEOUT_S, Link, client_of
from include.storage.live.notices import RECONNECT_S, Notices
from include.storage.live.records import Notice

BLOCK_MS = 1_000
PACE_S = 0.03
"""Pause between two reads: sound of many sessions is told of together."""
BELL_MS = 60_000

log = logging.getLogger("triview.live")


class Following(Notices):
    """Notices of kind "sound" for followed sessions."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._ends: dict[tuple[str, SocketRole], str] = {}
        """Followed stream -> the last entry that was told of."""
        self._bell = f"{names.PREFIX}bell:{secrets.token_hex(8)}"
        self._bell_end = "0-0"
        self._something = asyncio.Event()
        self._follower: asyncio.Task[None] | None = None

    async def follow(self, session_id: str) -> None:
        """Tell of sound that is appended from now on, by notices of kind "sound". Raises ServiceFailure."""
        for role in names.ROLES:
            last = await self._link.call("XREVRANGE", names.audio(session_id, role), "+", "-", "COUNT", 1)
            self._ends.setdefault((session_id, role), last[0][0].decode() if last else "0-0")
        if self._follower is None:
            self._follower = asyncio.create_task(self._follow_always())
        self._something.set()
        await self._link.call("XADD", self._bell, "MAXLEN", 1, "*", "ring", 1)  # ends the read that does not know it
        await self._link.call("PEXPIRE", self._bell, BELL_MS)

    def unfollow(self, session_id: str) -> None:
        """No more of this session's sound."""
        for role in names.ROLES:
            self._ends.pop((session_id, role), None)

    async def close(self) -> None:
        """Stop following."""
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
            self._follower = None
        await super().close()

    async def _follow_always(self) -> None:
        broken = False
        while True:
            client = client_of(self._link.url)
            try:
                if broken:
                    async with AwakeTimeout(ANSWER_TIMEOUT_S):
                        await client.ping()
                    self._start_over()
                while True:
                    await self._follow(client)
                    broken = False
            except (RedisError, OSError) as error:
                if not broken:
                    log.warning("Following sound broke.", extra={"error": type(error).__name__})
            finally:
                await client.aclose()
            broken = True
            await asyncio.sleep(RECONNECT_S)

    def _start_over(self) -> None:
        """After a break Redis may be another one: every entry counts as new, and everybody looks."""
        self._bell_end = "0-0"
        for session_id, role in list(self._ends):
            self._ends[session_id, role] = "0-0"
            self._tell(Notice(session_id, "sound", role))

    async def _follow(self, client: Redis) -> None:
        if not self._ends:
            self._something.clear()
            await self._something.wait()
        places = {names.audio(*place).encode(): place for place in self._ends}
        streams: list[Any] = [self._bell, *places]
        ends = [self._bell_end, *(self._ends[place] for place in places.values())]
        command = ("XREAD", "BLOCK", BLOCK_MS, "STREAMS", *streams, *ends)
        async with AwakeTimeout(BLOCK_MS / 1000 + ANSWER_TIMEOUT_S):
            answer = await client.execute_command(*command)  # type: ignore[no-untyped-call]
        for stream, last in _grown(answer):
            if stream == self._bell.encode():
                self._bell_end = last
                continue
            place = places[stream]
            if place in self._ends:
                self._ends[place] = last
                self._tell(Notice(place[0], "sound", place[1]))
        await asyncio.sleep(PACE_S)


def _grown(answer: Any) -> list[tuple[bytes, str]]:
    """Stream and last entry id of every stream in the answer to XREAD (pairs, or a map of lists of batches)."""
    pairs = answer.items() if isinstance(answer, dict) else (answer or ())
    found = []
    for stream, entries in pairs:
        if entries and isinstance(entries[0], list) and entries[0] and isinstance(entries[0][0], tuple | list):
            entries = entries[-1]  # noqa: PLW2901 - one batch more around the entries
        if entries:
            found.append((stream, entries[-1][0].decode()))
    return found
