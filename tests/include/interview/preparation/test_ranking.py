"""What is asked first: the information expected of a question, and the order it gives."""

from __future__ import annotations

import math
from statistics import NormalDist

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.preparation.ranking import (
    ANSWER_VARIANCE,
    CODES,
    PRIOR_VARIANCE,
    information,
    ranked,
    variance_after,
    variance_given_sem,
    variance_of_divergence,
)
from include.interview.preparation.records import Matter
from include.judgement.offline import ANSWER_SPREAD

pytestmark = pytest.mark.unit

CRITERIA = ("leadership", "strategic_thinking", "experience", "culture_fit")
weights = st.floats(0.01, 1.0)
variances = st.floats(0.01, 4.0)


def matters(n: int = 12) -> st.SearchStrategy[list[Matter]]:
    one = st.builds(
        Matter,
        id=st.uuids().map(str),
        code=st.sampled_from(CODES),
        criterion=st.sampled_from(CRITERIA),
        anchor=st.integers(3, 5),
        weight=weights,
        variance=variances,
    )
    return st.lists(one, max_size=n, unique_by=lambda m: m.id)


def entropy(variance: float) -> float:
    """Differential entropy of a normal in nats, integrated over its quantiles: independent of the formula used."""
    normal, n = NormalDist(0.0, math.sqrt(variance)), 4000
    return -sum(math.log(normal.pdf(normal.inv_cdf((i + 0.5) / n))) for i in range(n)) / n


@pytest.mark.parametrize("variance", [0.1, 0.64, 1.0, 2.25])
def test_information_is_the_entropy_an_answer_takes_away(variance: float) -> None:
    lost = entropy(variance) - entropy(variance_after(1, variance))
    assert information(1.0, variance) == pytest.approx(lost, abs=1e-6)


def test_the_variance_of_an_answer_is_that_of_the_offline_judge() -> None:
    assert pytest.approx(ANSWER_SPREAD**2) == ANSWER_VARIANCE


@given(weights, variances, st.floats(1.01, 3.0))
def test_more_unknown_or_more_weight_tells_more(weight: float, variance: float, more: float) -> None:
    assert information(weight, variance * more) > information(weight, variance) > 0
    assert information(weight * more, variance) == pytest.approx(more * information(weight, variance))


@given(st.integers(0, 20), variances)
def test_every_answer_narrows(answers: int, variance: float) -> None:
    assert 0 < variance_after(answers + 1, variance) < variance_after(answers, variance) <= variance * (1 + 1e-12)
    assert variance_after(answers + 1, variance) == pytest.approx(variance_after(1, variance_after(answers, variance)))


@given(st.floats(0.05, 3.0))
def test_a_judged_level_is_known_better_than_none(sem: float) -> None:
    assert variance_given_sem(sem) < min(PRIOR_VARIANCE, sem**2)


def test_two_ratings_apart_have_the_variance_of_two_values() -> None:
    assert variance_of_divergence(2.0) == 1.0  # of 2 and 4: mean 3, mean square distance 1


@given(matters(), st.randoms())
def test_the_order_does_not_depend_on_how_matters_came(found: list[Matter], random) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    assert ranked(found) == ranked(shuffled)
    assert sorted(m.id for m in ranked(found)) == sorted(m.id for m in found)


@given(matters())
def test_the_first_question_tells_most(found: list[Matter]) -> None:
    if found:
        most = max(information(m.weight, m.variance) for m in found)
        first = ranked(found)[0]
        assert information(first.weight, first.variance) == pytest.approx(most, abs=1e-8)


def test_questions_spread_over_equal_criteria() -> None:
    many = [Matter(f"{c}-{i}", "untold", c, 4, 0.25, 1.0) for c in CRITERIA for i in range(5)]
    first_eight = [m.criterion for m in ranked(many)[:8]]
    assert {c: first_eight.count(c) for c in CRITERIA} == dict.fromkeys(CRITERIA, 2)


def test_of_equal_matters_what_only_the_candidate_can_clear_up_comes_first() -> None:
    alike = [Matter(code, code, "experience", 4, 0.25, 1.0) for code in reversed(CODES)]
    assert ranked(alike)[0].code == "contradiction"


def test_a_lower_anchor_is_asked_for_before_a_higher_one() -> None:
    high = Matter("a", "untold", "leadership", 5, 0.25, 1.0)
    assert ranked([high, msgspec.structs.replace(high, id="b", anchor=3)])[0].anchor == 3
