"""A row's rank set: where its bar, its notch and the line behind the best k stand."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.ranking.records import RankedCandidate
from include.reporting.rank_sets import rank_axis, rank_set_bar

pytestmark = pytest.mark.unit


def candidate(best: int, rank: int, worst: int) -> RankedCandidate:
    return RankedCandidate("a", rank, 70.0, 2.0, best, worst, 0.5, 0.5, {})


def numbers(pattern: str, svg: str) -> list[tuple[float, ...]]:
    return [tuple(float(value) for value in found.groups()) for found in re.finditer(pattern, svg)]


def test_the_bar_spans_the_set_and_the_dashed_line_ends_the_best_k() -> None:
    svg = rank_set_bar(candidate(2, 3, 4), 5, 3, uid="x", title="Kim: 2 to 4")
    # Five ranks, a fifth of the width each; a bar leaves a tenth of a rank free on both sides.
    assert numbers(r'<rect[^>]* x="([\d.]+)%" width="([\d.]+)%"', svg) == [pytest.approx((22.0, 56.0))]
    dashed = re.findall(r'<line[^>]* x1="([\d.]+)%"[^>]*stroke-dasharray', svg)
    assert [float(at) for at in dashed] == [pytest.approx(60.0)], "between ranks 3 and 4"
    assert 'role="img"' in svg
    assert ">Kim: 2 to 4</title>" in svg


def test_nothing_is_dashed_when_everybody_is_among_the_best() -> None:
    assert "stroke-dasharray" not in rank_set_bar(candidate(1, 1, 2), 2, 3, uid="x", title="A")


@given(st.integers(1, 10_000), st.data())
def test_a_bar_is_inside_its_drawing_and_holds_its_notch(last, data) -> None:
    best = data.draw(st.integers(1, last))
    rank = data.draw(st.integers(best, last))
    worst = data.draw(st.integers(rank, last))
    svg = rank_set_bar(candidate(best, rank, worst), last, 1, uid="x", title="A")
    ((left, width),) = numbers(r'<rect[^>]* x="([\d.]+)%" width="([\d.]+)%"', svg)
    notch = numbers(r'stroke-width="2" x1="([\d.]+)%"', svg)[0][0]
    assert 0.0 <= left <= notch <= left + width + 0.002
    assert left + width <= 100.002


@given(st.integers(1, 10_000))
def test_an_axis_has_a_few_ticks_and_begins_with_the_first_rank(last) -> None:
    ticks = [int(tick) for tick in re.findall(r">(\d+)</text>", rank_axis(last, uid="x", title="A"))]
    assert ticks[0] == 1
    assert len(ticks) <= 8
    assert ticks == sorted(set(ticks))
    assert ticks[-1] <= last
