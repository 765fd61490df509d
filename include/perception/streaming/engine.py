"""The speech engine of one process: shared warm models, one pool, any number of sessions.

```python
engine = SpeechEngine(models_dir, cores=2)
await engine.start()
session = engine.open("en", ["candidate"], emit)       # emit: async def emit(event) -> None
await session.feed("candidate", 0, pcm, start_ms=0.0)  # int16, 16 kHz
await session.finalize(); await session.close(); await engine.stop()
```
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from include.interview.errors import ServiceFailure
from include.interview.live.wire import SAMPLE_RATE, Track
from include.perception.speech.models import SpeechModels
from include.perception.streaming.endpointing import EndpointRules
from include.perception.streaming.events import EngineLoad, SpeechEvent, TrackState
from include.perception.streaming.hypothesis_filter import Voice
from include.perception.streaming.inference_pool import InferencePool
from include.perception.streaming.open_utterance import NO_PARTIALS_LEVEL
from include.perception.streaming.options import SpeechOptions
from include.perception.streaming.recogniser import Recogniser
from include.perception.streaming.session import SpeechSession

if TYPE_CHECKING:
    from include.perception.streaming.diarization.models import DiarizationModels

_TALK = 0.8
"""Share of an interview in which somebody speaks (one at a time, mostly)."""
_PRIOR_COST = 0.08
"""Seconds of one core per second of speech before anything was measured: what the slowest test machine needs."""
_VAD_COST = 0.01
"""Seconds of one core per second and session for detection, buffers and events."""
_ADMISSION = 0.75
"""Share of the cores that finals alone may take: beyond it their waiting time grows quickly."""
_WARM_S = 2.0


class SpeechEngine:
    """Made once per process.

    Args:
        models_dir: folder of the model registry.
        cores: threads of inference.
        options, rules: figures; the defaults are measured.
    """

    def __init__(
        self,
        models_dir: Path,
        cores: int,
        options: SpeechOptions | None = None,
        rules: EndpointRules | None = None,
    ) -> None:
        self.options = options or SpeechOptions()
        self.cores = max(1, cores)
        self.ready = False
        self._rules = rules or EndpointRules()
        self._models = SpeechModels(models_dir, self.cores)
        self._pool: InferencePool | None = None
        self._vad: Any = None
        self._diarization: DiarizationModels | None = None
        self._sessions: set[SpeechSession] = set()
        self._opened = 0

    async def start(self) -> None:
        """Load and warm the models, then start the pool. `ready` is True afterwards.

        Raises:
            ModelUnavailable: a weight file is missing.
        """
        if self.ready:
            return
        recogniser = await asyncio.to_thread(self._load)
        self._pool = InferencePool(recogniser, self.cores, self.options)
        self._pool.start()
        self.ready = True

    def _load(self) -> Recogniser:
        self._vad = self._models.vad
        if self.options.diarization:
            from include.perception.streaming.diarization.models import DiarizationModels

            self._diarization = DiarizationModels(self._models)
            self._diarization.warm()
        recogniser = Recogniser(self._models.whisper)
        noise = np.random.default_rng(0).standard_normal(round(_WARM_S * SAMPLE_RATE)).astype(np.float32) * 0.01
        for language in ("ko", "en"):
            encoded = recogniser.encode(noise)
            (hypothesis,) = recogniser.decode([encoded], [noise], language, 1)
            recogniser.judge(encoded, noise, hypothesis, Voice(_WARM_S, 1.0), language)
        return recogniser

    async def stop(self) -> None:
        """Close every session and join the threads."""
        self.ready = False
        for session in list(self._sessions):
            await session.close()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.stop)

    def open(
        self,
        language: Literal["ko", "en"],
        tracks: Sequence[Track],
        emit: Callable[[SpeechEvent], Awaitable[None]],
        resume: Mapping[Track, TrackState] | None = None,
        *,
        voices: int = 2,
    ) -> SpeechSession:
        """Begin (or, from `resume`, continue) a session. `emit` is awaited event by event, in order.

        Args:
            voices: the most that are told apart on one microphone of a room; of a continued session as before.

        Raises:
            ServiceFailure: code "speech_not_ready".
        """
        if self._pool is None or not self.ready:
            raise ServiceFailure("Speech recognition has not started yet.", "Try again.", code="speech_not_ready")
        self._opened += 1
        session = SpeechSession(
            self._opened,
            language,
            tracks,
            emit,
            vad_session=self._vad,
            pool=self._pool,
            options=self.options,
            rules=self._rules,
            resume=resume,
            diarization=self._diarization,
            voices=voices,
            closed=self._sessions.discard,
        )
        self._sessions.add(session)
        return session

    def load(self) -> EngineLoad:
        """How the process keeps up; cheap."""
        pool = self._pool
        if pool is None:
            return EngineLoad(0.0, 0.0, 0, 0, 0, 0)
        return EngineLoad(
            real_time_factor=round(pool.busy(), 3),
            queue_delay_s=round(pool.final_wait(), 3),
            streams=len(self._sessions),
            asr_lag_ms=round(pool.lag() * 1000),
            diarization_lag_ms=round(1000 * max((s.diarization_lag_s() for s in self._sessions), default=0.0)),
            level=pool.level(),
        )

    def room_for_another(self) -> bool:
        """True when one more session would not make the others' finals late.

        Judged by what finals were measured to cost here, by the work that cannot be shed, and by the level of load
        shedding. The first session always has room, once the engine is ready and partials are not shed.
        """
        pool = self._pool
        if pool is None or not self.ready or pool.level() >= NO_PARTIALS_LEVEL:
            return False
        if not self._sessions:
            return True
        each = _TALK * (pool.final_cost() or _PRIOR_COST) + _VAD_COST
        expected = (len(self._sessions) + 1) * each / self.cores
        return expected <= _ADMISSION and pool.busy(needed_only=True) + each / self.cores <= _ADMISSION
