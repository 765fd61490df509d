"""A listener for tests: feeds a session, keeps its events."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import numpy as np

from include.interview.live.wire import Track
from include.perception.streaming.engine import SpeechEngine
from include.perception.streaming.events import Final, SpeechEvent, TrackState
from include.perception.streaming.session import SpeechSession

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
        return " ".join(e.utterance.text for e in self.of(Final))


def surrounded(pcm: np.ndarray) -> np.ndarray:
    """With half a second of silence before and a second after."""
    return np.concatenate([np.zeros(RATE // 2, np.int16), np.asarray(pcm, np.int16), np.zeros(RATE, np.int16)])


@asynccontextmanager
async def opened(
    engine: SpeechEngine,
    emit: Callable[[SpeechEvent], Awaitable[None]],
    language: Literal["ko", "en"] = "en",
    track: Track = "candidate",
    resume: Mapping[Track, TrackState] | None = None,
) -> AsyncIterator[SpeechSession]:
    """A session of one track that is closed in every case: a test that fails leaves nothing to those after it."""
    session = engine.open(language, [track], emit, resume)
    try:
        yield session
    finally:
        await session.close()


async def hear(
    engine: SpeechEngine,
    language: Literal["ko", "en"],
    pcm: np.ndarray,
    *,
    track: Track = "candidate",
    sizes: Sequence[int] = (1_600,),
    resume: TrackState | None = None,
    led: bool = False,
) -> Listener:
    """All events of one track's sound, fed as fast as the session takes it, in pieces of the given sizes in turn.

    A session hears a short utterance together with the words before it when those are known by then, so words could
    depend on how fast the machine is. Here they do not: with `led` each utterance is waited for before more is fed,
    and otherwise the session is told not to look back, as it is on a busy machine.
    """
    listener = Listener()
    at, n = (resume.next_sample if resume else 0), 0
    async with opened(engine, listener, language, track, {track: resume} if resume else None) as session:
        session.shed(0 if led else 1)
        while at < len(pcm):
            piece = pcm[at : at + sizes[n % len(sizes)]]
            await session.feed(track, at, piece, at / RATE * 1000)
            if led:
                await session._until(session._settled)
            at, n = at + len(piece), n + 1
        await session.finalize()
    return listener
