"""Shared by all tests: a passing AIRFLOW_HOME, and the one local Airflow that everything needing it shares."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.support.levels import COLLECTED, UNIT
from tests.support.order import longest_first, scheduler

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
"""No test fails because the machine was busy."""

_AIRFLOW_HOME = tempfile.mkdtemp(prefix="triview-tests-airflow-")
os.environ["AIRFLOW_HOME"] = _AIRFLOW_HOME
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ.pop("TRIVIEW_MEDIA_QUEUE", None)
# What is compiled once is kept, for pytest and for every process a test starts: see the Makefile.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

pytest_plugins = [
    "tests.support.unmeasured",
    "tests.support.watchdog",
    "tests.support.local_airflow",
    "tests.support.three_stages",
    "tests.support.expected_skips",
    "tests.support.quick_passwords",
]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`-m "unit and …"` does not even import files without such a test: importing takes longer than the tests."""
    chosen = config.option.markexpr
    if chosen.split(" ")[0] != UNIT or " or " in chosen or not collection_path.match("test_*.py"):
        return None
    return True if f"mark.{UNIT}" not in collection_path.read_text(encoding="utf-8") else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what was collected, for the test that every test has a marker; begin with what takes longest."""
    config.stash[COLLECTED] = tuple(items)
    items[:] = longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """`--dist loadfile` keeps files together that share a service as well."""
    return scheduler(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio."""
    return "asyncio"


def pytest_unconfigure() -> None:
    """Leave nothing behind in the temporary folder."""
    shutil.rmtree(_AIRFLOW_HOME, ignore_errors=True)
