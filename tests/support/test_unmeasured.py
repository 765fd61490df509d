"""Which tests run without being measured by coverage."""

from __future__ import annotations

import pytest

from tests.support.unmeasured import unmeasured

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("nodeid", "markers", "expected"),
    [
        ("tests/include/judgement/test_offline_ladder.py::test_a", {"slow"}, True),
        ("tests/include/statistics/test_rank_sets.py::test_a", {"slow", "unit"}, True),
        ("tests/include/judgement/test_keywords.py::test_a", {"unit"}, False),
        ("tests/tasks/ranking/test_flow.py::test_a", {"slow"}, False),
    ],
)
def test_only_slow_tests_of_domain_and_judge_are_left_out(nodeid: str, markers: set[str], expected: bool) -> None:
    assert unmeasured(nodeid, markers) is expected
