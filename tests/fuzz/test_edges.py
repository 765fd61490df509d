"""Each door with a few mutated inputs, the same in every run; `make fuzz` goes on for as long as it is told to."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, seed, settings

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
