"""Rankings: narrow totals of cards, snapshots and what is served; grounds and evidence of decisions.

A frozen copy of what include/storage/database/tables.py added with this revision. What exists is left alone, because
MySQL commits every statement about tables on its own and an interrupted upgrade must be able to go on. Cards that are
stored already get their totals.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Double,
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

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
HASH_CHARS = 64
NAME_CHARS = 64
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
LONG_TEXT = Text().with_variant(mysql.MEDIUMTEXT(), "mysql", "mariadb")
LONG_BINARY = LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")
STATES = ("invited", "in_process", "advanced", "on_hold", "offered", "rejected", "withdrawn")
PAGE = 1_000

metadata = MetaData(
    naming_convention={
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Table("openings", metadata, Column("id", String(NAME_CHARS), primary_key=True))
Table(
    "applications",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("opening_id", String(NAME_CHARS)),
    Column("status", String(32)),
)
Table(
    "interviews",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("application_id", String(ID_CHARS)),
)
Table(
    "scorecards",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("interview_id", String(ID_CHARS)),
    Column("document", LONG_TEXT),
    Column("updated_at", TIME),
)
EARLIER = tuple(metadata.tables)
"""Tables of earlier revisions; of them only the columns that are read here are named."""


def _id(name: str = "id", *, foreign: str | None = None, nullable: bool = False, index: bool = False) -> Column[Any]:
    if foreign is None:
        return Column(name, String(ID_CHARS), primary_key=True)
    return Column(name, String(ID_CHARS), ForeignKey(foreign), nullable=nullable, index=index)


card_totals = Table(
    "card_totals",
    metadata,
    Column("scorecard_id", String(ID_CHARS), ForeignKey("scorecards.id"), primary_key=True),
    _id("interview_id", foreign="interviews.id", index=True),
    _id("application_id", foreign="applications.id", index=True),
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), nullable=False),
    Column("stage", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("total", Double),
    Column("total_sem", Double),
    Column("recomputed", Double),
    Column("profile", String(NAME_CHARS), nullable=False),
    Column("rubric_version", String(32), nullable=False),
    Column("pipeline_version", String(16), nullable=False),
    Column("words_only", Boolean, nullable=False),
    Column("sha256", String(HASH_CHARS), nullable=False),
    Column("updated_at", TIME, nullable=False),
    Index("ix_card_totals_opening_id_application_id", "opening_id", "application_id"),
    **MYSQL,
)

Table(
    "rankings",
    metadata,
    _id(),
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("version", String(16), nullable=False),
    Column("method", String(16), nullable=False),
    Column("ranked", Integer, nullable=False),
    Column("listed_apart", Integer, nullable=False),
    Column("inputs_sha256", String(HASH_CHARS), nullable=False),
    Column("document", LONG_BINARY, nullable=False),
    Column("taken_at", TIME, nullable=False),
    UniqueConstraint("opening_id", "number"),
    **MYSQL,
)

Table(
    "ranking_states",
    metadata,
    Column("opening_id", String(NAME_CHARS), ForeignKey("openings.id"), primary_key=True),
    _id("served_id", foreign="rankings.id", nullable=True),
    Column("stamp", String(255), nullable=False),
    Column("failures", Text, nullable=False),
    Column("checked_at", TIME, nullable=False),
    **MYSQL,
)

NEW = [table for table in metadata.sorted_tables if table.name not in EARLIER]


def _decision_columns() -> tuple[Column[Any], ...]:
    return (
        Column("before", String(32), nullable=False, server_default=""),
        Column("ground", String(32), nullable=False, server_default=""),
        Column("evidence", LONG_TEXT),
    )


def upgrade() -> None:
    """Create what is missing, give every application a state that exists, and every stored card its totals."""
    connection = op.get_bind()
    metadata.create_all(connection, tables=NEW)
    present = {column["name"] for column in sa.inspect(connection).get_columns("human_decisions")}
    for column in _decision_columns():
        if column.name not in present:
            op.add_column("human_decisions", column)
    applications = metadata.tables["applications"]
    connection.execute(sa.update(applications).where(applications.c.status.not_in(STATES)).values(status="in_process"))
    connection.execute(sa.delete(card_totals))
    for page in _pages(connection):
        connection.execute(sa.insert(card_totals), page)


def _pages(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    cards, interviews, applications = (metadata.tables[n].c for n in ("scorecards", "interviews", "applications"))
    query = (
        sa.select(cards.id, cards.document, cards.updated_at, interviews.application_id, applications.opening_id)
        .join_from(metadata.tables["scorecards"], metadata.tables["interviews"], interviews.id == cards.interview_id)
        .join(metadata.tables["applications"], applications.id == interviews.application_id)
        .order_by(cards.id)
        .limit(PAGE)
    )
    after = ""
    while rows := connection.execute(query.where(cards.id > after)).all():
        yield [_totals(row) for row in rows]
        after = rows[-1].id


def _totals(row: Any) -> dict[str, Any]:
    card = json.loads(row.document)
    copied = ("interview_id", "stage", "status", "total", "total_sem", "profile", "rubric_version", "pipeline_version")
    return {
        "scorecard_id": row.id,
        "application_id": row.application_id,
        "opening_id": row.opening_id,
        **{name: card[name] for name in copied},
        "recomputed": _recomputed(card["criteria"]),
        "words_only": card.get("scope") == "words",
        "sha256": hashlib.sha256(row.document.encode()).hexdigest(),
        "updated_at": row.updated_at,
    }


def _recomputed(criteria: list[dict[str, Any]]) -> float | None:
    lines = [line for line in criteria if line["status"] != "disabled"]
    whole = math.fsum(line["effective_weight"] for line in lines)
    if not whole or any(line["score"] is None for line in lines):
        return None
    return 100.0 * math.fsum(line["effective_weight"] * line["score"] for line in lines) / whole


def downgrade() -> None:
    """Drop what this revision made; states of applications stay."""
    metadata.drop_all(op.get_bind(), tables=NEW)
    with op.batch_alter_table("human_decisions") as batch:
        for column in _decision_columns():
            batch.drop_column(column.name)
