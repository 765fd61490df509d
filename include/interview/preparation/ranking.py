"""What to ask first: where one more answer would tell most.

The level of a criterion is taken as normal with the variance that is left after what was heard. One more answer tells
it with the variance of a single answer, so the information expected of a question is the mutual information of two
normals, weighted by the criterion's share of the card (Lindley 1956, On a measure of the information provided by an
experiment; Cover & Thomas, Elements of Information Theory, 9.1):

    I = weight * ln(1 + variance / ANSWER_VARIANCE) / 2        in nats

Questions are chosen one after the other; of equal ones, codes in the order of `CODES` come first, then lower anchors.
Each answer expected narrows its criterion by Bayes' rule, so the next question about the same criterion tells less, and
questions spread over the criteria as their weights ask for.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import get_args

from include.interview.preparation.records import Matter, MatterCode

MOST_QUESTIONS = 8
PRIOR_VARIANCE = 1.0
"""Variance of a criterion's level over candidates of whom nothing was heard, in levels squared: most applicants of one
opening lie within one anchor of the middle one."""
ANSWER_VARIANCE = 0.64
"""Variance of the level that a single answer shows, in levels squared: the spread per answer of the offline judge on
its development interviews, 0.8 levels (docs/scoring.md)."""
CODES: tuple[MatterCode, ...] = get_args(MatterCode)
"""Also the order in which equally informative matters are asked: what only the candidate can clear up comes first."""
DIGITS = 9
"""Information is compared to so many digits: below lie rounding errors."""


def variance_after(answers: float, variance: float = PRIOR_VARIANCE) -> float:
    """What is left of `variance` (levels squared) after so many answers, by Bayes' rule for normals."""
    return 1.0 / (1.0 / variance + answers / ANSWER_VARIANCE)


def variance_given_sem(sem: float) -> float:
    """Variance of a level (levels squared) that was judged with standard error `sem` (levels, above 0)."""
    return 1.0 / (1.0 / PRIOR_VARIANCE + 1.0 / sem**2)


def variance_of_divergence(difference: float) -> float:
    """Variance of two levels that lie `difference` levels apart, in levels squared."""
    return (difference / 2.0) ** 2


def information(weight: float, variance: float) -> float:
    """Nats expected of one question: see the module. 0 for a weight or variance of 0."""
    return weight * math.log1p(variance / ANSWER_VARIANCE) / 2.0


def ranked(matters: Sequence[Matter]) -> tuple[Matter, ...]:
    """All `matters`, most informative first, each counted after those before it; the same for any order given."""
    left = sorted(matters, key=lambda m: m.id)
    asked: Counter[str] = Counter()
    used: Counter[tuple[str, MatterCode]] = Counter()
    chosen: list[Matter] = []

    def value(matter: Matter) -> tuple[float, int, int, int]:
        gain = information(matter.weight, variance_after(asked[matter.criterion], matter.variance))
        return -round(gain, DIGITS), used[matter.criterion, matter.code], CODES.index(matter.code), matter.anchor

    while left:
        best = min(left, key=value)
        left.remove(best)
        asked[best.criterion] += 1
        used[best.criterion, best.code] += 1
        chosen.append(best)
    return tuple(chosen)
