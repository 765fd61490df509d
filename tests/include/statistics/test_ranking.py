"""The ranking of an opening: chances against integrals, order invariance, reproducibility, bad luck with ties."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from include.interview.ranking.records import Entrant, StageScore
from include.statistics.ranking import not_apart, not_apart_counts, not_apart_firsts, not_apart_lists, rank
from include.statistics.top_places import top_chances, weight_sensitivity

pytestmark = pytest.mark.unit
WEIGHTS = {"ai": 40.0, "practical": 30.0, "executive": 30.0}


def entrant(name, *scores, sem=2.0):
    return Entrant(name, {stage: StageScore(score, sem) for stage, score in zip(WEIGHTS, scores, strict=True)})


def test_a_chance_of_the_first_place_is_the_integral():
    values, sems = np.array([70.0, 68.0, 66.0, 60.0]), np.array([1.0, 2.0, 3.0, 4.0])
    found = top_chances(values, sems, 1)
    for own in range(4):
        others = [i for i in range(4) if i != own]
        value, _ = quad(
            lambda x, own=own, others=others: (
                norm.pdf(x, values[own], sems[own]) * math.prod(norm.cdf(x, values[i], sems[i]) for i in others)
            ),
            30,
            100,
        )
        assert found[own] == pytest.approx(value, abs=0.015)


@given(st.floats(-20, 20), st.floats(0.1, 10), st.floats(0.1, 10))
@settings(max_examples=100, deadline=None)
def test_the_chance_between_two_is_that_of_their_difference(lead, first, second):
    sems = np.sort([first, second])
    found = top_chances(np.array([50.0 + lead, 50.0]), sems, 1)
    assert found[0] == pytest.approx(norm.cdf(lead / math.hypot(first, second)), abs=0.03)


def test_chances_of_k_places_against_counting():
    rng = np.random.default_rng(9)
    sems = np.sort(rng.uniform(1, 4, 40))
    values = rng.normal(65, 8, 40)
    drawn = values + rng.normal(size=(20_000, 40)) * sems
    counted = (drawn >= np.partition(drawn, 35, axis=1)[:, 35, None]).mean(axis=0)
    np.testing.assert_allclose(top_chances(values, sems, 5), counted, atol=0.03)


def test_equal_exact_scores_share_the_places_by_lot():
    np.testing.assert_allclose(top_chances(np.full(4, 50.0), np.zeros(4), 1), 0.25, atol=0.04)
    np.testing.assert_allclose(top_chances(np.array([3.0, 2.0, 1.0]), np.zeros(3), 2), [1, 1, 0])


def test_sensitivity_tells_who_depends_on_the_weights():
    scores = np.array([[90.0, 90.0], [95.0, 40.0], [40.0, 95.0], [10.0, 10.0]])
    found = weight_sensitivity(scores, np.array([50.0, 50.0]), 2)
    assert found[0] == 1.0
    assert found[3] == 0.0
    assert 0.3 < found[1] < 0.7
    assert weight_sensitivity(scores, np.array([100.0, 0.0]), 1).tolist() == [0, 1, 0, 0]


def _apart(a, b, critical):
    """The rule of the exact form for one pair, as it is written down."""
    return abs(a.composite - b.composite) > critical * math.sqrt(a.sem**2 + b.sem**2)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(*[st.integers(0, 100)] * 3, st.sampled_from([0.0, 1.5, 3.0])), min_size=1, max_size=20),
    st.randoms(use_true_random=False),
)
def test_the_ranking_does_not_depend_on_the_order_given(rows, shuffler):
    entrants = [entrant(f"c{i:02d}", *row[:3], sem=row[3]) for i, row in enumerate(rows)]
    first = rank(entrants, WEIGHTS, 3)
    shuffler.shuffle(entrants)
    assert rank(entrants, WEIGHTS, 3) == first
    assert [c.composite for c in first.candidates] == sorted((c.composite for c in first.candidates), reverse=True)
    for one in first.candidates:
        scores, whole = next(e for e in entrants if e.id == one.id).stages, sum(WEIGHTS.values())
        total = sum(weight * scores[stage].total for stage, weight in WEIGHTS.items()) / whole
        variance = sum((weight * scores[stage].sem / whole) ** 2 for stage, weight in WEIGHTS.items())
        assert one.composite == pytest.approx(total, abs=1e-8)
        assert one.sem == pytest.approx(math.sqrt(variance))
        assert math.fsum(one.stages.values()) == pytest.approx(one.composite, abs=1e-8)
    assert math.fsum(c.p_top_k for c in first.candidates) == pytest.approx(min(3, len(rows)), abs=0.2)
    assert not_apart_lists(first) == [list(not_apart(first, c.id)) for c in first.candidates]
    for a in first.candidates:
        near = [b.id for b in first.candidates if b is not a and not _apart(a, b, first.critical)]
        assert list(not_apart(first, a.id)) == near
    assert not_apart_counts(first) == [len(others) for others in not_apart_lists(first)]
    for most in (0, 2, len(rows)):
        assert list(not_apart_firsts(first, most)) == [tuple(others[:most]) for others in not_apart_lists(first)]


def test_a_better_score_never_lowers_the_chance():
    rng = random.Random(4)  # noqa: S311
    rows = [entrant(f"c{i}", *(rng.uniform(50, 80) for _ in WEIGHTS), sem=rng.choice([1.0, 3.0])) for i in range(30)]
    before = {c.id: c.p_top_k for c in rank(rows, WEIGHTS, 5).candidates}
    for i in (0, 7, 29):
        raised = {stage: StageScore(s.total + 2, s.sem) for stage, s in rows[i].stages.items()}
        changed = [*rows[:i], Entrant(rows[i].id, raised), *rows[i + 1 :]]
        after = {c.id: c.p_top_k for c in rank(changed, WEIGHTS, 5).candidates}
        assert after[rows[i].id] >= before[rows[i].id]


def test_sums_of_the_same_parts_are_one_value():
    one, other = entrant("a", 70, 80, 90, sem=0.0), entrant("b", 70, 90, 80, sem=0.0)
    first, second = rank([one, other], WEIGHTS, 1).candidates
    assert (first.rank, second.rank, first.best, first.worst, second.best) == (1, 1, 1, 2, 1)


def test_nobody_and_everybody_alike():
    assert rank([], WEIGHTS, 3).candidates == ()
    alike = rank([entrant(name, 60, 60, 60) for name in "abc"], WEIGHTS, 2)
    assert {(c.rank, c.best, c.worst) for c in alike.candidates} == {(1, 1, 3)}
