"""Databases with the newest schema, copied from one that was upgraded once: an upgrade runs two dozen statements."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from include.storage import make_engine, upgrade
from tests.support.services.mariadb import MariaDB


@functools.cache
def _sqlite_file() -> bytes:
    with tempfile.TemporaryDirectory(prefix="triview-schema-") as folder:
        path = Path(folder) / "triview.db"
        _upgraded(f"sqlite:///{path}")
        return path.read_bytes()


@functools.cache
def _mariadb_template(server: MariaDB) -> str:
    name = server.new_database()
    _upgraded(server.url(name))
    return name


def _upgraded(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


def sqlite_with_schema(path: Path) -> str:
    """URL of a new SQLite database at `path`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(_sqlite_file())
    return f"sqlite:///{path}"


def mariadb_with_schema(server: MariaDB) -> str:
    """URL of a new database of `server`."""
    name = server.new_database()
    server.copy_tables(_mariadb_template(server), name)
    return server.url(name)
