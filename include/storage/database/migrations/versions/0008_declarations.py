"""Voluntary declarations, apart under keys of their own, and the fairness reports that were published.

A frozen copy of what include/storage/database/tables.py added with this revision. Tables that exist are left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects import mysql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
NAME_CHARS = 64
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
LONG_TEXT = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
EARLIER = {"candidates": ID_CHARS, "openings": NAME_CHARS}
"""Tables of earlier revisions that are referred to, and the length of their ids; only the key is named here."""

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

for name, length in EARLIER.items():
    Table(name, metadata, Column("id", String(length), primary_key=True))

Table(
    "declarations",
    metadata,
    Column("candidate_id", String(ID_CHARS), ForeignKey("candidates.id"), primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("master_key_id", String(16), nullable=False),
    Column("sealed_answers", LargeBinary, nullable=False),
    Column("declared_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "fairness_reports",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), index=True),
    Column("subject", String(NAME_CHARS), nullable=False),
    Column("document", LONG_TEXT, nullable=False),
    Column("published_at", TIME, nullable=False),
    **MYSQL,
)

NEW = [table for table in metadata.sorted_tables if table.name not in EARLIER]


def upgrade() -> None:
    """Create the tables that are missing."""
    metadata.create_all(op.get_bind(), tables=NEW)


def downgrade() -> None:
    """Drop every table this revision made."""
    metadata.drop_all(op.get_bind(), tables=NEW)
