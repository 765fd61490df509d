"""Sound: whatever is cut, sent twice or overlaps, every acknowledged sample is kept once, in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.interview.errors import BadInput, ServiceFailure
from include.security.keys import DataKey, new_data_key
from include.storage.live import AudioHole, LiveStore, SocketClaim, StateLost
from tests.include.storage.live.conftest import joined, raw, until
from tests.support.services.redis import RedisServer

pytestmark = pytest.mark.services
SOUND = np.arange(40_000, dtype="<u2")
"""Sample n is n: what is read back says where it came from."""


def pcm(start: int, end: int) -> bytes:
    return SOUND[start:end].tobytes()


async def kept(live: LiveStore, claim: SocketClaim, key: DataKey, page: int = 7) -> list[tuple[int, np.ndarray]]:
    """Everything kept, read in pages."""
    found, at = [], 0
    while chunks := await live.read_audio(claim.session_id, claim.role, at, key, page):
        found += [(chunk.start_sample, np.frombuffer(chunk.pcm, "<u2")) for chunk in chunks]
        at = found[-1][0] + len(found[-1][1])
    return found


@pytest.mark.anyio
async def test_what_is_sent_is_read_back_by_its_samples(live: LiveStore, key: DataKey) -> None:
    claim = await joined(live, channels=2)
    stereo = bytes(range(256)) * 25
    assert await live.append_audio(claim, 0, stereo, key) == 1_600
    assert await live.append_audio(claim, 1_600, stereo, key) == 3_200
    for at, expected in ((0, [0, 1_600]), (1_599, [0, 1_600]), (1_600, [1_600]), (3_200, [])):
        chunks = await live.read_audio(claim.session_id, "candidate", at, key, channels=2)
        assert [chunk.start_sample for chunk in chunks] == expected
        assert all(chunk.pcm == stereo for chunk in chunks)
    everything = [chunk async for chunk in live.audio(claim.session_id, "candidate", key, channels=2)]
    assert [chunk.start_sample for chunk in everything] == [0, 1_600]
    assert await live.read_audio(claim.session_id, "interviewer", 0, key) == []


@pytest.mark.anyio
async def test_an_owner_reads_all_senders_at_once(live: LiveStore, key: DataKey) -> None:
    claim = await joined(live)
    both = await live.claim_socket(claim.session_id, "interviewer", 2)
    assert [len(chunks) for _, chunks in await live.read_heard(claim.session_id, {}, key)] == [0, 0]
    for start in range(0, 300, 100):
        await live.append_audio(claim, start, pcm(start, start + 100), key)
        await live.append_audio(both, start, pcm(2 * start, 2 * start + 200), key)
    (first, mine), (second, theirs) = await live.read_heard(
        claim.session_id, {"candidate": 150, "interviewer": 200}, key, count=1
    )
    assert [first, second] == await live.senders(claim.session_id)
    assert (first.role, first.channels, second.next_sample) == ("interviewer", 2, 300)
    assert [(chunk.start_sample, chunk.pcm) for chunk in mine] == [(200, pcm(400, 600))]
    assert [(chunk.start_sample, chunk.pcm) for chunk in theirs] == [(100, pcm(100, 200))]
    with pytest.raises(StateLost):
        await live.read_heard("nobody", {}, key)


@pytest.mark.anyio
async def test_holes_are_refused_until_they_are_declared(live: LiveStore, key: DataKey) -> None:
    claim = await joined(live)
    with pytest.raises(AudioHole) as hole:
        await live.append_audio(claim, 100, pcm(100, 200), key)
    assert hole.value.next_sample == 0
    assert await live.skip_audio(claim, 100) == 100
    assert await live.append_audio(claim, 50, pcm(50, 200), key) == 200
    assert await live.skip_audio(claim, 150) == 200, "what is kept cannot be left out"
    assert [(start, len(samples)) for start, samples in await kept(live, claim, key)] == [(100, 100)]
    (sender,) = await live.senders(claim.session_id)
    await live.skip_audio(claim, 1_000, start_ms=5_000)
    (moved,) = await live.senders(claim.session_id)
    assert (sender.next_sample, moved.next_sample, moved.start_ms) == (200, 1_000, 5_000)
    for broken in (b"", b"x"):
        with pytest.raises(BadInput, match="whole samples"):
            await live.append_audio(claim, 1_000, broken, key)


@pytest.mark.anyio
async def test_sound_is_sealed_for_its_place(live: LiveStore, server: RedisServer, key: DataKey) -> None:
    claim = await joined(live)
    words = b"MARKER words said aloud " * 10
    await live.append_audio(claim, 0, words, key)
    (name,) = raw(server).keys("*audio*")
    ((identity, fields),) = raw(server).xrange(name)
    assert b"MARKER" not in fields[b"p"]
    with pytest.raises(BadInput, match="another key"):
        await live.read_audio(claim.session_id, "candidate", 0, new_data_key())
    raw(server).xadd(name.replace(b"candidate", b"interviewer"), fields, identity)
    with pytest.raises(BadInput) as moved:
        await live.read_audio(claim.session_id, "interviewer", 0, key)
    assert moved.value.code == "stored_bytes_damaged"


@pytest.mark.anyio
async def test_frames_of_many_sessions_share_the_way(live: LiveStore, server: RedisServer, key: DataKey) -> None:
    claims = [await joined(live) for _ in range(50)]
    scripts = raw(server).info("commandstats")["cmdstat_evalsha"]["calls"]
    ends = await asyncio.gather(*(live.append_audio(claim, 0, pcm(0, 1_600), key) for claim in claims))
    assert ends == [1_600] * 50
    assert raw(server).info("commandstats")["cmdstat_evalsha"]["calls"] - scripts <= 2
    for claim in claims:
        assert [len(samples) for _, samples in await kept(live, claim, key)] == [1_600]


class Sending:
    """A live store, one loop and one key for all examples."""

    def __init__(self, server: RedisServer) -> None:
        self.runner = asyncio.Runner()
        self.key = new_data_key()
        self.live = self.runner.run(LiveStore.open(server.url))

    def close(self) -> None:
        self.runner.run(self.live.close())
        self.runner.close()


@pytest.fixture(scope="module")
def sending(shared_server: RedisServer) -> Iterator[Sending]:
    made = Sending(shared_server)
    yield made
    made.close()


STEPS = st.one_of(
    st.tuples(st.just("send"), st.integers(-3_000, 0), st.integers(1, 2_000)),
    st.tuples(st.just("ahead"), st.integers(1, 800), st.integers(1, 2_000)),
    st.tuples(st.just("twice"), st.integers(-3_000, 0), st.integers(1, 2_000)),
    st.tuples(st.just("reconnect"), st.integers(-3_000, 0), st.integers(1, 2_000)),
    st.tuples(st.just("cancel"), st.integers(-500, 0), st.integers(1, 2_000)),
)


@given(steps=st.lists(STEPS, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_no_sample_is_lost_or_kept_twice(sending: Sending, steps: list[tuple[str, int, int]]) -> None:
    sending.runner.run(_no_sample_is_lost_or_kept_twice(sending, steps))


async def _no_sample_is_lost_or_kept_twice(sending: Sending, steps: list[tuple[str, int, int]]) -> None:
    live, key = sending.live, sending.key
    claim = await joined(live)
    acked, holes = 0, []
    for kind, shift, length in steps:
        start = max(0, acked + shift)
        end = min(start + length, len(SOUND))
        if kind == "reconnect":
            claim = await live.claim_socket(claim.session_id, "candidate", 1)
            assert claim.next_sample == acked
        if kind == "ahead":
            with pytest.raises(AudioHole) as hole:
                await live.append_audio(claim, start, pcm(start, end), key)
            assert hole.value.next_sample == acked
            holes.append((acked, start))
            assert await live.skip_audio(claim, start) == start
        if kind == "cancel":
            task = asyncio.create_task(live.append_audio(claim, start, pcm(start, end), key))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        for _ in range(2 if kind == "twice" else 1):
            acked = max(acked, end)
            assert await live.append_audio(claim, start, pcm(start, end), key) == acked
    expected = np.ones(acked, dtype=bool)
    for begin, end in holes:
        expected[begin:end] = False
    got = await kept(live, claim, key)
    numbers = np.concatenate([samples for _, samples in got])
    assert np.array_equal(numbers, SOUND[:acked][expected])
    assert all(start == samples[0] for start, samples in got)
    (sender,) = await live.senders(claim.session_id)
    assert sender.next_sample == acked


@pytest.mark.anyio
async def test_what_was_acknowledged_survives_a_killed_redis(own_server: RedisServer, key: DataKey) -> None:
    """The sender goes on from its ring, as a client does; Redis dies three times in between."""
    live = await LiveStore.open(own_server.url)
    claims = [await joined(live) for _ in range(3)]
    acked, codes = dict.fromkeys(range(3), 0), set()

    async def send(number: int) -> None:
        while acked[number] < len(SOUND):
            end = min(acked[number] + 400, len(SOUND))
            try:
                acked[number] = await live.append_audio(claims[number], acked[number], pcm(acked[number], end), key)
            except ServiceFailure as failure:
                codes.add(failure.code)
                await asyncio.sleep(0.02)

    senders = [asyncio.create_task(send(number)) for number in range(3)]
    for limit in (5_000, 15_000, 25_000):
        await until(lambda limit=limit: min(acked.values()) > limit, "sound is acknowledged")
        own_server.kill()
        own_server.restart()
    await asyncio.gather(*senders)
    assert codes == {"redis_away"}
    for claim in claims:
        numbers = np.concatenate([samples for _, samples in await kept(live, claim, key, page=100)])
        assert np.array_equal(numbers, SOUND)
    await live.close()
