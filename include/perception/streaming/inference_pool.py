"""The inference pool: as many threads as cores, one shared model, one fair queue (jobs.py)."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from include.perception.streaming.hypothesis_filter import Voice
from include.perception.streaming.inference_queue import InferenceQueue, Job, Kind, Work
from include.perception.streaming.load_shedding import LoadShedding, WorkMeter
from include.perception.streaming.options import SpeechOptions
from include.perception.streaming.recogniser import Recogniser

log = logging.getLogger(__name__)

_ATTEMPTS = 2
"""A job that fails is tried once more; then its session hears of it."""
_LEVEL_EVERY_S = 0.05
_LAGS = 64
"""Recent finals whose lag is reported."""


class InferencePool:
    """Threads that work off `InferenceQueue`; `submit`, `promote` and `cancel` never block on inference."""

    def __init__(
        self,
        recogniser: Recogniser,
        cores: int,
        options: SpeechOptions,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.cores = max(1, cores)
        self.clock = clock
        self._recogniser = recogniser
        self._options = options
        self._jobs = InferenceQueue(options.max_batch)
        self._ready = threading.Condition()
        self._stopping = False
        self._lags: deque[tuple[float, float]] = deque(maxlen=_LAGS)
        self._meter = WorkMeter()
        self._shedding = LoadShedding()
        self._measured = -_LEVEL_EVERY_S
        self._threads = [
            threading.Thread(target=self._work, name=f"speech-{n}", daemon=True) for n in range(self.cores)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what runs, drop what waits, and join the threads."""
        with self._ready:
            self._stopping = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join()

    def submit(self, job: Job) -> None:
        """Queue a job."""
        with self._ready:
            self._jobs.push(job)
            self._ready.notify()

    def promote(self, job: Job) -> None:
        """A speculative final is wanted for good, from now."""
        with self._ready:
            self._jobs.promote(job, self.clock())
            self._ready.notify()

    def cancel(self, job: Job) -> None:
        """Forget a job; if it runs, its result is dropped."""
        with self._ready:
            self._jobs.cancel(job)

    def withdraw(self, job: Job) -> bool:
        """Cancel a job unless a worker has begun it; True when it is withdrawn."""
        with self._ready:
            if not self._jobs.untouched(job):
                return False
            self._jobs.cancel(job)
            return True

    def refresh(self, job: Job, newer: Job) -> bool:
        """Let a partial that still waits hear newer sound instead; it keeps its place. False once it was begun."""
        with self._ready:
            if not self._jobs.untouched(job):
                return False
            job.sound, job.heard, job.lead = newer.sound, newer.heard, newer.lead
            return True

    # ------------------------------------------------------------ measurements

    def level(self) -> int:
        """The load-shedding level, as of the last `_LEVEL_EVERY_S`."""
        with self._ready:
            now = self.clock()
            if now - self._measured < _LEVEL_EVERY_S:
                return self._shedding.level
            self._measured = now
            partial = self._jobs.oldest(Kind.PARTIAL)
            return self._shedding.update(
                now,
                self._meter.busy(now) / self.cores,
                now - partial if partial is not None else 0.0,
                self._final_wait(now),
            )

    def busy(self, *, needed_only: bool = False) -> float:
        """Seconds of work per second and core."""
        with self._ready:
            return self._meter.busy(self.clock(), needed_only=needed_only) / self.cores

    def final_wait(self) -> float:
        """Seconds the oldest unfinished final has waited for a worker."""
        with self._ready:
            return self._final_wait(self.clock())

    def final_cost(self) -> float | None:
        """Measured seconds of work per second of speech for finals; None before the first."""
        with self._ready:
            return self._meter.final_cost

    def lag(self) -> float:
        """Mean delay of the last seconds' finals after their utterance's end was certain, in seconds."""
        with self._ready:
            now = self.clock()
            recent = [lag for at, lag in self._lags if at >= now - 10.0]
            return max(sum(recent) / len(recent) if recent else 0.0, self._final_wait(now))

    def _final_wait(self, now: float) -> float:
        oldest = self._jobs.oldest(Kind.FINAL)
        return now - oldest if oldest is not None else 0.0

    # ------------------------------------------------------------ workers

    def _work(self) -> None:
        while True:
            with self._ready:
                work = self._jobs.take()
                while work is None and not self._stopping:
                    self._ready.wait()
                    work = self._jobs.take()
                if self._stopping or work is None:
                    return
            begun = self.clock()
            try:
                self._do(work)
            except Exception as error:  # noqa: BLE001 - a worker must outlive any job; the session is told
                self._failed(work, error)
            self._account(work, begun)

    def _account(self, work: Work, begun: float) -> None:
        now = self.clock()
        with self._ready:
            final = work.jobs[0].kind <= Kind.SPECULATIVE
            self._meter.add(now, now - begun, needed=final and not work.jobs[0].replayed)
            if final:
                decoded = work.stage == "decode"
                sound_s = sum(len(j.sound) for j in work.jobs if j.sound is not None) / 16_000 if decoded else 0.0
                self._meter.final(now - begun, sound_s)

    def _do(self, work: Work) -> None:
        if work.stage == "run":
            (job,) = work.jobs
            job.result = job.run() if job.run else None
            self._finish(job)
        elif work.stage == "encode":
            (job,) = work.jobs
            if job.sound is None:
                raise ValueError("A job without sound cannot be encoded.")
            job.encoded = self._recogniser.encode(job.sound, job.lead)
            job.frames = job.encoded.frames
            with self._ready:
                self._jobs.encoded(job)
                self._ready.notify()
        else:
            self._decode(work.jobs)

    def _decode(self, jobs: list[Job]) -> None:
        partial = jobs[0].kind is Kind.PARTIAL
        beam = 1 if partial else self._options.loaded_beam if self._shedding.level else self._options.beam
        sounds = [j.sound for j in jobs if j.sound is not None]
        encoded, first = [j.encoded for j in jobs], jobs[0]
        hypotheses = self._recogniser.decode(encoded, sounds, first.language, beam, first.lead)
        for job, sound, hypothesis in zip(jobs, sounds, hypotheses, strict=True):
            if job.cancelled:
                continue
            if partial:
                job.result = self._recogniser.partial(hypothesis, sound)
            else:
                voice = job.voice or Voice(0.0, 0.0)
                job.result = self._recogniser.judge(job.encoded, sound, hypothesis, voice, job.language, job.lead)
            self._finish(job)

    def _finish(self, job: Job) -> None:
        now = self.clock()
        with self._ready:
            if job.cancelled:
                return
            job.encoded, job.finished = None, True
            if job.kind is Kind.FINAL and not job.replayed:
                self._lags.append((now, now - job.asked_at))
        job.done(job)

    def _failed(self, work: Work, error: Exception) -> None:
        """Try again, one at a time; after the second failure the session is told."""
        log.error("speech work failed: stage %s, %s", work.stage, type(error).__name__)
        for job in work.jobs:
            if job.cancelled or job.finished:
                continue
            job.attempts += 1
            job.encoded = None
            if job.attempts < _ATTEMPTS and job.kind <= Kind.SPECULATIVE:
                self.submit(job)
            else:
                job.error = error
                self._finish(job)
