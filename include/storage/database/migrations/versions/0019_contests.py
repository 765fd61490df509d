"""Contests: what candidates say against a published result, and what a person answered.

A frozen copy of what include/storage/database/tables.py added with this revision. A table that exists is left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, Index, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects import mysql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
LONG_BINARY = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)
EARLIER = Table("interviews", metadata, Column("id", String(ID_CHARS), primary_key=True), **MYSQL)
"""Only what the new table refers to."""

contests = Table(
    "contests",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), nullable=False, index=True),
    Column("grounds", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("sealed_words", LONG_BINARY, nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", TIME, nullable=False),
    Column("due_at", TIME, nullable=False),
    Column("closed_at", TIME),
    Column("answered_by", String(128)),
    Column("outcome", String(32)),
    Column("sealed_answer", LONG_BINARY),
    Index("ix_contests_state_due_at", "state", "due_at"),
    **MYSQL,
)


def upgrade() -> None:
    """Create the table when it is missing."""
    metadata.create_all(op.get_bind(), tables=[contests])


def downgrade() -> None:
    """Drop the table this revision made."""
    metadata.drop_all(op.get_bind(), tables=[contests])
