"""The card of a live interview, while it runs and at its end: the same judges, rules and algebra as offline.

What differs from the offline card is its input: the transcript of streaming speech, and prosody utterance by
utterance. Nothing is stored here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

import msgspec

from include.interview.assessment.policy import VOICE_SHIFT, Profile, Purpose
from include.interview.assessment.rubric import Criterion, Rubric
from include.interview.case import Case
from include.interview.errors import ConsentMissing, JudgeFailure, PolicyRefusal
from include.interview.live.session import LiveUtterance
from include.interview.records import (
    Bilingual,
    Insufficiency,
    Judgement,
    Measurements,
    Opening,
    QuestionMark,
    Scorecard,
    Stage,
    Transcript,
)
from include.interview.transcript.answers import answers_of
from include.settings import Settings
from tasks.evaluation.engines import engines
from tasks.evaluation.judge_and_score import judge_case, score_case

EMOTION_CONSENT: Purpose = "emotion_analysis"
LIVE_TIMEOUT_S = 20.0
"""Longest wait for one answer of a judge model in a live interview."""
LIVE_INPUT = "live"
"""Key of the card's `inputs` that names the session."""


def require_prosody(profile: Profile, consents: Set[str], stage: Stage) -> None:
    """Return when the sound of the candidate's voice may be measured in a live interview of `stage`.

    Raises:
        PolicyRefusal: the profile has no use for it in this stage, or does not let a voice be compared.
        ConsentMissing: the candidate did not consent to emotion analysis.
    """
    profile.require_channel("voice")
    if not profile.uses_voice(stage) or not profile.allows_measure(VOICE_SHIFT):
        raise PolicyRefusal(
            f"The profile {profile.id!r} infers nothing from the sound of a voice.",
            "Use a profile that allows it, with the candidate's consent.",
        )
    if EMOTION_CONSENT not in consents:
        raise ConsentMissing(
            "The candidate did not consent to emotion analysis.",
            "Nothing is measured from the voice without it.",
            purposes=(EMOTION_CONSENT,),
        )


def prosody_allowed(profile: Profile, consents: Set[str], stage: Stage) -> bool:
    """Whether `require_prosody` would let the voice be measured."""
    try:
        require_prosody(profile, consents, stage)
    except (PolicyRefusal, ConsentMissing):
        return False
    return True


def live_case(
    interview_id: str,
    opening: Opening,
    profile: Profile,
    rubric: Rubric,
    language: str,
    transcript: Transcript,
    marks: Sequence[QuestionMark] = (),
    said: Sequence[LiveUtterance] = (),
    consents: Set[str] = frozenset(),
) -> Case:
    """The case of a live interview: its words by question, fluency from their times, and prosody where allowed.

    Args:
        said: the candidate's utterances with what was measured of their voice; read only when `profile` and
            `consents` allow it.
    """
    from include.perception.fluency import measure_fluency
    from include.perception.voice import measure_live_voice

    measured: list[Measurements] = [measure_fluency(transcript)]
    if said and prosody_allowed(profile, consents, rubric.stage):
        measured.append(measure_live_voice(said))
    return Case(
        interview_id=interview_id,
        stage=rubric.stage,
        language=language,
        opening=opening,
        rubric=rubric,
        profile=profile,
        transcript=transcript,
        answers=answers_of(transcript, marks, opening),
        measurements=tuple(m for m in measured if m.channel in profile.channels),
    )


def live_card(
    case: Case,
    settings: Settings,
    *,
    runs: int | None = None,
    report: Callable[[str, JudgeFailure], None] | None = None,
) -> Scorecard:
    """The card of `case` as it stands: every enabled criterion judged, or insufficient with the reason.

    A judge that fails leaves its criterion without a number (code `judge_failed`) and the card incomplete, so that a
    session can end while the judge's endpoint is away; the offline evaluation judges again.

    Args:
        runs: judgements per criterion by a judge model; None: as configured. An endpoint that cannot be reached is
            not asked again.
        report: told of every criterion whose judge failed.
    """
    from include.judgement.openai_wire import UNREACHABLE

    chosen = _hurried(settings, runs)
    judgements: list[Judgement] = []
    away = False
    for criterion in case.criteria:
        if away:
            judgements.append(_unjudged(criterion, settings, _JUDGE_FAILED))
            continue
        try:
            judgements.extend(judge_case(case, [criterion], chosen))
        except JudgeFailure as failure:
            away = failure.code == UNREACHABLE
            if report is not None:
                report(criterion.id, failure)
            judgements.append(_unjudged(criterion, settings, _JUDGE_FAILED))
    return score_case(case, judgements, inputs={LIVE_INPUT: case.interview_id})


def _hurried(settings: Settings, runs: int | None) -> Settings:
    """`settings` for judging while people wait: `runs` judgements, and no long waiting for an endpoint."""
    judge = settings.judge
    if judge.kind == "offline":
        return settings
    hurried = msgspec.structs.replace(
        judge, runs=judge.runs if runs is None else runs, timeout_s=min(judge.timeout_s, LIVE_TIMEOUT_S)
    )
    return msgspec.structs.replace(settings, judge=hurried)


def _unjudged(criterion: Criterion, settings: Settings, reason: Insufficiency) -> Judgement:
    return Judgement(
        criterion=criterion.id,
        run=0,
        level=None,
        judge=engines(settings).judge.identity,
        rationale=reason.text,
        reason=reason,
    )


_JUDGE_FAILED = Insufficiency(
    "judge_failed",
    Bilingual(
        ko="평가 모델이 쓸 수 있는 답을 주지 않아 점수를 내지 않습니다.",
        en="The judge gave no usable answer, so no score is given.",
    ),
)
