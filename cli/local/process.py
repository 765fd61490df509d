"""A server of this machine, run as a child process that ends with whoever started it and logs to a file."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

LOG_TAIL_LINES = 25
PR_SET_PDEATHSIG = 1  # prctl(2)


class LocalProcessError(RuntimeError):
    """A server ended or did not come up; the text shows the end of its log."""


def tail_of(log: Path) -> str:
    """The end of a log, under its path; or that there is none."""
    if not log.exists():
        return f"({log} does not exist)"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return "\n".join([f"--- {log}", *lines])


class LocalProcess(ABC):
    """Start it from a thread that outlives it: it ends by itself when that thread or the process goes, however it goes.

    Args:
        title: its name in sentences.
        log: where its output goes.
        stop_timeout_s: how long it may take to end before it is killed.
    """

    error: type[LocalProcessError] = LocalProcessError

    def __init__(self, title: str, log: Path, stop_timeout_s: float) -> None:
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self._title = title
        self._stop_timeout_s = stop_timeout_s

    @abstractmethod
    def start(self) -> None:
        """Start it."""

    @abstractmethod
    def wait_ready(self) -> None:
        """Return when it can be used. Raises the kind of error of its class."""

    def check(self) -> None:
        """Do nothing while it lives.

        Raises:
            LocalProcessError: it ended, with the end of its log.
        """
        if self.process is not None and self.process.poll() is not None:
            raise self.error(f"{self._title} ended with status {self.process.returncode}.\n{self.tail()}")

    def stop(self) -> None:
        """Ask it to end (SIGTERM) and, when it does not, kill it; returns when it is gone."""
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(self._stop_timeout_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def tail(self) -> str:
        """The end of its log."""
        return tail_of(self.log)

    def __enter__(self) -> Self:
        try:
            self.start()
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(
        self,
        command: list[str],
        *,
        env: dict[str, str] | None = None,
        folder: Path | None = None,
        share: tuple[int, ...] = (),
    ) -> None:
        """Run `command` in a session of its own, in `folder`; the file descriptors in `share` stay open in it."""
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self.process = subprocess.Popen(
                command,
                env=env,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
                pass_fds=share,
                preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509 - one prctl call, safe beside threads
            )
        finally:
            os.close(descriptor)


def _end_with(parent: int) -> Callable[[], None]:
    """For the child: get SIGTERM when `parent` goes, or end at once when it has gone already."""

    def prepare() -> None:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
