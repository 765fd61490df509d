"""Concluded sessions on their way to Airflow, on virtual time: once, tried again, and given back by who stops."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from include.interview.live import wire
from include.interview.live.session import LiveRecord
from live_gateway.sessions import commands, handover_worker
from live_gateway.sessions.handover_worker import DAG_ID, WITHOUT_AIRFLOW_S
from live_gateway.sessions.replica import Replica
from tests.live_gateway.sessions.virtual import ID, VIRTUAL, StubAirflow, VirtualWorld, lines

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
    world, airflow = VirtualWorld({"candidate": lines("I said this")}), StubAirflow()
    replica, other = world.replica(airflow=airflow), world.replica(airflow=airflow)
    await other.start()
    await concluded(world, replica)
    await asyncio.sleep(60)
    assert airflow.runs == [(DAG_ID, RUN, {"interview_id": ID})]
    assert [record.session.id for record in records] == [ID]
    assert [type(event) for event in world.events[-2:]] == [wire.Result, wire.SessionEnded]
    assert world.events[-1] == wire.SessionEnded(seq=len(world.events), dag_run_id=RUN)
    result = world.of(wire.Result)[0]
    assert world.stores.live_sessions.handed_over == {"dag_run_id": RUN, "scorecard_id": result.scorecard_id}
    assert world.live._sessions[ID].expires_in_s == world.settings.keep_after_handover_s
    assert await world.live.waiting_handovers() == 0
    await replica.stop()
    await other.stop()


async def test_airflow_away_is_asked_again_ever_more_seldom_and_keeps_nobody_waiting(
    records: list[LiveRecord],
) -> None:
    world, airflow = VirtualWorld({"candidate": lines("I said this")}), StubAirflow(failures=4)
    replica = world.replica(airflow=airflow)
    await concluded(world, replica)
    (ended,) = world.of(wire.SessionEnded)  # told before Airflow is back
    assert ended.dag_run_id is None
    await asyncio.sleep(60)
    pauses = [later - earlier for earlier, later in zip(airflow.asked_at, airflow.asked_at[1:], strict=False)]
    assert [round(pause) for pause in pauses] == [1, 2, 4, 8]
    assert len(airflow.runs) == 1
    assert world.of(wire.SessionEnded) == [ended]
    assert world.stores.live_sessions.states[-1] == "handed_over"
    await replica.stop()


async def test_a_replica_without_airflow_leaves_the_run_to_one_that_has_it(records: list[LiveRecord]) -> None:
    world, airflow = VirtualWorld({"candidate": lines("I said this")}), StubAirflow()
    without = world.replica()
    await concluded(world, without)
    await asyncio.sleep(3 * WITHOUT_AIRFLOW_S)
    assert len(records) == 1  # prepared once
    assert await world.live.waiting_handovers() == 1
    having = world.replica(airflow=airflow)
    await having.start()
    await asyncio.sleep(3 * WITHOUT_AIRFLOW_S)
    assert len(airflow.runs) == 1
    assert await world.live.waiting_handovers() == 0
    await without.stop()
    await having.stop()


async def test_a_worker_that_stops_in_the_middle_gives_the_session_back_at_once(records: list[LiveRecord]) -> None:
    class Slow(StubAirflow):
        async def trigger(self, dag_id: str, run_id: str, conf: dict[str, str]) -> bool:
            await asyncio.sleep(3600)
            return True

    world, airflow = VirtualWorld({"candidate": lines("I said this")}), StubAirflow()
    replica = world.replica(airflow=Slow())
    await concluded(world, replica)
    await replica.stop()
    other = world.replica(airflow=airflow)
    await other.start()
    await asyncio.sleep(1)
    assert len(airflow.runs) == 1
    await other.stop()


async def test_a_session_ended_by_nobody_says_why(records: list[LiveRecord]) -> None:
    world, airflow = VirtualWorld({"candidate": lines("I said this")}, abandon_s=120.0), StubAirflow()
    replica = world.replica(airflow=airflow)
    await replica.start()
    await world.talk(2, await world.join())
    await asyncio.sleep(200)
    assert [event.reason for event in world.of(wire.SessionEnded)] == ["abandoned"]
    assert len(airflow.runs) == 1
    await replica.stop()
