"""The scoring algebra: judgements become criterion scores, criterion scores become a card.

A score is a number in [0, 1] or it is not given; nothing is imputed, floored or defaulted. Formulas:

- level -> score: s = (level - 1) / 4.
- level and SEM of a criterion from its judgements: see `levels`.
- total = 100 * sum(w * s) / sum(w) over enabled criteria, only when every one of them is scored;
  SEM of the total = 100 * sqrt(w' C w) / sum(w) with the covariances C of criteria that share answers
  (`standard_errors`), None when any criterion has no SEM.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import FULL_POINTS, Criterion, Rubric
from include.interview.errors import JudgeFailure, PolicyRefusal
from include.interview.records import (
    CriterionScore,
    Evidence,
    Flag,
    Insufficiency,
    JudgeIdentity,
    Judgement,
    ReviewReason,
    Scorecard,
    Usage,
)
from include.interview.scoring.insufficiencies import disabled_reason, no_evidence, not_judged, outside_scope
from include.interview.scoring.levels import LEVEL_SPAN, level_of, level_to_score, mixed_level
from include.interview.scoring.standard_errors import weighted_error
from include.interview.scoring.sufficiency import word_gate, words_insufficient

__all__ = [
    "LEVEL_SPAN",
    "effective_weights",
    "level_to_score",
    "score_card",
    "score_criterion",
    "sum_usage",
    "word_gate",
    "words_insufficient",
]


def _unique_evidence(judgements: Iterable[Judgement]) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for judgement in judgements:
        found.extend(e for e in judgement.evidence if e not in found)
    return tuple(found)


def _unscored(
    criterion: Criterion,
    status: Literal["insufficient", "disabled"],
    reason: Insufficiency,
    judgements: Sequence[Judgement] = (),
) -> CriterionScore:
    weight = 0.0 if status == "disabled" else criterion.points
    return CriterionScore(
        criterion=criterion.id,
        status=status,
        weight=criterion.points,
        effective_weight=weight,
        judgements=tuple(judgements),
        reason=reason,
    )


def score_criterion(criterion: Criterion, judgements: Sequence[Judgement], profile: Profile) -> CriterionScore:
    """The score of one criterion from all judgements of it (any number of runs and judges).

    `score` and `sem` are in [0, 1] units, `level` in [1, 5]. A criterion the profile does not enable is `disabled`;
    one without judgements, with any judgement that gives a reason instead of a level, without evidence, or (mix)
    with a part missing is `insufficient`. `effective_weight` and `points` are set for this criterion alone;
    `score_card` sets them for the card.

    Raises:
        JudgeFailure: a judgement belongs to another criterion, or its level or SEM is not a usable number.
        PolicyRefusal: measurements were judged for a criterion that the profile judges from words only.
    """
    if not any(criterion.id in ids for ids in profile.criteria.values()):
        return _unscored(criterion, "disabled", disabled_reason(profile))
    for judgement in judgements:
        _check_judgement(criterion, judgement, profile)
    if not judgements:
        return _unscored(criterion, "insufficient", not_judged())
    refused = next((j.reason or not_judged() for j in judgements if j.level is None), None)
    if refused is not None:
        return _unscored(criterion, "insufficient", refused, judgements)
    evidence = _unique_evidence(judgements)
    if not evidence:
        return _unscored(criterion, "insufficient", no_evidence(), judgements)
    mixed = criterion.judge == "mix" and criterion.id not in profile.words_only
    found = mixed_level(criterion, judgements) if mixed else level_of(judgements)
    if isinstance(found, Insufficiency):
        return _unscored(criterion, "insufficient", found, judgements)
    level, sem = found
    score = level_to_score(level)
    return CriterionScore(
        criterion=criterion.id,
        status="scored",
        weight=criterion.points,
        effective_weight=criterion.points,
        score=score,
        level=level,
        sem=None if sem is None else sem / LEVEL_SPAN,
        points=score * criterion.points,
        evidence=evidence,
        judgements=tuple(judgements),
    )


def _check_judgement(criterion: Criterion, judgement: Judgement, profile: Profile) -> None:
    if judgement.criterion != criterion.id:
        raise JudgeFailure(f"A judgement of {judgement.criterion!r} was given for {criterion.id!r}.")
    if judgement.judge.kind == "rules" and criterion.id in profile.words_only:
        raise PolicyRefusal(
            f"The profile {profile.id!r} judges {criterion.id!r} from words only, but measurements were judged.",
            "Judge it again under this profile.",
        )
    if judgement.level is not None:
        level_to_score(judgement.level)
    if judgement.sem is not None and not (math.isfinite(judgement.sem) and judgement.sem >= 0):
        raise JudgeFailure(f"A judge states the standard error {judgement.sem!r} for {criterion.id!r}.")


def effective_weights(rubric: Rubric, profile: Profile) -> dict[str, float]:
    """Criterion id -> its points after the profile's disabled criteria are taken out; sums to 100, disabled are 0.

    All are 0 when the profile enables none.
    """
    enabled = {c.id: c.points if profile.enables(rubric.stage, c.id) else 0.0 for c in rubric.criteria}
    whole = math.fsum(enabled.values())
    return {id_: FULL_POINTS * points / whole if whole else 0.0 for id_, points in enabled.items()}


def _weighed(score: CriterionScore, criterion: Criterion, weight: float) -> CriterionScore:
    return CriterionScore(
        criterion=score.criterion,
        status=score.status,
        weight=criterion.points,
        effective_weight=weight,
        score=score.score,
        level=score.level,
        sem=score.sem,
        points=None if score.score is None else score.score * weight,
        evidence=score.evidence,
        judgements=score.judgements,
        reason=score.reason,
    )


def _complete_lines(
    rubric: Rubric, profile: Profile, scores: Sequence[CriterionScore], scope: str
) -> tuple[CriterionScore, ...]:
    """One line per criterion of the rubric, in its order, weighed; what was not given is insufficient or disabled."""
    given = {s.criterion: s for s in scores}
    if len(given) != len(scores):
        raise JudgeFailure("A criterion was scored twice for one card.")
    for id_ in given:
        rubric.criterion(id_)
    weights = effective_weights(rubric, profile)
    lines = []
    for criterion in rubric.criteria:
        if not profile.enables(rubric.stage, criterion.id):
            line = _unscored(criterion, "disabled", disabled_reason(profile))
        elif criterion.id in given:
            line = given[criterion.id]
        else:
            spoken = scope == "words" and not profile.judged_from_words(criterion)
            line = _unscored(criterion, "insufficient", outside_scope() if spoken else not_judged())
        lines.append(_weighed(line, criterion, weights[criterion.id]))
    return tuple(lines)


def _total(lines: Sequence[CriterionScore]) -> tuple[float, float | None]:
    whole = math.fsum(line.effective_weight for line in lines)
    total = math.fsum(line.effective_weight * (line.score or 0.0) for line in lines) / whole * FULL_POINTS
    spread = weighted_error(lines, [line.effective_weight for line in lines])
    return min(total, FULL_POINTS), None if spread is None else FULL_POINTS * spread / whole


def recomputed_total(card: Scorecard) -> float | None:
    """The total in points made anew from the lines' scores and weights; None while an enabled one has no score."""
    lines = [line for line in card.criteria if line.status != "disabled"]
    if not lines or any(line.score is None for line in lines):
        return None
    return _total(lines)[0]


def _sum_known(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total


def sum_usage(usages: Iterable[Usage]) -> Usage:
    """The usage of all together. Tokens and cost are None when those of any call that was made are not known."""
    usages = list(usages)
    paid = [u for u in usages if u.calls]
    costs = [u.cost_usd for u in paid]
    known = bool(costs) and all(c is not None for c in costs)
    return Usage(
        calls=sum(u.calls for u in usages),
        prompt_tokens=_sum_known(u.prompt_tokens for u in paid),
        completion_tokens=_sum_known(u.completion_tokens for u in paid),
        cost_usd=math.fsum(c for c in costs if c is not None) if known else None,
    )


def score_card(
    rubric: Rubric,
    profile: Profile,
    criterion_scores: Sequence[CriterionScore],
    *,
    interview_id: str,
    pipeline_version: str,
    language: str = "",
    scope: Literal["full", "words"] = "full",
    integrity: Sequence[Flag] = (),
    inputs: Mapping[str, str] | None = None,
    review: Sequence[ReviewReason] = (),
) -> Scorecard:
    """The card of one stage: `complete` with a total in [0, 100] only when every enabled criterion is scored.

    `points` of the lines sum to the total. `sem` of lines is in [0, 1] units, `total_sem` in points. Criteria without
    a score are in `missing`. `review` is usually added afterwards (`review.with_review`). The order of
    `criterion_scores` does not matter.

    Raises:
        JudgeFailure: a criterion is given twice.
        NotFound: a score is of no criterion of the rubric.
    """
    lines = _complete_lines(rubric, profile, criterion_scores, scope)
    enabled = [line for line in lines if line.status != "disabled"]
    missing = tuple(line.criterion for line in enabled if line.status != "scored")
    complete = bool(enabled) and not missing
    total, total_sem = _total(enabled) if complete else (None, None)
    judgements = [j for line in lines for j in line.judgements]
    judges: list[JudgeIdentity] = []
    for judgement in judgements:
        if judgement.judge not in judges:
            judges.append(judgement.judge)
    return Scorecard(
        interview_id=interview_id,
        stage=rubric.stage,
        status="complete" if complete else "incomplete",
        total=total,
        total_sem=total_sem,
        criteria=lines,
        profile=profile.id,
        rubric_version=rubric.version,
        pipeline_version=pipeline_version,
        scope=scope,
        language=language,
        missing=missing,
        review=tuple(review),
        integrity=tuple(integrity),
        judges=tuple(judges),
        usage=sum_usage(j.usage for j in judgements),
        human_decision_required=profile.human_decision_required,
        inputs=dict(inputs or {}),
    )
