"""What every refusal owes its reader: a cause, a remedy, and nothing about the person or the machine."""

from __future__ import annotations

from pathlib import Path

from include.interview.errors import TriviewError
from include.settings import PROJECT_ROOT
from tests.support.installation import NAME


def assert_clear(error: TriviewError, *secrets: str) -> None:
    """`error` names cause and remedy in a sentence, has a code, and holds no path, name or other secret."""
    assert len(error.cause.split()) >= 3, "a sentence says what is wrong"
    assert len(error.remedy.split()) >= 2, "and what to do"
    assert error.code
    shown = str(error)
    for secret in (NAME, NAME.split()[0], str(Path.home()), str(PROJECT_ROOT), "/tmp", "Traceback", *secrets):
        assert secret not in shown
