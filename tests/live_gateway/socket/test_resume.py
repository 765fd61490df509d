"""Cut, killed, drained, without Redis: nothing is lost, nothing comes twice, no hole is left undeclared."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from cli.local.gateway import LocalGateway
from include.gateway_client.socket import LiveClient
from include.interview.live import wire
from include.storage.live import LiveStore
from tests.support.live_world import Held, World, client, numbered
from tests.support.patience import PATIENCE_S

pytestmark = [pytest.mark.services, pytest.mark.anyio]
RATE = wire.SAMPLE_RATE
SPEED = 4.0
"""Times real time: the allowance of a client's ring is enough for these short sessions."""


async def kept(world: World, live: LiveStore, session: Held, role: wire.SocketRole = "interviewer") -> list[range]:
    """Stretches of kept samples, each checked to be what was sent."""
    key = world.stores.candidates.live_key(session.candidate_id, session.id)
    found: list[range] = []
    async for chunk in live.audio(session.id, role, key):
        count = len(chunk.pcm) // 2
        assert chunk.pcm == numbered(chunk.start_sample, count)
        if found and found[-1].stop == chunk.start_sample:
            found[-1] = range(found[-1].start, chunk.start_sample + count)
        else:
            found.append(range(chunk.start_sample, chunk.start_sample + count))
    return found


async def eventually(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


def undeclared(stretches: list[range], gaps: list[wire.AudioGap], end: int) -> set[int]:
    """Samples that are neither kept nor declared."""
    known = {n for stretch in stretches for n in stretch}
    for gap in gaps:
        known.update(range(gap.start_sample, gap.end_sample))
    return set(range(end)) - known


async def test_random_cuts(world: World, live: LiveStore, replica: LocalGateway) -> None:
    session, chance = await world.session(live), random.Random(7)  # noqa: S311 - the same cuts each time
    total = 20 * RATE
    async with client(live, replica, session) as talker:
        playing = asyncio.create_task(talker.play(numbered(0, total), SPEED))
        for number in range(22):
            await talker.say(wire.Note(text=f"note {number}", at_ms=number))
            target = talker.ring.end + chance.randrange(RATE // 2)
            await eventually(lambda end=target: talker.ring.end >= min(end, total))
            before = talker.figures.connections
            talker.cut()
            await eventually(lambda count=before: talker.figures.connections > count)
        await playing
        async with asyncio.timeout(PATIENCE_S):
            await talker.flushed()
            await talker.say(wire.Finalize(id="all"))
            await talker.wait_for(wire.Finalized)
        seqs = [event.seq for event in talker.events]
        notes = [event.at_ms for event in talker.events if isinstance(event, wire.NoteTaken)]
    assert talker.figures.connections == 23
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(notes) == len(set(notes))
    assert await kept(world, live, session) == [range(total)]
    assert talker.figures.dropped_samples == 0


async def test_a_break_longer_than_the_ring_is_declared(world: World, live: LiveStore, replica: LocalGateway) -> None:
    session = await world.session(live)
    async with client(live, replica, session, ring_s=1.0) as talker:
        talker.push(numbered(0, RATE))
        await talker.flushed()
        talker.cut()
        talker.push(numbered(RATE, 3 * RATE))
        async with asyncio.timeout(PATIENCE_S):
            await talker.flushed()
            gap = await talker.wait_for(wire.AudioGap)
        gaps = [event for event in talker.events if isinstance(event, wire.AudioGap)]
    assert gap.cause == "client"
    stretches = await kept(world, live, session)
    assert not undeclared(stretches, gaps, 4 * RATE)
    assert [(g.start_sample, g.end_sample) for g in gaps] == [(RATE, stretches[-1].start)]


@pytest.mark.parametrize("how", ["kill", "drain"])
async def test_another_replica_takes_over(how: str, world: World, live: LiveStore) -> None:
    """Three sessions on a replica that is killed with -9, or drained by SIGTERM; a second one continues them."""
    sessions = [await world.session(live) for _ in range(3)]
    total = 12 * RATE
    async with both(world) as (first, second):
        talkers: list[LiveClient] = []
        heard: list[wire.ServerMessage] = []
        for session in sessions:
            where = iter([first])
            talkers.append(moving(live, session, lambda w=where: next(w, second), heard.append))
        async with asyncio.TaskGroup() as group:
            for talker in talkers:
                await talker.__aenter__()
                await talker.wait_ready()
                group.create_task(talker.play(numbered(0, total), SPEED))
            await eventually(lambda: all(t.acked > RATE for t in talkers))
            for talker in talkers:
                await talker.say(wire.Note(text="before", at_ms=1))
                await talker.wait_for(wire.NoteTaken)
            if how == "kill":
                first.kill()
            else:
                assert first.process is not None
                first.process.send_signal(signal.SIGTERM)
            began = asyncio.get_running_loop().time()
            await eventually(lambda: all(t.figures.connections > 1 for t in talkers), 5.0)
            assert asyncio.get_running_loop().time() - began < 5.0
        async with asyncio.timeout(PATIENCE_S):
            for talker in talkers:
                await talker.flushed()
                await talker.say(wire.Finalize(id="all"))
                await talker.wait_for(wire.Finalized)
        for talker, session in zip(talkers, sessions, strict=True):
            events = talker.events
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            assert [event.text for event in events if isinstance(event, wire.NoteTaken)] == ["before"]
            assert await kept(world, live, session) == [range(total)]
            await talker.close()
        codes = {code for talker in talkers for code in talker.figures.close_codes}
        if how == "drain":
            assert codes == {wire.DRAINING}
            assert any(isinstance(message, wire.GoAway) for message in heard)
        else:
            assert codes == {1006}


@asynccontextmanager
async def both(world: World, **more: str) -> AsyncIterator[tuple[LocalGateway, LocalGateway]]:
    """Two replicas that start at the same time."""
    first, second = world.replica(**more), world.replica(**more)
    try:
        first.start()
        second.start()
        await asyncio.gather(asyncio.to_thread(first.wait_ready), asyncio.to_thread(second.wait_ready))
        yield first, second
    finally:
        first.stop()
        second.stop()


def moving(
    live: LiveStore,
    session: Held,
    where: Callable[[], LocalGateway],
    heard: Callable[[wire.ServerMessage], None],
    role: wire.SocketRole = "interviewer",
) -> LiveClient:
    """A client that is balanced to another replica at each connection."""

    async def ticket() -> str:
        talker.url = f"ws://127.0.0.1:{where().port}/ws/realtime-interview/{session.id}"
        return await live.issue_ticket(session.id, role, "account", session.login_id)

    talker = LiveClient("", ticket, session.consent_id, on_message=heard)
    return talker
