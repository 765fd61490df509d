"""What the application's own user of a MySQL server may do: rights table by table, given by the schema's owner."""

from __future__ import annotations

from sqlalchemy import Engine

from include.interview.errors import BadInput
from include.storage.database.engine import MYSQL_NAMES, VERSION_TABLE, service_failures
from include.storage.database.tables import audit_entries, metadata

CHANGING = ("SELECT", "INSERT", "UPDATE", "DELETE")
APPENDING = ("SELECT", "INSERT")
READING = ("SELECT",)

APPEND_ONLY = frozenset({audit_entries.name})
"""Tables of which nothing may be changed or removed, by nobody who runs the application."""


def rights() -> dict[str, tuple[str, ...]]:
    """Table -> what the application may do with it. Nobody but the owner may change the schema."""
    found = {name: APPENDING if name in APPEND_ONLY else CHANGING for name in sorted(metadata.tables)}
    return found | {VERSION_TABLE: READING}


def grant_application(owner: Engine, user: str) -> dict[str, tuple[str, ...]]:
    """Give `user` (of any host) `rights()` in the schema that `owner` is connected to; returns them.

    To be repeated after every upgrade, for the tables it made.

    Raises:
        BadInput: not a MySQL server, or a name that is none.
        ServiceFailure: the server refused: no such user, or this one may not grant.
    """
    if owner.dialect.name not in MYSQL_NAMES:
        raise BadInput("Rights are given on a MySQL server only.", "SQLite is guarded by the file's own mode.")
    if not user.isidentifier() or not user.isascii():
        raise BadInput("The database user's name has letters, digits and _ only.", "Name a user of the server.")
    given = rights()
    with service_failures(), owner.begin() as connection:
        for table, names in given.items():
            connection.exec_driver_sql(f"GRANT {', '.join(names)} ON `{table}` TO '{user}'@'%%'")
    return given
