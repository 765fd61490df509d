"""Insights of an interview, and what persons decided about them.

A frozen copy of what include/storage/database/tables.py added with this revision. Tables that exist are left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.dialects import mysql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
NAME_CHARS = 64
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
LONG_BINARY = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
EARLIER = ("interviews",)
"""Tables of earlier revisions that are referred to; of them only the key is named here."""

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

for name in EARLIER:
    Table(name, metadata, Column("id", String(ID_CHARS), primary_key=True))

Table(
    "insights",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    Column("insight_id", String(NAME_CHARS), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("sealed_document", LONG_BINARY, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "insight_decisions",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), nullable=False, index=True),
    Column("insight_id", String(NAME_CHARS), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("sealed_edit", LONG_BINARY),
    Column("decided_at", TIME, nullable=False),
    **MYSQL,
)

NEW = [table for table in metadata.sorted_tables if table.name not in EARLIER]


def upgrade() -> None:
    """Create the tables that are missing."""
    metadata.create_all(op.get_bind(), tables=NEW)


def downgrade() -> None:
    """Drop every table this revision made."""
    metadata.drop_all(op.get_bind(), tables=NEW)
