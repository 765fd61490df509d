"""Under which master keys the stored data keys lie: counted, never opened."""

from __future__ import annotations

from sqlalchemy import func, select

from include.interview.records import Record
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core

HOLDERS = (t.candidates, t.declarations, t.ranking_reports, t.webhooks)
"""Tables whose rows hold a data key wrapped by a master key."""


class KeyCount(Record, frozen=True):
    """How many data keys of one table are wrapped by one master key (its public fingerprint, 16 hex digits)."""

    master_key_id: str
    table: str
    keys: int


class KeyCensus:
    """Counts of wrapped data keys."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def configured(self) -> str:
        """The fingerprint of the master key these stores use."""
        return self._core.master.id

    def count(self) -> tuple[KeyCount, ...]:
        """Per master key and table, sorted; people who were erased have none.

        Raises:
            ServiceFailure: the database cannot be used.
        """
        found = []
        with self._core.look() as connection:
            for table in HOLDERS:
                rows = connection.execute(
                    select(table.c.master_key_id, func.count())
                    .where(table.c.wrapped_key.is_not(None))
                    .group_by(table.c.master_key_id)
                )
                found += [KeyCount(identity, table.name, number) for identity, number in rows]
        return tuple(sorted(found, key=lambda one: (one.master_key_id, one.table)))

    def check_candidates(self) -> int:
        """Open every candidate's data key with the configured master key; returns how many there are. Nothing is read.

        Raises:
            WrongKey: one lies under another master key, or was changed.
            ServiceFailure: the database cannot be used.
        """
        with self._core.look() as connection:
            rows = connection.execute(
                select(t.candidates.c.id, t.candidates.c.wrapped_key).where(t.candidates.c.wrapped_key.is_not(None))
            ).all()
        for row in rows:
            self._core.unwrap(row.wrapped_key, row.id)
        return len(rows)
