"""The formulas of adverse-impact analysis, each for one comparison; counts in, numbers out.

Fisher's exact test, which needs a statistics library, is in include/statistics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from statistics import NormalDist, fmean

from include.interview.fairness.records import IMPACT_THRESHOLD, SIGNIFICANCE

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
_FOUR_FIFTHS = Fraction(4, 5)


def impact_ratio(count: int, n: int, reference_count: int, reference_n: int) -> float | None:
    """The rate count/n over the reference's rate; None when either group is empty or the reference's rate is 0."""
    if not n or not reference_n or not reference_count:
        return None
    return (count * reference_n) / (n * reference_count)


def ratio_interval(count: int, n: int, reference_count: int, reference_n: int) -> tuple[float, float] | None:
    """The 95 % interval of the impact ratio on the log scale; None when a rate is 0, where it is not defined.

    Source: Katz, Baptista, Azen & Pike (1978), Biometrics 34, 469-474.
    """
    ratio = impact_ratio(count, n, reference_count, reference_n)
    if not ratio:
        return None
    error = math.sqrt(max(0.0, 1 / count - 1 / n + 1 / reference_count - 1 / reference_n))
    return ratio * math.exp(-_Z * error), ratio * math.exp(_Z * error)


def shortfall(count: int, n: int, reference_count: int, reference_n: int) -> int | None:
    """How many more of the group would need the outcome to reach .8 of the reference's rate, which stays; 0 if none.

    None when there is no reference rate. Exact: no rounding error decides at the boundary.
    """
    if not n or not reference_n or not reference_count:
        return None
    needed = _FOUR_FIFTHS * Fraction(reference_count, reference_n) * n - count
    return max(0, math.ceil(needed))


def below_four_fifths(count: int, n: int, reference_count: int, reference_n: int) -> bool:
    """Whether the impact ratio is below .8, decided exactly."""
    if not n or not reference_n or not reference_count:
        return False
    return Fraction(count * reference_n, n * reference_count) < _FOUR_FIFTHS


def standardized_difference(scores: Sequence[float], reference: Sequence[float]) -> float | None:
    """The difference of means over the pooled standard deviation (Cohen's d); negative: below the reference.

    None with fewer than two scores on a side, or when the scores do not vary within the groups.
    """
    if len(scores) < 2 or len(reference) < 2:
        return None
    mean, reference_mean = fmean(scores), fmean(reference)
    squares = math.fsum((x - mean) ** 2 for x in scores) + math.fsum((x - reference_mean) ** 2 for x in reference)
    pooled = math.sqrt(squares / (len(scores) + len(reference) - 2))
    return (mean - reference_mean) / pooled if pooled > 0 else None


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p values adjusted for their number, in the order given; families of none give none.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted, running = [0.0] * len(p_values), 0.0
    for position, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - position) * p_values[index]))
        adjusted[index] = running
    return tuple(adjusted)


def flagged(ratio_is_low: bool, holm_p: float | None) -> bool:
    """Whether a comparison is flagged: an impact ratio below .8 that is also significant after Holm's correction."""
    return ratio_is_low and holm_p is not None and holm_p < SIGNIFICANCE


__all__ = [
    "IMPACT_THRESHOLD", "below_four_fifths", "flagged", "holm", "impact_ratio", "ratio_interval", "shortfall",
    "standardized_difference",
]  # fmt: skip
