"""Concluded sessions that wait to be handed over: kept in Redis, one worker at a time, back again when it dies."""

from __future__ import annotations

from include.storage.live import names
from include.storage.live.link import LivePart, Script
from include.storage.live.sessions import NOW

DONE = "handed over"

QUEUE = Script(
    NOW
    + """
if redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 1 then return 0 end
if redis.call('ZADD', KEYS[1], 'NX', now, ARGV[1]) == 0 then return 0 end
redis.call('PUBLISH', ARGV[3], 'h ' .. ARGV[1])
return 1
"""
)

NEXT = Script(
    NOW
    + """
local found = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1)[1]
if not found then return false end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), found)
redis.call('HSET', KEYS[2], found, ARGV[1])
return found
"""
)

RETRY = Script(
    NOW
    + """
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
"""
)

FINISH = Script(
    """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('SADD', KEYS[3], ARGV[2])
local left = redis.call('PTTL', KEYS[4])
if left == -2 then left = 86400000 end
if left > 0 then redis.call('PEXPIRE', KEYS[3], left) end
return 1
"""
)

_KEYS = [names.HANDOVER, names.HANDOVER_WORKERS]


class Handovers(LivePart):
    """The queue. All calls raise ServiceFailure when Redis is away."""

    async def queue_handover(self, session_id: str) -> bool:
        """Have the session handed over; False when it waits or was handed over already."""
        keys = [names.HANDOVER, names.once(session_id)]
        return bool(await self._link.run(QUEUE, keys, [session_id, DONE, names.EVERYBODY]))

    async def next_handover(self, worker: str, visibility_s: float) -> str | None:
        """A session for `worker`, which no other gets for `visibility_s`; None when none is due."""
        found = await self._link.run(NEXT, _KEYS, [worker, int(visibility_s * 1000)])
        return None if found is None else found.decode()

    async def retry_handover(self, session_id: str, delay_s: float) -> bool:
        """It failed: due again in `delay_s`. False when it does not wait any more."""
        return bool(await self._link.run(RETRY, _KEYS, [session_id, int(delay_s * 1000)]))

    async def done_handover(self, session_id: str) -> None:
        """It is handed over, and will not be queued again."""
        await self._link.run(FINISH, [*_KEYS, names.once(session_id), names.meta(session_id)], [session_id, DONE])

    async def waiting_handovers(self) -> int:
        """How many wait or are being handed over."""
        return int(await self._link.call("ZCARD", names.HANDOVER))

    async def handover_due_s(self, now_s: float) -> float:
        """For how many seconds the first of those that wait has been due at `now_s` (Redis' clock); 0 when none is.

        Raises:
            ServiceFailure: Redis is away.
        """
        first = await self._link.call("ZRANGE", names.HANDOVER, 0, 0, "WITHSCORES")
        return max(0.0, now_s - float(first[1]) / 1000.0) if first else 0.0
