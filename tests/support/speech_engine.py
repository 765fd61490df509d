"""A speech engine that needs no models: what is said, and when, is written down by the test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from include.interview.errors import BadInput, ServiceFailure
from include.interview.live.session import LiveUtterance, utterance_id
from include.interview.live.wire import SAMPLE_RATE, SpeechEnd, SpeechStart, Track, TranscriptPartial
from include.interview.records import Word
from include.perception.streaming.event_delivery import EventDelivery
from include.perception.streaming.events import Discarded, EngineLoad, Final, Speaker, TrackState
from include.perception.streaming.streaming_engine import Emit

UNDELIVERED = 256


@dataclass(frozen=True)
class Scripted:
    """An utterance in samples [start, end) of a track; on track "room", `label` is told after its final.

    Without `text` it is a noise that began like speech.
    """

    start: int
    end: int
    text: str
    label: str | None = None


@dataclass
class ScriptedEngine:
    """`script`: what is said on each track. `level`, `ready` and `fails_at` (a sample) may change at any time."""

    script: Mapping[Track, Sequence[Scripted]]
    ready: bool = True
    level: int = 0
    lag_ms: int = 0
    fits_another: bool = True
    fails_at: int | None = None
    sessions: list[ScriptedSession] = field(default_factory=list)
    voices: int = 0
    """How many the session opened last tells apart."""

    def open(
        self,
        language: Literal["ko", "en"],
        tracks: Sequence[Track],
        emit: Emit,
        resume: Mapping[Track, TrackState] | None = None,
        *,
        voices: int = 2,
    ) -> ScriptedSession:
        """As `SpeechEngine.open`."""
        if not self.ready:
            raise ServiceFailure("Speech recognition has not started yet.", "Try again.", code="speech_not_ready")
        self.voices = voices
        session = ScriptedSession(self, language, tracks, emit, resume or {})
        self.sessions.append(session)
        return session

    def load(self) -> EngineLoad:
        """The figures that the test set."""
        streams = sum(not session.closed for session in self.sessions)
        return EngineLoad(0.0, 0.0, streams, self.lag_ms, 0, self.level)

    def room_for_another(self) -> bool:
        """As the test says."""
        return self.fits_another


class ScriptedSession:
    """Emits what the script says lies in the sound it was fed. `levels` are the load-shedding levels it was given."""

    def __init__(
        self,
        engine: ScriptedEngine,
        language: Literal["ko", "en"],
        tracks: Sequence[Track],
        emit: Emit,
        resume: Mapping[Track, TrackState],
    ) -> None:
        self._engine, self._language = engine, language
        self._delivery = EventDelivery(emit, UNDELIVERED)
        self._at = {track: resume[track].next_sample if track in resume else 0 for track in tracks}
        self.began_at = dict(self._at)
        self._origin_ms = dict.fromkeys(tracks, 0.0)
        self._open: dict[Track, Scripted] = {}
        self._done: dict[Track, int] = dict(self._at)
        self.levels: list[int] = []
        self.closed = False

    @property
    def speech_active(self) -> bool:
        """Whether a scripted utterance is running."""
        return bool(self._open)

    async def feed(self, track: Track, start_sample: int, pcm: np.ndarray, start_ms: float) -> None:
        """Advance the track to the end of `pcm`."""
        if start_sample != self._at[track]:
            raise BadInput(f"Sample {self._at[track]} was expected.", "", code="audio_hole")
        self._origin_ms[track] = start_ms - start_sample * 1000 / SAMPLE_RATE
        end = start_sample + len(pcm)
        if self._engine.fails_at is not None and end > self._engine.fails_at:
            raise ServiceFailure("Speech recognition failed.", "Open it again.", code="speech_failed")
        self._advance(track, end)
        await self._delivery.drained()
        self._check()

    async def gap(self, track: Track, from_sample: int, to_sample: int) -> None:
        """End what is being said and go on at `to_sample`."""
        self._cut(track, from_sample)
        self._at[track] = self._done[track] = to_sample
        await self._delivery.drained()

    async def finalize(self) -> None:
        """End what is being said on every track."""
        for track, at in self._at.items():
            self._cut(track, at)
        await self._delivery.drained()
        self._check()

    def shed(self, level: int) -> None:
        """Note the level."""
        self.levels.append(level)

    async def close(self) -> None:
        """Emit nothing more."""
        self.closed = True
        await self._delivery.close()

    # ------------------------------------------------------------ inside

    def _advance(self, track: Track, to_sample: int) -> None:
        self._at[track] = to_sample
        for line in self._engine.script.get(track, ()):
            if line.end <= self._done[track] or line.start >= to_sample:
                continue
            if track not in self._open:
                self._open[track] = line
                utt, at_ms = self._id(track, line), self._ms(track, line.start)
                self._delivery.put(SpeechStart(utt=utt, track=track, at_ms=at_ms))
                speaker = None if track == "room" else track
                if line.text:
                    self._delivery.put(TranscriptPartial(utt, 1, "", line.text.split()[0], at_ms, at_ms, speaker))
            if line.end <= to_sample:
                self._end(track, line, line.end)

    def _cut(self, track: Track, at: int) -> None:
        line = self._open.get(track)
        if line is not None:
            self._end(track, line, at)

    def _end(self, track: Track, line: Scripted, at: int) -> None:
        self._open.pop(track)
        self._done[track] = line.end
        utt, start_ms, end_ms = self._id(track, line), self._ms(track, line.start), self._ms(track, at)
        self._delivery.put(SpeechEnd(utt=utt, track=track, at_ms=end_ms))
        if not line.text:
            self._delivery.put(Discarded(track, utt, TrackState(at, b"")))
            return
        texts = line.text.split()
        step = (end_ms - start_ms) / len(texts) / 1000
        words = tuple(
            Word(text, start_ms / 1000 + n * step, start_ms / 1000 + (n + 1) * step, 0.9)
            for n, text in enumerate(texts)
        )
        said = LiveUtterance(
            id=utt,
            track=track,
            text=line.text,
            start_s=start_ms / 1000,
            end_s=end_ms / 1000,
            words=words,
            speaker="",
            role="unknown",
            language=self._language,
            confidence=0.9,
        )
        final = Final(said, np.zeros(at - line.start, np.int16), start_ms, TrackState(at, b""))
        self._delivery.put(final)
        if line.label is not None:
            self._delivery.put(Speaker((utt,), line.label))

    def _id(self, track: Track, line: Scripted) -> str:
        return utterance_id(track, self._ms(track, line.start))

    def _ms(self, track: Track, sample: int) -> int:
        return round(self._origin_ms[track] + sample * 1000 / SAMPLE_RATE)

    def _check(self) -> None:
        cause = self._delivery.failure
        if cause is not None:
            raise ServiceFailure(
                f"Speech recognition of this session failed ({type(cause).__name__}).", "", code="speech_failed"
            ) from cause
