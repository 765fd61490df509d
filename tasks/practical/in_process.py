"""The offline evaluation of a practical interview in one process: the same steps as the DAG, for files and tests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from include.interview.entities import ArtifactRef
from include.interview.records import Record
from include.interview.stages import flow_of
from include.settings import Settings
from include.storage import Stores
from tasks.ai.in_process import StepProgress, Stopwatch, quiet
from tasks.practical import flow as steps


class PracticalRun(Record, frozen=True):
    """What one in-process run produced, and how long each step and the `whole` took (seconds of wall time)."""

    interview_id: str
    media: ArtifactRef
    speech: ArtifactRef
    voice: ArtifactRef
    compared: ArtifactRef
    card: ArtifactRef
    seconds: dict[str, float]


def evaluate_practical(
    stores: Stores, settings: Settings, interview_id: str, progress: StepProgress = quiet
) -> PracticalRun:
    """Run assemble → speech ‖ voice → compare → judge → score; publishing is left to the caller.

    Raises:
        TriviewError: of the first step that failed; finished steps stay stored and are not run again.
    """
    watch = Stopwatch()
    here = (stores, settings, interview_id)
    media = watch.timed("assemble", partial(steps.assemble, *here))
    with ThreadPoolExecutor(max_workers=2) as pool:
        heard = pool.submit(watch.timed, "voice", partial(steps.voice, *here, media, progress("voice")))
        speech = watch.timed("speech", partial(steps.speech, *here, media, progress("speech")))
        voice = heard.result()
    compared = watch.timed("compare", partial(steps.compare, *here, speech))
    judged = [
        watch.timed(
            f"judge_{group}", partial(steps.judge, *here, group, speech, voice, progress=progress(f"judge {group}"))
        )
        for group in flow_of("practical").judge_groups
    ]
    card = watch.timed("score", partial(steps.score, *here, speech, voice, judged))
    return PracticalRun(interview_id, media, speech, voice, compared, card, watch.so_far())


def publish_practical(stores: Stores, settings: Settings, run: PracticalRun) -> dict[str, str]:
    """Publish what `evaluate_practical` made; ids only."""
    return steps.publish(stores, settings, run.interview_id, run.card, run.speech, run.voice, run.compared)
