"""Every utterance that is said to begin is closed once: by its final, or by saying that nothing was heard in it."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest

from include.interview.live import wire
from live_gateway.sessions import commands
from live_gateway.sessions.feedback_queue import FeedbackQueue
from tests.support.speech_engine import Scripted, ScriptedEngine
from tests.support.virtual_sessions import ID, RATE, VIRTUAL, VirtualWorld

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
COUGH = ""


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


def open_at_the_end(world: VirtualWorld) -> Counter[str]:
    """Starts without a close (+) and closes without a start or more than one (-)."""
    left: Counter[str] = Counter(event.utt for event in world.of(wire.SpeechStart))
    left.subtract(event.utt for event in world.events if isinstance(event, wire.TranscriptFinal | wire.SpeechDiscarded))
    return Counter({utt: count for utt, count in left.items() if count})


async def test_a_noise_that_began_like_speech_is_said_to_be_nothing() -> None:
    said = [Scripted(RATE, 2 * RATE, COUGH), Scripted(3 * RATE, 4 * RATE, "I moved two services")]
    world = VirtualWorld({"candidate": said})
    candidate = await world.join()
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(5, candidate)
    discarded = world.of(wire.SpeechDiscarded)
    assert [(event.utt, event.track, event.reason) for event in discarded] == [("c1000", "candidate", "noise")]
    assert not open_at_the_end(world)
    assert any(isinstance(event, wire.SpeechDiscarded) for event in world.feedback[0].events)
    await world.command(commands.EndNow(), once="end")
    await running
    assert not open_at_the_end(world)


async def test_what_another_owner_hears_to_begin_elsewhere_leaves_no_open_start() -> None:
    """The second owner's recogniser hears the same speech begin 0.2 s later: its id is another."""
    world = VirtualWorld({"candidate": [Scripted(2 * RATE, 5 * RATE, "I moved two services")]})
    candidate = await world.join()
    first = asyncio.create_task((await world.owner("a")).run())
    await world.talk(3, candidate)
    assert set(open_at_the_end(world)) == {"c2000"}
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    world.live._sessions[ID].lease = None
    later = ScriptedEngine({"candidate": [Scripted(2 * RATE + RATE // 5, 5 * RATE, "I moved two services")]})
    second = asyncio.create_task((await world.owner("b", later)).run())
    await world.talk(3, candidate)
    await world.command(commands.EndNow(), once="end")
    await second
    assert [event.utt for event in world.of(wire.TranscriptFinal)] == ["c2200"]
    assert [(event.utt, event.reason) for event in world.of(wire.SpeechDiscarded)] == [("c2000", "lost")]
    assert not open_at_the_end(world)


async def test_who_goes_on_speaking_while_the_session_ends_leaves_no_open_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The candidate's page still sends when the interviewer ends, and the last judgements take their time."""
    settled = FeedbackQueue.settled

    async def later(queue: FeedbackQueue) -> None:
        await settled(queue)
        await asyncio.sleep(3)

    monkeypatch.setattr(FeedbackQueue, "settled", later)
    said = [Scripted(RATE, 2 * RATE, "I moved two services"), Scripted(3 * RATE, 9 * RATE, "and wrote their tests")]
    world = VirtualWorld({"candidate": said})
    candidate = await world.join()
    running = asyncio.create_task((await world.owner("a")).run())
    talking = asyncio.create_task(world.talk(8, candidate))
    await asyncio.sleep(2.5)
    await world.command(commands.EndNow(), once="end")
    await running
    await talking
    assert not open_at_the_end(world)
    assert world.of(wire.Result) == [world.events[-1]], "nothing is said after the result"
    assert world.finals()[0] == "I moved two services"
