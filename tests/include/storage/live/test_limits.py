"""Rates against the token bucket's formula, and what replicas say about themselves."""

from __future__ import annotations

import asyncio

import pytest

from include.storage.live import LiveStore, ReplicaLoad
from tests.include.storage.live.conftest import raw, until
from tests.support.services.redis import RedisServer

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_a_bucket_gives_what_it_holds_and_then_says_when_there_is_more(live: LiveStore) -> None:
    decisions = [await live.allow("login:a", 5, 60) for _ in range(6)]
    assert [decision.allowed for decision in decisions] == [True] * 5 + [False]
    assert [decision.remaining for decision in decisions] == [4, 3, 2, 1, 0, 0]
    assert decisions[-1].retry_after_s == pytest.approx(12.0, abs=1.0)
    assert decisions[0].retry_after_s == 0
    assert (await live.allow("login:b", 5, 60)).allowed


async def test_at_once_or_one_by_one_no_more_than_the_formula(live: LiveStore, other: LiveStore) -> None:
    limit, per_s, loop = 20, 1.0, asyncio.get_running_loop()
    begun = loop.time()
    allowed = 0
    while loop.time() - begun < 0.6:
        decisions = await asyncio.gather(*(store.allow("x", limit, per_s) for store in (live, other) for _ in range(5)))
        allowed += sum(decision.allowed for decision in decisions)
    spent = loop.time() - begun
    assert limit + (spent - 0.1) * limit / per_s - 1 <= allowed <= limit + spent * limit / per_s


async def test_asking_again_when_told_to_works_and_buckets_pass(live: LiveStore, server: RedisServer) -> None:
    for _ in range(3):
        await live.allow("y", 3, 0.3)
    refused = await live.allow("y", 3, 0.3)
    assert not refused.allowed
    assert 0 < refused.retry_after_s <= 0.1
    await asyncio.sleep(refused.retry_after_s)
    assert (await live.allow("y", 3, 0.3)).allowed
    await until(lambda: not raw(server).keys("*"), "a full bucket takes no memory")


async def test_replicas_tell_their_load_until_they_are_silent(live: LiveStore, other: LiveStore) -> None:
    one, two = ReplicaLoad("one", 3, 5, real_time_factor=0.25), ReplicaLoad("two", 0, 8, speech=False)
    await live.report_load(two, 60)
    await other.report_load(one, 0.1)
    assert await live.fleet() == [one, two]
    await until(lambda: _is(other, [two]), "the silent one is forgotten")
    await live.report_load(ReplicaLoad("two", 1, 7, draining=True), 60)
    assert (await other.fleet())[0].draining
    await live.withdraw_load("two")
    assert await other.fleet() == []


async def _is(store: LiveStore, loads: list[ReplicaLoad]) -> bool:
    return await store.fleet() == loads
