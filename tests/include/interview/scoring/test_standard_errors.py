"""Errors of sums of criteria that rest on the same answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.records import Bilingual, CriterionScore, JudgeIdentity, Judgement
from include.interview.scoring.standard_errors import covariance, standing_out, weighted_error

pytestmark = pytest.mark.unit

JUDGE = JudgeIdentity("judge", "offline", "m", "1")


def line(name: str, score: float, sem: float | None, left_out: dict[str, float] | None = None) -> CriterionScore:
    """A scored line; `left_out` in levels."""
    judged = Judgement(name, 0, 1 + 4 * score, JUDGE, Bilingual("", ""), left_out=left_out or {})
    return CriterionScore(name, "scored", 25.0, 25.0, score=score, level=1 + 4 * score, sem=sem, judgements=(judged,))


def jackknifed(name: str, levels: list[float]) -> CriterionScore:
    """A line whose SEM is the plain jackknife's of the leave-one-answer-out `levels`."""
    n = len(levels)
    sem = math.sqrt((n - 1) / n * sum((x - sum(levels) / n) ** 2 for x in levels)) / 4
    return line(name, 0.5, sem, {f"u{i}": x for i, x in enumerate(levels)})


levels = st.lists(st.floats(1.5, 4.5), min_size=5, max_size=5)


@given(levels, levels, st.floats(0.1, 50), st.floats(0.1, 50))
def test_the_error_of_a_sum_is_the_jackknife_of_the_sum_over_answers(
    first: list[float], second: list[float], a: float, b: float
) -> None:
    found = weighted_error([jackknifed("x", first), jackknifed("y", second)], [a, b])
    total = (a * np.array(first) + b * np.array(second)) / 4
    expected = math.sqrt((len(total) - 1) / len(total) * float(np.sum((total - total.mean()) ** 2)))
    if np.ptp(first) > 1e-6 and np.ptp(second) > 1e-6:
        assert found == pytest.approx(expected, abs=1e-6)


def test_lines_that_move_together_err_together_and_others_do_not() -> None:
    moved = {"u1": 2.0, "u2": 3.0, "u3": 4.0}
    together = [line(n, 0.5, 0.1, moved) for n in "abcd"]
    assert weighted_error(together, [25.0] * 4) == pytest.approx(10.0)
    alone = [line(n, 0.5, 0.1) for n in "abcd"]
    assert weighted_error(alone, [25.0] * 4) == pytest.approx(5.0)
    assert weighted_error([*together[:2], line("e", 0.5, 0.1)], [1.0] * 3) == pytest.approx(0.1 * math.sqrt(5))


def test_answers_that_another_line_does_not_read_are_independent_of_it() -> None:
    first, second = line("a", 0.5, 0.1, {"u1": 2.0, "u2": 4.0}), line("b", 0.5, 0.1, {"u3": 2.0, "u4": 4.0})
    errors = covariance([first, second])
    assert errors is not None
    assert errors[0][1] == 0.0
    assert errors[0][0] == pytest.approx(0.01)


def test_shared_answers_that_move_nothing_are_not_taken_for_independence() -> None:
    still = [line(n, 0.5, 0.1, {"u1": 3.0, "u2": 3.0}) for n in "ab"]
    assert weighted_error(still, [1.0, 1.0]) == pytest.approx(0.2)


def test_an_unknown_error_leaves_the_sum_unknown() -> None:
    lines = [line("a", 0.9, 0.1), line("b", 0.1, None)]
    assert covariance(lines) is None
    assert weighted_error(lines, [1.0, 1.0]) is None
    assert standing_out(lines) == {}


def test_a_line_stands_out_only_beyond_1_64_standard_errors_of_its_difference() -> None:
    # Four independent lines: SED from the mean = 0.1 * sqrt(3/4) = 0.0866, times 1.64 = 0.142.
    def four(first: float) -> dict[str, int]:
        return standing_out([line("a", first, 0.1), *(line(n, 0.5, 0.1) for n in "bcd")])

    assert four(0.5 + 0.142 * 4 / 3 - 0.003) == {}
    assert four(0.5 + 0.142 * 4 / 3 + 0.003) == {"a": 1}
    assert four(0.5 - 0.142 * 4 / 3 - 0.003) == {"a": -1}
    assert standing_out([line("a", 0.9, 0.01)]) == {}


def test_lines_that_err_together_are_told_apart_sooner() -> None:
    moved = {"u1": 2.0, "u2": 3.0, "u3": 4.0, "u4": 3.0}
    close = [line("a", 0.6, 0.1, moved), line("b", 0.5, 0.1, moved)]
    assert standing_out(close) == {"a": 1, "b": -1}


def test_from_two_answers_no_sum_is_surer_than_independent_lines_and_no_difference_either() -> None:
    """Two answers give a correlation of 1 or -1 whatever is true; independence is 0.1 * sqrt(2) here."""
    opposite = [line("a", 0.5, 0.1, {"u1": 2.0, "u2": 4.0}), line("b", 0.5, 0.1, {"u1": 4.0, "u2": 2.0})]
    assert weighted_error(opposite, [1.0, 1.0]) == pytest.approx(0.1 * math.sqrt(2))
    alike = [line("a", 0.9, 0.1, {"u1": 2.0, "u2": 4.0}), line("b", 0.6, 0.1, {"u1": 2.0, "u2": 4.0})]
    assert weighted_error(alike, [1.0, 1.0]) == pytest.approx(0.2)
    # The mean is 0.75: 0.15 above it, SED 0.1 / sqrt(2) = 0.0707, times 1.64 = 0.116; told apart, but at 0.1 it is not.
    assert standing_out(alike) == {"a": 1, "b": -1}
    nearer = [line("a", 0.8, 0.1, {"u1": 2.0, "u2": 4.0}), line("b", 0.6, 0.1, {"u1": 2.0, "u2": 4.0})]
    assert standing_out(nearer) == {}
