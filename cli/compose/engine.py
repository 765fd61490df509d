"""The container engine and its compose command, as found on this machine or named by the environment."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from include.interview.errors import ServiceFailure

COMPOSE_VARIABLE = "TRIVIEW_COMPOSE"
BUILD_VARIABLE = "TRIVIEW_COMPOSE_BUILD"
TAIL_LINES = 25
ANSWER_S = 60.0
CHECK_S = 120.0
"""The longest timeout of a check in docker-compose.yaml."""
BUILD_S = 3600.0


class Engine(msgspec.Struct, frozen=True):
    """`program` (docker or podman), the `compose` command over it, and further options of its `build`."""

    program: str
    compose: tuple[str, ...]
    build_options: tuple[str, ...] = ()

    def run(self, *arguments: str, timeout_s: float = ANSWER_S, check: bool = True) -> subprocess.CompletedProcess[str]:
        """The engine's answer to `program arguments`.

        Raises:
            ServiceFailure: it failed (unless `check` is False) or did not answer in time; with the end of its output.
        """
        return _run((self.program, *arguments), timeout_s, check)

    def build(self, tag: str, context: Path, **arguments: str) -> None:
        """Build the image `tag` from the folder `context`, with build arguments.

        Raises:
            ServiceFailure: it failed; with the end of its output.
        """
        given = [part for name, value in arguments.items() for part in ("--build-arg", f"{name}={value}")]
        self.run("build", *self.build_options, *given, "--tag", tag, str(context), timeout_s=BUILD_S)

    def on(self, file: Path, project: str, *arguments: str, timeout_s: float = BUILD_S) -> None:
        """`compose arguments` on the composition in `file`.

        Raises:
            ServiceFailure: it failed; with the end of its output.
        """
        _run((*self.compose, "--file", str(file), "--project-name", project, *arguments), timeout_s, True)

    def healthy(self, container: str) -> bool:
        """True when the container runs and its own check passes; a check is run now where nobody else runs it."""
        if not self.running(container):
            return False
        if self.program == "podman":
            return self._checked_now(container)
        answer = self.run("inspect", "--format", "{{.State.Health.Status}}", container, check=False)
        return answer.stdout.strip() == "healthy"

    def _checked_now(self, container: str) -> bool:
        try:
            return self.run("healthcheck", "run", container, timeout_s=CHECK_S, check=False).returncode == 0
        except ServiceFailure:  # too slow to say so: not healthy yet, and asked again
            return False

    def running(self, container: str) -> bool:
        """True while the container runs."""
        return self.state(container).get("Status") == "running"

    def state(self, container: str) -> Mapping[str, object]:
        """The container's state as the engine describes it; empty when there is no such container."""
        answer = self.run("inspect", "--format", "{{json .State}}", container, check=False)
        return json.loads(answer.stdout) if answer.returncode == 0 else {}

    def tail(self, container: str) -> str:
        """The end of the container's log."""
        answer = self.run("logs", "--tail", str(TAIL_LINES), container, check=False)
        return answer.stdout + answer.stderr


def _run(command: Sequence[str], timeout_s: float, check: bool) -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=timeout_s, stdin=subprocess.DEVNULL
        )
    except subprocess.TimeoutExpired:
        raise ServiceFailure(f"`{shlex.join(command[:4])} …` gave no answer within {timeout_s:.0f} s.") from None
    if check and done.returncode:
        told = "\n".join((done.stdout + done.stderr).splitlines()[-TAIL_LINES:])
        raise ServiceFailure(
            f"`{shlex.join(command[:4])} …` ended with status {done.returncode}.\n{told}", "The cause is above."
        )
    return done


def find_engine(env: Mapping[str, str] | None = None, which: Callable[[str], str | None] = shutil.which) -> Engine:
    """The engine of this machine, or the one that TRIVIEW_COMPOSE names ("docker compose", "podman-compose").

    TRIVIEW_COMPOSE_BUILD: options that every build needs here, such as `--network host`.

    Raises:
        ServiceFailure: there is none, with what to install.
    """
    env = os.environ if env is None else env
    options = tuple(shlex.split(env.get(BUILD_VARIABLE) or ""))
    if named := shlex.split(env.get(COMPOSE_VARIABLE) or ""):
        return Engine("podman" if "podman" in Path(named[0]).name else "docker", tuple(named), options)
    if which("docker") and _answers("docker", "info") and _answers("docker", "compose", "version"):
        return Engine("docker", ("docker", "compose"), options)
    if which("podman") and which("podman-compose"):
        return Engine("podman", ("podman-compose",), options)
    raise ServiceFailure(
        "There is no container engine: neither `docker compose` with a running Docker nor podman and podman-compose.",
        f"Install one, or name its compose command in {COMPOSE_VARIABLE}.",
    )


def _answers(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL).returncode == 0
