"""Voluntary declarations, each sealed under a key of its own that opens nothing else of the candidate.

Only the fairness report reads them, and only as groups of many people; no query here or elsewhere joins them to a
card, a ranking or a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from include.interview.errors import NotFound, WrongKey
from include.security.errors import CannotOpen
from include.security.keys import MasterKey, new_data_key, rewrap, wrap
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, erased, now, refuse_mixed_keys, seal, unseal
from include.storage.database.upsert import upsert

TABLE, COLUMN = "declarations", "sealed_answers"
BATCH = 500
"""Ids per query: databases limit the parameters of one."""


class Declarations:
    """Stored declarations. Declaring, withdrawing and reading are audit entries; none names an answer.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def declare(self, candidate_id: str, answers: Mapping[str, str]) -> None:
        """Store what the candidate declared (category -> option), in place of what they declared before.

        Raises:
            NotFound: no such candidate, or erased (code "erased"). WrongKey: the database is under another master key.
        """
        key, master = new_data_key(), self._core.master
        row = {
            "candidate_id": candidate_id,
            "wrapped_key": wrap(master, key, _owner(candidate_id)),
            "master_key_id": master.id,
            "sealed_answers": seal(key, TABLE, COLUMN, candidate_id, msgspec.json.encode(dict(answers))),
            "declared_at": now(),
        }
        with self._core.act() as act:
            _require_living(act.connection, candidate_id)
            refuse_mixed_keys(act.connection, master)
            try:
                upsert(act.connection, t.declarations, row, key=["candidate_id"], keep=[])
            except IntegrityError:
                raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.") from None
            act.record("declaration.made", f"candidate:{candidate_id}", {"categories": len(answers)})

    def own(self, candidate_id: str) -> dict[str, str]:
        """What the candidate declared, for themselves to see; empty when nothing was. The read is an audit entry.

        Raises:
            WrongKey: another master key.
        """
        with self._core.act() as act:
            found = self._opened(act.connection, [candidate_id])
            act.record("declaration.read", f"candidate:{candidate_id}")
        return found.get(candidate_id, {})

    def withdraw(self, candidate_id: str) -> None:
        """Delete the candidate's declaration with its key. Withdrawing nothing changes nothing."""
        with self._core.act() as act:
            if forget(act.connection, candidate_id):
                act.record("declaration.withdrawn", f"candidate:{candidate_id}")

    def for_report(self, candidate_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """The declarations of these candidates, for a fairness report; one audit entry with their number.

        Raises:
            WrongKey: another master key.
        """
        with self._core.act() as act:
            found: dict[str, dict[str, str]] = {}
            for start in range(0, len(candidate_ids), BATCH):
                found |= self._opened(act.connection, candidate_ids[start : start + BATCH])
            detail = {"people": len(candidate_ids), "declared": len(found)}
            act.record_list("declaration.counted", "declarations", "candidates", found, detail)
        return found

    def _opened(self, connection: Connection, candidate_ids: Sequence[str]) -> dict[str, dict[str, str]]:
        table = t.declarations
        rows = connection.execute(select(table).where(table.c.candidate_id.in_(candidate_ids)))
        found = {}
        for row in rows:
            key = self._core.unwrap(row.wrapped_key, _owner(row.candidate_id))
            answers = unseal(key, TABLE, COLUMN, row.candidate_id, row.sealed_answers)
            found[row.candidate_id] = msgspec.json.decode(answers, type=dict[str, str])
        return found


def forget(connection: Connection, candidate_id: str) -> bool:
    """Delete a declaration and its key within a transaction, as erasure does; whether there was one."""
    table = t.declarations
    return bool(connection.execute(delete(table).where(table.c.candidate_id == candidate_id)).rowcount)


def rewrap_declarations(connection: Connection, old: MasterKey, new: MasterKey) -> int:
    """Wrap every declaration's key by `new` within a transaction, as rotation does; returns how many.

    Raises:
        WrongKey: a key does not open with `old`.
    """
    table = t.declarations
    rows = connection.execute(select(table.c.candidate_id, table.c.wrapped_key)).all()
    for row in rows:
        try:
            wrapped = rewrap(old, new, row.wrapped_key, _owner(row.candidate_id))
        except CannotOpen as error:
            raise WrongKey(str(error), "Nothing was changed. Rotate with the key the data is under.") from None
        connection.execute(
            update(table)
            .where(table.c.candidate_id == row.candidate_id)
            .values(wrapped_key=wrapped, master_key_id=new.id)
        )
    return len(rows)


def _owner(candidate_id: str) -> str:
    """To whom a declaration's key is bound: it opens in no other place, and no other key opens here."""
    return f"declaration:{candidate_id}"


def _require_living(connection: Connection, candidate_id: str) -> None:
    row = connection.execute(
        select(t.candidates.c.key_destroyed_at).where(t.candidates.c.id == candidate_id)
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.")
    if row.key_destroyed_at is not None:
        raise erased(candidate_id)
