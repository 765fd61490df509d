"""Sessions: created once, a clock that begins with the first socket, the newest socket of a role wins."""

from __future__ import annotations

import asyncio
import time

import pytest
from msgspec.structs import replace

from include.interview.errors import BadInput
from include.security.keys import DataKey
from include.storage.live import LiveStore, Notice, Sender, StateLost, Superseded
from tests.include.storage.live.conftest import joined, meta_of, raw, until
from tests.support.services.redis import RedisServer

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_creating_again_changes_nothing(live: LiveStore, other: LiveStore) -> None:
    meta = meta_of()
    first = await live.create(meta)
    assert first == replace(meta, epoch=first.epoch)
    assert len(first.epoch) == 16
    assert await other.create(replace(meta, profile="other")) == first
    assert await other.meta(meta.id) == first
    assert await live.epoch(meta.id) == first.epoch
    assert await live.ownerless() == []


async def test_the_first_socket_starts_the_clock_and_the_first_sound_is_placed_on_it(live: LiveStore) -> None:
    meta = await live.create(meta_of())
    listening = await live.claim_socket(meta.id, "interviewer", None)
    assert (listening.generation, listening.channels, listening.start_ms, listening.session_ms) == (1, None, None, 0)
    assert abs(listening.session_start_unix_ms - time.time() * 1000) < 2_000
    await until(lambda: time.time() * 1000 > listening.session_start_unix_ms + 30, "the clock moves")
    sending = await live.claim_socket(meta.id, "candidate", 2)
    assert sending.start_ms == sending.session_ms >= 30
    again = await live.claim_socket(meta.id, "candidate", 2)
    assert (again.generation, again.start_ms) == (2, sending.start_ms)
    assert again.session_start_unix_ms == listening.session_start_unix_ms
    assert await live.senders(meta.id) == [Sender("candidate", 2, sending.start_ms, 0)]
    with pytest.raises(BadInput) as refused:
        await live.claim_socket(meta.id, "candidate", 1)
    assert refused.value.code == "channels_changed"
    stands = await live.meta(meta.id)
    assert (stands.state, stands.started_unix_ms) == ("live", listening.session_start_unix_ms)
    assert await live.ownerless() == [meta.id]


async def test_the_newest_socket_wins_and_the_others_are_told(live: LiveStore, other: LiveStore, key: DataKey) -> None:
    heard: list[Notice] = []
    other.listen(heard.append)
    old = await joined(live)
    await other.watch(old.session_id, key)
    assert await live.append_audio(old, 0, bytes(200), key) == 100
    new = await other.claim_socket(old.session_id, "candidate", 1)
    assert (new.generation, new.next_sample) == (2, 100)
    with pytest.raises(Superseded):
        await live.append_audio(old, 100, bytes(200), key)
    with pytest.raises(Superseded):
        await live.skip_audio(old, 500)
    assert await other.append_audio(new, 100, bytes(200), key) == 200
    told = await until(lambda: [notice for notice in heard if notice.kind == "joined"], "a notice")
    assert told == [Notice(old.session_id, "joined", "candidate", 2)]


async def test_of_many_claims_at_once_each_has_its_own_generation(live: LiveStore, other: LiveStore) -> None:
    meta = await live.create(meta_of())
    claims = await asyncio.gather(*(s.claim_socket(meta.id, "candidate", 1) for _ in range(10) for s in (live, other)))
    assert sorted(claim.generation for claim in claims) == list(range(1, 21))
    assert len({(claim.start_ms, claim.session_start_unix_ms, claim.epoch) for claim in claims}) == 1


async def test_an_emptied_redis_says_so_and_a_recreated_session_is_another_epoch(
    live: LiveStore, server: RedisServer, key: DataKey
) -> None:
    claim = await joined(live)
    fence = await live.acquire(claim.session_id, "me", 5)
    await live.append_audio(claim, 0, bytes(200), key)
    raw(server).flushall()
    for call in (
        live.meta(claim.session_id),
        live.epoch(claim.session_id),
        live.claim_socket(claim.session_id, "candidate", 1),
        live.append_audio(claim, 100, bytes(200), key),
        live.skip_audio(claim, 500),
        live.append_events(claim.session_id, [], fence=fence, key=key, checkpoint=b""),
        live.command(claim.session_id, b"", key),
        live.acquire(claim.session_id, "me", 5),
        live.senders(claim.session_id),
        live.set_state(claim.session_id, "live"),
        live.last_seq(claim.session_id),
    ):
        with pytest.raises(StateLost):
            await call
    assert not await live.renew(claim.session_id, "me", fence or 0, 5)
    assert await live.unseen_s(claim.session_id) == float("inf")
    started = claim.session_start_unix_ms
    made = await live.recreate(meta_of(claim.session_id), started_unix_ms=started)
    assert (made.state, made.started_unix_ms, made.last_seq) == ("live", started, 0)
    assert made.epoch != claim.epoch
    assert await live.recreate(meta_of(claim.session_id), started_unix_ms=None) == made
    assert await live.ownerless() == [claim.session_id]
    with pytest.raises(StateLost):
        await live.append_audio(claim, 100, bytes(200), key)
    new = await live.claim_socket(claim.session_id, "candidate", 1)
    assert new.generation > claim.generation
    assert (new.next_sample, new.session_start_unix_ms) == (0, started)
    later = await live.acquire(claim.session_id, "other", 5)
    assert later is not None
    assert later > (fence or 0) + 1_000_000


async def test_states_decide_who_needs_an_owner(live: LiveStore) -> None:
    claim = await joined(live)
    for state, running in (("ending", True), ("ended", False)):
        await live.set_state(claim.session_id, state)  # type: ignore[arg-type]
        assert (await live.meta(claim.session_id)).state == state
        assert (claim.session_id in await live.ownerless()) is running
    again = await live.claim_socket(claim.session_id, "candidate", 1)
    assert again.state == "ended"
    assert await live.running() == []


async def test_presence_expiry_and_erasure(live: LiveStore, server: RedisServer, key: DataKey) -> None:
    claim = await joined(live)
    assert await live.unseen_s(claim.session_id) < 5
    await until(lambda: live.unseen_s(claim.session_id), "time passes")
    await live.seen({claim.session_id: (), "nobody": ()})
    assert await live.unseen_s(claim.session_id) < 5
    assert await live.unseen_s("nobody") == float("inf")
    await live.append_audio(claim, 0, bytes(200), key)
    await live.command(claim.session_id, b"x", key, once="once")
    await live.append_events(claim.session_id, [], fence=None, key=key, checkpoint=b"x")
    await live.queue_handover(claim.session_id)
    await live.expire(claim.session_id, 100)
    await live.done_handover(claim.session_id)
    left = {name: raw(server).pttl(name) for name in raw(server).keys("*")}
    assert left
    assert all(0 < ms <= 100_000 for ms in left.values()), left
    await live.forget(claim.session_id)
    assert raw(server).keys("*") == []


async def test_sessions_nobody_joins_are_forgotten_but_not_once_somebody_did(
    live: LiveStore, server: RedisServer
) -> None:
    meta = await live.create(meta_of())
    (name,) = raw(server).keys("*meta")
    assert raw(server).ttl(name) > 6 * 24 * 3600
    await live.claim_socket(meta.id, "interviewer", None)
    assert raw(server).ttl(name) == -1
