"""What hangs where no signal arrives ends its process, and every failure is named when it happens.

pytest-timeout interrupts Python. It cannot interrupt a C library that waits, and once it has interrupted a test
nothing bounds the test's teardown. Then a run never ends and says nothing about why. A worker that makes no step for
longer than a test may take writes what all its threads are doing and exits; xdist reports the test as failed and goes
on in a new worker.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
from collections.abc import Generator

import pytest

GRACE_S = 120.0
"""How much longer than pytest-timeout's limit is waited: what can be interrupted is reported with its own traceback."""
LINES = 25
"""Lines of a failure that are shown at once."""
VARIABLE = "TRIVIEW_TESTS_WATCHDOG_S"
"""Environment variable with another limit: the watchdog's own test does not wait seven minutes."""
_limit = [300.0 + GRACE_S]
_out = [2]
"""The terminal's file descriptor, known once pytest is configured: imports happen while pytest catches output."""


def _limit_s() -> float:
    return float(os.environ.get(VARIABLE, _limit[0]))


def _allowed_s(item: pytest.Item) -> float:
    """Seconds that the test may take, as its marker or the configuration says."""
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0] if marker and marker.args else item.config.getini("timeout") or 0.0)


def _arm() -> None:
    faulthandler.dump_traceback_later(_limit_s(), file=_out[0], exit=True)


def pytest_configure() -> None:
    """Keep the way to the terminal."""
    if sys.__stderr__ is not None:
        _out[0] = os.dup(sys.__stderr__.fileno())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """One test with everything that belongs to it."""
    _limit[0] = _allowed_s(item) + GRACE_S
    _arm()
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _end_of(report: pytest.TestReport) -> str:
    """The last lines of what the report tells: the error, where the whole stands only in the summary of a run's end."""
    return "\n".join(report.longreprtext.splitlines()[-LINES:])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Each phase that ended begins the time anew; a failure is named at once, not only in the summary at the end."""
    is_controller = "PYTEST_XDIST_WORKER" not in os.environ
    if not is_controller or not hasattr(report, "node"):
        _arm()
    if is_controller and report.failed:
        os.write(_out[0], f"\nFAILED so far: {report.nodeid} ({report.when})\n{_end_of(report)}\n".encode())


@pytest.hookimpl(trylast=True)
def pytest_exception_interact() -> None:
    """pytest itself takes the watchdog off when a test fails; its teardown is still to come."""
    _arm()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_unconfigure() -> Generator[None, object, object]:
    """The end of the process is bounded as well: threads that never end would keep a worker for ever."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        ended = threading.Timer(_limit_s(), os._exit, (1,))
        ended.daemon = True
        ended.start()
    return (yield)
