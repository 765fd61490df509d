"""The composed system from nothing to healthy, and back to nothing."""

from __future__ import annotations

import ssl
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import yaml

from cli.compose.composition import CERTIFICATE, SECOND, Differences, composition_for_test, container_of
from cli.compose.engine import Engine
from cli.compose.images import TRIVIEW, Say
from cli.local.ports import free_port
from cli.setup.new_env import FILE_MODE, FOLDER_MODE, fresh_secrets, write
from include.interview.errors import ServiceFailure
from include.models import select

PROJECT = "triview-test"
WAVES: tuple[tuple[str, ...], ...] = (
    ("mysql", "redis", "chroma"),
    ("init",),
    ("api-server",),
    ("scheduler", "dag-processor", "triggerer", "worker", "gateway", SECOND, "proxy"),
)
"""What may start once all before it are healthy; `init` is done when it has ended."""
ONCE = "init"
UNWATCHED = "proxy"
HEALTHY_S = 900.0
LOOK_S = 1.0
BLKIO_WEIGHTS = (Path("/sys/fs/cgroup/io.bfq.weight"), Path("/sys/fs/cgroup/blkio/blkio.bfq.weight"))
USER_ID = 50000
"""The image's user."""


class ComposedSystem:
    """The system under `folder`: a context manager that builds nothing, starts all, and removes all it started.

    Args:
        images: service -> image, as `build_images` made them.
        keep: leave it running at the end.
    """

    def __init__(
        self, engine: Engine, root: Path, folder: Path, images: dict[str, str], say: Say, *, keep: bool = False
    ) -> None:
        self.engine, self._root, self._folder, self._images = engine, root, folder, images
        self._say, self._keep = say, keep
        self.port = free_port(8443)
        self.secrets = folder / "secrets"
        self.seconds: dict[str, float] = {}
        """Service -> from its start to healthy."""

    @property
    def url(self) -> str:
        """Where the proxy answers."""
        return f"https://localhost:{self.port}"

    def secret(self, name: str) -> str:
        """The content of a secret of this system."""
        return (self.secrets / name).read_text(encoding="utf-8")

    def tls(self) -> ssl.SSLContext:
        """What trusts the proxy's certificate, and nothing else."""
        return ssl.create_default_context(cafile=str(self._folder / "certificate.pem"))

    def container(self, service: str) -> str:
        """Name of the container of `service`."""
        return container_of(PROJECT, service)

    def __enter__(self) -> Self:
        try:
            self.down()
            self._prepare()
            for wave in WAVES:
                self._start(wave)
        except BaseException:
            if not self._keep:
                self.down()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._keep:
            self.down()

    def down(self) -> None:
        """Remove containers, networks and volumes of this project, and the secrets."""
        if self._file.exists():
            self.engine.on(self._file, PROJECT, "down", "--volumes", "--timeout", "20")
        for file in self.secrets.glob("*"):
            file.unlink()

    @property
    def _file(self) -> Path:
        return self._folder / "docker-compose.yaml"

    def _prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        self.secrets.mkdir(exist_ok=True, mode=FOLDER_MODE)
        for name, content in (fresh_secrets() | {CERTIFICATE: self._certificate()}).items():
            write(self.secrets / name, content, FILE_MODE)
        document: dict[str, Any] = yaml.safe_load((self._root / "docker-compose.yaml").read_text("utf-8"))
        wanted = Differences(
            self._root,
            self.secrets,
            PROJECT,
            self._images,
            ("127.0.0.1", self.port),
            weigh_disks=any(file.exists() for file in BLKIO_WEIGHTS),
        )
        self._file.write_text(yaml.safe_dump(composition_for_test(document, wanted)), encoding="utf-8")
        self._bring_models()

    def _certificate(self) -> str:
        """Key and certificate for localhost, as HAProxy reads them; the certificate alone is kept to trust it by."""
        key, certificate = self._folder / "key.pem", self._folder / "certificate.pem"
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        subprocess.run(
            ["openssl", "req", *kind, *subject, "-keyout", str(key), "-out", str(certificate)],
            check=True,
            capture_output=True,
        )
        both = key.read_text() + certificate.read_text()
        key.unlink()
        return both

    def _bring_models(self) -> None:
        """Copy this machine's verified weights into the system's volume: `init` then has nothing to fetch."""
        from include.settings import load_settings

        folder = load_settings().models_dir
        present = [file.path for file in select(["product"]) if (folder / file.path).is_file()]
        copy = f'cd /from && cp --parents "$@" /to && chown -R {USER_ID}:{USER_ID} /to'
        mounts = ["--volume", f"{folder}:/from:ro", "--volume", f"{PROJECT}_models:/to"]
        self._say(f"bringing {len(present)} files of weights")
        self.engine.run(
            "run", "--rm", "--user", "0", *mounts, TRIVIEW, "sh", "-c", copy, "sh", *present, timeout_s=HEALTHY_S
        )

    def _start(self, services: Sequence[str]) -> None:
        self._say(f"starting {', '.join(services)}")
        started = time.monotonic()
        self.engine.on(self._file, PROJECT, "up", "--detach", *services, timeout_s=HEALTHY_S)
        waiting = set(services)
        while waiting:
            for service in sorted(waiting):
                if self._up(service):
                    waiting.discard(service)
                    self.seconds[service] = time.monotonic() - started
                    self._say(f"{service} is up after {self.seconds[service]:.0f} s")
            self._give_up(started, waiting)
            time.sleep(LOOK_S if waiting else 0)

    def _up(self, service: str) -> bool:
        state = self.engine.state(self.container(service))
        if service == ONCE:
            if state.get("Status") == "exited" and state.get("ExitCode") != 0:
                raise ServiceFailure(f"{service} failed.\n{self.engine.tail(self.container(service))}")
            return state.get("Status") == "exited"
        if service == UNWATCHED:
            return state.get("Status") == "running"
        return self.engine.healthy(self.container(service))

    def wait_up(self, service: str) -> float:
        """Seconds until `service` is healthy again.

        Raises:
            ServiceFailure: it is not in time.
        """
        started = time.monotonic()
        while not self._up(service):
            self._give_up(started, {service})
            time.sleep(LOOK_S)
        return time.monotonic() - started

    def _give_up(self, started: float, waiting: set[str]) -> None:
        if waiting and time.monotonic() - started > HEALTHY_S:
            tails = "\n".join(f"--- {name}\n{self.engine.tail(self.container(name))}" for name in sorted(waiting))
            raise ServiceFailure(f"Not up within {HEALTHY_S:.0f} s: {', '.join(sorted(waiting))}.\n{tails}")

    def kill(self, service: str) -> None:
        """End the container of `service` at once, as a machine that loses power does, and start it again."""
        self.engine.run("kill", "--signal", "KILL", self.container(service))
        self.start_again(service)

    def start_again(self, service: str) -> None:
        """Start the container of `service`, which ended."""
        self._until(lambda: not self.engine.running(self.container(service)))
        self.engine.run("start", self.container(service))

    def restart(self, service: str) -> None:
        """Stop the container of `service` in order and start it again."""
        self.engine.run("restart", "--time", "20", self.container(service))

    def _until(self, reached: Callable[[], bool]) -> None:
        started = time.monotonic()
        while not reached():
            if time.monotonic() - started > HEALTHY_S:
                raise ServiceFailure("A container did not end.", "Look at the engine.")
            time.sleep(LOOK_S)
