"""Slow tests of the domain and the judge are not measured by coverage: it doubles their time.

They repeat by the hundred what quicker tests run as well, to look at distributions and errors. The printed coverage is
without what only they run.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from coverage import Coverage

UNMEASURED = ("tests/include/interview/", "tests/include/judgement/", "tests/include/statistics/")


def unmeasured(nodeid: str, markers: set[str]) -> bool:
    """Whether the test called `nodeid`, with `markers`, runs without being measured."""
    return nodeid.startswith(UNMEASURED) and "slow" in markers


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Stop measuring around such a test, its fixtures included."""
    measuring = Coverage.current()
    if measuring is None or not unmeasured(item.nodeid, {marker.name for marker in item.iter_markers()}):
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()
