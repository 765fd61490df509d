"""A replica that stops moves each session between two utterances, and the last ones when the time it said is over."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from include.interview.live import wire
from tests.support.speech_engine import Scripted
from tests.support.virtual_sessions import RATE, VIRTUAL, VirtualWorld
from tests.support.virtual_sockets import socket_of
from tests.support.virtual_time import now

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


@pytest.mark.parametrize(
    ("said_until_s", "moved_after_s"),
    [(4.0, 1.5), (60.0, 5.0)],
    ids=["at the utterance's end", "when the time is over"],
)
async def test_go_away_waits_for_the_endpoint_or_the_time_said(said_until_s: float, moved_after_s: float) -> None:
    said = [Scripted(round(0.5 * RATE), round(said_until_s * RATE), "I moved two services")]
    world = VirtualWorld({"candidate": said}, drain_s=5.0)
    replica = world.replica()
    await replica.start()
    claim = await world.join()
    async with socket_of(world, "interviewer", replica=replica) as socket:
        await world.talk(2.4, claim)
        talking = asyncio.create_task(world.talk(8, claim))
        asked_at = now()
        draining = asyncio.create_task(replica.drain())
        await asyncio.sleep(0.5)
        assert [message.within_ms for message in socket.of(wire.GoAway)] == [5_000]
        assert not socket.codes  # in the middle of an utterance it stays
        await draining
        assert socket.codes == [wire.DRAINING]
        assert now() - asked_at == pytest.approx(moved_after_s, abs=0.3)
        assert world.finals() == (["I moved two services"] if said_until_s < 10 else [])
        await talking
    await replica.stop()


async def test_while_nobody_speaks_it_moves_at_once() -> None:
    world = VirtualWorld({"candidate": [Scripted(RATE, 2 * RATE, "I moved two services")]})
    replica = world.replica()
    await replica.start()
    claim = await world.join()
    async with socket_of(world, "interviewer", replica=replica) as socket:
        await world.talk(3, claim)
        asked_at = now()
        await replica.drain()
        assert now() - asked_at < 0.2
        assert socket.codes == [wire.DRAINING]
    await replica.stop()
