"""Engines for SQLite and MySQL/MariaDB, and the schema's migrations."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
)

from include.interview.errors import BadInput, ServiceFailure

BUSY_TIMEOUT_MS = 30_000
"""How long a SQLite writer waits for the one before it."""

MODE_RETRY_S = 0.02
"""Pause between two tries to change the journal mode of a database that others are just opening."""

POOL_RECYCLE_S = 1_800
"""Below MySQL's usual wait_timeout, so that no idle connection is closed under us."""

WRITES = "triview_writes"
"""Execution option of connections that will write: SQLite then takes its write lock at BEGIN."""

VERSION_TABLE = "triview_alembic_version"
MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = "triview_upgrade"
UPGRADE_WAIT_S = 120

MYSQL_CHARSET = "utf8mb4"
MYSQL_NAMES = ("mysql", "mariadb")


def make_engine(url: str) -> Engine:
    """An engine for a `sqlite:///…` or `mysql://…` URL, set up as the stores need it.

    Raises:
        BadInput: another kind of database. The message does not repeat the URL, which may hold a password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise BadInput("TRIVIEW_DB_URL is not a database URL.", ACCEPTED, code="bad_setting") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return adopt(sqlalchemy_engine(_with_folder(parsed), hide_parameters=True))
    if kind in MYSQL_NAMES:
        driver = parsed.set(drivername=f"{kind}+mysqldb").update_query_dict({"charset": MYSQL_CHARSET})
        return adopt(
            sqlalchemy_engine(driver, pool_pre_ping=True, pool_recycle=POOL_RECYCLE_S, hide_parameters=True),
        )
    raise BadInput(f"TRIVIEW_DB_URL names a {kind} database.", ACCEPTED, code="bad_setting")


DAMAGED = "Restore the newest backup of the database and the objects together (docs/operations.md)."
ACCEPTED = "Use sqlite:////path/to/triview.db or mysql://user:password@host:3306/triview."


def _with_folder(url: URL) -> URL:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return url


def adopt(engine: Engine) -> Engine:
    """Set up `engine`, also one that somebody else made (an Airflow connection's), and return it. Idempotent."""
    engine.hide_parameters = True
    kind = engine.dialect.name
    if kind == "sqlite" and not event.contains(engine, "engine_connect", _prepare_sqlite):
        event.listen(engine, "engine_connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    if kind in MYSQL_NAMES and not event.contains(engine, "engine_connect", _prepare_mysql):
        event.listen(engine, "engine_connect", _prepare_mysql)
    return engine


def _prepare_mysql(connection: Connection) -> None:
    """Connections of others may speak latin1, the client library's default, which has no Korean."""
    driver = connection.connection.dbapi_connection
    if driver.character_set_name() != MYSQL_CHARSET:  # type: ignore[union-attr]
        driver.set_character_set(MYSQL_CHARSET)  # type: ignore[union-attr]


def _prepare_sqlite(connection: Connection) -> None:
    """Per checkout, because an adopted engine may hold connections already.

    The driver would begin transactions late and without a lock; isolation_level None leaves BEGIN to us.
    secure_delete overwrites what is deleted, so that a destroyed key is gone from the file too.
    """
    driver = connection.connection.dbapi_connection
    driver.isolation_level = None  # type: ignore[union-attr]
    cursor = driver.cursor()  # type: ignore[union-attr]
    try:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        _use_wal(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")
    finally:
        cursor.close()


def _use_wal(cursor: Any) -> None:
    """Journal mode WAL. SQLite does not wait for others when it changes the mode, so the waiting is done here."""
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(MODE_RETRY_S)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Within the block, a connection in a transaction that only reads.

    Raises:
        ServiceFailure: the database cannot be used.
    """
    with service_failures(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Within the block, a connection in a transaction that may write.

    It is committed at the end, and rolled back on any error.

    Raises:
        ServiceFailure: the database cannot be used.
    """
    with service_failures(), engine.connect() as plain:
        connection = plain.execution_options(**{WRITES: True})
        with connection.begin():
            yield connection


@contextmanager
def service_failures() -> Iterator[None]:
    """Within the block, database errors are raised as sentences, without statements and values.

    Raises:
        ServiceFailure: the database refused or is away.
        BadInput: a value too long for its column.
    """
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise ServiceFailure(
            f"The database refused or could not be reached ({_reason(error)}).",
            "Check that it runs and has space, and that ./triview db upgrade was run; then try again.",
            code="database",
        ) from error
    except DataError as error:
        raise BadInput(
            f"A value does not fit its column ({_reason(error)}).", "Shorten the id or text that was given."
        ) from error
    except (IntegrityError, ProgrammingError):
        raise
    except (DatabaseError, sqlite3.DatabaseError) as error:
        reason = _reason(error) if isinstance(error, DatabaseError) else str(error)
        raise ServiceFailure(
            f"The database is damaged, or its file is none ({reason}).", DAMAGED, code="database"
        ) from error


def _reason(error: DBAPIError) -> str:
    """Number or short text of the driver's error; MySQL's texts may name a user and host, so its number only."""
    arguments = getattr(error.orig, "args", ())
    if arguments and isinstance(arguments[0], int):
        return f"MySQL error {arguments[0]}"
    return str(error.orig)


def newest_revision() -> str:
    """The revision of the schema that this version of Triview works on."""
    return str(_scripts().get_current_head())


def knows_revision(revision: str) -> bool:
    """True when this version of Triview can bring a schema of `revision` up to date."""
    return any(one.revision == revision for one in _scripts().walk_revisions())


def _scripts() -> Any:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return ScriptDirectory.from_config(config)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to the newest version, or to `revision`. Safe to run from several processes at once.

    Raises:
        ServiceFailure: the database cannot be used, is damaged, or was made by a newer version.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext

    adopt(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _upgrade_lock(engine), writing(engine) as connection:
        config.attributes["connection"] = connection
        stands_at = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
        if stands_at is not None and not knows_revision(stands_at):
            raise ServiceFailure(
                "The database was made by a newer version of Triview than this one.",
                "Use that version again, or restore the backup made before the upgrade.",
                code="database",
            )
        command.upgrade(config, revision)


@contextmanager
def _upgrade_lock(engine: Engine) -> Iterator[None]:
    """One upgrade at a time: MySQL commits at every DDL statement, so it needs a lock outside transactions."""
    if engine.dialect.name not in MYSQL_NAMES:
        yield
        return
    with service_failures(), engine.connect() as connection:
        got = connection.execute(text("SELECT GET_LOCK(:name, :wait)"), {"name": UPGRADE_LOCK, "wait": UPGRADE_WAIT_S})
        if got.scalar() != 1:
            raise ServiceFailure("Another upgrade of the database is still running.", "Wait for it, then try again.")
        try:
            yield
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": UPGRADE_LOCK})
