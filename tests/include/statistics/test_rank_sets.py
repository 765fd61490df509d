"""Rank sets against independent references: Tukey's range distribution, brute force over pairs, simulated truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import studentized_range

from include.statistics.rank_sets import (
    _restricted_critical,
    interval_half_width,
    method_for,
    rank_sets,
)
from include.statistics.simultaneous import (
    DRAWS,
    error_blocks,
    interval_sum,
    largest_differences,
    quantile_rank,
    sidak_half_width,
    studentised,
    upper_maxima,
)

pytestmark = pytest.mark.unit


def brute_force(errors, sems, scale, settled=None):
    """Per draw the largest scaled difference over all ordered pairs that are not settled, pair by pair."""
    divisors = scale(sems[:, None], sems[None, :])
    found = []
    for row in errors:
        ratios = np.where(divisors > 0, (row[:, None] - row[None, :]) / np.where(divisors > 0, divisors, 1), 0.0)
        found.append(ratios[np.ones_like(divisors, bool) if settled is None else ~settled].max())
    return np.array(found)


@pytest.mark.parametrize("scale", [studentised, interval_sum])
@pytest.mark.parametrize("sems", [[3.0] * 12, [0.0, 0.0, 1.0, 2.0, 2.0, 5.0], [0.0] * 4, [2.0]])
def test_the_largest_difference_is_found_without_visiting_pairs(sems, scale):
    sems = np.array(sems)
    errors = np.random.default_rng(3).normal(size=(200, len(sems))) * sems
    np.testing.assert_allclose(largest_differences(errors, sems, scale), brute_force(errors, sems, scale), rtol=1e-12)


@pytest.mark.parametrize("scale", [studentised, interval_sum])
@pytest.mark.parametrize("sems", [np.linspace(2, 4, 40), np.full(9, 3.0), np.array([0.0, 0.0, 1.0, 8.0]), np.zeros(3)])
def test_high_quantiles_need_few_exact_maxima(sems, scale):
    errors = np.random.default_rng(8).normal(size=(DRAWS, len(sems))) * sems
    exact, place = largest_differences(errors, sems, scale), quantile_rank(DRAWS)
    found = upper_maxima(errors, sems, scale, place)
    assert (found >= exact - 1e-12).all()
    np.testing.assert_allclose(np.sort(found)[place - 1 :], np.sort(exact)[place - 1 :], rtol=1e-12)


@pytest.mark.parametrize("count", [2, 5, 20, 100])
def test_with_equal_errors_the_critical_value_is_tukeys(count):
    found = rank_sets(np.zeros(count), np.full(count, 3.0), "exact").critical * np.sqrt(2)
    low, high = (studentized_range.ppf(level, count, np.inf) for level in (0.95, 0.975))
    assert low < found < high  # the upper limit of the simulated quantile, so above the level asked for
    # The interval form is as narrow when errors are equal.
    assert interval_half_width(np.full(count, 3.0)) * 2 == pytest.approx(found, rel=1e-9)


def test_stepping_down_restricts_the_maximum_to_what_is_open():
    sems = np.linspace(1.0, 3.0, 15)
    errors = np.concatenate(list(error_blocks(sems)))
    maxima = brute_force(errors, sems, studentised)
    place = quantile_rank(DRAWS)
    critical = np.sort(maxima)[place - 1]
    settled = np.triu(np.ones((15, 15), dtype=bool), 4)
    expected = np.sort(np.maximum(brute_force(errors, sems, studentised, settled), 0.0))[place - 1]
    divisors = studentised(sems[:, None], sems[None, :])
    assert _restricted_critical(errors, divisors, maxima, settled, critical) == pytest.approx(expected, rel=1e-12)
    assert expected < critical


def truth(values):
    """Best and worst true ranks: ties share the ranks they fill."""
    return 1 + (values[:, None] > values[None, :]).sum(0), len(values) - (values[:, None] < values[None, :]).sum(0)


@pytest.mark.parametrize("method", ["exact", "interval"])
def test_the_sets_cover_the_true_ranks(method):
    """100 openings; `./triview bench` counts 1,000. Below 95 % - 3 SD of a binomial only 1 time in 1,000."""
    rng, covered, openings = np.random.default_rng(20261128), 0, 100
    for number in range(openings):
        count = int(rng.integers(5, 60))
        true = [rng.normal(65, 8, count), np.full(count, 60.0), np.round(rng.normal(65, 8, count) / 4) * 4][number % 3]
        sems = np.sort(rng.uniform(2.0, 4.0, count))
        sets = rank_sets(true + rng.normal(size=count) * sems, sems, method)
        best, worst = truth(true)
        covered += bool(((sets.best <= best) & (sets.worst >= worst)).all())
    assert covered >= 89


def test_the_interval_form_agrees_with_the_exact_one_on_the_same_data():
    rng = np.random.default_rng(5)
    sems = np.sort(rng.uniform(2.0, 4.0, 400))
    values = rng.normal(65, 8, 400)
    exact, interval = rank_sets(values, sems, "exact"), rank_sets(values, sems, "interval")
    widths = [(sets.worst - sets.best).mean() for sets in (exact, interval)]
    assert widths[1] == pytest.approx(widths[0], rel=0.05)
    assert np.abs(exact.best - interval.best).mean() < 10
    assert interval.critical < sidak_half_width(400)


def test_exact_values_are_ranked_exactly_and_ties_share():
    sets = rank_sets(np.array([3.0, 1.0, 3.0, 2.0]), np.zeros(4))
    assert sets.best.tolist() == [1, 4, 1, 3]
    assert sets.worst.tolist() == [2, 4, 2, 3]


def test_one_candidate_and_the_form_by_size():
    assert rank_sets(np.array([50.0]), np.array([2.0])).worst.tolist() == [1]
    assert (method_for(2_000), method_for(2_001)) == ("exact", "interval")


openings = st.integers(2, 25).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(0, 100, width=32), min_size=n, max_size=n),
        st.lists(st.sampled_from([0.0, 1.0, 2.0, 2.5, 4.0, 90.0]), min_size=n, max_size=n),
        st.integers(0, n - 1),
        st.floats(0.5, 40),
    )
)


@settings(max_examples=40)
@given(openings)
def test_a_set_holds_the_rank_of_the_estimate(opening):
    values, sems = np.array(opening[0]), np.sort(np.array(opening[1]))
    for method in ("exact", "interval"):
        sets = rank_sets(values, sems, method)
        best, worst = truth(values)
        assert ((sets.best <= best) & (worst <= sets.worst)).all()


@settings(max_examples=40)
@given(openings)
def test_a_better_score_never_makes_the_interval_form_worse(opening):
    values, sems = np.array(opening[0]), np.sort(np.array(opening[1]))
    better = values.copy()
    better[opening[2]] += opening[3]
    before, after = rank_sets(values, sems, "interval"), rank_sets(better, sems, "interval")
    assert after.best[opening[2]] <= before.best[opening[2]]
    assert after.worst[opening[2]] <= before.worst[opening[2]]


@settings(max_examples=60)
@given(openings)
def test_a_better_score_never_makes_the_exact_form_worse(opening):
    values, sems = np.array(opening[0]), np.sort(np.array(opening[1]))
    better = values.copy()
    better[opening[2]] += opening[3]
    before, after = rank_sets(values, sems, "exact"), rank_sets(better, sems, "exact")
    assert after.best[opening[2]] <= before.best[opening[2]]
    assert after.worst[opening[2]] <= before.worst[opening[2]]
