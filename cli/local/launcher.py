"""Starts Airflow's components as forks of one process that imported Airflow once: `python -m cli.local.launcher NAME…`.

Four components that each import Airflow cost some 15 s of processor time; forks share it. A line `NAME…` on standard
input starts more. The launcher also is what ends them: when its standard input closes (the command that started it is
gone, however it went) or on SIGTERM, it stops every process of every component's session. It reports on standard
output, one JSON object a line: `{"started": name, "pid": n}` and `{"ended": name, "status": n}`.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import select
import signal
import sys
import time
from pathlib import Path
from types import FrameType

COMMANDS = {
    "api-server": ["api-server"],
    "scheduler": ["scheduler", "--skip-serve-logs"],
    "dag-processor": ["dag-processor"],
    "triggerer": ["triggerer", "--skip-serve-logs"],
}
SHARED_IMPORTS = (
    "airflow.__main__",
    "airflow.models",
    "airflow.utils.db",
    "airflow.jobs.job",
    "airflow.serialization.serialized_objects",
    "airflow.executors.local_executor",
    "airflow.sdk.execution_time.supervisor",
    "airflow.api_fastapi.app",
)
COLLECT_AFTER = (50_000, 20, 100)
"""Allocations between garbage collections: building the API's 825 routes under Python's default (700) spends a third
of its time collecting."""
GRACE_S = 6.0
"""How long components may take to end by themselves before they are killed."""
LOOK_S = 0.2
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
PR_SET_PDEATHSIG = 1  # prctl(2)


def _report(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def _become(name: str, log: Path) -> None:
    """Turn this fork into the component `name`, in a session of its own with its output in `log`. Never returns."""
    os.setsid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv = ["airflow", *COMMANDS[name]]
    status = 1
    try:
        if name == "scheduler":
            from airflow_local_settings import preload

            preload()
        from airflow.__main__ import main

        main()  # type: ignore[no-untyped-call]
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  (the fork must not return into the launcher's code)
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _sessions(leaders: set[int]) -> list[int]:
    """Living processes in the sessions of `leaders`, tasks in process groups of their own included (see proc(5))."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            state, _parent, _group, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if state != "Z" and int(session) in leaders:
            found.append(int(entry.name))
    return found


def _signal(processes: list[int], number: int) -> None:
    for pid in processes:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


class Launcher:
    """The components and what became of them."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._names: dict[int, str] = {}
        self._leaders: set[int] = set()
        self._asked_to_stop = False
        for number in STOP_SIGNALS:
            signal.signal(number, self._ask_to_stop)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_stop = True

    def start(self, names: list[str]) -> None:
        """Fork every component of `names`."""
        for name in names:
            # Held back until the fork has its own way to end: the launcher's way would swallow the signal there.
            signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
            pid = os.fork()
            if pid == 0:
                _become(name, self._logs / f"{name}.log")
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
            self._names[pid] = name
            self._leaders.add(pid)
            _report(started=name, pid=pid)

    def _reap(self) -> None:
        while self._names:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if name := self._names.pop(pid, None):
                _report(ended=name, status=os.waitstatus_to_exitcode(status))

    def watch(self) -> None:
        """Start what is asked for and report ends until the starter goes away, asks to stop, or nothing is left."""
        while self._names and not self._asked_to_stop:
            readable, _, _ = select.select([sys.stdin], [], [], LOOK_S)
            if readable:
                asked = os.read(sys.stdin.fileno(), 4096).decode()
                if not asked:
                    return
                self.start(asked.split())
            self._reap()

    def stop(self) -> None:
        """End every process of every session: first politely, then by force."""
        _signal([*_sessions(self._leaders), *self._names], signal.SIGTERM)
        deadline = time.monotonic() + GRACE_S
        while (left := _sessions(self._leaders)) and time.monotonic() < deadline:
            select.select([], [], [], LOOK_S / 4)
            self._reap()
        _signal(left, signal.SIGKILL)
        while self._names:
            self._reap()


def main(names: list[str]) -> None:
    """Import once, fork `names`, watch and stop them."""
    import importlib

    logs = Path(os.environ["AIRFLOW_HOME"]) / "logs" / "components"
    logs.mkdir(parents=True, exist_ok=True)
    gc.disable()
    for module in SHARED_IMPORTS:
        importlib.import_module(module)
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    gc.enable()
    launcher = Launcher(logs)
    launcher.start(names)
    try:
        launcher.watch()
    finally:
        launcher.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
