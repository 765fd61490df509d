"""Invitations of candidates, and the attempts at their questions.

A frozen copy of what include/storage/database/tables.py added with this revision. A table that exists is left alone,
because MySQL commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import mysql

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS, NAME_CHARS, HASH_CHARS = 36, 64, 64
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
LONG_TEXT = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

for _name in ("applications", "interviews", "uploads"):
    Table(_name, metadata, Column("id", String(ID_CHARS), primary_key=True))

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("application_id", String(ID_CHARS), ForeignKey("applications.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False, index=True),
    Column("stage", String(16), nullable=False),
    Column("profile", String(NAME_CHARS), nullable=False),
    Column("language", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("thinking_s", Integer, nullable=False),
    Column("answer_s", Integer, nullable=False),
    Column("sealed_accommodations", LargeBinary, nullable=False),
    Column("questions", LONG_TEXT, nullable=False),
    Column("token_hash", String(HASH_CHARS), nullable=False, unique=True),
    Column("interview_id", String(ID_CHARS), ForeignKey("interviews.id"), unique=True),
    Column("deadline", TIME, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    Column("reminded_at", TIME),
    **MYSQL,
)

invitation_answers = Table(
    "invitation_answers",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("invitation_id", String(ID_CHARS), ForeignKey("invitations.id"), nullable=False),
    Column("question_id", String(NAME_CHARS), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("upload_id", String(ID_CHARS), ForeignKey("uploads.id"), unique=True),
    Column("begun_at", TIME, nullable=False),
    UniqueConstraint("invitation_id", "question_id", "attempt"),
    **MYSQL,
)


def upgrade() -> None:
    """Create the tables when they are missing."""
    metadata.create_all(op.get_bind(), tables=[invitations, invitation_answers])


def downgrade() -> None:
    """Drop the tables this revision made."""
    metadata.drop_all(op.get_bind(), tables=[invitation_answers, invitations])
