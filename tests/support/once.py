"""What is costly to make and changed by no test is made once per run, whichever worker asks first."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], T]) -> T:
    """What `make(folder)` returned, in this worker or another; others wait for the first.

    What it returns must survive pickling, and what it left in its folder is for everybody to read and for nobody to
    change. A failure or a skip is not kept: the next who asks tries again.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, kept = shared / f"once-{name}", shared / f"once-{name}.pickle"
    with (shared / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            folder.mkdir(exist_ok=True)
            made = make(folder)
            written = kept.with_suffix(".new")
            written.write_bytes(pickle.dumps(made))
            written.rename(kept)
        return pickle.loads(kept.read_bytes())  # noqa: S301 - written by this run
