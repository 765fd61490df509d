"""Chances of the top places, and how much they depend on the weights."""

from __future__ import annotations

import hashlib

import numpy as np
from scipy.special import ndtr

from include.statistics.simultaneous import BLOCK, SEED_VERSION, Floats, error_blocks

TOP_DRAWS = 500
"""Simulated openings behind a chance, each second one the mirror of the one before (antithetic variates: Hammersley &
Morton 1956). A candidate's own share is integrated, not counted: standard error below .01 at .5."""
REACH_SEMS = 6.0
"""Who is this many standard errors below k others at their own worst is never among the top k (chance under 1e-8)."""
LEAST_SEM = 1e-9
"""In points. Exact values are given this error, so that equal ones share their places by lot."""
WEIGHTINGS = 500
"""Weightings drawn for the sensitivity."""
CONCENTRATION = 50.0
"""Of the Dirichlet distribution around the opening's weights: a weight of 40 % varies by ±6.9 points (one SD)."""


def top_chances(values: Floats, sems: Floats, k: int) -> Floats:
    """Chance of each candidate to be among the best `k`, shape (n,); they sum to k up to simulation error.

    Values are taken as normal around the estimates, independent. Given the others' simulated values a candidate's own
    chance is exact: Φ((value - threshold)/SEM), averaged over `TOP_DRAWS` draws.

    Args:
        sems: ascending, ≥ 0.
    """
    if k >= len(values):
        return np.ones(len(values))
    errors = np.maximum(sems, LEAST_SEM)
    reachable = _within_reach(values, errors, k)
    chances = np.zeros(len(values))
    own_values, own_errors = values[reachable], errors[reachable]
    total = np.zeros(len(own_values))
    for errors_drawn in error_blocks(errors, TOP_DRAWS // 2):
        drawn = errors_drawn[:, reachable]
        for block in (own_values + drawn, own_values - drawn):
            total += ndtr((own_values - _thresholds(block, k)) / own_errors).sum(axis=0)
    chances[reachable] = total / TOP_DRAWS
    return chances


def _within_reach(values: Floats, errors: Floats, k: int) -> np.ndarray:
    lower, upper = values - REACH_SEMS * errors, values + REACH_SEMS * errors
    bar = np.partition(lower, len(values) - k - 1)[len(values) - k - 1]
    return np.asarray(upper >= bar)


def _thresholds(drawn: Floats, k: int) -> Floats:
    """What each candidate has to exceed to be among the best k of its row: the k-th largest of the others."""
    count = drawn.shape[1]
    if k >= count:
        return np.full_like(drawn, -np.inf)
    parted = np.partition(drawn, count - k - 1, axis=1)
    first_out, last_in = parted[:, count - k - 1, None], parted[:, count - k :].min(axis=1, keepdims=True)
    return np.where(drawn >= last_in, first_out, last_in)


def weight_sensitivity(scores: Floats, weights: Floats, k: int) -> Floats:
    """Share of weightings under which each candidate is among the best `k`, shape (n,).

    Weightings are drawn from a Dirichlet distribution around `weights`; a stage of weight 0 keeps it. Who ties with the
    k-th is among them. Standard errors do not enter.

    Args:
        scores: shape (n, stages).
        weights: shape (stages,), not negative, not all 0.
    """
    count = len(scores)
    if k >= count:
        return np.ones(count)
    used = weights > 0.0
    if used.sum() == 1:
        drawn = np.ones((1, 1))
    else:
        digest = hashlib.sha256(SEED_VERSION + np.ascontiguousarray(weights, dtype="<f8").tobytes()).digest()
        generator = np.random.Generator(np.random.PCG64(int.from_bytes(digest[:8], "little")))
        drawn = generator.dirichlet(CONCENTRATION * weights[used] / weights[used].sum(), WEIGHTINGS)
    step = max(1, BLOCK // count)
    inside = np.zeros(count)
    for start in range(0, len(drawn), step):
        composites = _weighed(scores[:, used], drawn[start : start + step])
        inside += (composites >= np.partition(composites, count - k, axis=1)[:, count - k, None]).sum(axis=0)
    return inside / len(drawn)


def _weighed(scores: Floats, weightings: Floats) -> Floats:
    """Σ weight·score, shape (weightings, n), summed in one order for every candidate, so that equal rows stay equal."""
    total = np.zeros((len(weightings), len(scores)))
    for column in range(scores.shape[1]):
        total += weightings[:, column, None] * scores[None, :, column]
    return total
