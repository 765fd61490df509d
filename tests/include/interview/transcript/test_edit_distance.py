"""Edit distance against the textbook's table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.transcript.edit_distance import Edits, distance, edits

pytestmark = pytest.mark.unit

SEQUENCES = st.lists(st.sampled_from("abc"), max_size=12)


def table_distance(a: list[str], b: list[str]) -> int:
    """Wagner and Fischer 1974."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (x != y)))
    return row[-1]


@given(SEQUENCES, SEQUENCES)
def test_both_forms_agree_with_the_table_and_the_operations_lead_from_one_to_the_other(a, b) -> None:
    found = edits(a, b)
    assert found.errors == distance(a, b) == table_distance(a, b)
    assert found.reference == len(a)
    assert len(a) - found.deletions + found.insertions == len(b)
    assert min(found.substitutions, found.deletions, found.insertions) >= 0


def test_operations_by_kind() -> None:
    said = ["we", "moved", "the", "store", "without", "any", "downtime"]
    assert edits(said, ["we", "moved", "the", "stall", "without", "downtime"]) == Edits(7, 1, 1, 0)
    assert edits(said, [*said, "yes"]) == Edits(7, 0, 0, 1)
    assert edits(said, []).rate == 1.0
    assert edits([], said).rate is None


def test_an_hour_of_words_takes_a_moment() -> None:
    said = [str(n * 7919 % 1000) for n in range(9000)]
    assert edits(said, said[:100] + said[101:]) == Edits(9000, 0, 1, 0)
