"""With CI=true a skip that this machine does not explain is a failure, so that no test stops being run unnoticed.

A test that cannot run everywhere skips with a reason that begins with one of `CAUSES`:

    pytest.skip(f"{NO_SHARED_MEDIA}: {name}")

Where the cause is true the skip stands. Everything else that a test needs (programs, services, model weights, a
browser) is installed by `make setup-dev` or fetched by `make test`, so a skip for it is never expected.
"""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT

SHARED_MEDIA = PROJECT_ROOT.parent / "shared" / "media"
"""Recordings that may not be distributed with the project; beside it on machines that have them."""

APT_POLICY = Path("/usr/sbin/policy-rc.d")
CAP_SYS_ADMIN = 21
"""Number of the capability that mounting needs: capabilities(7)."""

NO_SHARED_MEDIA = "no shared recordings"
NOT_ROOT = "not root"
NO_MOUNTING = "no mounting allowed"
ROOT_WITHOUT_APT_POLICY = "root without an apt policy of the machine's own"
NO_MALLOC_TRIM = "no malloc_trim in the C library"
NOT_X86 = "not an x86 processor"


def _may_mount() -> bool:
    """Whether this process holds CAP_SYS_ADMIN."""
    for line in Path("/proc/self/status").read_text("ascii", errors="replace").splitlines():
        if line.startswith("CapEff:"):
            return bool(int(line.split()[1], 16) >> CAP_SYS_ADMIN & 1)
    return False


CAUSES: dict[str, Callable[[], bool]] = {
    NO_SHARED_MEDIA: lambda: not SHARED_MEDIA.is_dir(),
    NOT_ROOT: lambda: os.geteuid() != 0,
    NO_MOUNTING: lambda: not _may_mount(),
    ROOT_WITHOUT_APT_POLICY: lambda: os.geteuid() == 0 and not APT_POLICY.exists(),
    NOT_X86: lambda: platform.machine() not in ("x86_64", "AMD64"),
    NO_MALLOC_TRIM: lambda: not hasattr(ctypes.CDLL(None), "malloc_trim"),
}
"""Beginning of a reason -> whether it is true on this machine."""


def objection_to(reason: str) -> str | None:
    """Why a skip for `reason` is not expected on this machine; None when it is."""
    cause = next((words for words in CAUSES if reason.startswith(words)), None)
    if cause is None:
        return (
            f"Skipped for a reason that no machine that CI runs on has: {reason!r}. Known causes: {', '.join(CAUSES)}."
        )
    if not CAUSES[cause]():
        return f"Skipped for a cause that is not true on this machine: {reason!r}."
    return None


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"true", "1"}


def _fail_if_unexpected(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not report.skipped or hasattr(report, "wasxfail") or not _in_ci():
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if objection := objection_to(reason.removeprefix("Skipped: ")):
        report.outcome = "failed"
        report.longrepr = objection


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test's report becomes a failure where the skip is not expected."""
    report = yield
    _fail_if_unexpected(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself, such as by `pytest.importorskip`."""
    report = yield
    _fail_if_unexpected(report)
    return report
