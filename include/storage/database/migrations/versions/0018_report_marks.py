"""What a stored report of a ranking shows beside its snapshot, so that it is made anew when that changes.

The column is left alone where it exists, because MySQL commits every ALTER TABLE on its own and an interrupted upgrade
must be able to go on. Reports of before have no mark, so the next run makes them anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Column, String

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None

HASH_CHARS = 64


def upgrade() -> None:
    """Add the column when it is missing."""
    present = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("ranking_reports")}
    if "shown" not in present:
        op.add_column("ranking_reports", Column("shown", String(HASH_CHARS), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop the column this revision made."""
    with op.batch_alter_table("ranking_reports") as table:
        table.drop_column("shown")
