"""The AI interview flow in one process: the same steps as the DAG, speech and vision side by side."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from include.interview.progress import Progress, silent
from include.interview.records import ArtifactRef, Record
from include.settings import Settings
from include.storage import Stores
from tasks import evaluate_case, perceive

StepProgress = Callable[[str], Progress]
PERCEIVED = {"vision": perceive.vision, "speech": perceive.speech, "voice": perceive.voice}
"""The steps that do not wait for each other, the longest first."""


class Run(Record, frozen=True):
    """What one in-process run produced, and how long each step took (seconds of wall time)."""

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


def evaluate_interview(stores: Stores, settings: Settings, interview_id: str, progress: StepProgress = quiet) -> Run:
    """Run validate → prepare → speech ‖ vision ‖ voice → judge → score; publishing is left to the caller.

    Raises:
        TriviewError: of the first step that failed; finished steps stay stored and are not run again.
    """
    seconds: dict[str, float] = {}

    def timed(name: str, step: Callable[[], ArtifactRef]) -> ArtifactRef:
        started = time.perf_counter()
        ref = step()
        seconds[name] = time.perf_counter() - started
        return ref

    validated = timed("validate", lambda: perceive.validate(stores, settings, interview_id))
    media = timed(
        "prepare_media",
        lambda: perceive.prepare_media(stores, settings, interview_id, validated, progress("prepare_media")),
    )
    with ThreadPoolExecutor(max_workers=len(PERCEIVED)) as pool:
        futures = {
            name: pool.submit(timed, name, partial(step, stores, settings, interview_id, media, progress(name)))
            for name, step in PERCEIVED.items()
        }
        refs = {name: future.result() for name, future in futures.items()}
    seen = (refs["speech"], refs["vision"], refs["voice"])
    judged = [
        timed(
            f"judge_{group}",
            partial(
                evaluate_case.judge, stores, settings, interview_id, group, *seen, progress=progress(f"judge {group}")
            ),
        )
        for group in evaluate_case.JUDGE_GROUPS
    ]
    card = timed("score", lambda: evaluate_case.score(stores, settings, interview_id, *seen, judged))
    return Run(interview_id, media, refs["speech"], refs["vision"], refs["voice"], card, seconds)
