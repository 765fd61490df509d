"""Logins, live sessions, and recordings that arrive in parts.

A frozen copy of what include/storage/database/tables.py added with this revision. Tables that exist are left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Integer, MetaData, String, Table
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
HASH_CHARS = 64
NAME_CHARS = 64
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
EARLIER = ("candidates", "interviews", "consents", "media_objects")
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


def _id(name: str = "id", *, foreign: str | None = None, nullable: bool = False, index: bool = False) -> Column[Any]:
    if foreign is None:
        return Column(name, String(ID_CHARS), primary_key=True)
    return Column(name, String(ID_CHARS), ForeignKey(foreign), nullable=nullable, index=index)


Table(
    "accounts",
    metadata,
    _id(),
    Column("login", String(NAME_CHARS), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    _id("candidate_id", foreign="candidates.id", nullable=True, index=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "live_sessions",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    _id("interviewer_id", foreign="accounts.id", index=True),
    Column("microphones", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    _id("consent_id", foreign="consents.id", nullable=True),
    Column("scorecard_id", String(HASH_CHARS)),
    Column("dag_run_id", String(255)),
    Column("created_at", TIME, nullable=False),
    Column("started_at", TIME),
    Column("ended_at", TIME),
    **MYSQL,
)

Table(
    "uploads",
    metadata,
    _id(),
    _id("interview_id", foreign="interviews.id", index=True),
    _id("account_id", foreign="accounts.id", nullable=True),
    Column("kind", String(16)),
    Column("position", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("sha256", String(HASH_CHARS)),
    Column("state", String(16), nullable=False),
    _id("media_id", foreign="media_objects.id", nullable=True),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "upload_parts",
    metadata,
    Column("upload_id", String(ID_CHARS), ForeignKey("uploads.id"), primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("object_name", String(128), nullable=False),
    **MYSQL,
)


NEW = [table for table in metadata.sorted_tables if table.name not in EARLIER]


def upgrade() -> None:
    """Create the tables that are missing."""
    metadata.create_all(op.get_bind(), tables=NEW)


def downgrade() -> None:
    """Drop every table this revision made."""
    metadata.drop_all(op.get_bind(), tables=NEW)
