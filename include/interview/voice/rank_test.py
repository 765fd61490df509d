"""Two small tests for one person's values against each other: by rank for windows, by Student's t for single values."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist, fmean, stdev

LEAST_DEPENDENCE = 0.1
"""Correlation of neighbouring windows that is assumed even where the baseline shows less: a dozen windows cannot show
that there is none."""
CAUTION = 0.75
"""Standard errors by which the estimate is raised: chosen by simulation so that the bound on false pointers holds for
correlations up to .4 (tests/include/interview/voice/test_deviation.py)."""
MOST_DEPENDENCE = 0.8
"""Estimates above this are taken as this: the formula for the variance grows without bound at 1."""


def dependence(baseline: Sequence[float]) -> float:
    """Correlation of neighbouring values in [`LEAST_DEPENDENCE`, `MOST_DEPENDENCE`], by rank.

    The sample's value is corrected for the bias of short series (Kendall 1954: E r = rho - (1 + 3 rho) / n) and raised
    by `CAUTION` standard errors, 1 / sqrt(n) each, so that an underestimate is the exception.
    """
    n = len(baseline)
    ranks = midranks(baseline)
    middle = fmean(ranks)
    whole = sum((r - middle) ** 2 for r in ranks)
    if n < 3 or whole == 0.0:
        return LEAST_DEPENDENCE
    r = sum((a - middle) * (b - middle) for a, b in pairwise(ranks)) / whole
    corrected = (n * r + 1.0) / (n - 3.0) if n > 3 else r
    return min(max(corrected + CAUTION / math.sqrt(n), LEAST_DEPENDENCE), MOST_DEPENDENCE)


def rank_sum_p(first: Sequence[float], second: Sequence[float], rho: float = 0.0) -> float:
    """Two-sided p of the Wilcoxon rank-sum test (Wilcoxon 1945; Mann & Whitney 1947), ties at their midranks.

    Normal approximation with continuity correction; never below 2 / C(n + m, m), the least that ranks can say. `rho`:
    correlation of neighbouring values within each sample (first-order autoregression), by which the variance grows.

    Raises:
        ValueError: an empty sample.
    """
    n, m = len(first), len(second)
    if not n or not m:
        raise ValueError("Both samples need values.")
    whole = n + m
    ranks = midranks([*first, *second])
    ties = sum(count**3 - count for count in Counter(ranks).values())
    unit = whole * (whole + 1) / 12.0 * (1.0 - ties / (whole**3 - whole))
    variance = unit * (inflation(rho, n) / n + inflation(rho, m) / m)
    if variance <= 0.0:
        return 1.0
    distance = abs(fmean(ranks[:n]) - fmean(ranks[n:])) - whole / (2.0 * n * m)
    p = 2.0 * (1.0 - NormalDist().cdf(max(distance, 0.0) / math.sqrt(variance)))
    return min(1.0, max(p, 2.0 / math.comb(whole, m)))


def inflation(rho: float, n: int) -> float:
    """Factor by which the variance of a mean of `n` values grows when neighbours correlate by `rho` (AR(1))."""
    return 1.0 + 2.0 * sum((1.0 - k / n) * rho**k for k in range(1, n))


def one_against_others_p(value: float, others: Sequence[float]) -> float:
    """Two-sided p that `value` comes from the same normal distribution as `others` (at least three).

    Student's t for one new value: (x - mean) / (s · sqrt(1 + 1/n)) with n - 1 degrees of freedom. 1 without spread.

    Raises:
        ValueError: fewer than three others.
    """
    n = len(others)
    if n < 3:
        raise ValueError("A single value needs at least three others.")
    s = stdev(others)
    if s == 0.0:
        return 1.0
    return student_p(abs(value - fmean(others)) / (s * math.sqrt(1.0 + 1.0 / n)), n - 1)


def student_p(t: float, degrees: int) -> float:
    """Two-sided p of |t| for whole `degrees` of freedom, by the finite series of Abramowitz & Stegun 26.7.3-4."""
    angle = math.atan(t / math.sqrt(degrees))
    cosine, sine = math.cos(angle), math.sin(angle)
    term, total = (1.0, 1.0) if degrees % 2 == 0 else (cosine, cosine)
    for k in range(2 if degrees % 2 == 0 else 3, degrees - 1, 2):
        term *= cosine**2 * (k - 1) / k
        total += term
    if degrees % 2 == 0:
        return 1.0 - sine * total
    return max(0.0, 1.0 - 2.0 / math.pi * (angle + (sine * total if degrees > 1 else 0.0)))


def midranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    ranks = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in order[start : end + 1]:
            ranks[place] = (start + end) / 2.0 + 1.0
        start = end + 1
    return ranks
