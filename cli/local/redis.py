"""A real Redis on this machine, for as long as a block lasts: where an installation has none of its own."""

from __future__ import annotations

import contextlib
import fcntl
import secrets
import shutil
import time
from pathlib import Path
from typing import IO

from cli.local.ports import free_port
from cli.local.private_file import write_private
from cli.local.process import LocalProcess, LocalProcessError

SERVER = "redis-server"
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 20.0
LOCK_TIMEOUT_S = 10.0
"""A server whose starter was killed needs a moment to save and end; the next one waits that long for the folder."""
LOOK_S = 0.05
PASSWORD_BYTES = 24
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


class LocalRedisError(LocalProcessError):
    """Redis is not installed, ended, or did not come up; the text shows the end of its log."""


class LocalRedis(LocalProcess):
    """A Redis below `home / "redis"`, on loopback, behind a generated password that no command line shows.

    SIGTERM is its SHUTDOWN: it writes everything to disk first.

    Args:
        home: the installation's folder.
        port: where to listen; None: a free one.
        password: None: a generated one.
    """

    error = LocalRedisError

    def __init__(self, home: Path, *, port: int | None = None, password: str | None = None) -> None:
        self.folder = home / "redis"
        super().__init__("Redis", self.folder / "redis.log", STOP_TIMEOUT_S)
        self.port = port or free_port(0)
        self._password = password or secrets.token_urlsafe(PASSWORD_BYTES)
        self._lock: IO[str] | None = None

    @property
    def url(self) -> str:
        """What TRIVIEW_REDIS_URL takes. It holds the password: never show it."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server with the data of last time; `wait_ready` returns when it answers.

        Raises:
            LocalRedisError: not installed, or another one runs in the folder.
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
        # The lock is held by the server too: the folder is taken until it has ended.
        self._launch([server, str(config)], share=(self._lock.fileno(),))

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

    def wait_ready(self) -> None:
        """Return when it answers.

        Raises:
            LocalRedisError: it ended, or did not come up in time.
        """
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

    def stop(self) -> None:
        """Have it write everything to disk and end; returns when it is gone."""
        super().stop()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
