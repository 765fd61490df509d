"""A listener for tests: feeds a session, keeps its events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from include.interview.live.wire import Track
from live_gateway.speech.engine import SpeechEngine
from live_gateway.speech.events import Final, SpeechEvent, TrackState

RATE = 16_000


class Listener:
    """Everything a session said."""

    def __init__(self) -> None:
        self.events: list[SpeechEvent] = []

    async def __call__(self, event: SpeechEvent) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list:
        return [e for e in self.events if type(e) is kind]

    @property
    def text(self) -> str:
        return " ".join(e.text for e in self.of(Final))


def surrounded(pcm: np.ndarray) -> np.ndarray:
    """With half a second of silence before and a second after."""
    return np.concatenate([np.zeros(RATE // 2, np.int16), np.asarray(pcm, np.int16), np.zeros(RATE, np.int16)])


async def hear(
    engine: SpeechEngine,
    language: Literal["ko", "en"],
    pcm: np.ndarray,
    *,
    track: Track = "candidate",
    sizes: Sequence[int] = (1_600,),
    resume: TrackState | None = None,
) -> Listener:
    """All events of one track's sound, fed as fast as the session takes it, in pieces of the given sizes in turn."""
    listener = Listener()
    session = engine.open(language, [track], listener, {track: resume} if resume else None)
    at, n = (resume.next_sample if resume else 0), 0
    while at < len(pcm):
        piece = pcm[at : at + sizes[n % len(sizes)]]
        await session.feed(track, at, piece, at / RATE * 1000)
        at, n = at + len(piece), n + 1
    await session.finalize()
    await session.close()
    return listener
