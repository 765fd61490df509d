"""The command line in this process, on an installation of the test's own."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.app import main
from include.settings import load_settings


@dataclass(frozen=True)
class Outcome:
    """How one command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document."""
        return json.loads(self.out)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty TRIVIEW_HOME for this test, with the offline judge."""
    models = load_settings().models_dir
    for name in ("OPENAI_API_KEY", "TRIVIEW_MASTER_KEY", "TRIVIEW_DB_URL", "TRIVIEW_STORAGE_URL", "TRIVIEW_CHROMA_URL"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    monkeypatch.setenv("TRIVIEW_HOME", str(folder))
    monkeypatch.setenv("TRIVIEW_MODELS", str(models))
    monkeypatch.setenv("TRIVIEW_JUDGE", "offline")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def triview(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """`triview(*arguments) -> Outcome`, as `./triview` would run it."""

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["triview", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return Outcome(code, shown.out, shown.err)

    return run
