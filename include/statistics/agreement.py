"""Agreement of raters: intraclass correlations and quadratic weighted kappa, with 95 % intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import f as f_distribution

from include.interview.agreement.records import MACHINE, Agreement, Estimate, PairAgreement, RatedLevel
from include.interview.records import Bilingual

CONFIDENCE = 0.95
BOOTSTRAP_DRAWS = 2_000
BOOTSTRAP_SEED = 20_261_128
LEAST_CANDIDATES = 2
"""Candidates rated in common below which nothing is compared."""
MIN_DEFINED_DRAWS = 0.5
"""Share of the draws in which kappa must be defined for its interval to be given."""

Matrix = NDArray[np.float64]
METHODS: dict[str, str] = {
    "icc": "two-way random effects, absolute agreement (Shrout & Fleiss 1979); intervals by McGraw & Wong 1996",
    "kappa": "quadratic weights (Cohen 1968), mean over pairs of raters weighted by their common candidates",
    "kappa_interval": f"percentile bootstrap over candidates, {BOOTSTRAP_DRAWS} draws, seed {BOOTSTRAP_SEED}",
}
_TOO_FEW = Bilingual(
    "두 명 이상이 함께 평가한 지원자가 둘 이상이어야 일치도를 계산할 수 있습니다.",
    "Agreement needs at least two candidates whom two raters rated in common.",
)
_NO_VARIANCE = Bilingual(
    "평가 수준이 모두 같거나 지원자 사이에 차이가 없어 일치도를 정의할 수 없습니다.",
    "The levels do not vary, so that agreement beyond chance is not defined.",
)


def agreements(levels: Sequence[RatedLevel]) -> tuple[Agreement, ...]:
    """The agreement per criterion: among people, and where the program rated as well among people and program."""
    by_criterion: dict[str, list[RatedLevel]] = defaultdict(list)
    for one in levels:
        by_criterion[one.criterion].append(one)
    found = []
    for criterion, rows in sorted(by_criterion.items()):
        people = [row for row in rows if row.rater != MACHINE]
        if people:
            found.append(_agreement(criterion, "people", people))
        if len(people) < len(rows):
            found.append(_agreement(criterion, "people and machine", rows))
    return tuple(found)


def icc(matrix: Matrix) -> tuple[Estimate, Estimate]:
    """ICC(2,1) and ICC(2,k) of levels (candidates × raters, complete), with intervals.

    Source: Shrout & Fleiss (1979), Psychological Bulletin 86, 420-428; McGraw & Wong (1996), Psychological Methods 1,
    30-46, table 7, ICC(A,1), whose limits are carried over to the mean of k raters.
    """
    n, k = matrix.shape
    grand = matrix.mean()
    rows = float(k * ((matrix.mean(axis=1) - grand) ** 2).sum() / (n - 1))
    columns = float(n * ((matrix.mean(axis=0) - grand) ** 2).sum() / (k - 1))
    residual = matrix - matrix.mean(axis=1, keepdims=True) - matrix.mean(axis=0, keepdims=True) + grand
    error = float((residual**2).sum() / ((n - 1) * (k - 1)))
    below_one = rows + (k - 1) * error + k * (columns - error) / n
    below_mean = rows + (columns - error) / n
    if below_one <= 1e-12 or below_mean <= 1e-12:
        return Estimate(None), Estimate(None)
    one, mean = (rows - error) / below_one, (rows - error) / below_mean
    limits = _icc_limits(one, (n, k), (rows, columns, error))
    if limits is None:
        return Estimate(one), Estimate(mean)
    # At a single rater's limit of -1/(k - 1) or less, Spearman-Brown has no value for the mean.
    of_mean = None if 1 + (k - 1) * limits[0] <= 1e-12 else (_of_mean(limits[0], k), _of_mean(limits[1], k))
    return Estimate(one, limits), Estimate(mean, of_mean)


def _icc_limits(one: float, shape: tuple[int, int], squares: tuple[float, float, float]) -> tuple[float, float] | None:
    """The limits of ICC(2,1); None without residual error, where they are not defined."""
    (n, k), (rows, columns, error) = shape, squares
    if error <= 1e-12 or one >= 1:
        return None
    a = k * one / (n * (1 - one))
    b = 1 + k * one * (n - 1) / (n * (1 - one))
    spread = (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    if spread <= 0:
        return None
    v = (a * columns + b * error) ** 2 / spread
    upper_tail = 0.5 + CONFIDENCE / 2
    f_low, f_high = float(f_distribution.ppf(upper_tail, n - 1, v)), float(f_distribution.ppf(upper_tail, v, n - 1))
    rest = k * columns + (k * n - k - n) * error
    low = n * (rows - f_low * error) / (f_low * rest + n * rows)
    high = n * (f_high * rows - error) / (rest + n * f_high * rows)
    return low, high


def _of_mean(one: float, k: int) -> float:
    """The reliability of the mean of `k` raters from that of one (Spearman-Brown)."""
    return k * one / (1 + (k - 1) * one)


def weighted_kappa(first: Matrix, second: Matrix) -> float | None:
    """Quadratic weighted kappa of two raters' levels of the same candidates; None when neither varies.

    With squared distances as weights only moments of the two columns are needed, so that levels may lie between whole
    ones. Source: Cohen (1968), Psychological Bulletin 70, 213-220.
    """
    by_chance = first.var() + second.var() + (first.mean() - second.mean()) ** 2
    return float(1 - ((first - second) ** 2).mean() / by_chance) if by_chance > 1e-12 else None


def _agreement(criterion: str, among: Literal["people", "people and machine"], rows: Sequence[RatedLevel]) -> Agreement:
    by_rater: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        by_rater[row.rater][row.candidate] = row.level
    raters, candidates = complete_block(by_rater)
    pairs = _pairs(by_rater)
    reason: Bilingual | None = None
    single, mean = Estimate(None), Estimate(None)
    if len(raters) >= 2:
        matrix = np.array([[by_rater[rater][candidate] for rater in raters] for candidate in candidates])
        single, mean = icc(matrix)
        reason = _NO_VARIANCE if single.value is None else None
    else:
        reason = _TOO_FEW
    return Agreement(
        criterion=criterion,
        among=among,
        raters=raters,
        candidates=len(candidates),
        icc_2_1=single,
        icc_2_k=mean,
        kappa=_mean_kappa(by_rater, pairs),
        pairs=pairs,
        reason=reason,
    )


def complete_block(by_rater: Mapping[str, Mapping[str, float]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The raters and candidates of the largest complete part of the table (most ratings, then most raters).

    Tried are all sets of raters that occur at a candidate, and all pairs. Empty when no two share two.
    """
    at: dict[str, set[str]] = defaultdict(set)
    for rater, given in by_rater.items():
        for candidate in given:
            at[candidate].add(rater)
    tried = {frozenset(raters) for raters in at.values() if len(raters) >= 2}
    tried |= {frozenset(pair) for pair in combinations(sorted(by_rater), 2)}
    best: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    for raters in sorted(tried, key=lambda s: (-len(s), sorted(s))):
        candidates = tuple(sorted(c for c, found in at.items() if raters <= found))
        if len(candidates) >= LEAST_CANDIDATES and len(candidates) * len(raters) > len(best[0]) * len(best[1]):
            best = (tuple(sorted(raters)), candidates)
    return best


def _pairs(by_rater: Mapping[str, Mapping[str, float]]) -> tuple[PairAgreement, ...]:
    found = []
    for one, other in combinations(sorted(by_rater), 2):
        common = sorted(by_rater[one].keys() & by_rater[other].keys())
        if len(common) >= LEAST_CANDIDATES:
            first, second = (np.array([by_rater[rater][c] for c in common]) for rater in (one, other))
            found.append(PairAgreement((one, other), len(common), weighted_kappa(first, second)))
    return tuple(found)


def _mean_kappa(by_rater: Mapping[str, Mapping[str, float]], pairs: Sequence[PairAgreement]) -> Estimate:
    defined = [pair for pair in pairs if pair.kappa is not None]
    if not defined:
        return Estimate(None)
    total = sum(pair.candidates for pair in defined)
    value = sum((pair.kappa or 0.0) * pair.candidates for pair in defined) / total
    return Estimate(value, _kappa_interval(by_rater, defined))


def _kappa_interval(
    by_rater: Mapping[str, Mapping[str, float]], pairs: Sequence[PairAgreement]
) -> tuple[float, float] | None:
    """The percentile interval of the mean kappa over resampled candidates; None when it is too often undefined."""
    candidates = sorted({candidate for given in by_rater.values() for candidate in given})
    levels = {rater: np.array([given.get(c, np.nan) for c in candidates]) for rater, given in by_rater.items()}
    generator = np.random.default_rng(BOOTSTRAP_SEED)
    draws = generator.integers(0, len(candidates), (BOOTSTRAP_DRAWS, len(candidates)))
    weighted, weights = np.zeros(BOOTSTRAP_DRAWS), np.zeros(BOOTSTRAP_DRAWS)
    for pair in pairs:
        first, second = levels[pair.raters[0]][draws], levels[pair.raters[1]][draws]
        both = ~(np.isnan(first) | np.isnan(second))
        n = both.sum(axis=1)
        first, second = np.where(both, first, 0.0), np.where(both, second, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = first.sum(axis=1) / n, second.sum(axis=1) / n
            variances = (first**2).sum(axis=1) / n - means[0] ** 2 + (second**2).sum(axis=1) / n - means[1] ** 2
            apart = (np.where(both, first - second, 0.0) ** 2).sum(axis=1) / n
            by_chance = variances + (means[0] - means[1]) ** 2
            usable = (n >= LEAST_CANDIDATES) & (by_chance > 1e-9)
            kappa = np.where(usable, 1 - apart / by_chance, 0.0)
        weighted += np.where(usable, kappa * n, 0.0)
        weights += np.where(usable, n, 0)
    defined = weights > 0
    if defined.mean() < MIN_DEFINED_DRAWS:
        return None
    tail = 50 * (1 - CONFIDENCE)
    low, high = np.percentile(weighted[defined] / weights[defined], [tail, 100 - tail])
    return float(low), float(high)
