"""Rank sets: for each candidate the ranks that the errors leave possible, simultaneously over an opening.

Sources: Mogstad, Romano, Shaikh & Wilhelm, "Inference for Ranks with Applications to Mobility across Neighbourhoods and
Academic Achievement across Countries", Review of Economic Studies 2024 (exact form); Romano & Wolf, Econometrica 2005
(step-down); Goldstein & Healy, JRSS A 1995 (comparing by intervals) and Šidák, JASA 1967 (their bound).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from include.interview.ranking.records import Method
from include.statistics.simultaneous import (
    BLOCK,
    DRAWS,
    Bools,
    Floats,
    Ints,
    difference_bounds,
    error_blocks,
    interval_sum,
    quantile_rank,
    refined,
    sidak_half_width,
    studentised,
    upper_maxima,
)

EXACT_LIMIT = 2_000
"""Largest opening for which every pair is compared; above, intervals are."""
SIDAK_LIMIT = 200_000
"""Largest opening whose interval width is simulated; above, Šidák's bound is used as it is."""
NARROWINGS = (0.1, 0.5, 2.0)
"""How far below the last critical value the next one is looked for, before everything is looked at."""


@dataclass(frozen=True, slots=True)
class RankSets:
    """Best and worst possible rank of each candidate, both of shape (n,), 1 = highest value.

    `critical`: for "exact" two values are apart when their difference exceeds it times the root of the sum of their
    squared standard errors; for "interval" when it exceeds it times the sum of their standard errors.
    """

    best: Ints
    worst: Ints
    critical: float
    method: Method


def method_for(count: int) -> Method:
    """The form used for an opening of `count` candidates."""
    return "exact" if count <= EXACT_LIMIT else "interval"


def rank_sets(values: Floats, sems: Floats, method: Method | None = None) -> RankSets:
    """Rank sets that all hold together with 95 % confidence, for independent normal errors.

    Args:
        values: estimates, shape (n,), finite, n ≥ 1.
        sems: their standard errors, ascending, ≥ 0; 0 means that the value is known exactly.
        method: None chooses by `method_for`.
    """
    chosen = method or method_for(len(values))
    return _exact(values, sems) if chosen == "exact" else _by_intervals(values, sems)


def apart(differences: Floats, divisors: Floats, critical: float) -> Bools:
    """Where a difference exceeds `critical` times its divisor; exact values (divisor 0) are apart when they differ."""
    return np.asarray(differences > critical * divisors)


# ------------------------------------------------------------------------------------------------ exact form


def _exact(values: Floats, sems: Floats) -> RankSets:
    blocks = list(error_blocks(sems))
    errors = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
    place = quantile_rank(DRAWS)
    maxima = upper_maxima(errors, sems, studentised, place)
    critical = float(np.partition(maxima, place - 1)[place - 1])
    differences = values[:, None] - values[None, :]
    divisors = studentised(sems[:, None], sems[None, :])
    beaten = apart(differences, divisors, critical)
    while beaten.any():
        smaller = _restricted_critical(errors, divisors, maxima, beaten, critical)
        now_beaten = apart(differences, divisors, smaller)
        if smaller >= critical or now_beaten.sum() == beaten.sum():
            break
        critical, beaten = smaller, now_beaten
    count = len(values)
    return RankSets(1 + beaten.sum(axis=0), count - beaten.sum(axis=1), critical, "exact")


def _restricted_critical(errors: Floats, divisors: Floats, maxima: Floats, settled: Bools, critical: float) -> float:
    """The critical value over the ordered pairs that are not `settled`, at most `critical`.

    Only the largest draws decide about a high quantile: draws are visited from the largest unrestricted maximum (or
    upper bound of it) down, until no other can be among them.

    Args:
        divisors: standard errors of the differences, shape (n, n), candidates in ascending order of their own error.
    """
    wanted = DRAWS - quantile_rank(DRAWS) + 1
    order = np.argsort(-maxima, kind="stable")
    open_pairs = np.divide(1.0, divisors, out=np.zeros_like(divisors), where=(divisors > 0.0) & ~settled)
    least = divisors[0]
    step = max(1, BLOCK // divisors.size)
    for floor in (*(max(0.0, critical - below) for below in NARROWINGS), 0.0):
        largest = np.empty(0)
        for start in range(0, len(order), step):
            threshold = largest[0] if len(largest) == wanted else floor
            some = order[start : start + step]
            some = some[maxima[some] > threshold]
            if not len(some):
                break
            values = _restricted_maxima(errors[some], least, open_pairs, threshold)
            largest = np.sort(np.concatenate([largest, values[values > threshold]]))[-wanted:]
        if len(largest) == wanted:
            return min(critical, float(largest[0]))
    return 0.0


def _restricted_maxima(errors: Floats, least: Floats, open_pairs: Floats, threshold: float) -> Floats:
    """Per row of `errors` the largest studentised difference over open pairs when it exceeds `threshold`, else less.

    Args:
        errors: shape (rows, n).
        least: per candidate the smallest standard error of a difference it takes part in, shape (n,).
        open_pairs: one over the standard error of the difference, 0 for settled pairs, shape (n, n).
    """
    needed = threshold * least
    upper_rows, uppers = (errors - errors.min(axis=1, keepdims=True) > needed).nonzero()
    below = errors.max(axis=1, keepdims=True) - errors > needed
    lower_rows, lowers = below.nonzero()
    partners = below.sum(axis=1)
    counts = partners[upper_rows]
    before = np.cumsum(counts) - counts
    paired = np.repeat(np.arange(len(uppers)), counts)
    partner = np.arange(len(paired)) + np.repeat((np.cumsum(partners) - partners)[upper_rows] - before, counts)
    values = errors[upper_rows, uppers][paired] - errors[lower_rows, lowers][partner]
    values *= open_pairs[uppers[paired], lowers[partner]]
    found = np.zeros(len(errors))
    reached = np.unique(upper_rows[counts > 0])
    if len(reached):
        starts = before[np.searchsorted(upper_rows, reached)]
        found[reached] = np.maximum(np.maximum.reduceat(values, starts), 0.0)
    return found


# ------------------------------------------------------------------------------------------------ interval form


def interval_half_width(sems: Floats) -> float:
    """Half width c in standard errors such that intervals value ± c·SEM tell apart only what is apart, with 95 %.

    Simulated as the quantile of the largest (eᵢ - eⱼ)/(SEMᵢ + SEMⱼ), which makes it as narrow as the exact form for
    equal errors; never above Šidák's bound.
    """
    bound = sidak_half_width(len(sems))
    if len(sems) > SIDAK_LIMIT:
        return bound
    place = quantile_rank(DRAWS)
    bounds = np.concatenate([difference_bounds(block, sems, interval_sum) for block in error_blocks(sems)], axis=1)
    reached = np.partition(bounds[0], place - 1)[place - 1]
    start, found = 0, []
    for block in error_blocks(sems):
        rows = slice(start, start + len(block))
        found.append(refined(block, sems, interval_sum, bounds[1, rows], reached))
        start += len(block)
    return min(bound, float(np.partition(np.concatenate(found), place - 1)[place - 1]))


def _by_intervals(values: Floats, sems: Floats) -> RankSets:
    critical = interval_half_width(sems)
    lower, upper = values - critical * sems, values + critical * sems
    count = len(values)
    above = count - np.searchsorted(np.sort(lower), upper, side="right")
    below = np.searchsorted(np.sort(upper), lower, side="left")
    return RankSets(1 + above, count - below, critical, "interval")
