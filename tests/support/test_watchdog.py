"""A test that nothing can interrupt fails by name, and the rest of the run goes on."""

from __future__ import annotations

import pytest

from include.settings import PROJECT_ROOT
from tests.support.watchdog import VARIABLE

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.programs

DEAF = """
    import signal, threading, pytest

    def hang():
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        threading.Event().wait()
"""
SCHEDULER = """
    import pytest
    from tests.support.order import scheduler

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(config, log):
        return scheduler(config, log)
"""
IN_A_TEST = DEAF + "    def test_hangs(): hang()\n"
IN_A_TEARDOWN_AFTER_A_FAILURE = (
    DEAF
    + """
    @pytest.fixture
    def part():
        yield
        hang()
    def test_hangs(part): assert False, "the assertion's own words"
"""
)


@pytest.mark.parametrize("hanging", [IN_A_TEST, IN_A_TEARDOWN_AFTER_A_FAILURE], ids=["test", "teardown"])
def test_a_worker_that_hangs_is_ended_and_named(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, hanging: str
) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_CURRENT_TEST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(VARIABLE, "2")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT_ROOT))
    pytester.makeconftest(SCHEDULER)
    pytester.makepyfile(test_hanging=hanging, test_others="def test_one(): pass\ndef test_two(): pass")
    done = pytester.runpytest_subprocess(
        "-p", "tests.support.watchdog", "-p", "no:cacheprovider", "-n", "1", "--dist", "loadfile"
    )
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    printed = done.stdout.str() + done.stderr.str()
    assert "FAILED so far: test_hanging.py::test_hangs" in printed
    assert "in hang" in printed, "what the thread was doing is written"
    outcomes = done.parseoutcomes()
    # What hung after its report is already counted; then the next test is the one that xdist calls crashed.
    assert outcomes["passed"] + outcomes["failed"] == 4 - ("test_hangs(): hang" in hanging)
    assert outcomes["passed"] >= 1
