from __future__ import annotations

import numpy as np
import pytest

from include.perception.streaming.inference_queue import InferenceQueue, Job, Kind
from include.perception.streaming.left_context import Lead

pytestmark = pytest.mark.unit


def job(session: int = 1, kind: Kind = Kind.FINAL, at: float = 0.0, frames: int = 1_000, language: str = "ko") -> Job:
    made = Job(session=session, kind=kind, asked_at=at, done=lambda _: None, language=language, sound=np.zeros(1))
    made.frames = frames
    return made


def encode_all(jobs: InferenceQueue) -> list[Job]:
    """Encode until something is ready to decode; the jobs in order of encoding."""
    order = []
    while (work := jobs.take()) is not None and work.stage == "encode":
        order.append(work.jobs[0])
        jobs.encoded(work.jobs[0])
    return order


def test_finals_go_before_trials_before_partials_before_background() -> None:
    jobs = InferenceQueue(4)
    made = {kind: job(kind=kind) for kind in reversed(Kind)}
    for one in made.values():
        jobs.push(one)
    taken = []
    while (work := jobs.take()) is not None:
        if work.stage == "encode" or work.stage == "run":
            taken.append(work.jobs[0].kind)
    assert taken == [Kind.FINAL, Kind.SPECULATIVE, Kind.PARTIAL, Kind.BACKGROUND]


def test_sessions_take_turns_however_much_one_of_them_wants() -> None:
    jobs = InferenceQueue(100)
    greedy = [job(session=1) for _ in range(20)]
    for one in greedy:
        jobs.push(one)
    late = [job(session=n) for n in (2, 3)]
    for one in late:
        jobs.push(one)
    order = encode_all(jobs)
    assert [o.session for o in order[:3]] == [1, 2, 3]


def test_waiting_windows_of_one_size_and_language_are_decoded_together() -> None:
    jobs = InferenceQueue(4)
    for n, (frames, language) in enumerate([(1_000, "ko"), (1_500, "ko"), (1_000, "en"), (1_000, "ko")]):
        jobs.push(job(session=n, frames=frames, language=language))
    for _ in range(4):
        work = jobs.take()
        assert work is not None
        assert work.stage == "encode"
        jobs.encoded(work.jobs[0])
    batches = []
    while (work := jobs.take()) is not None:
        assert work.stage == "decode"
        batches.append([(j.frames, j.language) for j in work.jobs])
    assert batches == [[(1_000, "ko")] * 2, [(1_500, "ko")], [(1_000, "en")]]


def test_a_window_with_a_lead_is_decoded_alone() -> None:
    jobs, lead = InferenceQueue(4), Lead(np.zeros(1), "and so")
    for k in range(4):
        one = job(session=k)
        one.lead = lead if k in (1, 2) else None
        jobs.push(one)
    batches = []
    while (work := jobs.take()) is not None:
        if work.stage == "encode":
            jobs.encoded(work.jobs[0])
        else:
            batches.append([j.session for j in work.jobs])
    assert batches == [[0, 3], [1], [2]]


def test_a_full_batch_is_decoded_before_more_is_encoded() -> None:
    jobs = InferenceQueue(2)
    for n in range(5):
        jobs.push(job(session=n))
    stages = []
    while (work := jobs.take()) is not None:
        stages.append(work.stage)
        if work.stage == "encode":
            jobs.encoded(work.jobs[0])
    assert stages == ["encode", "encode", "decode", "encode", "encode", "decode", "encode", "decode"]


def test_a_promoted_trial_overtakes_wherever_it_stands() -> None:
    jobs = InferenceQueue(1)
    waiting, encoded = job(session=1, kind=Kind.SPECULATIVE), job(session=2, kind=Kind.SPECULATIVE)
    jobs.push(encoded)
    work = jobs.take()
    assert work is not None
    jobs.encoded(work.jobs[0])
    jobs.push(waiting)
    jobs.promote(encoded, 1.0)
    jobs.promote(waiting, 2.0)
    assert jobs.waiting(Kind.FINAL) == 2
    assert jobs.waiting(Kind.SPECULATIVE) == 0
    assert jobs.oldest(Kind.FINAL) == 1.0


def test_a_cancelled_job_is_gone_even_while_it_is_encoded() -> None:
    jobs = InferenceQueue(4)
    running = job()
    jobs.push(running)
    assert jobs.untouched(running)
    jobs.take()
    assert not jobs.untouched(running)
    jobs.cancel(running)
    jobs.encoded(running)
    assert jobs.take() is None


def test_replays_do_not_count_as_waiting() -> None:
    jobs = InferenceQueue(4)
    late = job(at=1.0)
    late.replayed = True
    jobs.push(late)
    jobs.push(job(at=5.0))
    assert jobs.oldest(Kind.FINAL) == 5.0
