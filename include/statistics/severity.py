"""Severity of raters by a mixed model, and all that is computed from a set of ratings.

level = item + rater + error: each item (a candidate on a criterion) a fixed effect, each rater a draw from a normal
distribution, whose best linear prediction is shrunk towards 0. The variances are estimated by restricted maximum
likelihood. The items are swept out exactly beforehand, which leaves one matrix of raters × raters: a thousandth of a
second where a general routine with a column per item takes minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from include.interview.agreement.records import AdjustedLevel, RatedLevel, RaterSeverity, RatingAnalysis, Severity
from include.interview.agreement.rules import divergences, why_no_severity
from include.statistics.agreement import METHODS, agreements

LOG_RATIO_RANGE = (-12.0, 12.0)
"""Natural logarithms of the ratio of rater to residual variance among which the likelihood is searched."""
LEAST_VARIANCE = 1e-12
METHOD = (
    "linear mixed model, items fixed, raters random, restricted maximum likelihood, best linear unbiased prediction "
    "(Patterson & Thompson 1971; Robinson 1991); positive: stricter; adjusted = level + severity"
)

Vector = NDArray[np.float64]


def analyse_ratings(levels: Sequence[RatedLevel]) -> RatingAnalysis:
    """Agreement per criterion, the queue of divergences, and severities where their conditions hold."""
    why_not = why_no_severity(levels)
    return RatingAnalysis(
        agreement=agreements(levels),
        divergence=divergences(levels),
        severity=None if why_not is not None else severities(levels),
        why_not=why_not,
        methods=METHODS,
    )


def severities(levels: Sequence[RatedLevel]) -> Severity:
    """The raters' severities. The conditions (`why_no_severity`) must hold; the machine is one more rater.

    Standard errors are of the deviation from the average rater, given the estimated variances.
    """
    raters = sorted({one.rater for one in levels})
    place = {rater: i for i, rater in enumerate(raters)}
    items = {key: i for i, key in enumerate(sorted({(one.candidate, one.criterion) for one in levels}))}
    y = np.array([one.level for one in levels])
    item = np.array([items[one.candidate, one.criterion] for one in levels])
    rater = np.array([place[one.rater] for one in levels])
    ratio, residual, leniency, errors = _fit(y, item, rater, len(items), len(raters))
    counts = Counter(one.rater for one in levels)
    return Severity(
        raters=tuple(
            RaterSeverity(name, counts[name], 0.0 - float(leniency[i]), float(errors[i]))
            for i, name in enumerate(raters)
        ),
        rater_variance=ratio * residual,
        residual_variance=residual,
        adjusted=tuple(
            AdjustedLevel(o.candidate, o.rater, o.criterion, o.level, o.level - float(leniency[place[o.rater]]))
            for o in levels
        ),
        method=METHOD,
    )


def _fit(
    y: Vector, item: NDArray[np.int64], rater: NDArray[np.int64], items: int, raters: int
) -> tuple[float, float, Vector, Vector]:
    """The ratio of variances, the residual variance, the raters' effects and their standard errors."""
    counts = np.bincount(item, minlength=items)
    crossed = np.zeros((items, raters))
    np.add.at(crossed, (item, rater), 1.0)
    within = np.diag(crossed.sum(axis=0)) - crossed.T @ (crossed / counts[:, None])
    deviation = y - (np.bincount(item, y, minlength=items) / counts)[item]
    values, vectors = np.linalg.eigh(within)
    values = np.clip(values, 0.0, None)
    projected = vectors.T @ np.bincount(rater, deviation, minlength=raters)
    freedom, total = len(y) - items, float(deviation @ deviation)

    def variance(ratio: float) -> float:
        explained = float((projected**2 * ratio / (1 + ratio * values)).sum())
        return max(LEAST_VARIANCE, (total - explained) / freedom)

    def deviance(log_ratio: float) -> float:
        ratio = float(np.exp(log_ratio))
        return freedom * float(np.log(variance(ratio))) + float(np.log1p(ratio * values).sum())

    best = minimize_scalar(deviance, bounds=LOG_RATIO_RANGE, method="bounded", options={"xatol": 1e-9})
    ratio = float(np.exp(best.x)) if best.fun < freedom * np.log(variance(0.0)) else 0.0
    residual = variance(ratio)
    effects = vectors @ (ratio * projected / (1 + ratio * values))
    # The average of all raters cannot be told from the items: errors are of the deviation from it.
    centred = vectors - vectors.mean(axis=0)
    errors = np.sqrt(residual * ratio * (centred**2 / (1 + ratio * values)).sum(axis=1))
    return ratio, residual, effects, errors
