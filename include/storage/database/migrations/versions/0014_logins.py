"""Logins that end: an account's epoch, who waits for a second person, families of refresh tokens, activation links.

A frozen copy of what include/storage/database/tables.py added with this revision. A table or column that exists is left
alone, because MySQL commits every statement on its own and an interrupted upgrade must be able to go on.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import Column, DateTime, ForeignKey, Integer, MetaData, String, Table, inspect
from sqlalchemy.dialects import mysql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MYSQL: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
ID_CHARS = 36
HASH_CHARS = 64
TIME = DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")

metadata = MetaData(
    naming_convention={
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

Table("accounts", metadata, Column("id", String(ID_CHARS), primary_key=True))

logins = Table(
    "logins",
    metadata,
    Column("id", String(ID_CHARS), primary_key=True),
    Column("account_id", String(ID_CHARS), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("epoch", Integer, nullable=False),
    Column("token_hash", String(HASH_CHARS), nullable=False),
    Column("started_at", TIME, nullable=False),
    Column("refreshed_at", TIME, nullable=False),
    Column("ends_at", TIME, nullable=False, index=True),
    Column("ended_at", TIME),
    **MYSQL,
)

activations = Table(
    "activations",
    metadata,
    Column("token_hash", String(HASH_CHARS), primary_key=True),
    Column("account_id", String(ID_CHARS), ForeignKey("accounts.id"), nullable=False, index=True),
    Column("expires_at", TIME, nullable=False),
    **MYSQL,
)


def _added() -> tuple[Column[Any], ...]:
    return (
        Column("epoch", Integer, nullable=False, server_default="0"),
        Column("proposed_by", String(255)),
    )


def upgrade() -> None:
    """Create the tables and columns that are missing."""
    metadata.create_all(op.get_bind(), tables=[logins, activations])
    present = {column["name"] for column in inspect(op.get_bind()).get_columns("accounts")}
    for column in _added():
        if column.name not in present:
            op.add_column("accounts", column)


def downgrade() -> None:
    """Drop what this revision made."""
    metadata.drop_all(op.get_bind(), tables=[activations, logins])
    with op.batch_alter_table("accounts") as accounts:
        for column in _added():
            accounts.drop_column(column.name)
