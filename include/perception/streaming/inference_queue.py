"""What waits for a core, and in which order. Pure: no threads, no clock.

Finals come before speculative finals before partials before diarization, sessions in turn; windows that wait together
are decoded together.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

import numpy as np

from include.perception.streaming.hypothesis_filter import Voice
from include.perception.streaming.left_context import Lead


class Kind(IntEnum):
    """Lower goes first."""

    FINAL = 0
    SPECULATIVE = 1
    """A final begun before the pause is long enough; `InferenceQueue.promote` makes it a final."""
    PARTIAL = 2
    BACKGROUND = 3


@dataclass(eq=False)
class Job:
    """One window to recognise, or (`run`) one step of background work.

    `session` is who is served in turn. `sound`: float32 in [-1, 1) of shape (n,); `heard`: the sample of its stream
    where it ends. `done` is called once, in a worker's thread, unless it was cancelled.
    """

    session: int
    kind: Kind
    asked_at: float
    done: Callable[[Job], None]
    language: str = ""
    sound: np.ndarray | None = None
    heard: int = 0
    voice: Voice | None = None
    lead: Lead | None = None
    """Heard before `sound`, its words known."""
    run: Callable[[], Any] | None = None
    replayed: bool = False
    """Of sound that came faster than real time: late by nature, no sign of overload."""
    frames: int = 0
    encoded: Any = None
    result: Any = None
    error: Exception | None = None
    cancelled: bool = False
    finished: bool = False
    attempts: int = 0


Stage = Literal["encode", "decode", "run"]


@dataclass
class Work:
    """What a worker does next. Cancelled jobs are no longer among `jobs`."""

    stage: Stage
    jobs: list[Job]


@dataclass
class _Lane:
    """Jobs of one kind: `waiting` by session (the first session is next), `encoded` in order of encoding."""

    waiting: OrderedDict[int, deque[Job]] = field(default_factory=OrderedDict)
    encoded: list[Job] = field(default_factory=list)

    def push(self, job: Job) -> None:
        self.waiting.setdefault(job.session, deque()).append(job)

    def pop(self) -> Job:
        session, jobs = next(iter(self.waiting.items()))
        job = jobs.popleft()
        del self.waiting[session]
        if jobs:
            self.waiting[session] = jobs
        return job

    def remove(self, job: Job) -> bool:
        """True when it had not been encoded yet."""
        jobs = self.waiting.get(job.session)
        if jobs and job in jobs:
            jobs.remove(job)
            if not jobs:
                del self.waiting[job.session]
            return True
        if job in self.encoded:
            self.encoded.remove(job)
        return False

    def __iter__(self) -> Iterator[Job]:
        for jobs in self.waiting.values():
            yield from jobs
        yield from self.encoded


class InferenceQueue:
    """The queue of one process. Not thread-safe: its owner holds a lock."""

    def __init__(self, max_batch: int) -> None:
        self._max_batch = max_batch
        self._lanes = {kind: _Lane() for kind in Kind}

    def push(self, job: Job) -> None:
        """Add a job."""
        self._lanes[job.kind].push(job)

    def untouched(self, job: Job) -> bool:
        """True while no worker has begun it."""
        return job in self._lanes[job.kind].waiting.get(job.session, ())

    def encoded(self, job: Job) -> None:
        """A job comes back from its encoder pass."""
        if not job.cancelled:
            self._lanes[job.kind].encoded.append(job)

    def cancel(self, job: Job) -> None:
        """Forget it, wherever it is; its `done` will not be called."""
        job.cancelled = True
        self._lanes[job.kind].remove(job)

    def promote(self, job: Job, now: float) -> None:
        """A speculative final is wanted for good."""
        lane = self._lanes[job.kind]
        held = job in list(lane)
        waiting = lane.remove(job)
        job.kind, job.asked_at = Kind.FINAL, now
        if waiting:
            self._lanes[Kind.FINAL].push(job)
        elif held:
            self._lanes[Kind.FINAL].encoded.append(job)

    def take(self) -> Work | None:
        """The next piece of work, of the first kind that has any; None when nothing waits.

        What is encoded is decoded once nothing else of its kind waits or a batch is full; else the next session's
        window is encoded.
        """
        for kind in (Kind.FINAL, Kind.SPECULATIVE, Kind.PARTIAL):
            lane = self._lanes[kind]
            if lane.encoded and (not lane.waiting or len(lane.encoded) >= self._max_batch):
                return Work("decode", self._batch(kind))
            if lane.waiting:
                return Work("encode", [lane.pop()])
        background = self._lanes[Kind.BACKGROUND]
        return Work("run", [background.pop()]) if background.waiting else None

    def _batch(self, kind: Kind) -> list[Job]:
        """Encoded windows of one size and language; speculative finals fill up a batch of finals.

        One with a lead has a beginning of its own, and goes alone.
        """
        first = self._lanes[kind].encoded[0]
        if first.lead is not None:
            self._lanes[kind].encoded.remove(first)
            return [first]
        batch: list[Job] = []
        for source in (kind, Kind.SPECULATIVE) if kind is Kind.FINAL else (kind,):
            lane = self._lanes[source]
            chosen = [j for j in lane.encoded if (j.frames, j.language, j.lead) == (first.frames, first.language, None)]
            chosen = chosen[: self._max_batch - len(batch)]
            lane.encoded = [j for j in lane.encoded if j not in chosen]
            batch.extend(chosen)
        return batch

    def waiting(self, kind: Kind) -> int:
        """Jobs of a kind that no worker holds."""
        return sum(1 for _ in self._lanes[kind])

    def oldest(self, kind: Kind) -> float | None:
        """When the longest waiting job of a kind was asked for, replays left out."""
        return min((j.asked_at for j in self._lanes[kind] if not j.replayed), default=None)
