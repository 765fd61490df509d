"""Every test says what it needs: one without a marker is skipped by `make test-unit`, and nobody notices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT
from tests.support.levels import COLLECTED, NEEDS, UNIT, contradicting, without_level
from tests.support.order import TOGETHER

pytestmark = pytest.mark.unit


def test_every_collected_test_says_what_it_needs(request: pytest.FixtureRequest) -> None:
    collected = request.config.stash[COLLECTED]
    assert collected
    assert without_level(collected) == []


def test_no_test_needs_nothing_and_something_at_once(request: pytest.FixtureRequest) -> None:
    collected = request.config.stash[COLLECTED]
    assert collected
    assert contradicting(collected) == []


def unmarked_files() -> list[Path]:
    """Test files that name no level at all; those of stores on both databases get it from their fixture's parameter."""
    named = tuple(f"mark.{name}" for name in (UNIT, *sorted(NEEDS)))
    files = sorted((PROJECT_ROOT / "tests").rglob("test_*.py"))
    assert len(files) > 100
    both = PROJECT_ROOT / "tests" / "include" / "storage"
    return [f for f in files if both not in f.parents and not any(n in f.read_text("utf-8") for n in named)]


def test_no_file_is_without_a_marker() -> None:
    """Also where only a few files are run, whose items alone are collected."""
    assert unmarked_files() == []


def test_whatever_uses_the_local_airflow_stays_on_one_worker() -> None:
    """Two of them on one small machine keep each other waiting until both are given up."""
    fixture = re.compile(r"\b(?:local_airflow|finished_run)\b\s*[:,)]")
    tests = Path(__file__).parents[1]
    users = {
        str(file.relative_to(tests.parent))
        for file in tests.rglob("test_*.py")
        if file != Path(__file__) and fixture.search(file.read_text(encoding="utf-8"))
    }
    assert users
    assert users <= set(TOGETHER), "name them in tests/support/order.py"
