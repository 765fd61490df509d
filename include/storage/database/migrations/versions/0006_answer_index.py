"""The index of past answers.

A frozen copy of what include/storage/database/tables.py added with this revision. A table that exists is left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, Integer, LargeBinary, MetaData, String, Table
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
NAME_CHARS = 64
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Table("interviews", metadata, Column("id", String(ID_CHARS), primary_key=True))

answer_index = Table(
    "answer_index",
    metadata,
    Column("id", String(ID_CHARS + 1 + NAME_CHARS), primary_key=True),
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), nullable=False, index=True),
    Column("answer_id", String(NAME_CHARS), nullable=False),
    Column("position", Integer, nullable=False),
    Column("model", String(NAME_CHARS), nullable=False),
    Column("sealed_document", LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb"), nullable=False),
    Column("expires_at", TIME, nullable=False, index=True),
    Column("indexed_at", TIME, nullable=False),
    **MYSQL,
)


def upgrade() -> None:
    """Create the table when it is missing."""
    metadata.create_all(op.get_bind(), tables=[answer_index])


def downgrade() -> None:
    """Drop the table this revision made."""
    metadata.drop_all(op.get_bind(), tables=[answer_index])
