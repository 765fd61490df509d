from __future__ import annotations

import asyncio

import pytest

from include.interview.live.wire import SpeechEnd, SpeechStart, TranscriptPartial
from include.perception.streaming.event_delivery import EventDelivery
from include.perception.streaming.events import Discarded, SpeechEvent, TrackState

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


def partial(utt: str, rev: int) -> TranscriptPartial:
    return TranscriptPartial(utt, rev, "", str(rev), 0, 0)


async def test_a_slow_listener_gets_the_newest_partial_and_everything_else_in_order() -> None:
    gate, got = asyncio.Event(), []

    async def emit(event: SpeechEvent) -> None:
        got.append(event)
        await gate.wait()

    delivery = EventDelivery(emit, limit=100)
    delivery.put(SpeechStart("c1", "candidate", 1))
    await asyncio.sleep(0)
    for rev in range(50):
        delivery.put(partial("c1", rev))
    delivery.put(SpeechStart("r2", "room", 2))
    delivery.put(partial("r2", 1))
    gate.set()
    await delivery.drained()
    assert got == [SpeechStart("c1", "candidate", 1), partial("c1", 49), SpeechStart("r2", "room", 2), partial("r2", 1)]


async def test_nothing_partial_follows_a_final() -> None:
    gate, got = asyncio.Event(), []

    async def emit(event: SpeechEvent) -> None:
        got.append(type(event))
        await gate.wait()

    delivery = EventDelivery(emit, limit=100)
    delivery.put(SpeechStart("c1", "candidate", 1))
    await asyncio.sleep(0)
    delivery.put(partial("c1", 1))
    delivery.put(SpeechEnd("c1", "candidate", 5))
    delivery.put(Discarded("candidate", "c1", TrackState(0, b"")))
    gate.set()
    await delivery.drained()
    assert got == [SpeechStart, SpeechEnd, Discarded]


async def test_a_full_outbox_makes_the_maker_wait() -> None:
    gate = asyncio.Event()

    async def emit(_: SpeechEvent) -> None:
        await gate.wait()

    delivery = EventDelivery(emit, limit=2)
    for n in range(3):
        delivery.put(SpeechStart(f"c{n}", "candidate", n))
    waiting = asyncio.create_task(delivery.has_room())
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    await waiting
    await delivery.drained()


async def test_a_failing_listener_is_heard_of_and_closing_leaves_no_task() -> None:
    async def emit(_: SpeechEvent) -> None:
        raise OSError

    before = asyncio.all_tasks()
    delivery = EventDelivery(emit, limit=2)
    delivery.put(SpeechStart("c1", "candidate", 1))
    await delivery.drained()
    assert isinstance(delivery.failure, OSError)
    await delivery.close()
    assert asyncio.all_tasks() == before


async def test_closing_frees_a_waiting_maker_and_may_come_from_the_listener_itself() -> None:
    gate = asyncio.Event()

    async def never(_: SpeechEvent) -> None:
        await gate.wait()

    stuck = EventDelivery(never, limit=1)
    stuck.put(SpeechStart("c1", "candidate", 1))
    stuck.put(SpeechStart("c2", "candidate", 2))
    waiting = asyncio.create_task(stuck.has_room())
    await asyncio.sleep(0)
    await stuck.close()
    await waiting

    got: list[SpeechEvent] = []

    async def once(event: SpeechEvent) -> None:
        got.append(event)
        await own.close()

    own = EventDelivery(once, limit=10)
    own.put(SpeechStart("c1", "candidate", 1))
    own.put(SpeechStart("c2", "candidate", 2))
    await own.drained()
    assert [e.utt for e in got if isinstance(e, SpeechStart)] == ["c1"]
