"""A sender whose two channels are one microphone, through a real gateway: every sentence once, on the room's track."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import jiwer
import numpy as np
import pytest

from include.interview.live import wire
from include.interview.transcript.text import fold, words
from include.storage.live import LiveStore
from tests.live_gateway.sessions.test_spoken import LIVE, QUESTION, pcm_of
from tests.support.installation import models_missing
from tests.support.interview_clips import SHORT_ANSWER
from tests.support.live_world import World, client

pytestmark = [pytest.mark.services, pytest.mark.models, pytest.mark.anyio]


@pytest.mark.parametrize(("sign", "tracks"), [(-1, {"r"}), (0, {"i", "c"})], ids=["inverted copy", "one each"])
async def test_every_sentence_is_said_once(
    world: World, live: LiveStore, tmp_path: Path, sign: int, tracks: set[str]
) -> None:
    if why := models_missing():
        pytest.skip(why)
    asks = np.frombuffer(pcm_of(tmp_path, "question", QUESTION, "en-gb"), "<i2")
    tells = np.frombuffer(pcm_of(tmp_path, "answer", SHORT_ANSWER), "<i2")
    first, second = np.concatenate([asks, 0 * tells]), np.concatenate([0 * asks, tells])
    room = first + second
    both = np.stack([room, sign * room] if sign else [first, second], axis=1).astype("<i2")
    session = await world.session(live, microphones="shared")
    with world.replica(**LIVE) as replica:
        async with client(live, replica, session, channels=2) as interviewer, asyncio.timeout(240):
            await interviewer.wait_ready()
            await interviewer.play(both.tobytes())
            await interviewer.finalize("all")
            await interviewer.end()
    finals = [event for event in interviewer.events if isinstance(event, wire.TranscriptFinal)]
    assert {event.utt[0] for event in finals} == tracks
    assert all(count == 1 for count in Counter(event.utt for event in finals).values())
    said = " ".join(event.text for event in sorted(finals, key=lambda e: e.start_ms))
    wanted = f"{QUESTION} {SHORT_ANSWER}"
    assert jiwer.wer(" ".join(words(fold(wanted))), " ".join(words(fold(said)))) < 0.4, "twice would be 1.0"
