"""Alembic's entry: runs on the connection that `engine.upgrade` hands over, never on one of its own."""

from __future__ import annotations

from alembic import context

from include.storage.database.engine import VERSION_TABLE
from include.storage.database.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
