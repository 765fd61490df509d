"""The offline evaluation of a practical interview in one process: the same steps as the DAG, for files and tests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from include.interview.entities import ArtifactRef
from include.interview.records import Record
from include.interview.stages import flow_of
from tasks.ai.in_process import StepProgress, Stopwatch, quiet
from tasks.evaluation.context import StepContext
from tasks.practical import flow


class PracticalRun(Record, frozen=True):
    """What one in-process run produced, and how long each step and the `whole` took (seconds of wall time)."""

    interview_id: str
    media: ArtifactRef
    speech: ArtifactRef
    voice: ArtifactRef
    compared: ArtifactRef
    case: ArtifactRef
    card: ArtifactRef
    seconds: dict[str, float]


def evaluate_practical(context: StepContext, progress: StepProgress = quiet) -> PracticalRun:
    """Run assemble → speech ‖ voice → compare → case → judge → score; publishing is left to the caller.

    Raises:
        TriviewError: of the first step that failed; finished steps stay stored and are not run again.
    """
    watch = Stopwatch()
    media = watch.timed("assemble", partial(flow.assemble, context))
    with ThreadPoolExecutor(max_workers=2) as pool:
        heard = pool.submit(watch.timed, "voice", partial(flow.voice, context, media, progress("voice")))
        speech = watch.timed("speech", partial(flow.speech, context, media, progress("speech")))
        voice = heard.result()
    compared = watch.timed("compare", partial(flow.compare, context, speech))
    case = watch.timed("case", partial(flow.case, context, speech, voice))
    judged = [
        watch.timed(f"judge_{group}", partial(flow.judge, context, case, group, progress(f"judge {group}")))
        for group in flow_of("practical").judge_groups
    ]
    card = watch.timed("score", partial(flow.score, context, case, judged))
    return PracticalRun(context.interview_id, media, speech, voice, compared, case, card, watch.so_far())


def publish_practical(context: StepContext, run: PracticalRun) -> dict[str, str]:
    """Publish what `evaluate_practical` made; returns ids only.

    Raises:
        ConsentMissing: a consent was withdrawn meanwhile; nothing is published.
    """
    return flow.publish(context, run.card, run.compared)
