"""What a test needs of the machine, as its markers say: exactly the tests that need nothing are `unit`."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

NEEDS = frozenset({"models", "services", "airflow", "browser", "programs", "slow"})
"""Markers of tests that need something beyond the installed packages, or long; `make test-unit` leaves them out."""
UNIT = "unit"
COLLECTED = pytest.StashKey[tuple[pytest.Item, ...]]()
"""Every test of a run before any was deselected, kept by tests/conftest.py."""


def markers_of(item: pytest.Item) -> frozenset[str]:
    """Names of a test's markers: its own, its file's and its parameters'."""
    return frozenset(marker.name for marker in item.iter_markers())


def without_level(items: Iterable[pytest.Item]) -> list[str]:
    """Ids of tests that neither `make test-unit` nor a choice by need would ever select."""
    return [item.nodeid for item in items if not markers_of(item) & (NEEDS | {UNIT})]


def contradicting(items: Iterable[pytest.Item]) -> list[str]:
    """Ids of tests that claim to need nothing and something at once; a pure test may be slow."""
    return [item.nodeid for item in items if UNIT in markers_of(item) and markers_of(item) & NEEDS - {"slow"}]
