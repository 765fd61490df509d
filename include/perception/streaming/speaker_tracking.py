"""Who said what over one microphone: the online diarizer's steps in the pool's idle time, its turns as events.

Finals never wait for it: an utterance is told with the label known by then, and again when the label becomes known or
changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from include.interview.live.wire import SAMPLE_RATE
from include.perception.streaming.diarization.online import OnlineDiarizer
from include.perception.streaming.events import Speaker, SpeechEvent
from include.perception.streaming.inference_pool import InferencePool
from include.perception.streaming.inference_queue import Job, Kind

PAUSED_LEVEL = 3
"""Load-shedding level from which nothing is diarized."""
_MAX_LAG_S = 30.0
"""Sound that waits for longer is given up: the diarizer begins anew after the hole, with the voices it knows."""
_REMEMBERED_S = 1_800.0
"""How long an utterance's label may still change (the diarizer's own history)."""


@dataclass
class _Emitted:
    """An utterance in samples and the label its listener knows."""

    utt: str
    start: int
    end: int
    label: str | None


class SpeakerTracking:
    """Runs on the event loop; only the diarizer's `step` runs in the pool, one at a time."""

    def __init__(
        self,
        diarizer: OnlineDiarizer,
        session: int,
        pool: InferencePool,
        *,
        put: Callable[[SpeechEvent], None],
        later: Callable[..., None],
        failed: Callable[[Exception], None],
        level: Callable[[], int],
        state: bytes = b"",
    ) -> None:
        self._diarizer = diarizer
        self._session = session
        self._pool = pool
        self._put = put
        self._later = later
        self._failed = failed
        self._level = level
        self._emitted: list[_Emitted] = []
        self._job: Job | None = None
        self._finishing = False
        if state:
            diarizer.restore(state)

    @property
    def lag_s(self) -> float:
        """Seconds of sound that wait to be diarized."""
        return self._diarizer.lag_s

    @property
    def busy(self) -> bool:
        """True while a step is under way or due."""
        return self._job is not None or self._finishing

    @property
    def needs_from(self) -> int:
        """The sample from which sound must be replayed to go on exactly."""
        return self._diarizer.needs_from

    def state(self) -> bytes:
        """The diarizer's memory; it holds voice prints: to be sealed like a recording."""
        return self._diarizer.state()

    def hear(self, pcm: np.ndarray, start: int, speech: bool) -> None:
        """Sound the detector has heard (int16), and whether it heard somebody."""
        if self._level() >= PAUSED_LEVEL or self._diarizer.lag_s > _MAX_LAG_S:
            return
        self._diarizer.push(pcm, start, speech=speech)
        self._consider()

    def label(self, utt: str, start: int, end: int) -> str | None:
        """Who said an utterance of samples [start, end), as known now; later knowledge comes as an event."""
        emitted = _Emitted(utt, start, end, self._now(start, end))
        horizon = end - round(_REMEMBERED_S * SAMPLE_RATE)
        self._emitted = [t for t in self._emitted if t.end > horizon]
        self._emitted.append(emitted)
        return emitted.label

    def finish(self) -> None:
        """Diarize what is left of the sound so far, a shorter last window included."""
        self._finishing = self._level() < PAUSED_LEVEL
        self._consider()

    def close(self) -> None:
        """Withdraw what waits."""
        if self._job is not None:
            self._pool.cancel(self._job)
            self._job = None

    def _now(self, start: int, end: int) -> str | None:
        return self._diarizer.speakers(start / SAMPLE_RATE, end / SAMPLE_RATE)

    def _consider(self) -> None:
        if self._job is not None or not (self._finishing or self._diarizer.ready):
            return
        step = self._diarizer.step if self._diarizer.ready else self._diarizer.flush
        self._finishing = self._finishing and self._diarizer.ready
        self._job = Job(
            session=self._session,
            kind=Kind.BACKGROUND,
            asked_at=self._pool.clock(),
            done=lambda job: self._later(self._stepped, job),
            run=step,
        )
        self._pool.submit(self._job)

    def _stepped(self, job: Job) -> None:
        self._job = None
        if job.error is not None:
            self._failed(job.error)
            return
        if job.result:
            self._tell(min(c.start_s for c in job.result) * SAMPLE_RATE, max(c.end_s for c in job.result) * SAMPLE_RATE)
        if self._level() < PAUSED_LEVEL:
            self._consider()
        else:
            self._finishing = False

    def _tell(self, start: float, end: float) -> None:
        """Labels within [start, end) that are not what was emitted, one event per label."""
        changed: dict[str, list[str]] = {}
        for emitted in self._emitted:
            if emitted.end <= start or emitted.start >= end:
                continue
            label = self._now(emitted.start, emitted.end)
            if label is not None and label != emitted.label:
                emitted.label = label
                changed.setdefault(label, []).append(emitted.utt)
        for label, utts in sorted(changed.items()):
            self._put(Speaker(tuple(utts), label))
