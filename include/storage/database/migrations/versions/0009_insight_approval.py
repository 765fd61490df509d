"""That people are asked about an interview's insights, and until when.

A frozen copy of what include/storage/database/tables.py added with this revision. A table that exists is left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, MetaData, String, Table
from sqlalchemy.dialects import mysql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={"fk": "fk_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"},
)

Table("interviews", metadata, Column("id", String(ID_CHARS), primary_key=True))

insight_approvals = Table(
    "insight_approvals",
    metadata,
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), primary_key=True),
    Column("asked_at", TIME, nullable=False),
    Column("due_at", TIME, nullable=False),
    Column("reminded_at", TIME),
    Column("closed_at", TIME),
    **MYSQL,
)


def upgrade() -> None:
    """Create the table when it is missing."""
    metadata.create_all(op.get_bind(), tables=[insight_approvals])


def downgrade() -> None:
    """Drop the table this revision made."""
    metadata.drop_all(op.get_bind(), tables=[insight_approvals])
