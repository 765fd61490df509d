"""What fails around a session: Redis away, Redis emptied, Airflow away, no room, everybody gone."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from cli.local.gateway import LocalGateway
from include.gateway_client.socket import LiveClient
from include.interview.live import wire
from include.storage.live import LiveStore
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.handover_worker import HandoverWorker
from tasks.live.handover import live_run_id
from tasks.live.record import live_record_of
from tests.live_gateway.socket.test_resume import eventually, kept, undeclared
from tests.support.live_world import Held, World, client, numbered, world_in
from tests.support.patience import PATIENCE_S
from tests.support.raw_socket import joined, raw
from tests.support.services.airflow_rest import PASSWORD, USER, airflow_server
from tests.support.services.ports import free_port

pytestmark = [pytest.mark.services, pytest.mark.anyio]
RATE = wire.SAMPLE_RATE
ROLES: tuple[wire.SocketRole, ...] = ("candidate", "interviewer")


@pytest.fixture(scope="module")
def own_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world whose Redis these tests may spoil."""
    with world_in(tmp_path_factory.mktemp("faults")) as made:
        yield made


async def pass_for(live: LiveStore, session: Held, role: wire.SocketRole) -> str:
    """A ticket that lasts for the whole test."""
    return await live.issue_ticket(session.id, role, "account", session.login_id, 300)


async def in_time(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    await eventually(condition, seconds)


async def test_redis_away_for_ten_seconds_and_then_emptied(own_world: World) -> None:
    world = own_world
    with world.replica() as replica:
        async with world.live() as live:
            session = await world.session(live)
            heard: list[wire.ServerMessage] = []
            tickets = [await pass_for(live, session, "interviewer") for _ in range(30)]
        total = 14 * RATE

        async def ticket() -> str:
            await in_time(lambda: bool(tickets))
            return tickets.pop()

        url = f"ws://127.0.0.1:{replica.port}/ws/realtime-interview/{session.id}"
        async with LiveClient(url, ticket, session.consent_id, on_message=heard.append) as talker:
            await talker.wait_ready()
            playing = asyncio.create_task(talker.play(numbered(0, total)))
            await in_time(lambda: talker.acked > RATE)
            assert world.redis.process is not None
            os.kill(world.redis.process.pid, signal.SIGSTOP)
            stopped_at = talker.ring.end
            try:
                await in_time(lambda: talker.ring.end > stopped_at + 10 * RATE)
            finally:
                os.kill(world.redis.process.pid, signal.SIGCONT)
            assert any(isinstance(m, wire.Status) and "storage_away" in m.reasons for m in heard)
            assert talker.figures.close_codes == []
            await playing
            async with asyncio.timeout(PATIENCE_S):
                await talker.flushed()
                await talker.finalize("all")
            assert not any(isinstance(event, wire.AudioGap) for event in talker.events)
            async with world.live() as live:
                assert await kept(world, live, session) == [range(total)]
            await _emptied(world, talker, session, total, tickets)


async def _emptied(world: World, talker: LiveClient, session: Held, total: int, tickets: list[str]) -> None:
    """Redis comes back without anything: said to the client, the hole declared, and the session goes on."""
    epoch = talker.epoch
    tickets.clear()  # the emptied Redis knows none of them: an unknown ticket would be the end
    world.redis.stop()
    for each in Path(world.redis.folder).glob("appendonly*"):
        shutil.rmtree(each)
    world.redis.start()
    world.redis.wait_ready()
    async with world.live() as live:
        tickets[:] = [await pass_for(live, session, "interviewer") for _ in range(30)]
    await in_time(lambda: talker.epoch != epoch)
    assert talker.ready is not None
    assert not talker.ready.recovered
    assert talker.ready.next_sample == 0
    assert wire.INTERNAL in talker.figures.close_codes
    talker.push(numbered(total, RATE))
    async with asyncio.timeout(PATIENCE_S):
        await talker.flushed()
        await talker.say(wire.Finalize(id="again"))
        await talker.wait_for(wire.Finalized, lambda event: event.id == "again")
    gaps = [event for event in talker.events if isinstance(event, wire.AudioGap)]
    async with world.live() as live:
        stretches = await kept(world, live, session)
    assert not undeclared(stretches, gaps, total + RATE)
    assert all(gap.cause == "lost" for gap in gaps)


async def test_airflow_away_at_the_end(own_world: World) -> None:
    """Another replica has no Airflow at all: it may not keep the run from the one that has."""
    world, port = own_world, free_port()
    airflow = {
        "TRIVIEW_AIRFLOW_URL": f"http://127.0.0.1:{port}",
        "TRIVIEW_AIRFLOW_USER": USER,
        "TRIVIEW_AIRFLOW_PASSWORD": PASSWORD,
    }
    async with world.live() as live:
        session = await world.session(live)
        with world.replica(**airflow) as replica, world.replica():
            await _end_without_airflow(world, live, replica, session, port)
    record = live_record_of(world.stores, session.id)
    assert record is not None
    assert [note.text for note in record.notes] == ["Kept."]
    assert {(r.track, round(r.duration_s, 3)) for r in record.recordings} == {("interviewer", 2.0), ("candidate", 1.0)}
    assert world.stores.live_sessions.get(session.id).dag_run_id == live_run_id("practical", session.id)


async def test_a_stopping_replica_gives_back_what_it_hands_over(own_world: World) -> None:
    begun = asyncio.Event()

    async def never(_: str) -> SessionHandle:
        begun.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with own_world.live() as live:
        session = await own_world.session(live)
        worker = HandoverWorker("stopping", live, own_world.stores, None, never, make_feedback=None, keep_s=1.0)  # type: ignore[arg-type]
        await live.queue_handover(session.id)
        worker.start()
        async with asyncio.timeout(PATIENCE_S):
            await begun.wait()
        await worker.stop()
        assert await live.next_handover("another", 60.0) == session.id
        await live.done_handover(session.id)


async def _end_without_airflow(world: World, live: LiveStore, replica: LocalGateway, session: Held, port: int) -> None:
    async with client(live, replica, session) as talker, client(live, replica, session, "candidate") as other:
        other.push(numbered(0, RATE))
        talker.push(numbered(0, 2 * RATE))
        await other.flushed()
        await talker.say(wire.Note(text="Kept.", at_ms=100))
        async with asyncio.timeout(PATIENCE_S):
            ended = await talker.end()
            assert ended.dag_run_id is None
            assert (await talker.wait_closed()).close_code == wire.NORMAL
    with airflow_server(port) as server:
        run_id = live_run_id("practical", session.id)
        body = await asyncio.to_thread(server.wait_for_run, run_id, 90.0)
        assert body["conf"] == {"interview_id": session.id}
        await in_time(lambda: world.stores.live_sessions.get(session.id).state == "handed_over")
        assert server.asked_for[run_id] == 1
        assert [run for run in server.runs if session.id in run] == [run_id]


async def test_new_sessions_are_refused_before_running_ones_suffer(world: World, live: LiveStore) -> None:
    running, another = await world.session(live), await world.session(live)
    with world.replica(TRIVIEW_MAX_SESSIONS="1", TRIVIEW_ABANDON_S="3") as replica:
        async with joined(live, replica, running):
            ticket = await pass_for(live, another, "interviewer")
            async with raw(replica, another, ticket) as refused:
                assert await refused.closed() == (wire.FULL, "full")
        async with joined(live, replica, running):
            pass
        # nobody comes back: it is ended by itself, and handed over soon after
        await in_time(lambda: world.stores.live_sessions.get(running.id).state in ("ended", "handed_over"))
        key = world.stores.candidates.live_key(running.candidate_id, running.id)
        events = await live.all_events(running.id, key)
        assert any(isinstance(event, wire.Result) for event in events)


async def forgotten(live: LiveStore, session_id: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while await live.kept(session_id):
            await asyncio.sleep(0.05)


async def test_a_withdrawn_consent_silences_the_session_on_every_replica(own_world: World) -> None:
    world = own_world
    with world.replica() as one, world.replica() as other:
        async with world.live() as live:
            session = await world.session(live)
            tickets = {role: await pass_for(live, session, role) for role in ROLES}

        def ticket(role: wire.SocketRole) -> Callable[[], Awaitable[str]]:
            async def give() -> str:
                return tickets[role]

            return give

        path = f"/ws/realtime-interview/{session.id}"
        heard: list[wire.ServerMessage] = []
        async with (
            LiveClient(
                f"ws://127.0.0.1:{one.port}{path}", ticket("candidate"), session.consent_id, on_message=heard.append
            ) as candidate,
            LiveClient(f"ws://127.0.0.1:{other.port}{path}", ticket("interviewer"), session.consent_id) as interviewer,
        ):
            await candidate.wait_ready()
            await interviewer.wait_ready()
            playing = asyncio.create_task(candidate.play(numbered(0, 60 * RATE)))
            await in_time(lambda: candidate.acked > RATE)
            world.stores.consents.withdraw(session.consent_id)
            for each in (candidate, interviewer):
                await in_time(lambda each=each: wire.FORBIDDEN in each.figures.close_codes)
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
        assert any(isinstance(m, wire.ErrorMessage) and m.code == "consent_withdrawn" for m in heard)
        async with world.live() as live:
            await in_time(lambda: world.stores.interviews.get(session.id).status == "failed")
            await forgotten(live, session.id)
        assert world.stores.interviews.reason(session.id) == "consent_withdrawn"
        assert world.stores.media.list(session.id) == ()
