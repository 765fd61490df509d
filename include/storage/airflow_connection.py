"""The stores as Airflow opens them: the engine from its connection, all else from the environment.

Airflow, its hooks and the stores are imported on use: DAG files are parsed without them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from include.settings import Settings
    from include.storage.stores import Stores

CONNECTION_ID = "triview_db"


def database_engine() -> Engine:
    """Engine of the connection `triview_db`. SQL errors never show their parameters.

    Raises:
        BadInput: the connection is of a kind Triview does not store in.
    """
    from airflow.sdk import BaseHook

    from include.interview.errors import BadInput

    kind = BaseHook.get_connection(CONNECTION_ID).conn_type
    if kind == "mysql":
        from airflow.providers.mysql.hooks.mysql import MySqlHook

        return MySqlHook(mysql_conn_id=CONNECTION_ID).get_sqlalchemy_engine({"hide_parameters": True})
    if kind == "sqlite":
        from airflow.providers.sqlite.hooks.sqlite import SqliteHook

        hook = SqliteHook(sqlite_conn_id=CONNECTION_ID)  # type: ignore[no-untyped-call]  # the provider has no types
        return hook.get_sqlalchemy_engine({"hide_parameters": True})
    raise BadInput(
        f"The Airflow connection {CONNECTION_ID} has the type {kind!r}.", "Use a mysql or an sqlite connection."
    )


@contextmanager
def bound_stores() -> Iterator[tuple[Stores, Settings]]:
    """The stores behind the Airflow connection `triview_db`, with the settings of this process.

    Raises:
        BadInput: the connection is of a kind Triview does not store in.
        WrongKey: there is no usable master key.
        ServiceFailure: the storage cannot be used.
    """
    from include.settings import load_settings
    from include.storage.stores import open_stores

    settings = load_settings()
    engine = database_engine()
    try:
        with open_stores(settings, engine=engine) as stores:
            yield stores, settings
    finally:
        engine.dispose()
