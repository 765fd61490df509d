"""Shared by all tests: a passing AIRFLOW_HOME, and the one local Airflow that everything needing it shares."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile

import hypothesis
import pytest

from tests.support.levels import COLLECTED

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

pytest_plugins = ["tests.support.local_airflow", "tests.support.expected_skips"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep what was collected, for the test that every test has a marker."""
    config.stash[COLLECTED] = tuple(items)


@pytest.fixture
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio."""
    return "asyncio"


def pytest_unconfigure() -> None:
    """Leave nothing behind in the temporary folder."""
    shutil.rmtree(_AIRFLOW_HOME, ignore_errors=True)
