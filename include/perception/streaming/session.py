"""One live session's speech: sound of its tracks in, events out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from include.interview.errors import ServiceFailure
from include.interview.live.wire import Track
from include.perception.streaming.endpointing import EndpointRules
from include.perception.streaming.event_delivery import EventDelivery
from include.perception.streaming.events import SpeechEvent, TrackState
from include.perception.streaming.inference_pool import InferencePool
from include.perception.streaming.options import SpeechOptions
from include.perception.streaming.speaker_tracking import SpeakerTracking
from include.perception.streaming.track_audio import TrackAudio, voices_of
from include.perception.streaming.track_transcriber import TrackTranscriber

if TYPE_CHECKING:
    from include.perception.streaming.diarization.models import DiarizationModels

_YIELD_GROUPS = 16
"""Groups of frames (1 s of sound, 3 ms of work) after which other sessions get their turn."""


class SpeechSession:
    """Made by `SpeechEngine.open`. One caller at a time: `feed`, `gap` and `finalize` wait for each other."""

    def __init__(
        self,
        number: int,
        language: Literal["ko", "en"],
        tracks: Sequence[Track],
        emit: Callable[[SpeechEvent], Awaitable[None]],
        *,
        vad_session: Any,
        pool: InferencePool,
        options: SpeechOptions,
        rules: EndpointRules,
        resume: Mapping[Track, TrackState] | None,
        diarization: DiarizationModels | None,
        voices: int,
        closed: Callable[[SpeechSession], None],
    ) -> None:
        self.number = number
        self._loop = asyncio.get_running_loop()
        self._pool = pool
        self._options = options
        self._closed = closed
        self._shed = 0
        self._failure: Exception | None = None
        self._turn = asyncio.Lock()
        self._waiters: list[asyncio.Future[None]] = []
        self._delivery = EventDelivery(emit, options.max_undelivered)
        self._open = True
        self._vad, self._rules, self._diarization, self._voices = vad_session, rules, diarization, voices
        self._transcribers = {track: self._transcriber(track, language, (resume or {}).get(track)) for track in tracks}

    def _transcriber(self, track: Track, language: Literal["ko", "en"], resume: TrackState | None) -> TrackTranscriber:
        speakers = None
        if track == "room" and self._diarization is not None:
            from include.perception.streaming.diarization.clustering import ClusteringConfig
            from include.perception.streaming.diarization.online import DiarizerConfig, OnlineDiarizer

            config = DiarizerConfig(clustering=ClusteringConfig(speakers=self._voices))
            speakers = SpeakerTracking(
                OnlineDiarizer(self._diarization, config),
                self.number,
                self._pool,
                put=self._delivery.put,
                later=self._later,
                failed=self._failed,
                level=self._level,
                state=voices_of(resume),
            )
        return TrackTranscriber(
            track,
            language,
            self.number,
            TrackAudio(self._vad, self._rules, resume, speakers.hear if speakers is not None else None),
            self._pool,
            self._options,
            put=self._delivery.put,
            later=self._later,
            failed=self._failed,
            level=self._level,
            speakers=speakers,
        )

    async def feed(self, track: Track, start_sample: int, pcm: np.ndarray, start_ms: float) -> None:
        """Hear sound of a track: int16 of shape (n,), 16 kHz. Waits when the session is behind.

        Its first sample is number `start_sample` of the sender's stream and at `start_ms` on the session's clock. Sound
        heard before is left out.

        Raises:
            BadInput: code "audio_hole": sound before it is missing; declare it with `gap`.
            ServiceFailure: code "speech_failed": the recogniser or the listener failed.
        """
        async with self._turn:
            self._check()
            transcriber = self._transcribers[track]
            transcriber.hear(start_sample, pcm, start_ms)
            groups = 0
            while self._open and transcriber.advance():
                groups += 1
                if groups % _YIELD_GROUPS == 0:
                    await asyncio.sleep(0)
                await self._keep_bounds()
            self._check()

    async def gap(self, track: Track, from_sample: int, to_sample: int) -> None:
        """Samples [from_sample, to_sample) will never come: what was being said ends before them."""
        async with self._turn:
            self._check()
            if to_sample > from_sample:
                self._transcribers[track].gap(to_sample)

    async def finalize(self) -> None:
        """End what is being said; returns when everything heard so far was emitted.

        Raises:
            ServiceFailure: as `feed`.
        """
        async with self._turn:
            self._check()
            for transcriber in self._transcribers.values():
                transcriber.finish()
            await self._until(self._settled)
            await self._delivery.drained()
            self._check()

    async def close(self) -> None:
        """Stop at once: jobs are withdrawn, nothing more is emitted, no task is left."""
        if not self._open:
            return
        self._open = False
        for transcriber in self._transcribers.values():
            transcriber.close()
        self._wake()
        await self._delivery.close()
        self._closed(self)

    @property
    def speech_active(self) -> bool:
        """True while an utterance is running or may just have begun, on any track."""
        return any(transcriber.audio.speech_active for transcriber in self._transcribers.values())

    def shed(self, level: int) -> None:
        """Apply the session's own load-shedding level; the process's counts as well."""
        self._shed = level

    # ------------------------------------------------------------ inside

    def _level(self) -> int:
        return max(self._shed, self._pool.level())

    def diarization_lag_s(self) -> float:
        """Seconds of sound that wait to be diarized, of the track furthest behind."""
        return max(transcriber.diarization_lag_s for transcriber in self._transcribers.values())

    def _settled(self) -> bool:
        return all(transcriber.settled for transcriber in self._transcribers.values())

    def _pending(self) -> int:
        return sum(transcriber.pending for transcriber in self._transcribers.values())

    def _later(self, function: Callable[..., None], *arguments: Any) -> None:
        """From a worker's thread back to the loop."""
        self._loop.call_soon_threadsafe(self._on_loop, function, arguments)

    def _on_loop(self, function: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        if self._open:
            function(*arguments)
            self._wake()

    def _failed(self, error: Exception) -> None:
        self._failure = error
        self._wake()

    def _check(self) -> None:
        cause = self._failure or self._delivery.failure
        if cause is not None:
            raise ServiceFailure(
                f"Speech recognition of this session failed ({type(cause).__name__}).",
                "Open it again from its last kept state.",
                code="speech_failed",
            ) from cause
        if not self._open:
            raise ServiceFailure("This speech session is closed.", "Open a new one.", code="speech_closed")

    async def _keep_bounds(self) -> None:
        """Wait while too many finals or events are under way: memory stays bounded however fast sound comes."""
        if self._pending() > self._options.max_pending_finals:
            await self._until(lambda: self._pending() <= self._options.max_pending_finals)
        await self._delivery.has_room()

    async def _until(self, reached: Callable[[], bool]) -> None:
        while self._open and self._failure is None and not reached():
            waiter = self._loop.create_future()
            self._waiters.append(waiter)
            await waiter

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
