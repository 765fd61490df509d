"""The container engine is found or named, and what is missing is said."""

from __future__ import annotations

import pytest

from cli.compose.engine import Engine, find_engine
from include.interview.errors import ServiceFailure

pytestmark = pytest.mark.programs


@pytest.mark.parametrize(("named", "program"), [("docker compose", "docker"), ("/opt/x/podman-compose -v", "podman")])
def test_a_named_one_is_used(named: str, program: str) -> None:
    env = {"TRIVIEW_COMPOSE": named, "TRIVIEW_COMPOSE_BUILD": "--network host -v '/a b:/c'"}
    found = find_engine(env)
    assert found == Engine(program, tuple(named.split()), ("--network", "host", "-v", "/a b:/c"))


def test_podman_is_taken_with_its_compose_command_only() -> None:
    found = find_engine({}, which=lambda name: f"/bin/{name}" if name.startswith("podman") else None)
    assert found.compose == ("podman-compose",)
    with pytest.raises(ServiceFailure, match="TRIVIEW_COMPOSE"):
        find_engine({}, which=lambda name: "/bin/podman" if name == "podman" else None)


def test_what_a_program_says_at_its_failure_is_shown() -> None:
    with pytest.raises(ServiceFailure, match="no-such-file") as caught:
        Engine("ls", ()).run("/no-such-file")
    assert "status 2" in str(caught.value)
    with pytest.raises(ServiceFailure, match="no answer within 0 s"):
        Engine("sleep", ()).run("5", timeout_s=0.05)
