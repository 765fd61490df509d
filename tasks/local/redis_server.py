"""A real Redis on this machine, for as long as a block lasts: where an installation has none of its own."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tasks.local.ports import free_port
from tasks.local.private import write_private

SERVER = "redis-server"
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 20.0
LOCK_TIMEOUT_S = 10.0
"""A server whose starter was killed needs a moment to save and end; the next one waits that long for the folder."""
LOOK_S = 0.05
LOG_TAIL_LINES = 15
PASSWORD_BYTES = 24
PR_SET_PDEATHSIG = 1  # prctl(2)
CONFIG = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
daemonize no
logfile ""
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
"""
"""Appended to disk at every change, synced every second: a killed server loses nothing, a power cut one second."""


class LocalRedisError(RuntimeError):
    """Redis is not installed, ended, or did not come up; the text shows the end of its log."""


class LocalRedis:
    """A Redis below `home / "redis"`, on loopback, behind a generated password that no command line shows.

    Start it from a thread that outlives it: it ends by itself when that thread or the process goes, however it goes.

    Args:
        home: the installation's folder.
        port: where to listen; None: a free one.
        password: None: a generated one.
    """

    def __init__(self, home: Path, *, port: int | None = None, password: str | None = None) -> None:
        self.folder = home / "redis"
        self.log = self.folder / "redis.log"
        self.port = port or free_port(0)
        self.process: subprocess.Popen[bytes] | None = None
        self._password = password or secrets.token_urlsafe(PASSWORD_BYTES)
        self._lock: IO[str] | None = None

    @property
    def url(self) -> str:
        """What TRIVIEW_REDIS_URL takes. It holds the password: never show it."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server with the data of last time; returns when it answers.

        Raises:
            LocalRedisError: not installed, another one runs in the folder, or it did not come up.
        """
        server = shutil.which(SERVER)
        if server is None:
            raise LocalRedisError(
                "redis-server is not installed. Install it (Debian, Ubuntu: apt-get install redis-server), "
                "or set TRIVIEW_REDIS_URL to a Redis that runs elsewhere."
            )
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.chmod(0o700)
        self._lock = self._take_folder()
        config = self.folder / "redis.conf"
        folder = '"' + str(self.folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
        write_private(config, CONFIG.format(port=self.port, password=self._password, folder=folder))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            self.process = subprocess.Popen(
                [server, str(config)],
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
                pass_fds=(self._lock.fileno(),),  # held by the server too: the folder is taken until it has ended
                preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509 - one prctl call, safe beside threads
            )
        finally:
            os.close(descriptor)
        self._await_answer()

    def _take_folder(self) -> IO[str]:
        lock = (self.folder / "redis.lock").open("a")
        deadline = time.monotonic() + LOCK_TIMEOUT_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.close()
                    raise LocalRedisError(
                        f"Another Redis is running in {self.folder}. Stop it first, or set TRIVIEW_HOME to another "
                        "folder."
                    ) from None
                time.sleep(LOOK_S)
            else:
                return lock

    def _await_answer(self) -> None:
        import redis

        deadline = time.monotonic() + START_TIMEOUT_S
        with redis.Redis.from_url(self.url, socket_timeout=1.0, socket_connect_timeout=1.0) as client:
            while time.monotonic() < deadline:
                self.check()
                # refused until it listens, "loading" until the data of last time is read: ask again
                with contextlib.suppress(redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
                    if client.ping():
                        return
                time.sleep(LOOK_S)
        raise LocalRedisError(f"Redis does not answer after {START_TIMEOUT_S:.0f} s.\n{self.tail()}")

    def check(self) -> None:
        """Do nothing while it lives.

        Raises:
            LocalRedisError: it ended, with the end of its log.
        """
        if self.process is not None and self.process.poll() is not None:
            raise LocalRedisError(f"Redis ended with status {self.process.returncode}.\n{self.tail()}")

    def stop(self) -> None:
        """Have it write everything to disk and end (SIGTERM is its SHUTDOWN); returns when it is gone."""
        process, self.process = self.process, None
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def tail(self) -> str:
        """The end of its log."""
        if not self.log.exists():
            return f"({self.log} does not exist)"
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join([f"--- {self.log}", *lines])


def _end_with(parent: int) -> Callable[[], None]:
    """For the child: get SIGTERM when `parent` goes, or end at once when it has gone already."""

    def prepare() -> None:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return prepare
