"""Owners and workers: one at a time, tokens that only rise, nobody forgotten."""

from __future__ import annotations

import asyncio

import pytest

from include.storage.live import LiveStore, Notice
from tests.include.storage.live.conftest import joined, until

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_of_many_who_want_a_session_one_gets_it(live: LiveStore, other: LiveStore) -> None:
    session = (await joined(live)).session_id
    for turn in range(1, 4):
        tries = [(f"{n}", store.acquire(session, f"{n}", 60)) for n, store in enumerate([live, other] * 10)]
        fences = await asyncio.gather(*(call for _, call in tries))
        won = [(name, fence) for (name, _), fence in zip(tries, fences, strict=True) if fence is not None]
        assert [fence for _, fence in won] == [turn]
        assert await live.ownerless() == []
        assert not await live.release(session, "stranger", turn)
        assert await live.release(session, *won[0])
        assert await other.ownerless() == [session]


async def test_a_lease_that_runs_out_leaves_the_session_to_others(live: LiveStore, other: LiveStore) -> None:
    session = (await joined(live)).session_id
    first = await live.acquire(session, "first", 0.05)
    assert first == 1
    await until(other.ownerless, "the lease runs out")
    assert await live.renew(session, "first", first, 60), "nobody else has come"
    assert await other.acquire(session, "second", 60) is None
    assert await live.renew(session, "first", first, 0.05)
    await until(other.ownerless, "the lease runs out again")
    second = await other.acquire(session, "second", 0.05)
    assert second == 2
    assert not await live.renew(session, "first", first, 60)
    await until(live.ownerless, "the second's too")
    assert not await live.renew(session, "first", first, 60), "an older token never comes back"
    assert not await live.release(session, "first", first)
    assert await other.renew(session, "second", second, 60)


async def test_all_leases_of_a_replica_are_renewed_at_once(live: LiveStore, other: LiveStore) -> None:
    sessions = [(await joined(live)).session_id for _ in range(4)]
    fences = {session: await live.acquire(session, "me", 0.05) or 0 for session in sessions[:3]}
    await until(lambda: _counts(other, 4), "the leases run out")
    assert await other.acquire(sessions[1], "you", 60) == 2
    assert await live.renew_all(fences, "me", 60) == {sessions[0], sessions[2]}
    assert await other.ownerless() == [sessions[3]]
    assert await live.renew_all({}, "me", 60) == set()


async def _counts(store: LiveStore, number: int) -> bool:
    return len(await store.ownerless()) == number


async def test_a_released_session_is_announced(live: LiveStore, other: LiveStore) -> None:
    heard: list[Notice] = []
    other.listen(heard.append)
    session = (await joined(live)).session_id
    await until(lambda: heard == [Notice(session, "ownerless")], "a session that somebody joined needs an owner")
    fence = await live.acquire(session, "me", 60)
    await live.release(session, "me", fence or 0)
    await until(lambda: heard == [Notice(session, "ownerless")] * 2, "one that was released too")


async def test_one_worker_hands_a_session_over_and_it_is_never_queued_again(live: LiveStore, other: LiveStore) -> None:
    session = (await joined(live)).session_id
    heard: list[Notice] = []
    other.listen(heard.append)
    assert await live.queue_handover(session)
    assert not await other.queue_handover(session)
    await until(lambda: Notice(session, "handover") in heard, "a notice")
    taken = await asyncio.gather(*(s.next_handover(f"{n}", 60) for n, s in enumerate([live, other] * 10)))
    assert [name for name in taken if name is not None] == [session]
    assert await live.waiting_handovers() == 1
    await live.done_handover(session)
    assert not await other.queue_handover(session)
    assert await live.next_handover("w", 60) is None
    assert await live.waiting_handovers() == 0


async def test_a_dead_workers_session_comes_back_and_a_failed_one_later(live: LiveStore, other: LiveStore) -> None:
    session = (await joined(live)).session_id
    await live.queue_handover(session)
    assert await live.next_handover("dies", 0.05) == session
    assert await until(lambda: other.next_handover("goes on", 60), "it comes back") == session
    assert await other.retry_handover(session, 0.05)
    assert await until(lambda: live.next_handover("third", 60), "its delay passes") == session
    assert await live.retry_handover(session, 60)
    assert await live.next_handover("third", 60) is None
    await live.done_handover(session)
    assert not await live.retry_handover(session, 0)


async def test_sessions_are_handed_over_in_the_order_they_came(live: LiveStore) -> None:
    sessions = []
    for _ in range(3):
        sessions.append((await joined(live)).session_id)
        await live.queue_handover(sessions[-1])
        await asyncio.sleep(0.002)  # milliseconds order the queue
    assert [await live.next_handover("w", 60) for _ in range(3)] == sessions
