"""The local Redis: behind a password, keeps its data, ends with its starter, says what is missing."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
import redis

from cli.local.redis import LocalRedis, LocalRedisError
from include.settings import PROJECT_ROOT
from tests.support.patience import PATIENCE_S
from tests.support.services.redis import redis_server

pytestmark = pytest.mark.services


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=5.0)


def test_it_keeps_data_behind_a_password_that_no_command_line_shows(tmp_path: Path) -> None:
    with LocalRedis(tmp_path) as running:
        client(running.url).set("k", "v")
        password = running.url.split(":")[2].split("@")[0]
        command = Path(f"/proc/{running.process.pid}/cmdline").read_bytes().decode()
        assert password not in command
        assert stat.S_IMODE((tmp_path / "redis" / "redis.conf").stat().st_mode) == 0o600
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=running.port).ping()
        running.check()
        with pytest.raises(LocalRedisError, match="Another Redis"):
            _without_patience(LocalRedis(tmp_path))
    with LocalRedis(tmp_path) as again:
        assert client(again.url).get("k") == b"v"


def _without_patience(second: LocalRedis) -> None:
    import cli.local.redis as module

    patience, module.LOCK_TIMEOUT_S = module.LOCK_TIMEOUT_S, 0.1
    try:
        second.start()
    finally:
        module.LOCK_TIMEOUT_S = patience


def test_a_server_that_ended_is_reported_with_its_log(tmp_path: Path) -> None:
    with LocalRedis(tmp_path) as running:
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        with pytest.raises(LocalRedisError, match=r"status -9[\s\S]*Ready to accept connections"):
            running.check()


def test_a_missing_server_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(LocalRedisError, match="apt-get install redis-server"):
        LocalRedis(tmp_path).start()


STARTER = """
import pathlib, sys, time
from cli.local.redis import LocalRedis
running = LocalRedis(pathlib.Path(sys.argv[1]))
running.start()
running.wait_ready()
print(running.process.pid, flush=True)
time.sleep(600)
"""


def test_it_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path)], cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    starter.kill()
    starter.wait()
    deadline = time.monotonic() + PATIENCE_S
    while _lives(pid):
        assert time.monotonic() < deadline, "Redis outlived its starter."
        time.sleep(0.02)
    starter.stdout.close()
    with LocalRedis(tmp_path) as next_one:
        assert client(next_one.url).ping()


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_test_server_survives_what_tests_do_to_it(tmp_path: Path) -> None:
    with redis_server(tmp_path) as server:
        url, connected = server.url, client(server.url)
        connected.set("k", "v")
        server.pause()
        with pytest.raises(redis.TimeoutError):
            redis.Redis.from_url(url, socket_timeout=0.2, retry=None).ping()
        server.resume()
        assert connected.get("k") == b"v"
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client(url).ping()
        server.restart()
        assert server.url == url
        assert client(url).get("k") == b"v"
        server.restart(keep_data=False)
        assert client(url).get("k") is None
