"""All rows of the database as one stream of bytes, as they stood at one moment; and back, into SQLite or MySQL alike.

A stream is a sequence of frames: four bytes of length (big-endian), then MessagePack. The first frame is a `DumpHead`;
each table follows as a `TableHead` and its rows, each a list of values in the order of the columns.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import msgspec
from sqlalchemy import Connection, Engine, column, func, insert, select, table, text
from sqlalchemy.sql.expression import TableClause

from include.interview.errors import BadInput
from include.interview.records import Record
from include.storage.database.engine import MYSQL_NAMES, VERSION_TABLE, reading, writing
from include.storage.database.tables import UtcTime, metadata

FORMAT = 1
ROWS_AT_A_TIME = 500
LENGTH = struct.Struct(">I")


class DumpHead(Record, frozen=True):
    """What wrote the stream: its format, the schema's revision, and rows per table."""

    format: int
    revision: str
    rows: dict[str, int]


class TableHead(Record, frozen=True):
    """A table whose rows follow: its columns, and those of them that hold times."""

    table: str
    columns: tuple[str, ...]
    times: tuple[str, ...]


def revision_of(connection: Connection) -> str:
    """The schema's revision; empty where there is no schema."""
    if not connection.dialect.has_table(connection, VERSION_TABLE):
        return ""
    found = connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar_one_or_none()
    return str(found or "")


def dump(engine: Engine, stream: IO[bytes]) -> DumpHead:
    """Write every row to `stream`, all in one read transaction: as if at one moment, whoever writes meanwhile.

    Raises:
        ServiceFailure: the database cannot be used.
    """
    with reading(engine) as connection:
        tables = metadata.sorted_tables
        rows = {str(one.name): connection.execute(select(func.count()).select_from(one)).scalar_one() for one in tables}
        head = DumpHead(FORMAT, revision_of(connection), rows)
        _write(stream, head)
        for one in tables:
            times = tuple(str(each.name) for each in one.columns if isinstance(each.type, UtcTime))
            _write(stream, TableHead(str(one.name), tuple(str(each.name) for each in one.columns), times))
            for row in connection.execution_options(yield_per=ROWS_AT_A_TIME).execute(select(one)):
                _write(stream, list(row))
    return head


def read_head(stream: IO[bytes]) -> DumpHead:
    """The first frame of a stream.

    Raises:
        BadInput: it is none of ours, of another format, or cut off.
    """
    head: DumpHead = _decoded(_frame(stream), DumpHead)
    if head.format != FORMAT:
        raise BadInput(f"The dump has the format {head.format}.", f"This version reads format {FORMAT}.")
    return head


def load(engine: Engine, stream: IO[bytes], head: DumpHead) -> Mapping[str, int]:
    """Put the rows behind `head` into an empty schema of its revision, all or none; returns rows per table.

    Raises:
        BadInput: the stream is damaged or cut off, or the schema holds rows already (code "not_empty").
        ServiceFailure: the database cannot be used.
    """
    with writing(engine) as connection, _without_order(connection):
        _must_be_empty(connection, head)
        counts = dict.fromkeys(head.rows, 0)
        target: TableHead | None = None
        batch: list[list[Any]] = []
        for raw in _frames(stream):
            if raw[:1] < FIRST_ARRAY:  # a map: the next table begins
                _insert(connection, target, batch)
                target = _decoded(raw, TableHead)
                continue
            if target is None:
                raise _damaged()
            batch.append(_decoded(raw, list))
            counts[target.table] += 1
            if len(batch) == ROWS_AT_A_TIME:
                _insert(connection, target, batch)
        _insert(connection, target, batch)
        if counts != head.rows:
            raise BadInput("The dump ends before its last row.", "Take another backup: this one was cut off.")
    return counts


def rows_of(stream: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    """The rows of one table of a stream, from its beginning on.

    Raises:
        BadInput: the stream is none of ours, damaged or cut off.
    """
    read_head(stream)
    here: TableHead | None = None
    for raw in _frames(stream):
        if raw[:1] < FIRST_ARRAY:
            here = _decoded(raw, TableHead)
        elif here is not None and here.table == name:
            yield dict(zip(here.columns, _decoded(raw, list), strict=True))


FIRST_ARRAY = b"\x90"
"""MessagePack: bytes 0x80 to 0x8f begin a small map, those from 0x90 on an array. Ours have no map of more fields."""


def _insert(connection: Connection, target: TableHead | None, batch: list[list[Any]]) -> None:
    if target is None or not batch:
        return
    columns = [column(name, UtcTime() if name in target.times else None) for name in target.columns]
    into: TableClause = table(target.table, *columns)
    connection.execute(insert(into), [dict(zip(target.columns, row, strict=True)) for row in batch])
    batch.clear()


@contextmanager
def _without_order(connection: Connection) -> Iterator[None]:
    """Within the block, foreign keys are not looked at row by row: rows of one table may name each other."""
    if connection.dialect.name not in MYSQL_NAMES:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))  # until the end of the transaction
        yield
        return
    connection.execute(text("SET SESSION foreign_key_checks = 0"))
    try:
        yield
    finally:
        connection.execute(text("SET SESSION foreign_key_checks = 1"))


def _must_be_empty(connection: Connection, head: DumpHead) -> None:
    for name in head.rows:
        if name == "audit_head":
            connection.execute(text("DELETE FROM audit_head"))  # its row comes with the schema
        elif connection.execute(select(func.count()).select_from(table(name))).scalar_one():
            raise BadInput(
                f"The database is not empty: {name} holds rows.",
                "Restore into a fresh database, named by TRIVIEW_DB_URL.",
                code="not_empty",
            )


def _write(stream: IO[bytes], value: object) -> None:
    raw = msgspec.msgpack.encode(value)
    stream.write(LENGTH.pack(len(raw)))
    stream.write(raw)


def _frame(stream: IO[bytes]) -> bytes:
    size = stream.read(LENGTH.size)
    if len(size) != LENGTH.size:
        raise _damaged()
    raw = stream.read(LENGTH.unpack(size)[0])
    if len(raw) != LENGTH.unpack(size)[0]:
        raise _damaged()
    return raw


def _frames(stream: IO[bytes]) -> Iterator[bytes]:
    while size := stream.read(LENGTH.size):
        if len(size) != LENGTH.size:
            raise _damaged()
        raw = stream.read(LENGTH.unpack(size)[0])
        if len(raw) != LENGTH.unpack(size)[0]:
            raise _damaged()
        yield raw


def _decoded(raw: bytes, kind: Any) -> Any:
    try:
        return msgspec.msgpack.decode(raw, type=kind)
    except msgspec.MsgspecError:
        raise _damaged() from None


def _damaged() -> BadInput:
    return BadInput("The dump of the database is damaged or cut off.", "Take another backup; look at the disk.")
