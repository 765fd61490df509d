"""The AI interview flow in one process: the same steps as the DAG, speech and vision side by side."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from include.background_work import lower_priority
from include.interview.entities import ArtifactRef
from include.interview.progress import Progress, silent
from include.interview.records import Record
from include.interview.stages import flow_of
from tasks.ai import flow
from tasks.evaluation.context import StepContext

StepProgress = Callable[[str], Progress]


class Run(Record, frozen=True):
    """What one in-process run produced, and how long each step and the `whole` took (seconds of wall time)."""

    interview_id: str
    media: ArtifactRef
    speech: ArtifactRef
    vision: ArtifactRef
    voice: ArtifactRef
    case: ArtifactRef
    card: ArtifactRef
    seconds: dict[str, float]


def quiet(_name: str) -> Progress:
    """A progress callable for a step that shows nothing."""
    return silent


class Stopwatch:
    """Wall time per step, and of the whole since it was made; steps may run side by side."""

    def __init__(self) -> None:
        self._begun = time.perf_counter()
        self._seconds: dict[str, float] = {}

    def timed(self, name: str, step: Callable[[], ArtifactRef]) -> ArtifactRef:
        """What `step()` returns; its wall time is kept under `name`, in seconds."""
        started = time.perf_counter()
        ref = step()
        self._seconds[name] = time.perf_counter() - started
        return ref

    def so_far(self) -> dict[str, float]:
        """Seconds per step, and of the `whole` until now."""
        return {**self._seconds, "whole": time.perf_counter() - self._begun}


def evaluate_interview(context: StepContext, progress: StepProgress = quiet) -> Run:
    """Run validate → (prepare → speech ‖ voice) ‖ vision → case → judge → score; publishing is left to the caller.

    Raises:
        TriviewError: of the first step that failed; finished steps stay stored and are not run again.
    """
    watch = Stopwatch()
    timed = watch.timed
    validated = timed("validate", partial(flow.validate, context))
    with ThreadPoolExecutor(max_workers=3, initializer=lower_priority) as pool:

        def start(name: str, after: ArtifactRef) -> Future[ArtifactRef]:
            step = partial(getattr(flow, name), context, after, progress(name))
            return pool.submit(timed, name, step)

        vision = start("vision", validated)
        media = start("prepare_media", validated).result()
        speech, voice = start("speech", media), start("voice", media)
        refs = {"speech": speech.result(), "vision": vision.result(), "voice": voice.result()}
    case = timed("case", lambda: flow.case(context, refs["speech"], refs["voice"], refs["vision"]))
    judged = [
        timed(f"judge_{group}", partial(flow.judge, context, case, group, progress(f"judge {group}")))
        for group in flow_of("ai").judge_groups
    ]
    card = timed("score", lambda: flow.score(context, case, judged))
    return Run(context.interview_id, media, refs["speech"], refs["vision"], refs["voice"], case, card, watch.so_far())
