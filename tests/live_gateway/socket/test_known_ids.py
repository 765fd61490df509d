"""A message that names what the session does not have becomes an error, each its own, and nothing durable."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from include.interview.live import wire
from include.interview.stages import LiveStage
from tests.support.speech_engine import Scripted
from tests.support.virtual_sessions import RATE, VIRTUAL, VirtualWorld
from tests.support.virtual_sockets import socket_of

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
SAID = {"room": [Scripted(RATE, 2 * RATE, "What did you do last year?", "S1")]}


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


def world_with(stage: LiveStage = "practical") -> VirtualWorld:
    """A session whose opening asks "lead", and for which "p1" was prepared."""
    world = VirtualWorld(SAID, microphones="shared", stage=stage)  # type: ignore[arg-type]
    asked = SimpleNamespace(questions=(SimpleNamespace(id="lead"),))
    prepared = SimpleNamespace(questions=(SimpleNamespace(id="p1"),))
    world.stores.openings = SimpleNamespace(get=lambda _: asked)  # type: ignore[attr-defined]
    world.stores.prepared_questions = SimpleNamespace(find=lambda _: prepared)  # type: ignore[attr-defined]
    return world


async def test_garbage_becomes_an_error_each_and_nothing_durable() -> None:
    world = world_with()
    room = await world.join("interviewer")
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(4, room)
    suggested = wire.QuestionSuggested(id="s1", text="t", why="w", evidence=[])
    await world.store.append_events([suggested], fence=None)
    before = len(world.events)
    async with socket_of(world, "interviewer") as socket:
        socket.say(wire.QuestionAction(id="nobody-asked", action="used"))
        socket.say(wire.Note(text="Later.", at_ms=1_000_000_000))
        socket.say(wire.SpeakerAssign(source="r77", to="candidate"))
        socket.say(wire.SpeakerAssign(source="S9", to="candidate", scope="speaker"))
        socket.say(wire.QuestionAction(id="p1", action="used"))  # nothing is prepared for this stage
        await asyncio.sleep(0.5)
        assert [(error.code, error.close_code) for error in socket.of(wire.ErrorMessage)] == [
            ("question_unknown", None),
            ("note_in_the_future", None),
            ("utterance_unknown", None),
            ("speaker_unknown", None),
            ("question_unknown", None),
        ]
        assert len(world.events) == before
        assert not socket.codes
        socket.say(wire.QuestionAction(id="lead", action="used"))
        socket.say(wire.QuestionAction(id="s1", action="dismissed"))
        socket.say(wire.Note(text="Now.", at_ms=4_000))
        socket.say(wire.SpeakerAssign(source="S1", to="interviewer", scope="speaker"))
        await asyncio.sleep(0.5)
        socket.say(wire.SpeakerAssign(source="r1000", to="candidate"))
        socket.say(wire.SpeakerAssign(source="S1", to="candidate", scope="speaker"))  # that label is shown no more
        await asyncio.sleep(0.5)
        assert [error.code for error in socket.of(wire.ErrorMessage)[5:]] == ["speaker_unknown"]
    assert [event.id for event in world.of(wire.QuestionActed)] == ["lead", "s1"]
    assert [event.text for event in world.of(wire.NoteTaken)] == ["Now."]
    assert [event.role for event in world.of(wire.SpeakerUpdate)][-2:] == ["interviewer", "candidate"]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_prepared_questions_of_an_executive_interview_are_known() -> None:
    world = world_with("executive")
    await world.join("interviewer")
    handle = await world.handle()
    assert await handle.question_ids() == {"lead", "p1"}
