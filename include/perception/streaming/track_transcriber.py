"""One track of a session: from what its stream hears to jobs, and from their results to events in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from include.interview.live.wire import SAMPLE_RATE, Track
from include.perception.streaming.events import Ended, SpeechEvent, Started, TrackState, utterance_id
from include.perception.streaming.final_transcript import Clock, outcome
from include.perception.streaming.hypothesis_filter import Voice
from include.perception.streaming.inference_pool import InferencePool
from include.perception.streaming.inference_queue import Job, Kind
from include.perception.streaming.left_context import Before
from include.perception.streaming.open_utterance import NO_PARTIALS_LEVEL, Running
from include.perception.streaming.options import SpeechOptions
from include.perception.streaming.recogniser import Recognised
from include.perception.streaming.replay_detection import Pace
from include.perception.streaming.speaker_tracking import RoomSpeakers
from include.perception.streaming.track_audio import (
    StreamSignal,
    Stretch,
    TrackStream,
    VoiceBegan,
    VoiceHesitated,
    VoiceStopped,
    VoiceWentOn,
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


class TrackListener:
    """Runs on the event loop; `later` brings a call from a worker's thread back to it.

    Args:
        put: takes every event, in order.
        later: schedules a function with arguments on the event loop, from any thread.
        failed: told when a job failed for good.
        level: the overload ladder's.
        room: tells voices apart, where the track holds several.
    """

    def __init__(
        self,
        track: Track,
        language: Literal["ko", "en"],
        session: int,
        stream: TrackStream,
        pool: InferencePool,
        options: SpeechOptions,
        *,
        put: Callable[[SpeechEvent], None],
        later: Callable[..., None],
        failed: Callable[[Exception], None],
        level: Callable[[], int],
        room: RoomSpeakers | None = None,
    ) -> None:
        self.track = track
        self.stream = stream
        self.clock = Clock()
        self._language = language
        self._session = session
        self._pool = pool
        self._options = options
        self._put = put
        self._later = later
        self._failed = failed
        self._level = level
        self._room = room
        self._running: Running | None = None
        self._pending: deque[_Pending] = deque()
        self._pace = Pace()
        self._before: Before | None = None

    @property
    def diarization_lag_s(self) -> float:
        """Seconds of sound that wait to be diarized."""
        return self._room.lag_s if self._room is not None else 0.0

    @property
    def settled(self) -> bool:
        """True when nothing heard so far waits for its final or its speaker."""
        return not self._pending and (self._room is None or not self._room.busy)

    @property
    def pending(self) -> int:
        """Utterances that are over and have no final yet."""
        return len(self._pending)

    def hear(self, start_sample: int, pcm: np.ndarray, start_ms: float) -> None:
        """Take sound; `advance` then hears it."""
        self.clock.set(start_sample, start_ms)
        self._pace.fed(self._pool.clock(), len(pcm) / SAMPLE_RATE)
        self.stream.accept(start_sample, pcm)
        if self._running is None and self.stream.open_at is not None:
            self._begin(self.stream.open_at)

    def advance(self) -> bool:
        """Hear one group of frames; False when there is none."""
        if not self.stream.ready:
            return False
        self._apply(self.stream.advance())
        self._consider_partial()
        return True

    def flush(self) -> None:
        """End what is being said."""
        self._apply(self.stream.flush())

    def finish(self) -> None:
        """End what is being said, and tell its speakers."""
        self.flush()
        if self._room is not None:
            self._room.finish()

    def gap(self, to_sample: int) -> None:
        """Sound that will never come."""
        self._apply(self.stream.gap(to_sample))

    def close(self) -> None:
        """Withdraw every job."""
        if self._running is not None:
            for job in (self._running.partial, self._running.trial):
                if job is not None:
                    self._pool.cancel(job)
            self._running = None
        for pending in self._pending:
            if pending.job is not None:
                self._pool.cancel(pending.job)
        self._pending.clear()
        if self._room is not None:
            self._room.close()

    # ------------------------------------------------------------ what the stream says

    def _apply(self, signals: list[StreamSignal]) -> None:
        for signal in signals:
            if isinstance(signal, VoiceBegan):
                self._begin(signal.at)
            elif isinstance(signal, VoiceHesitated):
                self._try_final(signal.stretch)
            elif isinstance(signal, VoiceWentOn):
                self._give_up_trial()
            elif isinstance(signal, VoiceStopped):
                self._end(signal.stretch)

    def _begin(self, at: int) -> None:
        at_ms = self.clock.ms(at)
        self._running = Running(utterance_id(self.track, at_ms), at, at_ms)
        self._put(Started(self.track, self._running.id, at_ms))

    def _try_final(self, stretch: Stretch) -> None:
        """Begin the final already, in case this pause is the end; with busy cores it can wait for certainty."""
        running, voice = self._running, Voice.of(stretch.probabilities)
        if running is None or not self._options.speculate or self._level() or not voice.plausible:
            return
        if running.trial is not None:
            self._pool.cancel(running.trial)
        running.trial_end, running.abandoned = stretch.end, False
        done = lambda job: self._later(self._tried, running, job)  # noqa: E731
        running.trial = self._job(Kind.TRIAL, stretch.pcm, done, stretch.start, voice)
        self._pool.submit(running.trial)

    def _give_up_trial(self) -> None:
        """Speech went on: a trial that is under way still serves as a partial, one that only waits is withdrawn."""
        running = self._running
        if running is None or running.trial is None:
            return
        running.abandoned = True
        if running.trial.finished:
            self._show_trial(running, running.trial)
            running.trial = None
        elif self._pool.withdraw(running.trial):
            running.trial = None

    def _tried(self, running: Running, job: Job) -> None:
        if running.abandoned and running.trial is job and running is self._running:
            running.trial = None
            self._show_trial(running, job)
        if job.kind is Kind.FINAL or running is not self._running:
            self._finished(job)
        elif job.error is not None:
            running.trial = None

    def _end(self, stretch: Stretch) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        if running.partial is not None:
            self._pool.cancel(running.partial)
        self._put(Ended(self.track, running.id, self.clock.ms(stretch.end)))
        pending = _Pending(running.id, stretch, self._state())
        voice = Voice.of(stretch.probabilities)
        trial = running.trial
        if not voice.plausible:
            pending.result = Recognised((), "noise")
        elif trial is not None and trial.error is None and not running.abandoned and running.trial_end == stretch.end:
            pending.job = trial
            pending.result = trial.result
            self._pool.promote(trial)
            trial = None
        else:
            done = lambda job: self._later(self._finished, job)  # noqa: E731
            pending.job = self._job(Kind.FINAL, stretch.pcm, done, stretch.start, voice)
            self._pool.submit(pending.job)
        if trial is not None:
            self._pool.cancel(trial)
        self._pending.append(pending)
        self._settle()

    # ------------------------------------------------------------ partials

    def _consider_partial(self) -> None:
        running, level = self._running, self._level()
        if running is None or not self._options.partials or level >= NO_PARTIALS_LEVEL:
            return
        if (self.stream.pausing and not running.led) or (self._pending and self._pace.replaying):
            return
        if not running.due(self.stream.heard, level, self._options):
            return
        done = lambda job: self._later(self._guessed, running, job)  # noqa: E731
        job = self._job(Kind.PARTIAL, self.stream.open_sound(), done, running.start if running.led else None)
        job.heard = self.stream.heard
        if running.partial is None:
            running.partial = job
            self._pool.submit(job)
        elif job.sound is not None:
            self._pool.refresh(running.partial, job)

    def _guessed(self, running: Running, job: Job) -> None:
        running.partial = None
        again = not job.result and self._leads
        running.took(self._pool.clock() - job.asked_at, job.heard, again=again)
        if job.error is None:
            self._show(running, job.result, job.heard)

    def _show_trial(self, running: Running, job: Job) -> None:
        if isinstance(job.result, Recognised):
            self._show(running, " ".join(w.text for w in job.result.words), running.trial_end)

    def _show(self, running: Running, text: str, heard: int) -> None:
        if running is self._running and text:
            self._put(running.partial_of(self.track, text, self.clock.ms(heard)))

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
            if self._room is not None and result.words:
                speaker = self._room.label(done.id, done.stretch.start, done.stretch.end)
            self._before = Before(done.stretch.pcm, result.words, done.stretch.end) if result.words else None
            event = outcome(self.track, done.id, done.stretch, result, self.clock, self._language, done.resume, speaker)
            self._put(event)

    @property
    def _leads(self) -> bool:
        """True while there are known words before what is spoken now, and time to hear them with it."""
        return self._before is not None and not self._pending and not self._level()

    def _state(self) -> TrackState:
        if self._room is None:
            return self.stream.state()
        return self.stream.state(self._room.state(), self._room.needs_from)

    def _job(
        self, kind: Kind, pcm: np.ndarray, done: Callable[[Job], Any], start: int | None, voice: Voice | None = None
    ) -> Job:
        """One window; with `start`, what leads to it is heard too while there is time and its words are known."""
        before = self._before if self._leads else None
        return Job(
            session=self._session,
            kind=kind,
            asked_at=self._pool.clock(),
            done=done,
            language=self._language,
            sound=pcm.astype(np.float32) / _FULL_SCALE,
            voice=voice,
            lead=before.lead(start, pcm) if before is not None and start is not None else None,
            replayed=self._pace.replaying,
        )
