"""The AI interview flow in one process: the same steps as the DAG, speech and vision side by side."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from include.interview.entities import ArtifactRef
from include.interview.progress import Progress, silent
from include.interview.records import Record
from include.interview.stages import flow_of
from tasks.ai import perceive
from tasks.evaluation import judge_and_score
from tasks.evaluation.context import StepContext

StepProgress = Callable[[str], Progress]


class Run(Record, frozen=True):
    """What one in-process run produced, and how long each step and the `whole` took (seconds of wall time)."""

    interview_id: str
    media: ArtifactRef
    speech: ArtifactRef
    vision: ArtifactRef
    voice: ArtifactRef
    card: ArtifactRef
    seconds: dict[str, float]


def quiet(_name: str) -> Progress:
    """No progress shown."""
    return silent


class Stopwatch:
    """Wall time per step, and of the whole since it was made; steps may run side by side."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def timed(self, name: str, step: Callable[[], ArtifactRef]) -> ArtifactRef:
        """What `step` returns, once its time is noted."""
        started = time.perf_counter()
        ref = step()
        self._seconds[name] = time.perf_counter() - started
        return ref

    def so_far(self) -> dict[str, float]:
        """Seconds per step, and of the `whole` until now."""
        return {**self._seconds, "whole": time.perf_counter() - self._begun}


def evaluate_interview(context: StepContext, progress: StepProgress = quiet) -> Run:
    """Run validate → (prepare → speech ‖ voice) ‖ vision → judge → score; publishing is left to the caller.

    Raises:
        TriviewError: of the first step that failed; finished steps stay stored and are not run again.
    """
    watch = Stopwatch()
    timed = watch.timed
    validated = timed("validate", partial(perceive.validate, context))
    with ThreadPoolExecutor(max_workers=3) as pool:

        def start(name: str, after: ArtifactRef) -> Future[ArtifactRef]:
            step = partial(getattr(perceive, name), context, after, progress(name))
            return pool.submit(timed, name, step)

        vision = start("vision", validated)
        media = start("prepare_media", validated).result()
        speech, voice = start("speech", media), start("voice", media)
        refs = {"speech": speech.result(), "vision": vision.result(), "voice": voice.result()}
    seen = (refs["speech"], refs["vision"], refs["voice"])
    judged = [
        timed(
            f"judge_{group}",
            partial(judge_and_score.judge, context, group, *seen, progress=progress(f"judge {group}")),
        )
        for group in flow_of("ai").judge_groups
    ]
    card = timed("score", lambda: judge_and_score.score(context, *seen, judged))
    return Run(context.interview_id, media, refs["speech"], refs["vision"], refs["voice"], card, watch.so_far())
