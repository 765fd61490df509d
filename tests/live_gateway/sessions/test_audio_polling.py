"""When sound is looked for, and when it is told of: the order of asking, by stand-ins that only count."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from include.perception.streaming.options import SpeechOptions
from live_gateway.sessions import audio_polling
from live_gateway.sessions.audio_polling import LOOK_S, AudioPolling
from tests.support.patience import PATIENCE_S

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
FRAME_S = 0.1


class Session:
    """Its own room and hearing; the test says whether sound comes steadily and whether somebody stirs."""

    def __init__(self) -> None:
        self.store = self
        self.fed, self.looks, self.following = 0, 0, False
        self.speech_active, self.steady = False, False

    async def pump(self) -> bool:
        self.looks += 1
        self.fed += int(self.steady)
        return False

    async def follow(self) -> None:
        self.following = True

    def unfollow(self) -> None:
        self.following = False


async def until(condition: Any) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0)


async def test_silence_is_looked_at_speech_and_nothing_are_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_polling, "LOOK_S", 0.001)
    session = Session()
    listening = AudioPolling(session, session)  # type: ignore[arg-type]
    task = asyncio.create_task(listening.run())
    await until(lambda: session.following)  # nothing came yet

    session.steady = True
    listening.sound_came()
    await until(lambda: not session.following)
    looks = session.looks
    await until(lambda: session.looks > looks + 3)  # without being told

    session.speech_active = True
    await until(lambda: session.following)
    looks = session.looks
    listening.sound_came()
    await until(lambda: session.looks > looks)

    session.speech_active = False
    listening.sound_came()
    await until(lambda: not session.following)
    session.steady = False  # muted
    await until(lambda: session.following)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_looking_at_silence_delays_no_guess() -> None:
    assert SpeechOptions().first_partial_s >= LOOK_S + FRAME_S
