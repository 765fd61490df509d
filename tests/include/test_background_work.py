"""Heavy steps give way to live sessions: which cores are left to them, and the marker that says that one is heard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include import background_work as module
from include.background_work import HeardMarker, background_cores, background_work, lower_priority, session_heard
from include.settings import PROJECT_ROOT, SettingsError

CORES = st.frozensets(st.integers(0, 255), min_size=1, max_size=64)
HEARS = """
import sys
from pathlib import Path
from include.background_work import HeardMarker
HeardMarker(Path(sys.argv[1])).set(True)
print("heard", flush=True)
sys.stdin.read()
"""

pytestmark = pytest.mark.unit


@given(CORES)
def test_background_work_keeps_a_core_and_leaves_at_least_as_many(allowed: frozenset[int]) -> None:
    assert background_cores(allowed, heard=False) == allowed
    kept = background_cores(allowed, heard=True)
    assert kept
    assert kept <= allowed
    assert len(kept) == 1 or len(kept) <= len(allowed - kept) + 1
    assert len(allowed) == 1 or allowed - kept, "a core is free for the session"


def test_no_session_is_heard_where_there_is_no_marker_or_nobody_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "machine" / "live.lock"
    assert not session_heard(path)
    marker = HeardMarker(path)
    marker.prepare()
    assert not session_heard(path)
    marker.set(True)
    marker.set(True)
    assert session_heard(path)
    marker.set(False)
    assert not session_heard(path)


def test_a_session_is_heard_as_long_as_one_of_several_replicas_hears_one(tmp_path: Path) -> None:
    path = tmp_path / "live.lock"
    first, second = HeardMarker(path), HeardMarker(path)
    first.set(True)
    second.set(True)
    first.set(False)
    assert session_heard(path)
    second.set(False)
    assert not session_heard(path)


@pytest.fixture
def hearing(tmp_path: Path) -> subprocess.Popen[str]:
    path = tmp_path / "live.lock"
    command = [sys.executable, "-c", HEARS, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT_ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == "heard\n"
    return process


def test_a_process_that_was_killed_leaves_no_marker(tmp_path: Path, hearing: subprocess.Popen[str]) -> None:
    path = tmp_path / "live.lock"
    assert session_heard(path)
    hearing.send_signal(signal.SIGKILL)
    hearing.communicate()
    assert path.exists()
    assert not session_heard(path)


def test_a_marker_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="TRIVIEW_LIVE_MARKER"):
        HeardMarker(tmp_path / "file" / "live.lock").prepare()


def test_another_account_may_read_the_marker_whatever_the_umask(tmp_path: Path) -> None:
    path, before = tmp_path / "machine" / "live.lock", os.umask(0o077)
    try:
        HeardMarker(path).prepare()
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644
    assert path.parent.stat().st_mode & 0o777 == 0o755
    path.chmod(0o444)
    HeardMarker(path).prepare()


def test_a_lock_that_is_refused_leaves_no_open_file_and_is_told_before_a_session_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_: object) -> None:
        raise OSError(37, "No locks available")

    marker, before = HeardMarker(tmp_path / "live.lock"), len(list(Path("/proc/self/fd").iterdir()))
    with monkeypatch.context() as patch:
        patch.setattr(module.fcntl, "fcntl", refuses)
        with pytest.raises(SettingsError, match="No locks available"):
            marker.prepare()
        with pytest.raises(OSError, match="No locks"):
            marker.set(True)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    marker.set(True)
    assert session_heard(tmp_path / "live.lock")
    marker.set(False)


def test_a_marker_that_cannot_be_read_is_a_setting_to_mend_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "session_heard", _denied)
    with pytest.raises(SettingsError, match=r"TRIVIEW_LIVE_MARKER.*0644"), background_work(tmp_path / "live.lock"):
        raise AssertionError("it does not begin")


def _denied(_: Path) -> bool:
    raise PermissionError(13, "Permission denied")


def until(reached: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(500):
        if reached():
            return
        waiting.wait(0.01)
    raise AssertionError("it did not come")


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: there is nothing to leave")
def test_threads_and_children_keep_off_the_cores_while_a_session_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    path, allowed = tmp_path / "live.lock", frozenset(os.sched_getaffinity(0))
    fewer = background_cores(allowed, heard=True)
    marker, done = HeardMarker(path), threading.Event()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    thread = threading.Thread(target=done.wait)
    thread.start()
    everywhere = (0, thread.native_id or 0, child.pid)
    try:
        with background_work(path):
            assert all(os.sched_getaffinity(one) == allowed for one in everywhere)
            marker.set(True)
            until(lambda: all(os.sched_getaffinity(one) == fewer for one in everywhere))
            marker.set(False)
            until(lambda: all(os.sched_getaffinity(one) == allowed for one in everywhere))
            marker.set(True)
            until(lambda: os.sched_getaffinity(0) == fewer)
        assert all(os.sched_getaffinity(one) == allowed for one in everywhere), "given back with the work's end"
    finally:
        marker.set(False)
        done.set()
        child.communicate(b"\n")


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: there is nothing to leave")
def test_a_marker_that_cannot_be_read_any_more_gives_the_cores_back_and_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    path, allowed = tmp_path / "live.lock", frozenset(os.sched_getaffinity(0))
    marker, looks = HeardMarker(path), iter(range(10_000))
    marker.set(True)
    seen = [0]

    def denied(_: Path) -> bool:
        seen[0] = next(looks)
        raise PermissionError(13, "Permission denied")

    try:
        with background_work(path):
            assert os.sched_getaffinity(0) == background_cores(allowed, heard=True)
            with monkeypatch.context() as patch:
                patch.setattr(module, "session_heard", denied)
                until(lambda: seen[0] > 2)
                assert os.sched_getaffinity(0) == allowed
            until(lambda: os.sched_getaffinity(0) == background_cores(allowed, heard=True))
    finally:
        marker.set(False)
    assert [one.message for one in caplog.records].count(
        "Whether a live session is heard cannot be seen (TRIVIEW_LIVE_MARKER): Permission denied"
    ) == 1
    assert os.sched_getaffinity(0) == allowed


def test_a_thread_of_low_priority_passes_it_on_and_leaves_others_alone() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    with ThreadPoolExecutor(1, initializer=lower_priority) as pool:
        said = pool.submit(subprocess.run, ["nice"], capture_output=True, text=True, check=True).result()
    assert int(said.stdout) >= module.NICENESS
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
