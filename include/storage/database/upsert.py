"""Insert-or-update by natural key, on SQLite and MySQL alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.mysql import insert as mysql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert


def upsert(
    connection: Connection,
    table: Table,
    values: Mapping[str, Any],
    *,
    key: Sequence[str],
    keep: Sequence[str] = (),
) -> None:
    """Insert `values`; when a row with the same `key` columns exists, update it except for the `keep` columns.

    With every column in `key` or `keep` an existing row stays as it is.
    """
    changing = [name for name in values if name not in key and name not in keep]
    if connection.dialect.name == "sqlite":
        statement = sqlite_insert(table).values(**values)
        if changing:
            new = {name: statement.excluded[name] for name in changing}
            connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=new))
        else:
            connection.execute(statement.on_conflict_do_nothing(index_elements=list(key)))
        return
    mysql_statement = mysql_insert(table).values(**values)
    # Without a change, assigning a key column its own value is MySQL's way to say "leave the row alone".
    kept = changing or [key[0]]
    source = {name: mysql_statement.inserted[name] if changing else table.c[name] for name in kept}
    connection.execute(mysql_statement.on_duplicate_key_update(source))
