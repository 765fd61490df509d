"""A real Redis in a temporary folder, for as long as a block lasts, that tests may freeze, kill and empty."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.local.redis import SERVER, LocalRedis


class RedisServer:
    """A running server. `url` stays the same over restarts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = LocalRedis(folder)
        self._server.start()
        self._server.wait_ready()

    @property
    def url(self) -> str:
        """What TRIVIEW_REDIS_URL takes, password included."""
        return self._server.url

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._server.process is not None
        return self._server.process.pid

    def pause(self) -> None:
        """Freeze the server: connections stay open, nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Thaw it."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End it as a crash would; what it had answered is in its file."""
        process = self._server.process
        assert process is not None
        process.kill()
        process.wait()
        self._server.stop()

    def stop(self) -> None:
        """End it as an operator would."""
        if self._server.process is not None and self._server.process.poll() is None:
            self.resume()
        self._server.stop()

    def restart(self, *, keep_data: bool = True) -> None:
        """Start it again on the same port after `kill` or `stop` (or stop it first), with its data or empty."""
        self.stop()
        if not keep_data:
            shutil.rmtree(self._server.folder / "appendonlydir")
        self._server.start()
        self._server.wait_ready()


@contextmanager
def redis_server(folder: Path) -> Iterator[RedisServer]:
    """A server that keeps its data below `folder`. Use it from the main thread: it ends with its thread."""
    if shutil.which(SERVER) is None:
        reason = f"{SERVER} is not installed (Debian: apt-get install redis-server)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    running = RedisServer(folder)
    try:
        yield running
    finally:
        running.stop()
