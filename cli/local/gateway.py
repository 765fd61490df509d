"""One replica of the live gateway on this machine, as a process that ends with whoever started it."""

from __future__ import annotations

import os
import secrets
import signal
import sys
import time
from pathlib import Path

import httpx

from cli.local.ports import free_port
from cli.local.process import LocalProcess, LocalProcessError
from include.interview.progress import Progress, silent
from include.settings import PROJECT_ROOT, Settings

START_TIMEOUT_S = 120.0
STOP_TIMEOUT_S = 30.0
LOOK_S = 0.1


_PASSED_ON = (
    "TRIVIEW_JUDGE",
    "TRIVIEW_JUDGE_MODEL",
    "TRIVIEW_JUDGE_RUNS",
    "TRIVIEW_JUDGE_TIMEOUT_S",
    "TRIVIEW_JUDGE_ANSWER_TOKENS",
    "TRIVIEW_MAX_DOCUMENT_BYTES",
)
"""Settings that the gateway's process takes over as they were given."""


class LocalGatewayError(LocalProcessError):
    """The gateway ended or did not come up; the text shows the end of its log."""


class LocalGateway(LocalProcess):
    """A gateway below `settings.home / "gateway"`, answering on loopback.

    Args:
        settings: of the installation it serves.
        redis_url: a running Redis.
        airflow: address, user and password of the Airflow that gets finished interviews; None: they wait.
        port: where to listen; None: the usual one, or a free one when that is taken.
        name: of its log, where several replicas share a home.
        more: further TRIVIEW_* variables.
    """

    error = LocalGatewayError

    def __init__(
        self,
        settings: Settings,
        redis_url: str,
        *,
        airflow: tuple[str, str, str] | None = None,
        port: int | None = None,
        name: str = "gateway",
        progress: Progress = silent,
        more: dict[str, str] | None = None,
    ) -> None:
        super().__init__("The gateway", log_folder(settings) / f"{name}.log", STOP_TIMEOUT_S)
        self.settings = settings
        self.port = port or free_port(0)
        self._redis_url = redis_url
        self._airflow = airflow
        self._progress = progress
        self._more = more or {}
        self.metrics_token = os.environ.get("TRIVIEW_METRICS_TOKEN") or secrets.token_urlsafe(32)
        """Bearer token that reads the replica's /metrics."""

    @property
    def url(self) -> str:
        """Base address of its pages, REST interface and sockets."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The environment variables of the process."""
        settings = self.settings
        env = {n: v for n, v in os.environ.items() if not n.startswith(("AIRFLOW", "TRIVIEW_"))}
        env |= {
            "PYTHONPATH": str(PROJECT_ROOT),
            "PYANNOTE_METRICS_ENABLED": "0",
            "TRIVIEW_HOME": str(settings.home),
            "TRIVIEW_DB_URL": settings.db_url,
            "TRIVIEW_STORAGE_URL": settings.storage_url,
            "TRIVIEW_MODELS": str(settings.models_dir),
            "TRIVIEW_MASTER_KEY_FILE": str(settings.master_key_file),
            "TRIVIEW_CORES": str(settings.cores),
            "TRIVIEW_LIVE_MARKER": str(settings.live_marker),
            "TRIVIEW_REDIS_URL": self._redis_url,
            "TRIVIEW_GATEWAY_PORT": str(self.port),
            "TRIVIEW_METRICS_TOKEN": self.metrics_token,
        }
        for name in _PASSED_ON:
            if os.environ.get(name):
                env[name] = os.environ[name]
        if settings.master_key:
            env["TRIVIEW_MASTER_KEY"] = settings.master_key
        if settings.chroma_url:
            env["TRIVIEW_CHROMA_URL"] = settings.chroma_url
        if self._airflow is not None:
            url, user, password = self._airflow
            env |= {"TRIVIEW_AIRFLOW_URL": url, "TRIVIEW_AIRFLOW_USER": user, "TRIVIEW_AIRFLOW_PASSWORD": password}
        return env | self._more

    def start(self) -> None:
        """Start it; `wait_ready` returns when it takes sessions."""
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._launch([sys.executable, "-m", "live_gateway"], env=self.environment(), folder=PROJECT_ROOT)

    def wait_ready(self) -> None:
        """Return when models are warm and every service answers.

        Raises:
            LocalGatewayError: it ended, or was not ready in time.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        reason = "no answer yet"
        with httpx.Client(base_url=self.url, timeout=5.0, trust_env=False) as client:
            while time.monotonic() < deadline:
                self.check()
                try:
                    answer = client.get("/health/ready")
                except httpx.TransportError:
                    pass
                else:
                    if answer.is_success:
                        self._progress(1.0, "gateway ready")
                        return
                    reason = answer.text[:500]
                    self._progress(0.6, "gateway warms its models")
                time.sleep(LOOK_S)
        raise LocalGatewayError(f"The gateway is not ready after {START_TIMEOUT_S:.0f} s: {reason}\n{self.tail()}")

    def terminate(self) -> None:
        """Ask it to drain and end; `stop` waits for that."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """Kill the process (SIGKILL), without draining."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def log_folder(settings: Settings) -> Path:
    """The folder of the replicas' log files."""
    return settings.home / "gateway"
