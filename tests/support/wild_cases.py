"""The folder of inputs met in the wild, where the machine has it: used beside what the tests make themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

CASES = next(
    (p / "shared" / "cases" for p in Path(__file__).resolve().parents if (p / "shared" / "cases").is_dir()), None
)


def wild(name: str) -> Path:
    """The file or folder `name` of the cases; the test is skipped with a reason where they are not."""
    if CASES is None or not (CASES / name).exists():
        pytest.skip(f"the inputs met in the wild are not on this machine: {name}")
    return CASES / name
