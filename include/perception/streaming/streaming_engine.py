"""What a session's owner asks of streaming speech. `SpeechEngine` is one implementation; tests bring a scripted one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, Protocol

import numpy as np

from include.interview.live.wire import Track
from include.perception.streaming.events import EngineLoad, SpeechEvent, TrackState

Emit = Callable[[SpeechEvent], Awaitable[None]]


class StreamingSession(Protocol):
    """One live session's speech: sound of its tracks in, `SpeechEvent`s out. One caller at a time."""

    @property
    def speech_active(self) -> bool:
        """True while an utterance is running or may just have begun, on any track."""
        ...

    async def feed(self, track: Track, start_sample: int, pcm: np.ndarray, start_ms: float) -> None:
        """Take sound; waits while the session is behind.

        Args:
            start_sample: number of the first sample on the clock of the sender's stream (16 kHz).
            pcm: int16 of shape (n,).
            start_ms: where that sample lies on the session's clock.

        Raises:
            BadInput: code "audio_hole": sound before it is missing.
            ServiceFailure: code "speech_failed".
        """
        ...

    async def gap(self, track: Track, from_sample: int, to_sample: int) -> None:
        """Samples [from_sample, to_sample) will never come: what was being said ends before them."""
        ...

    async def finalize(self) -> None:
        """End what is being said; returns when everything heard so far was emitted. Raises ServiceFailure."""
        ...

    def shed(self, level: int) -> None:
        """Apply the session's own load-shedding level (0 none to 4 stalled)."""
        ...

    async def close(self) -> None:
        """Stop at once; nothing more is emitted."""
        ...


class StreamingEngine(Protocol):
    """The speech engine of one process."""

    @property
    def ready(self) -> bool:
        """True once the models are loaded."""
        ...

    def open(
        self,
        language: Literal["ko", "en"],
        tracks: Sequence[Track],
        emit: Emit,
        resume: Mapping[Track, TrackState] | None = None,
        *,
        voices: int = 2,
    ) -> StreamingSession:
        """Begin (or, from `resume`, continue) a session. `emit` is awaited event by event, in order.

        Args:
            voices: the most that are told apart on one microphone of a room; of a continued session as before.

        Raises:
            ServiceFailure: code "speech_not_ready".
        """
        ...

    def load(self) -> EngineLoad:
        """How the process keeps up; cheap."""
        ...

    def room_for_another(self) -> bool:
        """True when one more session would not make the others' finals late."""
        ...
