"""A spoken session with real models: killed in the middle of an utterance, continued by another replica, concluded."""

from __future__ import annotations

import asyncio
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from include.interview.assessment.openings import general_opening
from include.interview.live import wire
from include.storage.live import LiveStore
from tests.live_gateway.socket.test_resume import both, eventually, moving
from tests.support.hearing import SYNTHETIC_WER, word_error_rate
from tests.support.installation import models_missing
from tests.support.interview_clips import ANSWER, speak
from tests.support.live_world import World

pytestmark = [pytest.mark.services, pytest.mark.models, pytest.mark.hears, pytest.mark.anyio]
RATE = wire.SAMPLE_RATE
LIVE = {"TRIVIEW_SPEECH": "on", "TRIVIEW_FEEDBACK": "on"}
QUESTION = "Please tell me about a project that you led. What did you do?"


def pcm_of(folder: Path, name: str, text: str, voice: str = "en-us") -> bytes:
    """16 kHz samples of a synthetic voice, with a second of silence behind it."""
    spoken = speak(folder / f"{name}.wav", text, voice)
    raw = folder / f"{name}.pcm"
    command = ["ffmpeg", "-v", "error", "-y", "-i", spoken, "-ac", "1", "-ar", str(RATE), "-f", "s16le", raw]
    subprocess.run(command, check=True)
    return raw.read_bytes() + bytes(2 * RATE)


async def test_killed_in_the_middle_of_an_utterance(world: World, live: LiveStore, tmp_path: Path) -> None:
    if why := models_missing():
        pytest.skip(why)
    session = await world.session(live)
    heard: list[wire.ServerMessage] = []
    own: list[wire.ServerMessage] = []
    async with both(world, **LIVE) as (first, second):
        where, theirs = iter([first]), iter([first])
        interviewer = moving(live, session, lambda: next(where, second), heard.append)
        candidate = moving(live, session, lambda: next(theirs, second), own.append, role="candidate")
        async with interviewer, candidate, asyncio.timeout(120):
            await interviewer.wait_ready()
            await candidate.wait_ready()
            await interviewer.play(pcm_of(tmp_path, "question", QUESTION, "en-gb"))
            await interviewer.say(wire.QuestionAction(id=general_opening().questions[0].id, action="used"))
            answering = asyncio.create_task(candidate.play(pcm_of(tmp_path, "answer", ANSWER)))
            await eventually(lambda: any(isinstance(m, wire.TranscriptPartial) and m.utt[0] == "c" for m in own), 60)
            first.kill()
            await answering
            await interviewer.finalize("all")
            finals = [event for event in interviewer.events if isinstance(event, wire.TranscriptFinal)]
            target = next(event.utt for event in finals if event.role == "candidate")
            await interviewer.say(wire.SpeakerAssign(source=target, to="interviewer"))
            update = await interviewer.wait_for(wire.SpeakerUpdate, lambda event: event.utts == [target])
            assert (update.role, update.cause) == ("interviewer", "correction")
            await interviewer.say(wire.SpeakerAssign(source=target, to="candidate"))
            ended = await interviewer.end()
            assert ended.reason == "end"
            await candidate.wait_for(wire.SessionEnded)
    events = interviewer.events
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert all(count == 1 for count in Counter(event.utt for event in finals).values())
    starts = Counter(event.utt for event in events if isinstance(event, wire.SpeechStart))
    assert all(count == 1 for count in starts.values())
    assert {event.utt for event in finals} <= set(starts)
    said = " ".join(event.text for event in finals if event.role == "candidate")
    print("error rate", word_error_rate(ANSWER, said))  # noqa: T201
    assert word_error_rate(ANSWER, said) <= SYNTHETIC_WER, said
    assert {event.speaker for event in finals} == {"interviewer", "candidate"}
    result = next(event for event in events if isinstance(event, wire.Result))
    assert result.card is not None
    assert {type(event) for event in candidate.events} <= {
        wire.SpeechStart, wire.SpeechEnd, wire.SpeechDiscarded, wire.TranscriptFinal, wire.TranscriptRetracted,
        wire.SpeakerUpdate, wire.Feedback, wire.Result, wire.SessionEnded,
    }  # fmt: skip
    assert all(event.role == "candidate" for event in candidate.events if isinstance(event, wire.TranscriptFinal))
