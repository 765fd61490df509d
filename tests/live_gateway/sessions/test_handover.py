"""Concluded sessions on their way to a DAG run, on virtual time: once, tried again, and given back by who stops."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

import pytest

from include.interview.live import wire
from include.interview.live.session import LiveRecord
from include.interview.stages import flow_of
from live_gateway.sessions import commands, handover_worker
from live_gateway.sessions.replica import Replica
from tests.support.speech_engine import Scripted
from tests.support.virtual_sessions import ID, RATE, VIRTUAL, StubRuns, VirtualWorld, lines

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
RUN = "run-1"


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> list[LiveRecord]:
    """What was handed over; tasks/live has its own tests of how it is stored."""
    found: list[LiveRecord] = []

    def hand_over(stores: Any, record: LiveRecord, sounds: Sequence[Any]) -> str:
        found.append(record)
        return RUN

    monkeypatch.setattr(handover_worker, "hand_over", hand_over)
    return found


async def concluded(world: VirtualWorld, replica: Replica) -> None:
    """A session of three seconds that the interviewer ends."""
    await replica.start()
    interviewer, candidate = await world.join("interviewer"), await world.join("candidate")
    await world.talk(3, interviewer, candidate)
    await world.command(commands.EndNow(), once="end")
    await asyncio.sleep(0.5)


async def test_a_concluded_session_starts_one_run(records: list[LiveRecord]) -> None:
    world, runs = VirtualWorld({"candidate": lines("I said this")}), StubRuns()
    replica, other = world.replica(runs=runs), world.replica(runs=runs)
    await other.start()
    await concluded(world, replica)
    await asyncio.sleep(60)
    assert runs.runs == [(flow_of("practical").dag_id, RUN, ID)]
    assert [record.session.id for record in records] == [ID]
    assert [type(event) for event in world.events[-2:]] == [wire.Result, wire.SessionEnded]
    assert world.events[-1] == wire.SessionEnded(seq=len(world.events), dag_run_id=RUN)
    result = world.of(wire.Result)[0]
    assert world.stores.live_sessions.handed_over == {"dag_run_id": RUN, "scorecard_id": result.scorecard_id}
    assert world.live._sessions[ID].expires_in_s == world.settings.keep_after_handover_s
    assert await world.live.waiting_handovers() == 0
    await replica.stop()
    await other.stop()


async def test_a_queue_that_is_away_is_asked_again_ever_more_seldom(records: list[LiveRecord]) -> None:
    world, runs = VirtualWorld({"candidate": lines("I said this")}), StubRuns(failures=4)
    replica = world.replica(runs=runs)
    await concluded(world, replica)
    assert world.of(wire.SessionEnded) == []
    await asyncio.sleep(60)
    pauses = [later - earlier for earlier, later in zip(runs.asked_at, runs.asked_at[1:], strict=False)]
    assert [round(pause) for pause in pauses] == [1, 2, 4, 8]
    assert len(runs.runs) == 1
    assert [ended.dag_run_id for ended in world.of(wire.SessionEnded)] == [RUN]
    assert world.stores.live_sessions.states[-1] == "handed_over"
    await replica.stop()


async def test_where_airflow_is_away_the_run_waits_in_the_queue_and_keeps_nobody_waiting(
    records: list[LiveRecord],
) -> None:
    world, runs = VirtualWorld({"candidate": lines("I said this")}), StubRuns(answer="queued")
    replica = world.replica(runs=runs)
    await concluded(world, replica)
    await asyncio.sleep(5)
    (ended,) = world.of(wire.SessionEnded)
    assert ended.dag_run_id is None
    assert len(records) == len(runs.runs) == 1
    assert await world.live.waiting_handovers() == 0
    assert world.stores.live_sessions.states[-1] == "handed_over"
    await replica.stop()


async def test_a_worker_that_stops_in_the_middle_gives_the_session_back_at_once(records: list[LiveRecord]) -> None:
    class Slow(StubRuns):
        async def start_run(self, dag_id: str, run_id: str, interview_id: str) -> Literal["started", "queued"]:
            await asyncio.sleep(3600)
            return "started"

    world, runs = VirtualWorld({"candidate": lines("I said this")}), StubRuns()
    replica = world.replica(runs=Slow())
    await concluded(world, replica)
    await replica.stop()
    other = world.replica(runs=runs)
    await other.start()
    await asyncio.sleep(1)
    assert len(runs.runs) == 1
    await other.stop()


async def test_a_session_ended_by_nobody_says_why(records: list[LiveRecord]) -> None:
    world, runs = VirtualWorld({"candidate": lines("I said this")}, abandon_s=120.0), StubRuns()
    replica = world.replica(runs=runs)
    await replica.start()
    await world.talk(2, await world.join())
    await asyncio.sleep(200)
    assert [event.reason for event in world.of(wire.SessionEnded)] == ["abandoned"]
    assert len(runs.runs) == 1
    await replica.stop()


@pytest.mark.parametrize(("scope", "alone"), [("utterance", ("r1000",)), ("speaker", ())])
async def test_what_was_corrected_alone_is_handed_over_as_such(
    records: list[LiveRecord], scope: Literal["utterance", "speaker"], alone: tuple[str, ...]
) -> None:
    said = [Scripted(RATE, 2 * RATE, "What did you do last year?", "S1")]
    world = VirtualWorld({"room": said}, microphones="shared")
    replica = world.replica()
    await replica.start()
    room = await world.join("interviewer")
    await world.talk(3, room)
    source = "r1000" if scope == "utterance" else "S1"
    await world.command(commands.Assign(source, "candidate", scope))
    await world.command(commands.EndNow(), once="end")
    await asyncio.sleep(60)
    assert [(record.corrected, record.corrected_alone) for record in records] == [(("r1000",), alone)]
    await replica.stop()
