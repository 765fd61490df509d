"""A session's owner on virtual time: finals in order, take-over, resumption, abandonment, failures."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import Any

import pytest

from include.interview.errors import ServiceFailure
from include.interview.live import wire
from include.storage.live import Fenced
from live_gateway.sessions import commands
from live_gateway.sessions.checkpoint import decode_checkpoint
from live_gateway.sessions.ownership import AGAIN_S
from tests.support.speech_engine import Scripted, ScriptedEngine
from tests.support.virtual_sessions import ID, RATE, VIRTUAL, VirtualWorld, lines
from tests.support.virtual_time import now

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
ANSWERS = ("I moved two services", "and wrote their tests", "then nothing broke again", "for a year")


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def bounds(world: VirtualWorld) -> list[tuple[str, str]]:
    """(kind, utterance) of every start, end and final, in order."""
    kinds = {wire.SpeechStart: "start", wire.SpeechEnd: "end", wire.TranscriptFinal: "final"}
    return [(kinds[type(event)], event.utt) for event in world.events if type(event) in kinds]


async def test_a_session_is_heard_to_its_finals_in_order() -> None:
    question = Scripted(0, RATE, "What did you do")
    world = VirtualWorld({"interviewer": [question], "candidate": lines(*ANSWERS, start_s=1.5)})
    interviewer, candidate = await world.join("interviewer"), await world.join("candidate")
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(8, interviewer, candidate)
    await world.command(commands.FinalizeNow("all"))
    await asyncio.sleep(1)

    assert world.finals() == ["What did you do", *ANSWERS]
    assert [event.seq for event in world.events] == list(range(1, len(world.events) + 1))
    finals = world.of(wire.TranscriptFinal)
    assert [(f.utt, f.role, f.start_ms, f.end_ms) for f in finals[:2]] == [
        ("i0", "interviewer", 0, 1000),
        ("c1500", "candidate", 1500, 2500),
    ]
    for final in finals:
        assert [kind for kind, utt in bounds(world) if utt == final.utt] == ["start", "end", "final"]
    assert world.of(wire.Finalized) == [world.events[-1]]
    partials = [m for m in world.published if isinstance(m, wire.TranscriptPartial)]
    assert [partial.utt for partial in partials] == [final.utt for final in finals]
    assert [u.text for u in world.feedback[0].finals] == world.finals()
    assert [event.value for event in world.of(wire.Feedback)] == [final.utt for final in finals]
    await ended(running)


async def test_a_session_ends_with_a_result_and_waits_to_be_handed_over() -> None:
    world = VirtualWorld({"candidate": lines("I said this", each_s=5)})
    candidate = await world.join()
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(2, candidate)
    await world.command(commands.EndNow(), once="end")
    await world.command(commands.EndNow(), once="end")
    await running
    assert world.finals() == ["I said this"]  # what was being said became final first
    assert [type(event) for event in world.events[-2:]] == [wire.Feedback, wire.Result]
    assert world.stores.live_sessions.states == ["live", "ending", "ended"]
    assert await world.live.waiting_handovers() == 1
    assert decode_checkpoint(await world.store.checkpoint()).phase == "ended"


async def test_a_second_owner_goes_on_where_the_first_was_fenced_off() -> None:
    """The first owner is not told: it goes on until its next write is refused."""
    world = VirtualWorld({"candidate": lines(*ANSWERS)})
    candidate = await world.join()
    first = asyncio.create_task((await world.owner("a", ScriptedEngine(world.engine.script))).run())
    await world.talk(2.7, candidate)  # the first final is written, the second utterance is running
    assert bounds(world) == [("start", "c500"), ("end", "c500"), ("final", "c500"), ("start", "c2000")]

    world.live._sessions[ID].lease = None
    second = asyncio.create_task((await world.owner("b")).run())
    await world.talk(5, candidate)
    assert world.finals() == list(ANSWERS)
    assert len(bounds(world)) == len(set(bounds(world))) == 3 * len(ANSWERS)
    assert [session.began_at for session in world.engine.sessions] == [
        {"interviewer": 0, "candidate": round(1.5 * RATE)}
    ]
    assert first.done()
    with pytest.raises((Fenced, ServiceFailure)):
        await first
    assert [event.value for event in world.of(wire.Feedback)] == [f.utt for f in world.of(wire.TranscriptFinal)]
    await ended(second)


async def test_an_owner_that_dies_leaves_a_checkpoint_to_go_on_from() -> None:
    world = VirtualWorld({"candidate": lines(*ANSWERS)})
    candidate = await world.join()
    await world.command(commands.TakeNote("first", 10))
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(2.7, candidate)
    await ended(running)
    left = decode_checkpoint(await world.store.checkpoint())
    assert left.tracks["candidate"].next_sample == round(1.5 * RATE)
    assert left.emitted == {"c2000": 1}
    assert left.command == "1"

    await world.talk(3, candidate)  # nobody owns the session, its sound is kept
    await world.command(commands.TakeNote("second", 20))
    world.live._sessions[ID].lease = None
    running = asyncio.create_task((await world.owner("b")).run())
    await asyncio.sleep(0.5)
    assert world.finals() == list(ANSWERS[:3])
    assert len(bounds(world)) == len(set(bounds(world)))
    assert [note.text for note in world.of(wire.NoteTaken)] == ["first", "second"]
    assert world.feedback[1].restored > 0
    assert [u.text for u in world.feedback[1].finals] == list(ANSWERS[1:3])
    await ended(running)


async def test_who_spoke_in_a_room_is_written_when_it_is_known() -> None:
    said = [
        Scripted(RATE, 2 * RATE, "What did you do last year?", "S1"),
        Scripted(3 * RATE, 5 * RATE, "I moved two services and I wrote their tests", "S2"),
    ]
    world = VirtualWorld({"room": said}, microphones="shared")
    room = await world.join("interviewer")
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(6, room)
    speakers = {utt: (update.speaker, update.role) for update in world.of(wire.SpeakerUpdate) for utt in update.utts}
    assert {utt: speaker for utt, (speaker, _) in speakers.items()} == {"r1000": "S1", "r3000": "S2"}
    await world.command(commands.Assign("S2", "candidate", "speaker"))
    await asyncio.sleep(0.1)
    corrections = [update for update in world.of(wire.SpeakerUpdate) if update.cause == "correction"]
    assert [(update.utts, update.role) for update in corrections] == [(["r3000"], "candidate")]
    await ended(running)


async def test_a_session_that_everybody_left_ends() -> None:
    world = VirtualWorld({"candidate": lines("I said this")}, abandon_s=600.0)
    candidate = await world.join()
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(3, candidate)
    await asyncio.sleep(590)
    assert not running.done()
    await running
    assert now() < 640
    assert decode_checkpoint(await world.store.checkpoint()).reason == "abandoned"
    assert world.finals() == ["I said this"]
    assert len(world.of(wire.Result)) == 1


async def test_a_failed_recogniser_gives_the_session_up_and_another_try_completes_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "live_gateway.sessions")
    world = VirtualWorld({"candidate": lines(*ANSWERS)})
    replica = world.replica()
    await replica.start()
    candidate = await world.join()
    await asyncio.sleep(0.1)
    assert ID in replica.ownership
    world.engine.fails_at = 2 * RATE
    await world.talk(3, candidate)
    outcomes = [getattr(record, "outcome", None) for record in caplog.records]
    assert outcomes.count("speech_failed") == 1  # it is not tried again at once
    assert world.finals() == list(ANSWERS[:1])
    world.engine.fails_at = None
    await world.talk(AGAIN_S + 1, candidate)
    assert world.finals() == list(ANSWERS)
    assert len(bounds(world)) == len(set(bounds(world)))
    await replica.stop()


async def test_an_error_of_our_own_is_logged_and_not_tried_again_at_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "live_gateway.sessions")
    world = VirtualWorld({"candidate": lines(*ANSWERS)})
    replica = world.replica()
    await replica.start()
    candidate = await world.join()
    await asyncio.sleep(0.1)
    world.feedback[0].fails = True
    await world.talk(2, candidate)
    failed = [record for record in caplog.records if record.message == "The owner of a session failed."]
    assert len(failed) == 1
    assert ID not in replica.ownership
    await asyncio.sleep(AGAIN_S + 1)
    assert ID in replica.ownership
    assert world.live._sessions[ID].fence == 2
    await replica.stop()


async def test_redis_away_for_a_while_loses_nothing() -> None:
    world = VirtualWorld({"candidate": lines(*ANSWERS)})
    replica = world.replica()
    await replica.start()
    candidate = await world.join()
    await world.talk(2.7, candidate)
    world.live.away = True
    await asyncio.sleep(10)
    world.live.away = False
    await world.talk(5, candidate)
    assert world.finals() == list(ANSWERS)
    assert len(bounds(world)) == len(set(bounds(world)))
    await replica.stop()


async def test_a_draining_replica_gives_its_sessions_to_another_at_once() -> None:
    world = VirtualWorld({"candidate": lines(*ANSWERS)}, lease_ttl_s=60.0)
    first, second = world.replica(), world.replica()
    await first.start()
    candidate = await world.join()
    await world.talk(2.7, candidate)
    await second.start()
    assert ID in first.ownership
    drained_at = now()
    await first.stop()
    await asyncio.sleep(0.1)
    assert ID in second.ownership
    assert now() - drained_at < 1
    await world.talk(4, candidate)
    assert world.finals() == list(ANSWERS)
    await second.stop()
