"""Rate limits that all replicas share, and what each replica says about its load."""

from __future__ import annotations

import msgspec

from include.storage.live import names
from include.storage.live.link import LivePart, Script
from include.storage.live.records import RateDecision, ReplicaLoad
from include.storage.live.sessions import NOW

ALLOW = Script(
    """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local limit, spacing = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
if full < now then full = now end
local free = limit * spacing - (full - now)
if free < spacing then
  return {0, math.ceil(spacing - free), 0}
end
full = full + spacing
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return {1, 0, math.floor((free - spacing) / spacing)}
"""
)
"""A token bucket kept as one number (GCRA): the time at which the bucket will be full again, in microseconds."""

GIVE_BACK = Script(
    """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local full = tonumber(redis.call('GET', KEYS[1]) or '0') - tonumber(ARGV[1])
if full <= now then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 1
"""
)

REPORT = Script(
    NOW
    + """
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now + tonumber(ARGV[2])) .. ' ' .. ARGV[3])
return 1
"""
)

FLEET = Script(
    NOW
    + """
local found, all = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local till, load = string.match(all[i + 1], '^(%d+) (.*)$')
  if tonumber(till) > now then found[#found + 1] = load else redis.call('HDEL', KEYS[1], all[i]) end
end
return found
"""
)


class Limits(LivePart):
    """Rates and load. All calls raise ServiceFailure when Redis is away."""

    async def allow(self, bucket: str, limit: int, per_s: float) -> RateDecision:
        """Take one token from `bucket`, which holds `limit` and is refilled evenly, `limit` in `per_s` seconds.

        `bucket` must not name a person: hash what it is made of.
        """
        spacing = _spacing_us(limit, per_s)
        allowed, wait_us, remaining = await self._link.run(ALLOW, [names.rate(bucket)], [limit, spacing])
        return RateDecision(bool(allowed), int(wait_us) / 1e6, int(remaining))

    async def give_back(self, bucket: str, limit: int, per_s: float) -> None:
        """Put back a token that `allow` took, because what it was taken for shall not count."""
        await self._link.run(GIVE_BACK, [names.rate(bucket)], [_spacing_us(limit, per_s)])

    async def report_load(self, load: ReplicaLoad, ttl_s: float) -> None:
        """Say how busy this replica is; believed for `ttl_s` seconds."""
        args = (load.replica, int(ttl_s * 1000), msgspec.json.encode(load))
        await self._link.run(REPORT, [names.FLEET], args)

    async def withdraw_load(self, replica: str) -> None:
        """This replica takes nothing any more."""
        await self._link.call("HDEL", names.FLEET, replica)

    async def fleet(self) -> list[ReplicaLoad]:
        """What the replicas that live say about themselves, by name."""
        found = await self._link.run(FLEET, [names.FLEET])
        loads = [msgspec.json.decode(text, type=ReplicaLoad) for text in found]
        return sorted(loads, key=lambda load: load.replica)


def _spacing_us(limit: int, per_s: float) -> int:
    """Microseconds in which a bucket gets one token back."""
    return max(1, round(per_s * 1e6 / limit))
