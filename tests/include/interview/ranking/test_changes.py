"""Changes of some people are those of everybody, filtered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.ranking.records import RankedCandidate, Ranking, Snapshot, SnapshotInput
from include.interview.ranking.snapshots import changes

pytestmark = pytest.mark.unit
PEOPLE = ("a", "b", "c", "d", "e")


def snapshot(scores: dict[str, int]) -> Snapshot:
    order = sorted(scores, key=lambda one: (-scores[one], one))
    ranked = tuple(
        RankedCandidate(one, place + 1, float(scores[one]), 1.0, 1, len(order), 0.5, 0.5, {"ai": float(scores[one])})
        for place, one in enumerate(order)
    )
    inputs = tuple(SnapshotInput(one, "ai", f"card-{one}", str(scores[one]), 1.0, 1.0, "p") for one in order)
    return Snapshot(
        "o", "2026", "1", None, {"ai": 100.0}, 2, inputs, "x", Ranking(ranked, 2, "exact", 2.0, {"ai": 100.0})
    )


scores = st.dictionaries(st.sampled_from(PEOPLE), st.integers(0, 3), min_size=1)


@given(scores, scores, st.frozensets(st.sampled_from(PEOPLE)))
def test_changes_among_some_are_those_of_all_about_them(before, after, among) -> None:
    old, new = snapshot(before), snapshot(after)
    everybody = [one for one in changes(old, new) if one.cause != "left"]
    assert list(changes(old, new, among)) == [one for one in everybody if one.id in among]
