"""Load-shedding levels: up at once, down slowly, sent when they change."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from include.interview.live.wire import Status
from live_gateway.sessions.overload import CALM_S, Rung, StatusSent, climb, due, status_of
from tests.support.virtual_sessions import VIRTUAL, VirtualWorld, lines
from tests.support.virtual_time import now

pytestmark = pytest.mark.unit


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


def test_up_at_once_and_down_by_one_rung_after_calm() -> None:
    rung = climb(Rung(), 3, 10)
    assert rung.level == 3
    rung = climb(rung, 0, 11)
    assert climb(rung, 0, 15.9).level == 3
    rung = climb(rung, 0, 16)
    assert rung.level == 2
    assert climb(rung, 2, 17) == Rung(2)
    assert climb(climb(rung, 1, 17), 1, 21.1).level == 1


@pytest.mark.parametrize(
    ("level", "troubles", "state", "reasons"),
    [
        (0, (), "ok", []),
        (1, (), "degraded", ["partials_slower"]),
        (3, (), "degraded", ["partials_slower", "partials_paused", "diarization_paused"]),
        (4, (), "stalled", ["partials_slower", "partials_paused", "diarization_paused", "recognition_behind"]),
        (0, ("recognition_off",), "degraded", ["recognition_off"]),
        (0, ("storage_away",), "stalled", ["storage_away"]),
    ],
)
def test_what_people_are_told(level: int, troubles: tuple[str, ...], state: str, reasons: list[str]) -> None:
    status = status_of(level, 10, 20, troubles)
    assert (status.state, status.reasons, status.asr_lag_ms, status.diarization_lag_ms) == (state, reasons, 10, 20)


def test_told_on_change_and_now_and_then() -> None:
    status = Status(state="ok", asr_lag_ms=5)
    assert due(StatusSent(), status, 0)
    sent = StatusSent(status, 10)
    assert not due(sent, Status(state="ok", asr_lag_ms=900), 14.9)
    assert due(sent, Status(state="ok", asr_lag_ms=900), 15)
    assert due(sent, Status(state="degraded", reasons=["partials_slower"]), 10.1)
    assert not due(sent, status, 24.9)
    assert due(sent, status, 25)


@pytest.mark.anyio
async def test_a_busy_engine_sheds_work_and_takes_it_up_again_level_by_level() -> None:
    world = VirtualWorld({"candidate": lines("I moved two services", "and wrote their tests")})
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(1, await world.join())
    world.engine.level, world.engine.lag_ms = 3, 1_500
    await asyncio.sleep(2)
    sent = [message for message in world.published if isinstance(message, Status)]
    assert (sent[-1].state, sent[-1].asr_lag_ms) == ("degraded", 1_500)
    assert sent[-1].reasons == ["partials_slower", "partials_paused", "diarization_paused"]

    world.engine.level, world.engine.lag_ms = 0, 0
    began = now()
    while world.engine.sessions[0].levels[-1] != 0:
        await asyncio.sleep(0.5)
    assert 3 * CALM_S <= now() - began <= 3 * CALM_S + 3
    assert world.engine.sessions[0].levels == [0, 3, 2, 1, 0]
    assert world.feedback[0].levels == [3, 2, 1, 0]
    last = [message for message in world.published if isinstance(message, Status)][-1]
    assert (last.state, last.reasons) == ("ok", [])
    running.cancel()


@pytest.mark.anyio
async def test_a_session_without_recognition_says_so_and_who_joins_is_told() -> None:
    world = VirtualWorld()
    world.engine.ready = False
    owner = await world.owner("a")
    running = asyncio.create_task(owner.run())
    await asyncio.sleep(2.5)
    sent = [message for message in world.published if isinstance(message, Status)]
    assert [status.reasons for status in sent] == [["recognition_warming"]]
    owner.tell_status()
    await asyncio.sleep(1)
    assert len([message for message in world.published if isinstance(message, Status)]) == 2
    running.cancel()
