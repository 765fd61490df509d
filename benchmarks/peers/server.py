"""A peer's server as a process on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from benchmarks.peers.environments import PeerUnavailable
from cli.local.ports import free_port

START_TIMEOUT_S = 180.0
OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "PYTHONUNBUFFERED": "1"}


class PeerServer:
    """A peer's server process: started by `command(port)`, ready when its port answers, ended with all its children.

    Raises:
        PeerUnavailable: on entry, when it does not start; the text holds the end of its log.
    """

    def __init__(self, name: str, command: list[str], port: int, log: Path) -> None:
        self.name, self.port, self.log = name, port, log
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as output:
            self._process = subprocess.Popen(
                self._command,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **OFFLINE},
                cwd=self.log.parent,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = self.log.read_text(errors="replace").splitlines()[-6:]
                self.__exit__(None, None, None)
                raise PeerUnavailable(f"{self.name} did not start: {' | '.join(tail)}")
            time.sleep(0.2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def process(self) -> psutil.Process:
        """The server's process, for measuring.

        Raises:
            PeerUnavailable: it is not running.
        """
        if self._process is None:
            raise PeerUnavailable(f"{self.name} is not running.")
        return psutil.Process(self._process.pid)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def some_port() -> int:
    """A TCP port of loopback that was free a moment ago."""
    return free_port(0)
