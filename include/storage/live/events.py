"""Durable events: numbered without a gap, sealed, and written together with the owner's checkpoint or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from include.interview.errors import BadInput, ServiceFailure
from include.interview.live.wire import AnyDurable, Durable, decode_event, encode
from include.security.keys import DataKey
from include.storage.live import names
from include.storage.live.link import Link, LivePart, Part, Script
from include.storage.live.records import Fenced
from include.storage.live.sealing import seal, unseal
from include.storage.live.sessions import lost

PAGE = 500
ATTEMPTS = 50
"""Events are sealed under their number, so a writer that was overtaken seals again: only ever by a few others."""

APPEND = Script(
    """
local m = redis.call('HMGET', KEYS[1], 'epoch', 'fence', 'seq')
if not m[1] then return {'lost'} end
if ARGV[1] ~= '' and m[2] ~= ARGV[1] then return {'fenced'} end
if ARGV[4] ~= '' and redis.call('SISMEMBER', KEYS[4], ARGV[4]) == 1 then return {'once'} end
local count = #ARGV - 5
if count > 0 and m[3] ~= ARGV[2] then return {'seq', m[3]} end
if ARGV[3] ~= '' then redis.call('SET', KEYS[3], ARGV[3], 'KEEPTTL') end
if ARGV[4] ~= '' then redis.call('SADD', KEYS[4], ARGV[4]) end
for i = 1, count do
  redis.call('XADD', KEYS[2], string.format('%.0f-0', tonumber(m[3]) + i), 'e', ARGV[5 + i])
end
if count > 0 then
  redis.call('HSET', KEYS[1], 'seq', string.format('%.0f', tonumber(m[3]) + count))
  redis.call('PUBLISH', ARGV[5], 'e')
end
return {'ok', m[3]}
"""
)


class Events(LivePart):
    """Write and read durable events."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._last: dict[str, int] = {}
        """The newest number this process knows of, per session."""

    async def append_events(
        self,
        session_id: str,
        events: Sequence[Durable],
        *,
        fence: int | None,
        key: DataKey,
        checkpoint: bytes | None = None,
        once: str | None = None,
    ) -> list[Durable]:
        """Write `events` and `checkpoint` as one; returns the events with their numbers.

        Args:
            fence: the owner's token; None: a writer that is not the owner.
            once: a name under which this is written only the first time: afterwards nothing happens and [] returns.

        Raises:
            Fenced: another owner has come, nothing was written. StateLost: Redis does not know the session.
            ServiceFailure: Redis is away; what was asked may be written or not.
        """
        sealed_checkpoint = b""
        if checkpoint is not None:
            sealed_checkpoint = seal(key, "checkpoint", "owner", session_id, "", checkpoint)
        keys = [
            names.meta(session_id), names.events(session_id), names.checkpoint(session_id), names.once(session_id)
        ]  # fmt: skip
        token = "" if fence is None else str(fence)
        last = self._last.get(session_id, 0)
        for _ in range(ATTEMPTS):
            numbered = [replace(event, seq=last + number) for number, event in enumerate(events, 1)]
            sealed = [seal(key, "events", "event", session_id, event.seq, encode(event)) for event in numbered]
            args: list[Part] = [token, last, sealed_checkpoint, once or "", names.channel(session_id), *sealed]
            answer = await self._link.run(APPEND, keys, args)
            if answer[0] == b"seq":
                last = int(answer[1])
                continue
            if answer[0] == b"ok":
                self._last[session_id] = last + len(events) if events else int(answer[1])
                return numbered
            self._last.pop(session_id, None)
            if answer[0] == b"once":
                return []
            if answer[0] == b"fenced":
                raise Fenced(f"Session {session_id} has another owner now.", "Leave it to them.")
            raise lost(session_id)
        raise ServiceFailure("Too many writers at once.", "Try again.", code="events_contended")

    async def read_events(self, session_id: str, after_seq: int, key: DataKey, count: int = PAGE) -> list[AnyDurable]:
        """At most `count` events behind number `after_seq`, in order, none missing.

        Raises:
            BadInput: code "stored_bytes_damaged"; "events_missing": what is kept has a gap.
            ServiceFailure: Redis is away.
        """
        command = ("XRANGE", names.events(session_id), f"{after_seq + 1}-0", "+", "COUNT", count)
        entries = await self._link.call(*command)
        found = [_event(session_id, key, entry) for entry in entries]
        if any(event.seq != after_seq + number for number, event in enumerate(found, 1)):
            raise BadInput("Durable events are missing.", "The session cannot be continued.", code="events_missing")
        return found

    async def all_events(self, session_id: str, key: DataKey) -> list[AnyDurable]:
        """Every event of the session. Raises as `read_events`."""
        found: list[AnyDurable] = []
        while page := await self.read_events(session_id, len(found), key):
            found += page
        return found

    async def last_seq(self, session_id: str) -> int:
        """The number of the newest event, 0 when there is none. Raises StateLost, ServiceFailure."""
        found = await self._link.call("HGET", names.meta(session_id), "seq")
        if found is None:
            raise lost(session_id)
        return int(found)

    async def checkpoint(self, session_id: str, key: DataKey) -> bytes | None:
        """What the last owner wrote with its last events; None when it wrote nothing. Raises as `read_events`."""
        sealed = await self._link.call("GET", names.checkpoint(session_id))
        return None if sealed is None else unseal(key, "checkpoint", "owner", session_id, "", sealed)


def _event(session_id: str, key: DataKey, entry: Any) -> AnyDurable:
    identity, fields = entry
    sealed = fields[1] if isinstance(fields, list) else fields[b"e"]
    seq = int(identity.split(b"-", 1)[0])
    try:
        event = decode_event(unseal(key, "events", "event", session_id, seq, sealed))
    except msgspec.MsgspecError:
        raise BadInput(
            "A stored event is not of this version.", "Run one version of the gateway.", code="stored_bytes_damaged"
        ) from None
    if event.seq != seq:
        raise BadInput("A stored event has another number.", "", code="stored_bytes_damaged")
    return event
