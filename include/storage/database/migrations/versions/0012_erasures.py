"""Erasures of candidates: what was found before anything was removed, and how it ended.

A frozen copy of what include/storage/database/tables.py added with this revision. A table that exists is left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, MetaData, String, Table, Text
from sqlalchemy.dialects import mysql

revision = "0012"
down_revision = "0010"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
LONG_TEXT = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    },
)

Table("candidates", metadata, Column("id", String(ID_CHARS), primary_key=True))

erasures = Table(
    "erasures",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("candidate_id", String(ID_CHARS), ForeignKey("candidates.id"), nullable=False, unique=True),
    Column("requested_at", TIME, nullable=False),
    Column("found", LONG_TEXT, nullable=False),
    Column("receipt", LONG_TEXT),
    Column("completed_at", TIME),
    **MYSQL,
)


def upgrade() -> None:
    """Create the table when it is missing."""
    metadata.create_all(op.get_bind(), tables=[erasures])


def downgrade() -> None:
    """Drop the table this revision made."""
    metadata.drop_all(op.get_bind(), tables=[erasures])
