"""Which tests stay together on one worker, and which start first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.support.levels import markers_of

TOGETHER = {
    "tests/cli/local/test_runtime.py": "local Airflow",
    "tests/dags/test_executive_preparation.py": "local Airflow",
    "tests/dags/test_insight_approval.py": "local Airflow",
    "tests/dags/test_practical.py": "local Airflow",
    "tests/dags/test_ranking.py": "local Airflow",
    "tests/dags/test_review_door.py": "local Airflow",
    "tests/live_gateway/http/test_faults.py": "REST gateway",
    "tests/live_gateway/http/test_idempotency.py": "REST gateway",
    "tests/live_gateway/http/test_questions.py": "REST gateway",
    "tests/live_gateway/http/test_rankings.py": "REST gateway",
    "tests/live_gateway/http/test_rest_document.py": "REST gateway",
    "tests/plugins/test_scorecard_tab.py": "local Airflow",
    "tests/plugins/test_ranking_tab.py": "local Airflow",
}
"""File: what it shares with others, and what each worker would otherwise start for itself."""
FIRST = ("airflow", "slow", "browser", "models", "services", "programs")
"""Markers from the longest tests to the shortest; a long file that starts last keeps one worker waiting for another."""


def group_of(nodeid: str) -> str:
    """What must run on one worker: a file, or the files that share something."""
    file = nodeid.split("::", 1)[0]
    return TOGETHER.get(file, file)


def longest_first(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """The tests, groups in the order of their longest test; within a group as they were."""
    kept = list(items)
    rank: dict[str, int] = {}
    for item in kept:
        markers = markers_of(item)
        own = next((n for n, name in enumerate(FIRST) if name in markers), len(FIRST))
        group = group_of(item.nodeid)
        rank[group] = min(own, rank.get(group, own))
    groups = {group: n for n, group in enumerate(sorted(rank, key=lambda g: rank[g]))}
    return sorted(kept, key=lambda item: groups[group_of(item.nodeid)])


def scheduler(config: pytest.Config, log: Any) -> Any:
    """xdist's distribution by files, with groups for files and in the order of the collection."""
    from xdist.scheduler import LoadFileScheduling

    class ByGroup(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

        def remove_node(self, node: Any) -> str | None:
            """A test that ended its worker is not given to the next one, which it would end as well, for ever."""
            work = self.assigned_work[node]
            unfinished = [(tests, nodeid) for tests in work.values() for nodeid, done in tests.items() if not done]
            if unfinished:
                tests, nodeid = unfinished[0]
                tests[nodeid] = True
            # Groups without a test left would be handed on too, and a worker that is given nothing never asks again.
            for group in [group for group, tests in work.items() if all(tests.values())]:
                del work[group]
            super().remove_node(node)
            return unfinished[0][1] if unfinished else None

    config.option.loadscopereorder = False
    return ByGroup(config, log)
