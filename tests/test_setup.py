"""Setting a machine up: the bootstrap on a pretended machine, the launcher, the make targets, what CI runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.expected_skips import APT_POLICY, ROOT_WITHOUT_APT_POLICY

ROOT = Path(__file__).resolve().parents[1]
TARGETS = {
    "setup",
    "setup-dev",
    "hooks",
    "models",
    "demo",
    "up",
    "test",
    "test-unit",
    "bench",
    "lint",
    "format",
    "docs",
    "clean",
}
TOOLS = [
    *("bash", "env", "mktemp", "rm", "sort", "comm", "awk", "cat", "cut", "sha256sum", "tr", "sed", "tail", "printenv"),
    *("dirname", "mkdir", "ln", "chmod", "tee", "touch"),
]

pytestmark = [pytest.mark.programs, pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")]


class Machine:
    """A copy of the set-up scripts beside tools that note how they are called instead of changing this machine."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.calls_file = folder / "project", folder / "bin", folder / "calls"
        (self.root / ".ci").mkdir(parents=True)
        self.bin.mkdir()
        for name in (".ci/bootstrap.sh", ".ci/constraints.txt", "requirements.txt", "requirements-dev.txt"):
            shutil.copy(ROOT / name, self.root / name)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        (self.bin / "python3.11").symlink_to(sys.executable)
        self.installed(True)
        self.tool("id", "echo 1000")
        # What uv would do, without the packages.
        uv = self.root / ".tools/uv/bin"
        uv.mkdir(parents=True)
        self.tool(
            "uv",
            f'echo "uv $* FIND_LINKS=${{UV_FIND_LINKS:-}}" >>{self.calls_file}\n'
            'case "$1" in venv) mkdir -p .venv/bin && ln -sf "$(command -v python3.11)" .venv/bin/python ;; '
            'pip) case "${REFUSE_CONSTRAINTS:-}$*" in yes*-c*) exit 1 ;; esac ;; esac',
            uv,
        )
        self.extra: dict[str, str] = {}

    def tool(self, name: str, script: str, folder: Path | None = None) -> None:
        place = (folder or self.bin) / name
        place.unlink(missing_ok=True)
        place.write_text(f"#!{shutil.which('bash')}\n{script}\n", "utf-8")
        place.chmod(0o755)

    def installed(self, everything: bool, but: str = "") -> None:
        """Sets what dpkg-query says about the packages it is asked for."""
        # Like the real one, it fails when one of the packages is not known to it.
        status = "exit 0" if everything and not but else "exit 1"
        listing = f'[ "$name" = "{but}" ] || echo "ii $name"' if everything else ":"
        self.tool("dpkg-query", f'for name in "$@"; do case "$name" in -*) ;; *) {listing} ;; esac; done\n{status}')

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.root / ".ci/bootstrap.sh"), *options],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env={"PATH": str(self.bin), "HOME": str(self.root), "PIP_FIND_LINKS": str(self.wheels), **self.extra},
        )

    @property
    def wheels(self) -> Path:
        """A folder that pip is told to look into, with a CPU build of torch (so that no index is asked)."""
        folder = self.root.parent / "wheels"
        folder.mkdir(exist_ok=True)
        (folder / "torch-2.13.0+cpu-cp311-cp311-linux_x86_64.whl").touch()
        return folder

    @property
    def calls(self) -> list[str]:
        return self.calls_file.read_text("utf-8").splitlines() if self.calls_file.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_first_run_installs_and_a_second_does_nothing(machine: Machine) -> None:
    first = machine.run()
    assert first.returncode == 0, first.stderr
    assert [call.split()[1] for call in machine.calls] == ["venv", "pip"]
    assert "-r requirements.txt -c .ci/constraints.txt" in machine.calls[1]
    started = time.perf_counter()
    second = machine.run()
    took_s = time.perf_counter() - started
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert len(machine.calls) == 2
    assert took_s < 3.0  # 0.2 s on an idle machine


def test_changed_requirements_are_installed_into_the_same_environment(machine: Machine) -> None:
    assert machine.run().returncode == 0
    with (machine.root / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    assert machine.run().returncode == 0
    assert [call.split()[1] for call in machine.calls] == ["venv", "pip", "pip"]


def test_the_tests_packages_include_the_products(machine: Machine) -> None:
    assert machine.run("--dev").returncode == 0
    assert "-r requirements-dev.txt" in machine.calls[-1]
    count = len(machine.calls)
    assert machine.run().returncode == 0
    assert len(machine.calls) == count, "after setup-dev there is nothing left for setup to do"


def test_pips_find_links_reach_uv_and_a_cpu_build_there_is_enough(machine: Machine) -> None:
    machine.run()
    assert machine.calls[-1].endswith(f"FIND_LINKS={machine.wheels}")
    assert "--torch-backend" not in machine.calls[-1]


def test_versions_that_cannot_be_had_are_resolved_anew_and_said(machine: Machine) -> None:
    machine.extra["REFUSE_CONSTRAINTS"] = "yes"
    done = machine.run()
    assert done.returncode == 0
    assert "resolving requirements.txt anew" in done.stderr
    assert "-c .ci/constraints.txt" not in machine.calls[-1]


def test_without_root_the_exact_command_is_printed_and_nothing_is_done(machine: Machine) -> None:
    machine.installed(True, but="ffmpeg")
    done = machine.run()
    assert done.returncode != 0
    assert "sudo apt-get update && sudo apt-get install -y --no-install-recommends ffmpeg\n" in done.stderr
    assert not (machine.root / ".venv").exists()
    assert machine.calls == []


@pytest.mark.skipif(os.geteuid() == 0 and not APT_POLICY.exists(), reason=ROOT_WITHOUT_APT_POLICY)
def test_root_installs_only_what_is_missing_without_questions(machine: Machine) -> None:
    machine.installed(True, but="espeak-ng")
    machine.tool("id", "echo 0")
    machine.tool("apt-cache", "exit 0")
    machine.tool("apt-get", f'echo "apt-get $DEBIAN_FRONTEND $*" >>{machine.calls_file}')
    if not Path("/usr/sbin/policy-rc.d").exists():
        machine.tool("tee", "cat >/dev/null")
        machine.tool("chmod", ":")
        machine.tool("rm", ":")
    assert machine.run().returncode == 0
    assert machine.calls[0] == "apt-get noninteractive install -y -q --no-install-recommends espeak-ng"


def test_missing_packages_can_be_asked_for(machine: Machine) -> None:
    assert machine.run("--check").returncode == 0
    machine.installed(False)
    done = machine.run("--check")
    assert done.returncode == 1
    assert {"ffmpeg", "libmariadb-dev", "mariadb-server", "chromium"} <= set(done.stdout.split())


def test_another_python_is_refused_in_a_sentence(machine: Machine) -> None:
    (machine.bin / "python3.11").unlink()
    machine.tool("python3", "exit 1")
    done = machine.run()
    assert done.returncode != 0
    assert "needs Python 3.11" in done.stderr


def test_the_launcher_says_what_to_run_first(tmp_path: Path) -> None:
    shutil.copy(ROOT / "triview", tmp_path / "triview")
    done = subprocess.run([str(tmp_path / "triview"), "demo"], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 1
    assert f"make -C '{tmp_path}' setup" in done.stderr


def test_the_launcher_runs_the_projects_own_python_from_anywhere(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".venv/bin").mkdir(parents=True)
    shutil.copy(ROOT / "triview", project / "triview")
    python = project / ".venv/bin/python"
    python.write_text('#!/bin/sh\necho "$PYTHONPATH|$*|${PYTHONDONTWRITEBYTECODE-kept}"\n')
    python.chmod(0o755)
    (tmp_path / "link").symlink_to(project / "triview")
    done = subprocess.run(
        [str(tmp_path / "link"), "models", "list", "a b"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout == f"{project}|-m cli models list a b|kept\n", "what Python compiled is kept for its children"


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
def test_make_lists_its_targets() -> None:
    done = subprocess.run(["make", "-C", str(ROOT)], capture_output=True, text=True, check=True)
    assert set(re.findall(r"^  make ([a-z-]+)", done.stdout, re.M)) >= TARGETS


@pytest.mark.skipif(shutil.which("make") is None, reason="needs make")
@pytest.mark.parametrize(("tests", "lint", "status"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
def test_ci_runs_tests_and_lint_and_ends_with_the_summary(tmp_path: Path, tests: int, lint: int, status: int) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", tmp_path / ".ci/run")
    summary = "===== 1 failed, 41 passed in 3.21s =====" if tests else "===== 42 passed in 3.21s ====="
    failed = "\t@echo 'FAILED tests/test_a.py::test_b - AssertionError'\n" if tests else ""
    (tmp_path / "Makefile").write_text(
        f"test:\n{failed}\t@echo '{summary}'\n\t@exit {tests}\nlint:\n\t@echo linting\n\t@exit {lint}\n", "utf-8"
    )
    done = subprocess.run([str(tmp_path / ".ci/run")], capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == (status != 0)
    lines = done.stdout.splitlines()
    assert lines[-1] == summary
    assert ("make lint: FAILED" in lines) == bool(lint)


def test_requirements_are_pinned_explained_and_free_of_machine_paths() -> None:
    constraints = (ROOT / ".ci/constraints.txt").read_text("utf-8")
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            if not line or line.startswith(("#", "-r")):
                continue
            assert re.match(r"[a-z0-9._-]+(\[[a-z]+\])?==[0-9][0-9.a-z]*\s+# \S", line), f"pin and licence: {line}"
    for line in constraints.splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z0-9._-]+==[0-9][0-9a-z.]*", line), line


def test_recorded_versions_agree_with_the_pins() -> None:
    def versions(name: str) -> dict[str, str]:
        text = (ROOT / name).read_text("utf-8")
        found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[a-z]+\])?==(\S+)", text, re.M)
        return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in found}

    recorded = versions(".ci/constraints.txt")
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert versions(name)
        for package, version in versions(name).items():
            assert recorded.get(package) == version, package
