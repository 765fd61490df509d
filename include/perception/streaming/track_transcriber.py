"""One track of a session: from voice activity to inference jobs, and from their results to events in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from include.interview.live.session import utterance_id
from include.interview.live.wire import SAMPLE_RATE, SpeechEnd, SpeechStart, Track
from include.perception.streaming.events import SpeechEvent, TrackState
from include.perception.streaming.final_transcript import Clock, outcome
from include.perception.streaming.hypothesis_filter import Voice
from include.perception.streaming.inference_pool import InferencePool
from include.perception.streaming.inference_queue import Job, Kind
from include.perception.streaming.left_context import LeftContext
from include.perception.streaming.open_utterance import NO_PARTIALS_LEVEL, OpenUtterance
from include.perception.streaming.options import SpeechOptions
from include.perception.streaming.recogniser import Recognised
from include.perception.streaming.replay_detection import ReplayDetection
from include.perception.streaming.speaker_tracking import SpeakerTracking
from include.perception.streaming.track_audio import (
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
    StreamSignal,
    Stretch,
    TrackAudio,
)

_FULL_SCALE = np.float32(32_768.0)


@dataclass(eq=False)
class _Pending:
    """An utterance that is over and waits for its words (or for those before it)."""

    id: str
    stretch: Stretch
    resume: TrackState
    job: Job | None = None
    result: Recognised | None = None


class TrackTranscriber:
    """Runs on the event loop; `later` brings a call from a worker's thread back to it.

    Args:
        put: takes every event, in order.
        later: schedules a function with arguments on the event loop, from any thread.
        failed: told when a job failed for good.
        level: the load-shedding level.
        speakers: tells voices apart, where the track holds several.
    """

    def __init__(
        self,
        track: Track,
        language: Literal["ko", "en"],
        session: int,
        audio: TrackAudio,
        pool: InferencePool,
        options: SpeechOptions,
        *,
        put: Callable[[SpeechEvent], None],
        later: Callable[..., None],
        failed: Callable[[Exception], None],
        level: Callable[[], int],
        speakers: SpeakerTracking | None = None,
    ) -> None:
        self.track = track
        self.audio = audio
        self.clock = Clock()
        self._language = language
        self._session = session
        self._pool = pool
        self._options = options
        self._put = put
        self._later = later
        self._failed = failed
        self._level = level
        self._speakers = speakers
        self._utterance: OpenUtterance | None = None
        self._pending: deque[_Pending] = deque()
        self._replay = ReplayDetection()
        self._left_context: LeftContext | None = None

    @property
    def diarization_lag_s(self) -> float:
        """Seconds of sound that wait to be diarized."""
        return self._speakers.lag_s if self._speakers is not None else 0.0

    @property
    def settled(self) -> bool:
        """True when nothing heard so far waits for its final or its speaker."""
        return not self._pending and (self._speakers is None or not self._speakers.busy)

    @property
    def pending(self) -> int:
        """Utterances that are over and have no final yet."""
        return len(self._pending)

    def hear(self, start_sample: int, pcm: np.ndarray, start_ms: float) -> None:
        """Take sound; `advance` then hears it."""
        self.clock.set(start_sample, start_ms)
        self._replay.fed(self._pool.clock(), len(pcm) / SAMPLE_RATE)
        self.audio.accept(start_sample, pcm)
        if self._utterance is None and self.audio.open_at is not None:
            self._begin(self.audio.open_at)

    def advance(self) -> bool:
        """Hear one group of frames; False when there is none."""
        if not self.audio.ready:
            return False
        self._apply(self.audio.advance())
        self._consider_partial()
        return True

    def flush(self) -> None:
        """End what is being said."""
        self._apply(self.audio.flush())

    def finish(self) -> None:
        """End what is being said, and emit its speakers."""
        self.flush()
        if self._speakers is not None:
            self._speakers.finish()

    def gap(self, to_sample: int) -> None:
        """Sound that will never come."""
        self._apply(self.audio.gap(to_sample))

    def close(self) -> None:
        """Withdraw every job."""
        if self._utterance is not None:
            for job in (self._utterance.partial, self._utterance.speculative):
                if job is not None:
                    self._pool.cancel(job)
            self._utterance = None
        for pending in self._pending:
            if pending.job is not None:
                self._pool.cancel(pending.job)
        self._pending.clear()
        if self._speakers is not None:
            self._speakers.close()

    # ------------------------------------------------------------ what the stream says

    def _apply(self, signals: list[StreamSignal]) -> None:
        for signal in signals:
            if isinstance(signal, SpeechStarted):
                self._begin(signal.at)
            elif isinstance(signal, SpeechPaused):
                self._speculate(signal.stretch)
            elif isinstance(signal, SpeechResumed):
                self._drop_speculative()
            elif isinstance(signal, SpeechEnded):
                self._end(signal.stretch)

    def _begin(self, at: int) -> None:
        at_ms = self.clock.ms(at)
        self._utterance = OpenUtterance(utterance_id(self.track, at_ms), at, at_ms)
        self._put(SpeechStart(utt=self._utterance.id, track=self.track, at_ms=at_ms))

    def _speculate(self, stretch: Stretch) -> None:
        """Begin the final already, in case this pause is the end; with busy cores it can wait for certainty."""
        utterance, voice = self._utterance, Voice.of(stretch.probabilities)
        if utterance is None or not self._options.speculate or self._level() or not voice.plausible:
            return
        if utterance.speculative is not None:
            self._pool.cancel(utterance.speculative)
        utterance.speculative_end, utterance.abandoned = stretch.end, False
        done = lambda job: self._later(self._speculated, utterance, job)  # noqa: E731
        utterance.speculative = self._job(Kind.SPECULATIVE, stretch.pcm, done, stretch.start, voice)
        self._pool.submit(utterance.speculative)

    def _drop_speculative(self) -> None:
        """Speech went on: a speculative final under way still serves as a partial, a waiting one is withdrawn."""
        utterance = self._utterance
        if utterance is None or utterance.speculative is None:
            return
        utterance.abandoned = True
        if utterance.speculative.finished:
            self._show_speculative(utterance, utterance.speculative)
            utterance.speculative = None
        elif self._pool.withdraw(utterance.speculative):
            utterance.speculative = None

    def _speculated(self, utterance: OpenUtterance, job: Job) -> None:
        if utterance.abandoned and utterance.speculative is job and utterance is self._utterance:
            utterance.speculative = None
            self._show_speculative(utterance, job)
        if job.kind is Kind.FINAL or utterance is not self._utterance:
            self._finished(job)
        elif job.error is not None:
            utterance.speculative = None

    def _end(self, stretch: Stretch) -> None:
        utterance, self._utterance = self._utterance, None
        if utterance is None:
            return
        if utterance.partial is not None:
            self._pool.cancel(utterance.partial)
        self._put(SpeechEnd(utt=utterance.id, track=self.track, at_ms=self.clock.ms(stretch.end)))
        pending = _Pending(utterance.id, stretch, self._state())
        voice = Voice.of(stretch.probabilities)
        speculative = utterance.speculative
        if not voice.plausible:
            pending.result = Recognised((), "noise")
        elif (
            speculative is not None
            and speculative.error is None
            and not utterance.abandoned
            and utterance.speculative_end == stretch.end
        ):
            pending.job = speculative
            pending.result = speculative.result
            self._pool.promote(speculative)
            speculative = None
        else:
            done = lambda job: self._later(self._finished, job)  # noqa: E731
            pending.job = self._job(Kind.FINAL, stretch.pcm, done, stretch.start, voice)
            self._pool.submit(pending.job)
        if speculative is not None:
            self._pool.cancel(speculative)
        self._pending.append(pending)
        self._settle()

    # ------------------------------------------------------------ partials

    def _consider_partial(self) -> None:
        utterance, level = self._utterance, self._level()
        if utterance is None or not self._options.partials or level >= NO_PARTIALS_LEVEL:
            return
        if (self.audio.pausing and not utterance.led) or (self._pending and self._replay.replaying):
            return
        if not utterance.due(self.audio.heard, level, self._options):
            return
        done = lambda job: self._later(self._partial_done, utterance, job)  # noqa: E731
        job = self._job(Kind.PARTIAL, self.audio.open_sound(), done, utterance.start if utterance.led else None)
        job.heard = self.audio.heard
        if utterance.partial is None:
            utterance.partial = job
            self._pool.submit(job)
        elif job.sound is not None:
            self._pool.refresh(utterance.partial, job)

    def _partial_done(self, utterance: OpenUtterance, job: Job) -> None:
        utterance.partial = None
        again = not job.result and self._leads
        utterance.took(self._pool.clock() - job.asked_at, job.heard, again=again)
        if job.error is None:
            self._show(utterance, job.result, job.heard)

    def _show_speculative(self, utterance: OpenUtterance, job: Job) -> None:
        if isinstance(job.result, Recognised):
            self._show(utterance, " ".join(w.text for w in job.result.words), utterance.speculative_end)

    def _show(self, utterance: OpenUtterance, text: str, heard: int) -> None:
        if utterance is self._utterance and text:
            self._put(utterance.partial_of(self.track, text, self.clock.ms(heard)))

    # ------------------------------------------------------------ finals

    def _finished(self, job: Job) -> None:
        for pending in self._pending:
            if pending.job is job:
                if job.error is not None:
                    self._failed(job.error)
                    return
                pending.result = job.result
        self._settle()

    def _settle(self) -> None:
        """Give out the words of finished utterances, the oldest first."""
        while self._pending and self._pending[0].result is not None:
            done = self._pending.popleft()
            result = done.result or Recognised((), "noise")
            speaker = None
            if self._speakers is not None and result.words:
                speaker = self._speakers.label(done.id, done.stretch.start, done.stretch.end)
            self._left_context = LeftContext(done.stretch.pcm, result.words, done.stretch.end) if result.words else None
            event = outcome(self.track, done.id, done.stretch, result, self.clock, self._language, done.resume, speaker)
            self._put(event)

    @property
    def _leads(self) -> bool:
        """True while there are known words before what is spoken now, and time to hear them with it."""
        return self._left_context is not None and not self._pending and not self._level()

    def _state(self) -> TrackState:
        if self._speakers is None:
            return self.audio.state()
        return self.audio.state(self._speakers.state(), self._speakers.needs_from)

    def _job(
        self, kind: Kind, pcm: np.ndarray, done: Callable[[Job], Any], start: int | None, voice: Voice | None = None
    ) -> Job:
        """One window; with `start`, what leads to it is heard too while there is time and its words are known."""
        context = self._left_context if self._leads else None
        return Job(
            session=self._session,
            kind=kind,
            asked_at=self._pool.clock(),
            done=done,
            language=self._language,
            sound=pcm.astype(np.float32) / _FULL_SCALE,
            voice=voice,
            lead=context.lead(start, pcm) if context is not None and start is not None else None,
            replayed=self._replay.replaying,
        )
