"""Rank bands: overlapping intervals share a band, cards of different rules share nothing."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.errors import BadInput
from include.interview.ranking.bands import rank_bands
from tests.support.record_builders import card

pytestmark = pytest.mark.unit


def ids(bands):
    return [[c.interview_id for c in band] for band in bands]


def test_overlapping_intervals_share_a_band():
    cards = [card("a", 80, 3), card("b", 76, 2), card("c", 60, 2), card("d", 40, 1)]
    assert ids(rank_bands(cards)) == [["a", "b"], ["c"], ["d"]]


def test_chains_of_overlaps_stay_together_and_touching_counts():
    assert ids(rank_bands([card("a", 80, 5), card("b", 72, 5), card("c", 64, 5)])) == [["a", "b", "c"]]
    assert ids(rank_bands([card("a", 80, 5), card("b", 70, 5)])) == [["a", "b"]]


def test_a_wide_interval_joins_what_lies_inside_it():
    assert ids(rank_bands([card("a", 70, 0), card("b", 60, 20), card("c", 50, 0)])) == [["a", "b", "c"]]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 15)), max_size=12), st.randoms())
def test_bands_are_the_connected_components_of_overlap(pairs, random):
    cards = [card(f"i{n:02d}", total, sem) for n, (total, sem) in enumerate(pairs)]
    # Independent reference: union-find over all pairs that overlap.
    parent = {c.interview_id: c.interview_id for c in cards}

    def root(id_):
        while parent[id_] != id_:
            id_ = parent[id_]
        return id_

    for a, b in combinations(cards, 2):
        if abs(a.total - b.total) <= a.total_sem + b.total_sem:
            parent[root(a.interview_id)] = root(b.interview_id)
    expected = {}
    for c in cards:
        expected.setdefault(root(c.interview_id), set()).add(c.interview_id)
    bands = rank_bands(cards)
    assert {frozenset(c.interview_id for c in band) for band in bands} == {frozenset(g) for g in expected.values()}
    for upper, lower in pairwise(bands):
        assert min(c.total - c.total_sem for c in upper) > max(c.total + c.total_sem for c in lower)
    random.shuffle(cards)
    assert rank_bands(cards) == bands


@pytest.mark.parametrize(
    "other",
    [{"profile": "eu"}, {"rubric_version": "2"}, {"stage": "executive"}, {"scope": "words"}],
)
def test_cards_of_different_rules_never_share_a_ranking(other):
    with pytest.raises(BadInput, match="cannot share a ranking"):
        rank_bands([card("a", 80, 1), card("b", 70, 1, **other)])


def test_only_complete_cards_with_a_known_error_are_ranked_once_each():
    with pytest.raises(BadInput, match="incomplete"):
        rank_bands([card("a", None, None, status="incomplete")])
    with pytest.raises(BadInput, match="standard error"):
        rank_bands([card("a", 50, None)])
    with pytest.raises(BadInput, match="two cards"):
        rank_bands([card("a", 50, 1), card("a", 60, 1)])
    assert rank_bands([]) == ()
