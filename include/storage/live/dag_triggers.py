"""DAG runs that wait to be triggered: kept in Redis until Airflow has taken them. Ids only, nothing personal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Self

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from include.interview.errors import ServiceFailure
from include.interview.records import Record

DUE = "triview:triggers:due"
"""Sorted set: trigger -> when it is next due (seconds of Redis' own clock)."""
TRIES = "triview:triggers:tries"
"""Hash: trigger -> how often it failed."""

_PUT = """
local due = tonumber(redis.call('TIME')[1]) + tonumber(ARGV[2])
return redis.call('ZADD', KEYS[1], 'NX', due, ARGV[1])
"""
_TAKE = """
local now = tonumber(redis.call('TIME')[1])
local found = redis.call('ZRANGE', KEYS[1], '-inf', now, 'BYSCORE', 'LIMIT', 0, 1)[1]
if not found then return false end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[1]), found)
return {found, redis.call('HGET', KEYS[2], found) or '0'}
"""
_LATER = """
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('HINCRBY', KEYS[2], ARGV[1], 1)
redis.call('ZADD', KEYS[1], tonumber(redis.call('TIME')[1]) + tonumber(ARGV[2]), ARGV[1])
return 1
"""


class Trigger(Record, frozen=True):
    """A DAG run to be triggered: of which DAG, under which id, for which interview, or `about` what else."""

    dag_id: str
    run_id: str
    interview_id: str
    about: Literal["interview_id", "opening_id"] = "interview_id"


class TriggerQueue:
    """Triggers of DAG runs in Redis, shared by all replicas. One that was taken comes back unless done in time."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._put, self._take, self._later = (redis.register_script(text) for text in (_PUT, _TAKE, _LATER))

    @classmethod
    def open(cls, redis_url: str) -> Self:
        """A queue on the Redis at `redis_url`; it is connected when first used."""
        return cls(Redis.from_url(redis_url))

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    async def put(self, trigger: Trigger, delay_s: int = 0) -> None:
        """Keep `trigger`, due in `delay_s` seconds; one that waits already stays as it is.

        Raises:
            ServiceFailure: Redis is away (code "redis_away").
        """
        with _failures():
            await self._put(keys=[DUE], args=[msgspec.json.encode(trigger), delay_s])

    async def take(self, visibility_s: int) -> tuple[Trigger, int] | None:
        """A trigger that is due, and how often it failed; nobody else gets it for `visibility_s` seconds.

        Raises:
            ServiceFailure: Redis is away.
        """
        with _failures():
            found = await self._take(keys=[DUE, TRIES], args=[visibility_s])
        return None if found is None else (msgspec.json.decode(found[0], type=Trigger), int(found[1]))

    async def done(self, trigger: Trigger) -> None:
        """Remove a trigger that Airflow has taken. Raises ServiceFailure when Redis is away."""
        raw = msgspec.json.encode(trigger)
        with _failures():
            await self._redis.zrem(DUE, raw)
            await self._redis.hdel(TRIES, raw)

    async def retry(self, trigger: Trigger, delay_s: int) -> None:
        """Count a failure: due again in `delay_s` seconds. Raises ServiceFailure when Redis is away."""
        with _failures():
            await self._later(keys=[DUE, TRIES], args=[msgspec.json.encode(trigger), delay_s])

    async def waiting(self) -> int:
        """How many triggers wait. Raises ServiceFailure when Redis is away."""
        with _failures():
            return int(await self._redis.zcard(DUE))


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise ServiceFailure(
            f"Redis cannot be used ({type(error).__name__}).", "Check that it runs, then try again.", code="redis_away"
        ) from None
