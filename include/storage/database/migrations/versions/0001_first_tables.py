"""First tables: openings, people, interviews, objects, consents, cards, decisions and the audit chain.

A frozen copy of include/storage/database/tables.py as of this revision. Tables that exist are left alone, because MySQL
commits every CREATE TABLE on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
HASH_CHARS = 64
NAME_CHARS = 64
GENESIS = "0" * 64
LONG_TEXT = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
LONG_BINARY = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str = "id", *, foreign: str | None = None, nullable: bool = False, index: bool = False) -> Column[Any]:
    if foreign is None:
        return Column(name, String(ID_CHARS), primary_key=True)
    return Column(name, String(ID_CHARS), ForeignKey(foreign), nullable=nullable, index=index)


Table(
    "openings",
    metadata,
    Column("id", String(NAME_CHARS), primary_key=True),
    Column("document", LONG_TEXT, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "candidates",
    metadata,
    _id(),
    Column("sealed_name", LargeBinary),
    Column("sealed_contact", LargeBinary),
    Column("wrapped_key", LargeBinary),
    Column("master_key_id", String(16), index=True),
    Column("created_at", TIME, nullable=False),
    Column("key_destroyed_at", TIME),
    **MYSQL,
)

Table(
    "applications",
    metadata,
    _id(),
    _id("candidate_id", foreign="candidates.id"),
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), nullable=False, index=True),
    Column("status", String(32), nullable=False),
    Column("created_at", TIME, nullable=False),
    UniqueConstraint("candidate_id", "opening_id"),
    **MYSQL,
)

Table(
    "interviews",
    metadata,
    _id(),
    _id("application_id", foreign="applications.id", index=True),
    Column("stage", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("profile", String(NAME_CHARS), nullable=False),
    Column("language", String(8), nullable=False),
    Column("marks", LONG_TEXT, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "media_objects",
    metadata,
    _id(),
    _id("interview_id", foreign="interviews.id"),
    Column("kind", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("question_id", String(NAME_CHARS)),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("object_name", String(128), nullable=False),
    Column("created_at", TIME, nullable=False),
    UniqueConstraint("interview_id", "kind", "position"),
    **MYSQL,
)

Table(
    "artifacts",
    metadata,
    Column("id", String(HASH_CHARS), primary_key=True),
    _id("interview_id", foreign="interviews.id", index=True),
    Column("step", String(NAME_CHARS), nullable=False),
    Column("pipeline_version", String(16), nullable=False),
    Column("inputs", LONG_TEXT, nullable=False),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("object_name", String(128), nullable=False),
    Column("created_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "consents",
    metadata,
    _id(),
    _id("candidate_id", foreign="candidates.id", index=True),
    _id("interview_id", foreign="interviews.id", nullable=True),
    Column("purposes", Text, nullable=False),
    Column("text_version", String(NAME_CHARS), nullable=False),
    Column("granted_at", TIME, nullable=False),
    Column("withdrawn_at", TIME),
    **MYSQL,
)

Table(
    "scorecards",
    metadata,
    _id(),
    _id("interview_id", foreign="interviews.id"),
    Column("pipeline_version", String(16), nullable=False),
    Column("rubric_version", String(32), nullable=False),
    Column("profile", String(NAME_CHARS), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("total", Double),
    Column("total_sem", Double),
    Column("document", LONG_TEXT, nullable=False),
    Column("published_at", TIME, nullable=False),
    Column("updated_at", TIME, nullable=False),
    UniqueConstraint("interview_id", "pipeline_version", "rubric_version", "profile"),
    **MYSQL,
)

Table(
    "criterion_scores",
    metadata,
    Column("scorecard_id", String(ID_CHARS), ForeignKey("scorecards.id"), primary_key=True),
    Column("criterion", String(NAME_CHARS), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("score", Double),
    Column("level", Double),
    Column("sem", Double),
    Column("points", Double),
    Column("effective_weight", Double, nullable=False),
    Column("sealed_evidence", LONG_BINARY, nullable=False),
    **MYSQL,
)

Table(
    "judgements",
    metadata,
    Column("scorecard_id", String(ID_CHARS), ForeignKey("scorecards.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("criterion", String(NAME_CHARS), nullable=False),
    Column("run", Integer, nullable=False),
    Column("judge", String(NAME_CHARS), nullable=False),
    Column("model", String(255), nullable=False),
    Column("level", Double),
    Column("sealed_document", LONG_BINARY, nullable=False),
    **MYSQL,
)

Table(
    "human_decisions",
    metadata,
    _id(),
    _id("application_id", foreign="applications.id", index=True),
    _id("interview_id", foreign="interviews.id", nullable=True),
    Column("actor", String(128), nullable=False),
    Column("decision", String(32), nullable=False),
    Column("sealed_reason", LONG_BINARY, nullable=False),
    Column("evidence_opened", Boolean, nullable=False),
    Column("decided_at", TIME, nullable=False),
    **MYSQL,
)

Table(
    "audit_entries",
    metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(128), nullable=False, index=True),
    Column("detail", LONG_TEXT, nullable=False),
    Column("previous_hash", String(HASH_CHARS), nullable=False),
    Column("hash", String(HASH_CHARS), nullable=False),
    **MYSQL,
)

AUDIT_HEAD = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", String(HASH_CHARS), nullable=False),
    **MYSQL,
)


def upgrade() -> None:
    """Create the tables that are missing, and the end of an empty audit chain."""
    bind = op.get_bind()
    metadata.create_all(bind)
    if bind.execute(select(func.count()).select_from(AUDIT_HEAD)).scalar() == 0:
        bind.execute(insert(AUDIT_HEAD).values(id=1, seq=0, hash=GENESIS))


def downgrade() -> None:
    """Drop every table this revision made."""
    metadata.drop_all(op.get_bind())
