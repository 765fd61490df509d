"""Leases on virtual time: who is starved of processor time keeps sessions; who does not reach Redis gives them up."""

from __future__ import annotations

import asyncio

import pytest

from include.interview.errors import ServiceFailure
from live_gateway.sessions.owner import SessionOwner
from live_gateway.sessions.ownership import Ownership
from tests.support.virtual_sessions import ID, VIRTUAL, VirtualWorld
from tests.support.virtual_time import VirtualTimeLoop, now

LEASE_S = 3.0

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


@pytest.fixture
def anyio_backend():
    return VIRTUAL


class Renewals:
    """Leases that are kept whenever Redis answers; `away` are stretches of time in which it does not."""

    def __init__(self, *away: tuple[float, float]) -> None:
        self._away = away
        self.failed = 0

    async def renew(self, fences: dict[str, int]) -> set[str]:
        if any(start <= now() < end for start, end in self._away):
            self.failed += 1
            raise ServiceFailure("Redis is away.", "", code="redis_away")
        return set(fences)


async def owned(renewals: Renewals) -> Ownership:
    world = VirtualWorld()
    await world.join()

    async def ownerless() -> list[str]:
        return [ID]

    ownership = Ownership(
        "me",
        LEASE_S,
        ownerless,
        renewals.renew,
        lambda _: world.handle(),
        lambda handle, fence: SessionOwner(handle, fence, world.engine, world.make_feedback, world.settings),  # type: ignore[arg-type]
    )
    ownership.start()
    await asyncio.sleep(0.1)
    assert ID in ownership
    ownership.hold()  # what is given up is not claimed again
    return ownership


async def test_a_replica_tells_that_it_hears_while_it_owns_a_session_and_no_longer() -> None:
    world, told = VirtualWorld(), list[bool]()
    replica = world.replica(tell_heard=told.append)
    await replica.start()
    await asyncio.sleep(3.0)
    assert not any(told), "nobody has joined"
    await world.join()
    await asyncio.sleep(5.0)
    assert told[-1]
    await replica.stop()
    assert not told[-1]


async def test_a_marker_that_cannot_be_set_is_said_once_and_the_load_is_reported_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world, told = VirtualWorld(), list[bool]()

    def refuses(heard: bool) -> None:
        told.append(heard)
        raise OSError(28, "No space left on device")

    replica = world.replica(tell_heard=refuses)
    await replica.start()
    await asyncio.sleep(5.0)
    assert len(told) >= 4
    assert [one.replica for one in await world.live.fleet()] == [replica.name]
    await replica.stop()
    assert [one.message for one in caplog.records].count("The marker of live sessions cannot be set.") == 1


def starve(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    loop.now += seconds


async def test_a_starved_process_does_not_take_itself_for_a_redis_that_is_away() -> None:
    renewals = Renewals((10.0, 18.5))
    ownership = await owned(renewals)
    asyncio.get_running_loop().call_later(10.0, starve, 8.0)  # longer than two leases; one renewal fails after it
    await asyncio.sleep(30.0)
    assert renewals.failed
    assert ID in ownership, "Redis did not answer for half a second after the process ran again"
    await ownership.stop()


async def test_a_session_is_given_up_when_redis_is_away_for_longer_than_its_lease() -> None:
    ownership = await owned(Renewals((10.0, 60.0)))
    await asyncio.sleep(11.5)
    assert ID in ownership
    await asyncio.sleep(LEASE_S)
    assert ID not in ownership
    await ownership.stop()


async def test_a_starved_process_gives_up_what_somebody_else_took_meanwhile() -> None:
    renewals = Renewals()
    ownership = await owned(renewals)

    async def taken(_: dict[str, int]) -> set[str]:
        return set()

    asyncio.get_running_loop().call_later(1.0, starve, 8.0)
    ownership._renew = taken
    await asyncio.sleep(10.0)
    assert ID not in ownership
    await ownership.stop()
