"""The local Airflow as one context: started with progress, watched while used, gone without a trace of a process."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import httpx
import msgspec

from cli.local.environment import (
    DEFAULT_PORT,
    JUDGE_SLOTS,
    PRELOAD,
    airflow_environment,
    airflow_home,
    load_secrets,
)
from cli.local.metadata import stamp_text
from cli.local.ports import free_port
from cli.local.private_file import write_private
from cli.local.process import LocalProcessError, tail_of
from cli.local.rest import AirflowRest
from include.airflow_client import AirflowAway
from include.interview.progress import Progress, silent
from include.settings import PROJECT_ROOT, Settings

ALL_COMPONENTS = ("api-server", "scheduler", "dag-processor", "triggerer")
DEMO_COMPONENTS = ("api-server", "scheduler", "dag-processor")
"""No task of ours defers (a review parks without a triggerer), so a demo need not pay for one."""
START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 20.0
LOOK_S = 0.1
ADMIN = "admin"
DAGS_STAMP = "dags.stamp"


def dags_fingerprint() -> str:
    """Digest over the files of dags/: unchanged means that the parsed DAGs in the database are the current ones."""
    digest = hashlib.sha256()
    for path in sorted((PROJECT_ROOT / "dags").rglob("*.py")):
        digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


class LocalAirflowError(LocalProcessError):
    """A component of the local Airflow ended or did not come up; the text shows the end of its log."""


class LocalAirflow:
    """Airflow below `settings.home / "airflow"`: LocalExecutor, SQLite, one admin with a generated password.

    `users` adds logins as `name:ROLE` (SimpleAuthManager's roles; an empty role may do nothing); `preload` names the
    modules that its tasks find loaded.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        components: tuple[str, ...] = ALL_COMPONENTS,
        progress: Progress = silent,
        users: tuple[str, ...] = (),
        preload: tuple[str, ...] = PRELOAD,
        port: int | None = None,
    ) -> None:
        self.settings = settings
        self.home = airflow_home(settings)
        self.logs = self.home / "logs" / "components"
        self._components = components
        self._progress = progress
        self._preload = preload
        self._users = (f"{ADMIN}:admin", *users)
        self._port = port
        self._process: subprocess.Popen[str] | None = None
        self._later: tuple[str, ...] = ()
        self._ended: dict[str, int] = {}
        self._stopping = False
        self._lock: IO[str] | None = None
        self.timings: dict[str, float] = {}
        """Seconds from the start at which each condition was reached."""

    # ------------------------------------------------------------ what callers use

    @property
    def url(self) -> str:
        """Where the user interface and the REST interface answer."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def password(self) -> str:
        """The generated password of `admin`; also in `password_file`, readable by the owner only."""
        return self.passwords[ADMIN]

    @property
    def password_file(self) -> Path:
        """The JSON file (mode 0600) that holds the generated passwords by login."""
        return self.home / "passwords.json"

    @property
    def passwords(self) -> dict[str, str]:
        """Password of every configured login."""
        return msgspec.json.decode(self.password_file.read_bytes(), type=dict[str, str])

    @property
    def launcher_pid(self) -> int | None:
        """The process whose descendants all components are, while they run."""
        return None if self._process is None else self._process.pid

    def rest(self, username: str = ADMIN) -> AirflowRest:
        """A client logged in as `username`."""
        return AirflowRest(self.url, username, self.passwords[username], alive=self.check)

    def check(self) -> None:
        """Do nothing while every component lives.

        Raises:
            LocalAirflowError: one has ended, with the end of its log.
        """
        if self._stopping:
            return
        for name, status in self._ended.items():
            raise LocalAirflowError(f"Airflow's {name} ended with status {status}.\n{self._tail(name)}")
        if self._process is not None and self._process.poll() is not None:
            raise LocalAirflowError(f"Airflow's launcher ended.\n{self._tail('launcher')}")

    # ------------------------------------------------------------ start and stop

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
        """Prepare the database when needed, start the components, and return when they can take a run.

        Raises:
            LocalAirflowError: a component ended or was not ready in time.
        """
        self._begun = time.monotonic()
        self._began_at = datetime.now(UTC)
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home.chmod(0o700)
        self._take_home()
        env = self._environment()
        self._prepare_metadata(env)
        self._launch(env)
        self._await_ready()
        self._start_later()
        (self.home / DAGS_STAMP).write_text(dags_fingerprint(), encoding="utf-8")

    def _take_home(self) -> None:
        """Hold `airflow.lock` for as long as this Airflow runs: two on one database would undo each other's work.

        The launcher shares the lock, so that it also covers what a killed command leaves for the launcher to stop.
        """
        self._lock = (self.home / "airflow.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise LocalAirflowError(
                f"Another Airflow is running in {self.home}. Stop it first, or set TRIVIEW_HOME to another folder."
            ) from None

    def stop(self) -> None:
        """End every process of every component; returns when they are gone."""
        process, self._process = self._process, None
        try:
            if process is not None:
                self._end(process)
        finally:
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def _end(self, process: subprocess.Popen[str]) -> None:
        self._stopping = True
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.terminate()
            process.wait(STOP_TIMEOUT_S)

    def _environment(self) -> dict[str, str]:
        kept = load_secrets(self.home)
        self._port = self._port or free_port(DEFAULT_PORT)
        known = self.passwords if self.password_file.exists() else {}
        wanted = {ADMIN: kept.password}
        for user in self._users[1:]:
            name = user.split(":")[0]
            wanted[name] = known.get(name) or os.urandom(9).hex()
        if wanted != known:
            write_private(self.password_file, json.dumps(wanted))
        env = airflow_environment(self.settings, self._port, kept, users=",".join(self._users), preload=self._preload)
        env["TRIVIEW_MEDIA_SLOTS"] = str(max(self.settings.cores, 1))
        env["TRIVIEW_JUDGE_SLOTS"] = str(JUDGE_SLOTS)
        return env

    def _prepare_metadata(self, env: dict[str, str]) -> None:
        stamp = self.home / "metadata.stamp"
        wanted = stamp_text(
            version("apache-airflow-core"), int(env["TRIVIEW_MEDIA_SLOTS"]), int(env["TRIVIEW_JUDGE_SLOTS"])
        )
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted and (self.home / "airflow.db").exists():
            return
        self._progress(0.05, "Airflow database")
        with (self.logs / "metadata.log").open("ab") as log:
            done = subprocess.run(
                [sys.executable, "-m", "cli.local.metadata"],
                env=env, cwd=PROJECT_ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        if done.returncode != 0:
            raise LocalAirflowError(f"Airflow's database could not be prepared.\n{self._tail('metadata')}")
        self._reached("metadata")

    def _launch(self, env: dict[str, str]) -> None:
        self._progress(0.3, "Airflow components")
        for name in self._components:
            (self.logs / f"{name}.log").unlink(missing_ok=True)
        stamp = self.home / DAGS_STAMP
        parsed = stamp.exists() and stamp.read_text(encoding="utf-8") == dags_fingerprint()
        self._later = tuple(n for n in self._components if n == "triggerer" or (n == "dag-processor" and parsed))
        first = [n for n in self._components if n not in self._later]
        with (self.logs / "launcher.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cli.local.launcher", *first],
                env=env, cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                text=True, start_new_session=True, pass_fds=() if self._lock is None else (self._lock.fileno(),),
            )  # fmt: skip
        threading.Thread(target=self._listen, args=(self._process,), daemon=True, name="airflow-launcher").start()

    def _start_later(self) -> None:
        """Start what a first run does not wait for, once what it does wait for no longer needs the cores."""
        if self._later and self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(" ".join(self._later) + "\n")
            self._process.stdin.flush()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        with process.stdout or contextlib.nullcontext(()) as events:
            for line in events:
                event = json.loads(line)
                if "ended" in event and not self._stopping:
                    self._ended[event["ended"]] = event["status"]
                elif "started" in event:
                    self._reached(f"{event['started']} forked")

    # ------------------------------------------------------------ readiness

    def _reached(self, name: str) -> None:
        self.timings.setdefault(name, round(time.monotonic() - self._begun, 2))

    def _await_ready(self) -> None:
        conditions = self._conditions()
        total = len(conditions)
        deadline = time.monotonic() + START_TIMEOUT_S
        with httpx.Client(base_url=self.url, timeout=5.0, trust_env=False) as client:
            while conditions:
                self.check()
                if time.monotonic() > deadline:
                    raise LocalAirflowError(
                        f"Airflow is not ready after {START_TIMEOUT_S:.0f} s; missing: {', '.join(conditions)}.\n"
                        + self._tail("scheduler")
                    )
                with contextlib.suppress(
                    httpx.TransportError, AirflowAway
                ):  # refused until the api-server listens: ask again
                    for name, holds in list(conditions.items()):
                        if not holds(client):
                            break
                        del conditions[name]
                        self._reached(name)
                        self._progress(0.4 + 0.6 * (1 - len(conditions) / total), f"{name} ready")
                if conditions:
                    time.sleep(LOOK_S)

    def _conditions(self) -> dict[str, Callable[[httpx.Client], bool]]:
        conditions: dict[str, Callable[[httpx.Client], bool]] = {"api-server": self._answers}
        if "scheduler" in self._components:
            conditions["scheduler"] = lambda client: self._beats(client, "scheduler")
        if "dag-processor" in self._components:
            conditions["DAGs"] = lambda _client: self._dags_known()
        return conditions

    def _answers(self, client: httpx.Client) -> bool:
        """Our own API server: a stranger on the same port knows no password of ours."""
        body = {"username": ADMIN, "password": self.password}
        return client.post("/auth/token", json=body).status_code == HTTPStatus.CREATED

    def _beats(self, client: httpx.Client, component: str) -> bool:
        """The component's latest heartbeat is of this start, not left over from the last one."""
        health = client.get("/api/v2/monitor/health")
        beat = health.json().get(component, {}).get(f"latest_{component}_heartbeat") if health.is_success else None
        return beat is not None and datetime.fromisoformat(beat) >= self._began_at

    def _dags_known(self) -> bool:
        """Every DAG file has been parsed since it was last changed, by this start or an earlier one."""
        changed = max(path.stat().st_mtime for path in (PROJECT_ROOT / "dags").glob("*.py"))
        with self.rest() as rest:
            errors = rest.call("GET", "/api/v2/importErrors", params={"limit": 5})["import_errors"]
            known = rest.call("GET", "/api/v2/dags", params={"limit": 100})["dags"]
        fresh = [e for e in errors if datetime.fromisoformat(e["timestamp"]) >= self._began_at]
        if fresh:
            raise LocalAirflowError(f"{fresh[0]['filename']} does not import:\n{fresh[0]['stack_trace']}")
        times = [d["last_parsed_time"] for d in known]
        return bool(times) and all(t and datetime.fromisoformat(t).timestamp() > changed for t in times)

    def _tail(self, name: str) -> str:
        return tail_of(self.logs / f"{name}.log")

    def component_logs(self) -> Iterator[Path]:
        """The components' log files."""
        yield from sorted(self.logs.glob("*.log"))
