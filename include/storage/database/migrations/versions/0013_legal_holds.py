"""Legal holds: people whose data must not go while they are in force.

A frozen copy of what include/storage/database/tables.py added with this revision. A table that exists is left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, MetaData, String, Table
from sqlalchemy.dialects import mysql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

Table("candidates", metadata, Column("id", String(ID_CHARS), primary_key=True))

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("candidate_id", String(ID_CHARS), ForeignKey("candidates.id"), nullable=False, index=True),
    Column("ground", String(32), nullable=False),
    Column("placed_by", String(128), nullable=False),
    Column("placed_at", TIME, nullable=False),
    Column("released_at", TIME),
    **MYSQL,
)


def upgrade() -> None:
    """Create the table when it is missing."""
    metadata.create_all(op.get_bind(), tables=[legal_holds])


def downgrade() -> None:
    """Drop the table this revision made."""
    metadata.drop_all(op.get_bind(), tables=[legal_holds])
