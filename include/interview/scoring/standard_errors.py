"""Standard errors of a card: criteria that rest on the same answers err together.

A judge that rests on answers states the level without each answer in turn (`Judgement.left_out`). Two lines that share
answers have correlated errors: rho = the correlation of their leave-one-answer-out levels, an answer that a line does
not read counting as no change. With C[k][l] = rho[k][l] * sem[k] * sem[l], the variance of any weighted sum of lines is
w' C w; where the lines' SEMs are plain jackknives, that is exactly the jackknife of the sum over answers (Efron &
Stein 1981). Lines without `left_out` (measurements, several runs of a model) are taken to err independently.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from include.interview.records import CriterionScore

FEW_ANSWERS = 4
"""Shared answers below which a correlation of two lines may well have the wrong sign: two answers always give 1 or -1.
Then no sum and no difference is taken to be surer than if the lines erred independently."""
Combined = Literal["sum", "difference"]
"""What the covariances are for: a sum of lines with positive weights, or lines against each other."""
ONE_SIDED_5 = 1.64
"""Normal quantile of 95 %: a difference beyond this many standard errors is told apart with 5 % error on that side."""


def _deviations(line: CriterionScore) -> dict[str, float]:
    """Answer -> mean leave-one-out level of the line's judgements, less the mean of all; empty when none is stated."""
    stated = [j.left_out for j in line.judgements if j.left_out]
    if not stated:
        return {}
    answers = dict.fromkeys(answer for levels in stated for answer in levels)
    mean = {a: math.fsum(x[a] for x in stated if a in x) / sum(a in x for x in stated) for a in answers}
    centre = math.fsum(mean.values()) / len(mean)
    return {answer: level - centre for answer, level in mean.items()}


def _correlation(first: dict[str, float], second: dict[str, float], of: Combined) -> float:
    shared = first.keys() & second.keys()
    if not shared:
        return 0.0
    norm = math.sqrt(math.fsum(x * x for x in first.values()) * math.fsum(x * x for x in second.values()))
    # Lines that share answers but do not move with them: nothing says that they err independently.
    rho = math.fsum(first[a] * second[a] for a in sorted(shared)) / norm if norm else 1.0
    if len(shared) >= FEW_ANSWERS:
        return rho
    return max(rho, 0.0) if of == "sum" else min(rho, 0.0)


def covariance(lines: Sequence[CriterionScore], of: Combined = "sum") -> list[list[float]] | None:
    """Covariances of the lines' scores in squared score units, (lines, lines); None when any line has no SEM.

    Args:
        lines: scored criteria.
        of: what they are for; it matters where lines share fewer than `FEW_ANSWERS` answers.
    """
    if any(line.sem is None for line in lines):
        return None
    moved = [_deviations(line) for line in lines]
    found = [[0.0] * len(lines) for _ in lines]
    for k, one in enumerate(lines):
        for m, other in enumerate(lines):
            rho = 1.0 if k == m else _correlation(moved[k], moved[m], of)
            found[k][m] = rho * (one.sem or 0.0) * (other.sem or 0.0)
    return found


def _error(weights: Sequence[float], errors: Sequence[Sequence[float]]) -> float:
    terms = (a * b * errors[k][m] for k, a in enumerate(weights) for m, b in enumerate(weights))
    return math.sqrt(max(math.fsum(terms), 0.0))


def weighted_error(lines: Sequence[CriterionScore], weights: Sequence[float]) -> float | None:
    """Standard error of sum(weight * score) with positive weights, in score units times weight.

    None when any line has no SEM.
    """
    errors = covariance(lines)
    return None if errors is None else _error(weights, errors)


def standing_out(lines: Sequence[CriterionScore]) -> dict[str, int]:
    """Criterion -> 1 above or -1 below the mean of the scored lines, where it can be told apart from that mean.

    Told apart: the difference exceeds ONE_SIDED_5 times its standard error. Criteria that are not in the answer cannot
    be told apart; that is so for all of them when an error is unknown or fewer than two are scored.
    """
    scored = [line for line in lines if line.score is not None]
    errors = covariance(scored, "difference")
    if errors is None or len(scored) < 2:
        return {}
    scores = [line.score or 0.0 for line in scored]
    mean = math.fsum(scores) / len(scores)
    found = {}
    for k, line in enumerate(scored):
        weights = [(m == k) - 1.0 / len(scored) for m in range(len(scored))]
        if abs(scores[k] - mean) > ONE_SIDED_5 * _error(weights, errors):
            found[line.criterion] = 1 if scores[k] > mean else -1
    return found
