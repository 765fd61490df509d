"""Imported by every Airflow component at start; makes the heavy imports of the tasks once, in the scheduler.

Each task of the LocalExecutor is a fork of the scheduler, so modules imported here are shared copy-on-write and a
task finds them loaded. A module may load plain arrays, but starts no thread and opens no runtime of models.
`TRIVIEW_PRELOAD` (names separated by commas; empty = off) opts in.
"""

from __future__ import annotations

import importlib
import os
import sys
import time

__all__: list[str] = []


def preload() -> None:
    """Import the modules of `TRIVIEW_PRELOAD` when this process is the scheduler; says what it took on stderr."""
    names = [name for name in os.environ.get("TRIVIEW_PRELOAD", "").split(",") if name]
    if not names or "scheduler" not in sys.argv:
        return
    started = time.perf_counter()
    for name in names:
        importlib.import_module(name)
    print(f"preloaded {len(names)} modules in {time.perf_counter() - started:.1f} s", file=sys.stderr)


preload()
