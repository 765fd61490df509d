"""The small tests against SciPy, and against simulated series of known dependence."""

from __future__ import annotations

import random
from statistics import fmean

import pytest
from scipy import stats

from include.interview.voice.rank_test import (
    LEAST_DEPENDENCE,
    dependence,
    inflation,
    midranks,
    one_against_others_p,
    rank_sum_p,
    student_p,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("degrees", [1, 2, 3, 6, 7, 14])
@pytest.mark.parametrize("t", [0.0, 0.3, 1.0, 2.5, 9.0])
def test_student_s_p_is_scipy_s(t: float, degrees: int) -> None:
    assert student_p(t, degrees) == pytest.approx(2 * stats.t.sf(t, degrees), abs=1e-12)


@pytest.mark.parametrize("ties", [False, True])
def test_rank_sum_is_scipy_s(ties: bool) -> None:
    rng = random.Random(7)  # noqa: S311 - simulation
    for _ in range(20):
        first = [rng.gauss(0, 2) for _ in range(20)]
        second = [rng.gauss(1, 2) for _ in range(7)]
        if ties:
            first, second = [round(x) for x in first], [round(x) for x in second]
        expected = stats.mannwhitneyu(first, second, method="asymptotic", use_continuity=True).pvalue
        assert rank_sum_p(first, second) == pytest.approx(max(expected, 2 / 888_030), abs=1e-12)


def test_ranks_cannot_say_more_than_their_number_allows() -> None:
    assert rank_sum_p([1.0, 2.0, 3.0], [9.0]) >= 2 / 4
    assert rank_sum_p([1.0] * 9, [1.0] * 4) == 1.0
    with pytest.raises(ValueError, match="values"):
        rank_sum_p([], [1.0])


def test_one_value_against_others_is_the_prediction_interval() -> None:
    others = [0.2, -0.1, 0.4, 0.0, 0.3, 0.1]
    edge = fmean(others) + stats.t.ppf(0.975, 5) * stats.tstd(others) * (1 + 1 / 6) ** 0.5
    assert one_against_others_p(edge, others) == pytest.approx(0.05, abs=1e-9)
    assert one_against_others_p(5.0, [1.0, 1.0, 1.0]) == 1.0


def test_dependence_is_seldom_underestimated() -> None:
    rng = random.Random(3)  # noqa: S311 - simulation
    for rho in (0.2, 0.4):
        found = []
        for _ in range(200):
            x, series = rng.gauss(0, 1), []
            for _ in range(24):
                series.append(x)
                x = rho * x + (1 - rho**2) ** 0.5 * rng.gauss(0, 1)
            found.append(dependence(series))
        assert fmean(found) > rho
        assert sum(f < rho for f in found) / 200 < 0.35
    assert dependence([1.0] * 12) == LEAST_DEPENDENCE


def test_inflation_is_that_of_the_mean_of_an_autoregression() -> None:
    rng = random.Random(5)  # noqa: S311 - simulation
    means = []
    for _ in range(8_000):
        x, total = rng.gauss(0, 1), 0.0
        for _ in range(6):
            total += x
            x = 0.5 * x + 0.75**0.5 * rng.gauss(0, 1)
        means.append(total / 6)
    assert sum(m**2 for m in means) / 8_000 * 6 == pytest.approx(inflation(0.5, 6), rel=0.05)
    assert inflation(0.0, 6) == 1.0


def test_equal_values_share_their_rank() -> None:
    assert midranks([3.0, 1.0, 3.0, 2.0]) == [3.5, 1.0, 3.5, 2.0]
