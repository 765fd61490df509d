"""Redis away: told soon, nothing retried in secret, and everything works again when it is back."""

from __future__ import annotations

import asyncio
import time

import pytest

from include.interview.errors import BadInput, ServiceFailure
from include.interview.live.wire import Status
from include.security.keys import DataKey
from include.storage.live import LiveStore, Notice, StateLost
from tests.include.storage.live.conftest import joined, meta_of, until
from tests.support.services.redis import RedisServer

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_a_frozen_redis_is_told_within_seconds_and_all_goes_on_after(
    own_server: RedisServer, key: DataKey
) -> None:
    live = await LiveStore.open(own_server.url)
    claim = await joined(live)
    assert await live.append_audio(claim, 0, bytes(200), key) == 100
    own_server.pause()
    begun = time.monotonic()
    calls = [
        live.ping(),
        live.append_audio(claim, 100, bytes(200), key),
        live.claim_socket(claim.session_id, "candidate", 1),
        live.redeem_ticket("x"),
        live.allow("x", 1, 1),
        live.watch(claim.session_id, key),
    ]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert {getattr(answer, "code", answer) for answer in answers} == {"redis_away"}
    assert time.monotonic() - begun < 4
    own_server.resume()
    await until(lambda: _answers(live), "Redis answers again")
    again = await live.claim_socket(claim.session_id, "candidate", 1)
    assert again.next_sample in (100, 200), "what was on its way may have arrived"
    assert await live.append_audio(again, 100, bytes(200), key) == 200
    chunks = await live.read_audio(claim.session_id, "candidate", 0, key)
    assert sum(len(chunk.pcm) for chunk in chunks) == 400
    await live.watch(claim.session_id, key)
    await live.close()


async def _answers(live: LiveStore) -> bool:
    try:
        await live.ping()
    except ServiceFailure:
        return False
    return True


async def test_a_killed_redis_comes_back_with_everything_and_watchers_are_told(
    own_server: RedisServer, key: DataKey
) -> None:
    live = await LiveStore.open(own_server.url)
    heard: list[Notice] = []
    live.listen(heard.append)
    claim = await joined(live)
    session = claim.session_id
    fence = await live.acquire(session, "me", 600)
    await live.append_events(session, [], fence=fence, key=key, checkpoint=b"here")
    await live.queue_handover(session)
    await live.watch(session, key)
    await live.follow(session)
    own_server.kill()
    with pytest.raises(ServiceFailure) as away:
        await live.ping()
    assert away.value.code == "redis_away"
    own_server.restart()
    await until(lambda: _answers(live), "Redis is back")
    assert await live.checkpoint(session, key) == b"here"
    assert await live.renew(session, "me", fence or 0, 600)
    assert await live.next_handover("w", 60) == session
    assert await live.epoch(session) == claim.epoch
    await until(lambda: Notice(session, "resync") in heard, "watchers learn of the break")
    heard.clear()
    await live.publish(session, Status(state="ok"), key)
    assert await live.append_audio(claim, 0, bytes(200), key) == 100
    await until(lambda: {"message", "sound"} <= {notice.kind for notice in heard}, "notices flow again")
    await live.close()


async def test_a_redis_restarted_empty_has_lost_the_session_and_says_so(own_server: RedisServer, key: DataKey) -> None:
    live = await LiveStore.open(own_server.url)
    claim = await joined(live)
    await live.append_audio(claim, 0, bytes(200), key)
    own_server.kill()
    own_server.restart(keep_data=False)
    await until(lambda: _answers(live), "Redis is back")
    with pytest.raises(StateLost):
        await live.append_audio(claim, 100, bytes(200), key)
    with pytest.raises(StateLost):
        await live.claim_socket(claim.session_id, "candidate", 1)
    made = await live.recreate(meta_of(claim.session_id), started_unix_ms=claim.session_start_unix_ms)
    assert made.epoch != claim.epoch
    new = await live.claim_socket(claim.session_id, "candidate", 1)
    await live.skip_audio(new, 100, start_ms=0)
    assert await live.append_audio(new, 100, bytes(200), key) == 200
    await live.close()


async def test_followed_sound_is_told_of_together(live: LiveStore, other: LiveStore, key: DataKey) -> None:
    heard: list[Notice] = []
    live.listen(heard.append)
    claims = [await joined(other) for _ in range(3)]
    for claim in claims[:2]:
        await live.follow(claim.session_id)
    for start in range(0, 500, 50):
        await asyncio.gather(*(other.append_audio(claim, start, bytes(100), key) for claim in claims))
    expected = {Notice(claim.session_id, "sound", "candidate") for claim in claims[:2]}
    await until(lambda: {n for n in heard if n.kind == "sound"} == expected, "sound of both")
    live.unfollow(claims[0].session_id)
    heard.clear()
    for claim in claims:
        await other.append_audio(claim, 500, bytes(100), key)
    await until(lambda: heard, "sound of the other")
    assert {notice.session_id for notice in heard} <= {claims[1].session_id, claims[0].session_id}
    late = await joined(other)
    await live.follow(late.session_id)
    heard.clear()
    await other.append_audio(late, 0, bytes(100), key)
    await until(lambda: Notice(late.session_id, "sound", "candidate") in heard, "a session followed later")


async def test_what_cannot_be_reached_or_is_no_redis_is_a_sentence() -> None:
    with pytest.raises(ServiceFailure, match="Redis is away") as away:
        await LiveStore.open("redis://:SECRETWORD@127.0.0.1:1/0")
    assert "SECRETWORD" not in str(away.value)
    with pytest.raises(BadInput, match="not a Redis URL") as other:
        await LiveStore.open("SECRETWORD://host")
    assert "SECRETWORD" not in str(other.value)


async def test_a_wrong_password_is_refused(server: RedisServer) -> None:
    port = server.url.rsplit(":", 1)[1].split("/")[0]
    with pytest.raises(ServiceFailure) as refused:
        await LiveStore.open(f"redis://:WRONGWORD@127.0.0.1:{port}/0")
    assert refused.value.code == "redis_refused"
    assert "WRONGWORD" not in str(refused.value)
