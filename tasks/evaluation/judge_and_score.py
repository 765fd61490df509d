"""From a stored case to a card: judge it, score it, and say whether a person must look."""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Criterion
from include.interview.case import Case
from include.interview.entities import ArtifactRef
from include.interview.live.comparison import side_by_side
from include.interview.live.contradictions import contradictions
from include.interview.live.session import LiveRecord
from include.interview.progress import Progress, part, silent
from include.interview.records import CriterionScore, Flag, Judgement, Scorecard
from include.interview.scoring.card import score_card, score_criterion
from include.interview.scoring.review import review_reasons, with_review
from include.interview.transcript.quotes import require_candidates_words
from include.settings import PIPELINE_VERSION, Settings
from tasks.evaluation.consent_gate import consented
from tasks.evaluation.context import StepContext
from tasks.evaluation.engines import engines
from tasks.evaluation.outputs import JudgedGroup, PreparedCase, ScoredInterview, load, save


def in_group(criterion: Criterion, profile: Profile, group: str) -> bool:
    """True when `criterion` is judged in `group` (a `JudgeGroup`) under `profile`."""
    return profile.judged_from_words(criterion) == (group == "words")


def judge(context: StepContext, case: ArtifactRef, group: str, progress: Progress = silent) -> ArtifactRef:
    """Judge the criteria of `group` (a `JudgeGroup`) on the stored case; every judgement carries verified evidence.

    The judge's identity and the version of the rules are part of the output's name: another judge judges anew.

    Raises:
        ConsentMissing: a consent is missing or withdrawn.
        JudgeFailure: the judge gave no usable answer; nothing is stored and the step may be tried again.
    """
    consented(context)

    def make() -> JudgedGroup:
        found = load(context.stores, case, PreparedCase).case
        chosen = [c for c in found.criteria if in_group(c, found.profile, group)]
        return JudgedGroup(judge_case(found, chosen, context.settings, progress))

    return save(context, "judge", [group, judged_by(context.settings), case], make)


def judged_by(settings: Settings) -> str:
    """Who judges under `settings`: name, model, version, prompt and number of runs, and the version of the rules."""
    from include.judgement import RulesJudge

    judge = engines(settings).judge.identity
    runs = 1 if judge.kind == "offline" else settings.judge.runs
    model = f"{judge.name}/{judge.model}/{judge.version}/{judge.prompt_sha256}/{runs}"
    return f"{model} rules/{RulesJudge.identity.version}"


def judge_case(
    case: Case, criteria: Sequence[Criterion], settings: Settings, progress: Progress = silent
) -> tuple[Judgement, ...]:
    """All judgements of `criteria`, in their order, by the configured judge and the rules.

    Raises:
        JudgeFailure: the judge gave no usable answer.
    """
    from include.judgement import judge_criterion

    found: list[Judgement] = []
    for index, criterion in enumerate(criteria):
        step = part(progress, index, len(criteria))
        step(0.0, criterion.id)
        found.extend(judge_criterion(case, criterion, engines(settings).judge, settings.judge.runs))
        step(1.0, criterion.id)
    return tuple(found)


def score_case(
    case: Case, judgements: Sequence[Judgement], *, scope: str = "full", inputs: dict[str, str]
) -> Scorecard:
    """The card of `case` from its judgements, with the rules for human review applied.

    Every card of every stage, live and offline, is made here.

    Raises:
        JudgeFailure: a judgement rests on words that are not the candidate's.
    """
    require_candidates_words(case.transcript, (e for j in judgements for e in j.evidence))
    scores: list[CriterionScore] = []
    for criterion in case.criteria:
        mine = [j for j in judgements if j.criterion == criterion.id]
        if mine:
            scores.append(score_criterion(criterion, mine, case.profile))
    card = score_card(
        case.rubric,
        case.profile,
        scores,
        interview_id=case.interview_id,
        pipeline_version=PIPELINE_VERSION,
        language=case.language,
        scope="words" if scope == "words" else "full",
        integrity=integrity_flags(case),
        inputs=inputs,
    )
    return with_review(card, review_reasons(card, judgements, transcript=case.transcript, profile=case.profile))


def integrity_flags(case: Case) -> tuple[Flag, ...]:
    """Flags of the integrity channel and of other voices in the recording: for a person to look at, never scored."""
    seen = case.channel("integrity")
    voices = tuple(f for f in case.transcript.flags if f.code == "other_voice")
    return (*(seen.flags if seen else ()), *voices)


def score(context: StepContext, case: ArtifactRef, judged: Sequence[ArtifactRef]) -> ArtifactRef:
    """The scorecard: criterion scores, total with its interval when complete, and reasons for review.

    Of a live interview, a difference from the live card beyond the errors of both is a reason as well.

    Args:
        judged: what `judge` made of the same case, one per group.

    Raises:
        ConsentMissing: a consent is missing or withdrawn.
    """
    consented(context)

    def make() -> ScoredInterview:
        prepared = load(context.stores, case, PreparedCase)
        judgements = [j for ref in judged for j in load(context.stores, ref, JudgedGroup).judgements]
        card = score_case(prepared.case, judgements, inputs=prepared.sources)
        if prepared.live:
            record = load(context.stores, prepared.live, LiveRecord)
            found = contradictions(side_by_side(record.card, card), prepared.case.rubric)
            card = with_review(card, (*card.review, *found))
        return ScoredInterview(card, case)

    return save(context, "score", [case, *judged], make)
