"""The Judge protocol, the choice of judge, and the stated mix of model and rules."""

from __future__ import annotations

from typing import Protocol

import msgspec

from include.interview.assessment.question_map import UNMAPPED
from include.interview.assessment.rubric import Criterion
from include.interview.case import Case
from include.interview.records import Bilingual, Flag, Insufficiency, JudgeIdentity, Judgement, Measure
from include.interview.scoring.insufficiencies import too_few_answers
from include.interview.scoring.sufficiency import not_written, words_insufficient
from include.judgement.question_matching import answers_for
from include.judgement.rules import RulesJudge
from include.settings import JudgeSettings


class Judge(Protocol):
    """A judge: gives one judgement of one criterion of one interview."""

    identity: JudgeIdentity

    def judge(self, case: Case, criterion: Criterion, run: int) -> Judgement:
        """One judgement numbered `run`, with evidence, or with `reason` when the case does not allow one.

        Raises:
            JudgeFailure: the judge gave no usable answer.
        """
        ...


def open_judge(settings: JudgeSettings) -> Judge:
    """The judge that `settings` name.

    Never another one in its place: a judge that fails is a failed step.
    """
    if settings.kind == "openai":
        from include.judgement.openai_judge import OpenAIJudge

        return OpenAIJudge(settings)
    from include.judgement.offline import OfflineJudge

    return OfflineJudge()


def judge_criterion(case: Case, criterion: Criterion, judge: Judge, runs: int) -> tuple[Judgement, ...]:
    """All judgements of `criterion` by the rubric's and the profile's rules; () when the profile disables it.

    `model` criteria get `runs` judgements by `judge` (one when it is deterministic), `rules` criteria one by the
    rules, `mix` criteria `runs` whose level is the stated mix. Words that are too few or too poorly recognised, values
    or key concepts that the opening lacks where they are judged, and too few answers to the criterion's questions give
    one judgement without a level; the judge is not asked.

    Raises:
        JudgeFailure: the judge gave no usable answer.
    """
    if not case.profile.enables(case.stage, criterion.id):
        return ()
    from_words = case.profile.judged_from_words(criterion)
    if criterion.judge == "rules" and not from_words:
        return (RulesJudge().judge(case, criterion, 0),)
    poor = not_written(criterion, case.opening) or words_insufficient(criterion, case.transcript)
    read = answers_for(case, criterion)
    if poor is None and not read.enough:
        poor = too_few_answers(read.found, read.needed)
    if poor is not None:
        return (_without_level(criterion, judge.identity, poor),)
    count = 1 if judge.identity.kind == "offline" else max(runs, 1)
    words = tuple(judge.judge(case, criterion, run) for run in range(count))
    if read.unmapped:
        words = tuple(msgspec.structs.replace(one, flags=(*one.flags, Flag(UNMAPPED))) for one in words)
    if criterion.judge != "mix" or from_words:
        return words
    measured = RulesJudge().judge(case, criterion, 0)
    return tuple(_mixed(criterion, by_words, measured) for by_words in words)


def _without_level(criterion: Criterion, identity: JudgeIdentity, reason: Insufficiency) -> Judgement:
    return Judgement(criterion=criterion.id, run=0, level=None, judge=identity, rationale=reason.text, reason=reason)


def _mixed(criterion: Criterion, words: Judgement, measured: Judgement) -> Judgement:
    """The stated mix of both levels; without a level when either part has none, because nothing is imputed."""
    shares = criterion.mix
    reason = words.reason or measured.reason
    level = sem = None
    left_out: dict[str, float] = {}
    if words.level is not None and measured.level is not None:
        level = round(shares["model"] * words.level + shares["rules"] * measured.level, 4)
        rules = shares["rules"] * measured.level
        left_out = {answer: round(shares["model"] * one + rules, 4) for answer, one in words.left_out.items()}
        # An unknown error of one part leaves that of the mix unknown: counting it as nothing would be a claim.
        if words.sem is not None and measured.sem is not None:
            sem = ((shares["model"] * words.sem) ** 2 + (shares["rules"] * measured.sem) ** 2) ** 0.5
    return Judgement(
        criterion=criterion.id,
        run=words.run,
        level=level,
        judge=words.judge,
        rationale=Bilingual(
            f"{words.rationale.ko} {measured.rationale.ko}", f"{words.rationale.en} {measured.rationale.en}"
        ),
        sem=sem,
        evidence=words.evidence + measured.evidence,
        components=(
            *words.components,
            Measure(name="words_level", value=words.level, unit="level", n=round(100 * shares["model"])),
            Measure(name="rules_level", value=measured.level, unit="level", n=round(100 * shares["rules"])),
            *measured.components,
        ),
        reason=None if level is not None else reason,
        flags=words.flags + measured.flags,
        usage=words.usage,
        left_out=left_out,
    )
