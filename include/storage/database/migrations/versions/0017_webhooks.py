"""Webhooks: systems that are told of events, and the log of what was sent to them.

A frozen copy of what include/storage/database/tables.py added with this revision. A table that exists is left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
LONG_TEXT = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    },
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("url", String(500), nullable=False),
    Column("events", LONG_TEXT, nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("master_key_id", String(16), nullable=False),
    Column("created_by", String(128), nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("told_seq", BigInteger, nullable=False),
    **MYSQL,
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("webhook_id", String(ID_CHARS), ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("seq", BigInteger),
    Column("event", String(64), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("occurred_at", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("outcome", String(64), nullable=False),
    Column("due_at", TIME, nullable=False),
    Column("tried_at", TIME),
    UniqueConstraint("webhook_id", "seq"),
    Index("ix_webhook_deliveries_state_due_at", "state", "due_at"),
    **MYSQL,
)

TABLES = [webhooks, webhook_deliveries]


def upgrade() -> None:
    """Create the tables that are missing."""
    metadata.create_all(op.get_bind(), tables=TABLES)


def downgrade() -> None:
    """Drop the tables this revision made."""
    metadata.drop_all(op.get_bind(), tables=TABLES)
