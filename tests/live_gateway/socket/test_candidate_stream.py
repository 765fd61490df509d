"""The candidate's own stream: words when they become theirs, taken back when they are not, numbers without a gap."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from include.interview.live import wire
from live_gateway.sessions import commands
from live_gateway.socket.candidate_stream import CandidateStream
from tests.support.speech_engine import Scripted
from tests.support.virtual_sessions import RATE, VIRTUAL, VirtualWorld
from tests.support.virtual_sockets import VirtualSocket, socket_of

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
QUESTION, ANSWER, AFTERTHOUGHT = "What did you do last year?", "I moved two services", "and wrote their tests"
SAID = {
    "room": [
        Scripted(RATE, 2 * RATE, QUESTION, "S1"),
        Scripted(3 * RATE, 4 * RATE, ANSWER, "S2"),
        Scripted(5 * RATE, 6 * RATE, AFTERTHOUGHT, "S2"),
    ]
}


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


def shown(socket: VirtualSocket) -> dict[str, str]:
    """What a client shows that does no more than the protocol says: utterance -> text."""
    texts: dict[str, str] = {}
    for message in socket.durable:
        if isinstance(message, wire.TranscriptFinal):
            texts[message.utt] = message.text
        elif isinstance(message, wire.TranscriptRetracted):
            for utt in message.utts:
                del texts[utt]
    return texts


async def test_one_microphone_gives_the_candidate_the_words_when_they_are_theirs_and_takes_them_back() -> None:
    world = VirtualWorld(SAID, microphones="shared")  # type: ignore[arg-type]
    room = await world.join("interviewer")
    running = asyncio.create_task((await world.owner("a")).run())
    async with socket_of(world, "candidate") as candidate:
        await world.talk(3.5, room)
        assert shown(candidate) == {}  # nobody knows yet whose words they are
        await world.talk(3.5, room)  # now it shows who asks and who answers
        assert shown(candidate) == {"r3000": ANSWER, "r5000": AFTERTHOUGHT}
        assert {final.role for final in candidate.of(wire.TranscriptFinal)} == {"candidate"}
        await world.command(commands.Assign("r1000", "candidate", "utterance"))
        await asyncio.sleep(0.1)
        assert shown(candidate)["r1000"] == QUESTION
        await world.command(commands.Assign("r1000", "interviewer", "utterance"))
        await asyncio.sleep(0.1)
        assert candidate.of(wire.TranscriptRetracted)[-1].utts == ["r1000"]
        assert shown(candidate) == {"r3000": ANSWER, "r5000": AFTERTHOUGHT}
        numbers = [message.seq for message in candidate.durable]
        assert numbers == list(range(1, len(numbers) + 1))
    ready = candidate.of(wire.Ready)[0]
    for last in range(len(numbers) + 1):  # wherever it breaks, exactly the rest comes, with the same numbers
        async with socket_of(world, "candidate", wire.ResumeFrom(ready.epoch, last)) as again:
            assert again.of(wire.Ready)[0].recovered
            assert again.of(wire.Ready)[0].last_seq == len(numbers)
            assert again.durable == candidate.durable[last:]
    async with socket_of(world, "candidate", wire.ResumeFrom("another", 1)) as lost:
        assert not lost.of(wire.Ready)[0].recovered
        events = lost.of(wire.Snapshot)[0].events
        assert [event.text for event in events if isinstance(event, wire.TranscriptFinal)] == [ANSWER, AFTERTHOUGHT]
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def final(number: int, role: wire.SpeakerRole) -> wire.TranscriptFinal:
    return wire.TranscriptFinal(
        utt=f"r{number}", text=f"text {number}", words=[], speaker="S1", role=role, start_ms=0, end_ms=1,
        language="en", confidence=1,
    )  # fmt: skip


ROLES = st.sampled_from(["candidate", "interviewer", "unknown"])
UPDATES = st.builds(
    lambda numbers, role: wire.SpeakerUpdate(utts=[f"r{n}" for n in numbers], speaker="S", role=role, cause="role"),
    st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True),
    ROLES,
)


@given(st.lists(ROLES, min_size=6, max_size=6), st.lists(UPDATES, max_size=12))
def test_after_any_updates_the_candidate_holds_exactly_the_own_words(
    roles: list[wire.SpeakerRole], updates: list[wire.SpeakerUpdate]
) -> None:
    events: list[wire.Durable] = [final(n, role) for n, role in enumerate(roles)]
    events = [replace(event, seq=n) for n, event in enumerate(events + updates, 1)]
    truth: dict[str, str] = {f"r{n}": role for n, role in enumerate(roles)}
    for update in updates:
        truth |= dict.fromkeys(update.utts, update.role)
    stream, messages = CandidateStream.of(events)
    held: dict[str, str] = {}
    for message in messages:
        if isinstance(message, wire.TranscriptFinal):
            assert message.utt not in held
            held[message.utt] = message.text
        elif isinstance(message, wire.TranscriptRetracted):
            for utt in message.utts:
                del held[utt]
        else:
            assert isinstance(message, wire.SpeakerUpdate)
            assert set(message.utts) <= set(held)  # no utterance is named whose words never came
    assert set(held) == {utt for utt, role in truth.items() if role == "candidate"}
    assert [message.seq for message in messages] == list(range(1, stream.last + 1))
    present = [event.utt for event in stream.present(messages) if isinstance(event, wire.TranscriptFinal)]
    assert set(present) == set(held)
