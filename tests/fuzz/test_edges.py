"""Each door with a few mutated inputs, the same in every run; `make fuzz` goes on for as long as it is told to."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, seed, settings

from include.interview.agreement.ratings_file import read_ratings
from include.interview.errors import BadInput
from include.interview.fairness.sample_file import read_sample
from include.interview.ranking.table import parse_table
from include.interview.records import STAGE_WEIGHTS
from tests.fuzz.edges import EDGES, Edge

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("edge", EDGES, ids=[edge.name for edge in EDGES])
def test_a_door_lets_out_only_sentences(edge: Edge) -> None:
    few = settings(max_examples=20, deadline=None, database=None, suppress_health_check=list(HealthCheck))

    @seed(2026)
    @few
    @given(edge.inputs)
    def take(given_value: object) -> None:
        edge(given_value)

    take()


@pytest.mark.parametrize("data", [b"", b" \n", b",", b",\x00\n\x00", b";;\n;;\n", b'""\n', b"\xef\xbb\xbf,\r\n"])
@pytest.mark.parametrize("read", [read_ratings, read_sample, lambda data, name: parse_table(data, name, STAGE_WEIGHTS)])
def test_a_table_of_nothing_but_delimiters_is_empty(read, data: bytes) -> None:
    """Found by fuzzing: it has lines, and no row."""
    with pytest.raises(BadInput, match=r"t\.csv"):
        read(data, "t.csv")
