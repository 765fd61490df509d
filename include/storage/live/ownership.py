"""Who owns a session: a lease that runs out, and a token that only ever rises, so that a late owner writes nothing."""

from __future__ import annotations

from collections.abc import Mapping

from include.storage.live import names
from include.storage.live.link import LivePart, Script
from include.storage.live.sessions import lost

ACQUIRE = Script(
    """
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return -1 end
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
local fence = redis.call('HINCRBY', KEYS[1], 'fence', 1)
redis.call('SET', KEYS[2], ARGV[1] .. ' ' .. fence, 'PX', ARGV[2])
return fence
"""
)

RENEW = Script(
    """
local held = redis.call('GET', KEYS[2])
local mine = ARGV[1] .. ' ' .. ARGV[2]
if held == mine or (not held and redis.call('HGET', KEYS[1], 'fence') == ARGV[2]) then
  redis.call('SET', KEYS[2], mine, 'PX', ARGV[3])
  return 1
end
return 0
"""
)
"""A lease that ran out may be renewed as long as nobody else took the session: the token says so."""

RENEW_ALL = Script(
    """
local answers = {}
for i = 1, #KEYS, 2 do
  local fence = ARGV[2 + (i + 1) / 2]
  local held, mine = redis.call('GET', KEYS[i + 1]), ARGV[1] .. ' ' .. fence
  if held == mine or (not held and redis.call('HGET', KEYS[i], 'fence') == fence) then
    redis.call('SET', KEYS[i + 1], mine, 'PX', ARGV[2])
    answers[#answers + 1] = 1
  else
    answers[#answers + 1] = 0
  end
end
return answers
"""
)

RELEASE = Script(
    """
if redis.call('GET', KEYS[2]) ~= ARGV[1] .. ' ' .. ARGV[2] then return 0 end
redis.call('DEL', KEYS[2])
redis.call('PUBLISH', ARGV[3], 'o ' .. ARGV[4])
return 1
"""
)

OWNERLESS = Script(
    """
local found = {}
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', ARGV[1] .. id .. ':lease') == 0 then
    if redis.call('EXISTS', ARGV[1] .. id .. ':meta') == 1 then
      found[#found + 1] = id
    else
      redis.call('SREM', KEYS[1], id)
    end
  end
end
return found
"""
)


class Ownership(LivePart):
    """Leases. All calls raise ServiceFailure when Redis is away."""

    async def acquire(self, session_id: str, owner: str, ttl_s: float) -> int | None:
        """A fencing token, higher than all before it, and the lease for `ttl_s`; None when somebody holds the lease.

        Raises:
            StateLost: Redis does not know the session.
        """
        keys = [names.meta(session_id), names.lease(session_id)]
        fence = int(await self._link.run(ACQUIRE, keys, [owner, _ms(ttl_s)]))
        if fence < 0:
            raise lost(session_id)
        return fence or None

    async def renew(self, session_id: str, owner: str, fence: int, ttl_s: float) -> bool:
        """Hold the lease for another `ttl_s`; False when another owner has come, or the session is gone."""
        keys = [names.meta(session_id), names.lease(session_id)]
        return bool(await self._link.run(RENEW, keys, [owner, fence, _ms(ttl_s)]))

    async def renew_all(self, fences: Mapping[str, int], owner: str, ttl_s: float) -> set[str]:
        """As `renew`, for all sessions of a replica at once; returns those that are kept."""
        if not fences:
            return set()
        keys = [key for session_id in fences for key in (names.meta(session_id), names.lease(session_id))]
        kept = await self._link.run(RENEW_ALL, keys, [owner, _ms(ttl_s), *fences.values()])
        return {session_id for session_id, answer in zip(fences, kept, strict=True) if answer}

    async def release(self, session_id: str, owner: str, fence: int) -> bool:
        """Give the lease up and tell all replicas; False when it was not held any more."""
        keys = [names.meta(session_id), names.lease(session_id)]
        return bool(await self._link.run(RELEASE, keys, [owner, fence, names.EVERYBODY, session_id]))

    async def ownerless(self) -> list[str]:
        """Sessions that run (somebody joined, nobody concluded them) and that nobody owns."""
        found = await self._link.run(OWNERLESS, [names.RUNNING], [names.PREFIX])
        return sorted(identity.decode() for identity in found)

    async def running(self) -> list[str]:
        """All sessions that run, owned or not."""
        return sorted(identity.decode() for identity in await self._link.call("SMEMBERS", names.RUNNING))


def _ms(seconds: float) -> int:
    return max(1, int(seconds * 1000))
