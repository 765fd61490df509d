"""The offline evaluation of a live session in one process: the same steps as its DAG, for files and tests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from include.background_work import background_work, lower_priority
from include.interview.entities import ArtifactRef
from include.interview.records import Record
from include.interview.stages import STAGES, flow_of
from tasks.ai.in_process import StepProgress, Stopwatch, quiet
from tasks.evaluation.case import case
from tasks.evaluation.context import StepContext
from tasks.evaluation.judge_and_score import judge, score
from tasks.evaluation.publish import publish
from tasks.executive.voice import delivery
from tasks.live.assembling import assemble
from tasks.live.hearing import compare, speech, voice


class LiveRun(Record, frozen=True):
    """What one in-process run produced, and how long each step and the `whole` took (seconds of wall time)."""

    interview_id: str
    media: ArtifactRef
    speech: ArtifactRef
    voice: ArtifactRef
    compared: ArtifactRef
    case: ArtifactRef
    card: ArtifactRef
    delivered: ArtifactRef | None
    seconds: dict[str, float]


def evaluate_session(context: StepContext, progress: StepProgress = quiet) -> LiveRun:
    """Run assemble → speech ‖ voice → compare → case → judge → score of the session's own stage.

    Publishing is left to the caller.

    Raises:
        TriviewError: of the first step that failed; finished steps stay stored and are not run again.
    """
    with background_work(context.settings.live_marker):
        return _evaluated(context, progress)


def _evaluated(context: StepContext, progress: StepProgress) -> LiveRun:
    stage = context.stores.interviews.get(context.interview_id).stage
    watch = Stopwatch()
    media = watch.timed("assemble", partial(assemble, context, stage))
    with ThreadPoolExecutor(max_workers=2, initializer=lower_priority) as pool:
        measured = pool.submit(watch.timed, "voice", partial(voice, context, media, progress("voice")))
        transcribed = pool.submit(watch.timed, "speech", partial(speech, context, media, progress("speech")))
        heard, voiced = transcribed.result(), measured.result()
    compared = watch.timed("compare", partial(compare, context, heard))
    delivered = None
    if STAGES[stage].voice_compared:
        delivered = watch.timed("delivery", partial(delivery, context, heard, progress("delivery")))
    gathered = watch.timed("case", partial(case, context, heard, voiced))
    judged = [
        watch.timed(f"judge_{group}", partial(judge, context, gathered, group, progress(f"judge {group}")))
        for group in flow_of(stage).judge_groups
    ]
    card = watch.timed("score", partial(score, context, gathered, judged))
    return LiveRun(context.interview_id, media, heard, voiced, compared, gathered, card, delivered, watch.so_far())


def publish_session(context: StepContext, run: LiveRun) -> dict[str, str]:
    """Publish what `evaluate_session` made; returns ids only.

    Raises:
        ConsentMissing: a consent was withdrawn meanwhile; nothing is published.
    """
    return publish(context, run.card, run.compared, run.delivered)
