"""Every command explains itself, and mistakes are sentences with exit code 2."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from cli.app import app
from include.settings import PROJECT_ROOT


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from commands(child, (*path, name))


pytestmark = pytest.mark.slow

ALL = list(commands(typer.main.get_command(app)))


def test_the_commands_the_readme_promises_are_there() -> None:
    names = {" ".join(path) for path, _ in ALL}
    assert names >= {
        *("demo", "up", "evaluate", "judge", "bench", "docs"),
        *("models list", "models fetch", "models verify", "db upgrade", "db verify-audit", "db sign-audit"),
        *("candidates add", "candidates list", "openings add", "openings list", "openings show"),
        *("interviews create", "interviews list", "interviews result", "interviews report"),
    }


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) or "triview" for path, _ in ALL])
def test_every_command_explains_itself(triview, path: tuple[str, ...], command: click.Command) -> None:
    shown = triview(*path, "--help")
    assert shown.code == 0
    assert shown.err == ""
    first = (command.help or "").strip().split(".")[0]
    assert first
    assert "".join(first.split())[:40] in "".join(shown.out.replace("│", " ").split())
    for parameter in command.params:
        for option in parameter.opts if isinstance(parameter, click.Option) else ():
            assert option in shown.out


def test_json_is_offered_wherever_there_is_a_result() -> None:
    without = {" ".join(p) for p, c in ALL if p and not hasattr(c, "commands")} - {
        " ".join(p) for p, c in ALL if any("--json" in o.opts for o in c.params)
    }
    assert without == {"docs", "openings show"}, "`openings show` prints JSON always; `docs` writes a file"


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("evaluate",),
        ("judge", "x.txt", "--no-such-option"),
        ("judge", "x.txt", "--stage", "final"),
        ("judge", "x.txt", "--language", "fr"),
        ("judge", "x.txt", "--opening", "missing.yaml"),
        ("evaluate", "x.mp4", "--profile", "mars"),
        ("evaluate", "x.mp4", "--language", "fr"),
        ("evaluate", "missing.mp4"),
        ("judge", "missing.txt"),
        ("openings", "show", "nothing"),
        ("openings", "add", "missing.yaml"),
        ("interviews", "result", "nothing"),
        ("interviews", "report", "nothing"),
        ("interviews", "create", "x.mp4", "--candidate", "c", "--opening", "o"),
        ("interviews", "create", "x.mp4", "--candidate", "c", "--opening", "o", "--consent", "1"),
        ("interviews", "create", "x.mp4", "--candidate", "c", "--opening", "o", "--consent", "1", "--marks", "no.json"),
        ("demo", "--language", "fr"),
        ("models", "verify", "no-such-model"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_a_sentence_with_exit_code_2(triview, arguments: tuple[str, ...]) -> None:
    shown = triview(*arguments)
    assert shown.code == 2
    assert len((shown.err or shown.out).split()) >= 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRIVIEW_JUDGE", "oracle"),
        ("TRIVIEW_CORES", "many"),
        ("TRIVIEW_JUDGE", "openai"),
        ("TRIVIEW_MAX_BYTES", "-1"),
        ("TRIVIEW_JUDGE_RUNS", "nan"),
        ("TRIVIEW_CORES", "inf"),
        ("TRIVIEW_JUDGE_RUNS", "0.5"),
        ("TRIVIEW_MAX_PIXELS", "1e400"),
        ("TRIVIEW_JUDGE_TIMEOUT_S", "nan"),
        ("TRIVIEW_MAX_DOCUMENT_BYTES", "ten"),
        ("TRIVIEW_JUDGE_ANSWER_TOKENS", "0"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(triview, monkeypatch: pytest.MonkeyPatch, name: str, value) -> None:
    monkeypatch.setenv(name, value)
    shown = triview("candidates", "list")
    assert shown.code == 2
    assert name in shown.err


def test_a_home_that_cannot_be_made_is_a_sentence(triview, home: Path) -> None:
    home.write_text("a file where the folder should be")
    shown = triview("db", "upgrade")
    assert shown.code in (1, 2)
    assert shown.err.startswith("✗")


def test_the_program_runs_from_any_folder_and_without_a_terminal(tmp_path: Path, home: Path) -> None:
    done = subprocess.run(
        [PROJECT_ROOT / "triview", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "evaluate" in done.stdout
    assert "근거가 있는 면접 평가" in done.stdout
    assert "\x1b[" not in done.stdout, "no colour codes in a pipe"
