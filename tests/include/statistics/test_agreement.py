"""Agreement against published worked examples and another implementation."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from include.interview.agreement.records import RatedLevel
from include.statistics.agreement import agreements, icc, weighted_kappa

pytestmark = pytest.mark.unit

SHROUT_FLEISS = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float
)
"""Shrout & Fleiss (1979), table 2: six targets, four judges."""


def rows(matrix, criterion="x", names="abcdefgh"):
    return [
        RatedLevel(f"c{i}", names[j], criterion, float(level))
        for i, line in enumerate(matrix)
        for j, level in enumerate(line)
        if not np.isnan(level)
    ]


def test_intraclass_correlations_of_the_published_example():
    one, mean = icc(SHROUT_FLEISS)
    assert (one.value, mean.value) == (pytest.approx(0.29, abs=0.005), pytest.approx(0.62, abs=0.005))
    assert one.interval == pytest.approx((0.019, 0.761), abs=0.002), "as McGraw & Wong's formula gives for these data"
    assert mean.interval == pytest.approx((0.072, 0.927), abs=0.002)


def test_intervals_of_the_correlation_hold_what_they_promise():
    generator = np.random.default_rng(7)
    inside = 0
    for _ in range(400):
        people, judges = generator.normal(0, 1, (25, 1)), generator.normal(0, 0.5, (1, 4))
        low, high = icc(3 + people + judges + generator.normal(0, 0.7, (25, 4)))[0].interval
        inside += low <= 1 / (1 + 0.25 + 0.49) <= high
    assert 0.92 <= inside / 400 <= 0.98


def test_kappa_of_a_published_two_by_two_table_and_of_random_ones():
    first = np.repeat([1.0, 1.0, 0.0, 0.0], [20, 5, 10, 15])
    second = np.repeat([1.0, 0.0, 1.0, 0.0], [20, 5, 10, 15])
    assert weighted_kappa(first, second) == pytest.approx(0.40), "with two categories weights change nothing"
    generator = np.random.default_rng(11)
    for _ in range(200):
        a = generator.integers(1, 6, 30)
        b = np.clip(a + generator.integers(-1, 2, 30), 1, 5)
        expected = cohen_kappa_score(a, b, weights="quadratic", labels=[1, 2, 3, 4, 5])
        assert weighted_kappa(a.astype(float), b.astype(float)) == pytest.approx(expected, abs=1e-12)


def test_kappas_bootstrap_interval_is_seeded_and_holds_the_truth():
    generator = np.random.default_rng(2)
    quality = generator.normal(3, 1, (60, 1))
    matrix = np.clip(np.round(quality + generator.normal(0, 0.6, (60, 2))), 1, 5)
    (found,) = agreements(rows(matrix))
    assert agreements(rows(matrix)) == (found,)
    low, high = found.kappa.interval
    assert low < found.kappa.value < high
    large = np.clip(np.round(generator.normal(3, 1, (20_000, 1)) + generator.normal(0, 0.6, (20_000, 2))), 1, 5)
    assert low < weighted_kappa(large[:, 0], large[:, 1]) < high


def test_an_incomplete_table_uses_its_largest_complete_part():
    matrix = np.array([[1, 2, np.nan], [4, 4, 5], [3, 3, np.nan], [5, 4, np.nan], [2, 2, 2]], dtype=float)
    (found,) = agreements(rows(matrix))
    assert (found.raters, found.candidates) == (("a", "b"), 5)
    assert [(p.raters, p.candidates) for p in found.pairs] == [(("a", "b"), 5), (("a", "c"), 2), (("b", "c"), 2)]


def test_the_machine_is_kept_apart_from_people():
    matrix = np.array([[1, 2, 1], [4, 4, 5], [3, 3, 3], [5, 4, 4]], dtype=float)
    people, everybody = agreements(rows(matrix, names=["a", "b", "machine"]))
    assert (people.among, people.raters) == ("people", ("a", "b"))
    assert (everybody.among, everybody.raters) == ("people and machine", ("a", "b", "machine"))


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [([[3, 3], [3, 3]], "do not vary"), ([[3, 4]], "at least two candidates"), ([[3], [4]], "at least two candidates")],
)
def test_what_is_not_defined_is_said(matrix, sentence):
    (found,) = agreements(rows(np.array(matrix, dtype=float)))
    assert found.icc_2_1.value is None
    assert sentence in found.reason.en


def test_an_interval_holds_its_value_or_is_not_given():
    """Few candidates and raters who disagree: there the limit of one rater has no counterpart for the mean."""
    generator, without = np.random.default_rng(5), 0
    for _ in range(1_000):
        shape = (int(generator.integers(3, 9)), int(generator.integers(2, 4)))
        one, mean = icc(generator.integers(1, 6, shape).astype(float))
        assert one.interval is None or one.interval[0] <= one.interval[1]
        without += one.interval is not None and mean.interval is None
        if mean.interval is not None:
            assert mean.interval[0] <= mean.value <= mean.interval[1], (one, mean)
    assert without
