"""Imported by every Airflow component at start; makes the heavy imports of the tasks once, in the scheduler.

Each task of the LocalExecutor is a fork of the scheduler, so modules imported here are shared copy-on-write and a
task finds them loaded. A module may load plain arrays, but starts no thread and opens no runtime of models.
`TRIVIEW_PRELOAD` (names separated by commas; empty = off) opts in.

On MySQL it mends what Airflow 3.3.2 stores of callbacks, without which the scheduler ends at the first late run.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from enum import Enum
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

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


MYSQL = ("mysql", "mariadb")


def _plain(value: Any) -> Any:
    """The word of an enumeration of words, anything else as it is."""
    return value.value if isinstance(value, Enum) and isinstance(value, str) else value


def _plain_all(parameters: Any) -> Any:
    if isinstance(parameters, dict):
        return {name: _plain(value) for name, value in parameters.items()}
    if isinstance(parameters, (list, tuple)):
        inner = [_plain_all(one) if isinstance(one, (dict, list, tuple)) else _plain(one) for one in parameters]
        return type(parameters)(inner)
    return parameters


@event.listens_for(Engine, "before_cursor_execute", retval=True)
def plain_words(
    connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
) -> tuple[str, Any]:
    """Hand mysqlclient plain words instead of members of Airflow's enumerations.

    mysqlclient writes a member by its name (`CallbackType.EXECUTOR`, 21 characters) where its word (`executor`) is
    meant; the column `callback.type` has 20, and the error ends the scheduler each time it starts.
    """
    del cursor, context, many
    return statement, _plain_all(parameters) if connection.dialect.name in MYSQL else parameters


preload()
