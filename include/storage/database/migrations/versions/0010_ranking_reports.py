"""Stored reports of rankings, under keys of their own, and what people settled of the divergences between raters.

A frozen copy of what include/storage/database/tables.py added with this revision. Tables that exist are left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, DateTime, ForeignKey, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects import mysql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
HASH_CHARS = 64
NAME_CHARS = 64
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
LONG_BINARY = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
EARLIER = {"openings": NAME_CHARS, "rankings": ID_CHARS, "interviews": ID_CHARS}
"""Tables of earlier revisions that are referred to, and the length of their ids; only the key is named here."""

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

for name, length in EARLIER.items():
    Table(name, metadata, Column("id", String(length), primary_key=True))

Table(
    "ranking_reports",
    metadata,
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), primary_key=True),
    Column("snapshot_id", String(ID_CHARS), ForeignKey("rankings.id"), nullable=False),
    Column("failures", Text, nullable=False),
    Column("erased", Integer, nullable=False),
    Column("version", String(NAME_CHARS), nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("master_key_id", String(16), nullable=False),
    Column("made_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "ranking_report_files",
    metadata,
    Column("opening_id", String(NAME_CHARS), ForeignKey("ranking_reports.opening_id"), primary_key=True),
    Column("name", String(NAME_CHARS), primary_key=True),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("object_name", String(128), nullable=False),
    **MYSQL,
)

Table(
    "divergence_settlements",
    metadata,
    Column("id", String(HASH_CHARS), primary_key=True),
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), nullable=False, index=True),
    Column("actor", String(128), nullable=False),
    Column("sealed_reason", LONG_BINARY, nullable=False),
    Column("settled_at", TIME, nullable=False),
    **MYSQL,
)

NEW = [table for table in metadata.sorted_tables if table.name not in EARLIER]


def upgrade() -> None:
    """Create the tables that are missing."""
    metadata.create_all(op.get_bind(), tables=NEW)


def downgrade() -> None:
    """Drop every table this revision made."""
    metadata.drop_all(op.get_bind(), tables=NEW)
