"""The unit of work of all stores: engine, master key, actor, and an act committed with its audit entry."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select, text

from include.interview.errors import BadInput, NotFound, WrongKey
from include.security import fields
from include.security.chain import Plain
from include.security.errors import CannotOpen, OtherMasterKey
from include.security.keys import DataKey, MasterKey, unwrap
from include.storage.database import audit
from include.storage.database import tables as t
from include.storage.database.engine import reading, writing

IDS_PER_ENTRY = 1_000
"""Ids that one audit entry names: 40 KB."""
PROBLEM_DAMAGED = "Restore it from a backup; if the configured master key was changed by hand, put the old one back."


def now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """A random uuid as text."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Act:
    """One write transaction; its audit entries are committed together with its changes, or not at all."""

    connection: Connection
    actor: str

    def record(self, action: str, subject: str, detail: Mapping[str, Plain] | None = None) -> None:
        """Append an audit entry about `subject` ("interview:<id>"); `detail` holds ids, codes and counts only."""
        audit.append(self.connection, self.actor, action, subject, detail or {})

    def record_list(
        self,
        action: str,
        subject: str,
        of: str,
        ids: Collection[str],
        detail: Mapping[str, Plain] | None = None,
        *,
        everybody: bool = False,
    ) -> None:
        """Append an audit entry about a list that was read, so that it can be told afterwards who stood on it.

        The ids are named, in as many entries as they need; a list of `everybody` that there was names nobody one by
        one, but holds their number and the SHA-256 of their sorted ids, each followed by a newline.

        Args:
            of: what `ids` are ids of, in the plural ("candidates").
        """
        named = sorted(set(ids))
        shared: dict[str, Plain] = {**(detail or {}), "count": len(named)}
        if everybody:
            digest = hashlib.sha256("".join(f"{one}\n" for one in named).encode()).hexdigest()
            self.record(action, subject, {**shared, "everybody": True, "sha256": digest})
            return
        for start in range(0, max(len(named), 1), IDS_PER_ENTRY):
            self.record(action, subject, {**shared, of: named[start : start + IDS_PER_ENTRY]})


class Core:
    """Engine, master key and actor that all stores share.

    `actor` names who acts in the audit trail: "system", "hr:<id>" and so on.
    """

    def __init__(self, engine: Engine, master: MasterKey, actor: str = "system") -> None:
        self.engine = engine
        self.master = master
        self.actor = actor

    @contextmanager
    def act(self) -> Iterator[Act]:
        """Within the block, a write transaction that holds the end of the audit chain.

        The chain's end is locked first, always: all audited writes queue there in one order and cannot deadlock.
        Keep it short: no encryption of files, no network inside.

        Raises:
        ServiceFailure: the database cannot be used.
        """
        with writing(self.engine) as connection:
            audit.lock_head(connection)
            yield Act(connection, self.actor)

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Within the block, a read transaction over what is not personal.

        Raises:
            ServiceFailure: the database cannot be used.
        """
        with reading(self.engine) as connection:
            yield connection

    def fold_journal(self) -> None:
        """Have SQLite fold its write-ahead log back: until then a file holds pages as they were before."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).all()

    def data_key(self, connection: Connection, candidate_id: str) -> DataKey:
        """The candidate's data key, read anew each time, so that a destroyed key is gone at once.

        Raises:
            NotFound: no such candidate, or (code "erased") the key was destroyed.
            WrongKey: it was wrapped by another master key, or changed.
        """
        row = connection.execute(
            select(t.candidates.c.wrapped_key, t.candidates.c.key_destroyed_at).where(t.candidates.c.id == candidate_id)
        ).one_or_none()
        if row is None:
            raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.")
        if row.wrapped_key is None:
            raise erased(candidate_id)
        return self.unwrap(row.wrapped_key, candidate_id)

    def interview_key(self, connection: Connection, interview_id: str) -> DataKey:
        """The data key of the interview's candidate.

        Raises:
            NotFound: no such interview, or (code "erased") the key was destroyed.
            WrongKey: it was wrapped by another master key, or changed.
        """
        return self.data_key(connection, candidate_of(connection, interview_id))

    def unwrap(self, wrapped: bytes, candidate_id: str) -> DataKey:
        """The data key inside `wrapped`, which belongs to `candidate_id`.

        Raises:
            WrongKey: it was wrapped by another master key, or changed.
        """
        try:
            return unwrap(self.master, wrapped, candidate_id)
        except OtherMasterKey as error:
            raise WrongKey(
                str(error), "Set TRIVIEW_MASTER_KEY (or TRIVIEW_MASTER_KEY_FILE) to the key the data was written with."
            ) from None
        except CannotOpen as error:
            raise WrongKey(str(error), PROBLEM_DAMAGED) from None


def erased(candidate_id: str) -> NotFound:
    """The error for whatever belonged to an erased candidate."""
    return NotFound(
        f"The data of candidate {candidate_id} was erased: its key was destroyed.",
        "It cannot be brought back.",
        code="erased",
    )


def candidate_of(connection: Connection, interview_id: str) -> str:
    """The id of the candidate whose interview this is.

    Raises:
        NotFound: no such interview.
    """
    found = connection.execute(
        select(t.applications.c.candidate_id)
        .join(t.interviews, t.interviews.c.application_id == t.applications.c.id)
        .where(t.interviews.c.id == interview_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no interview {interview_id}.", "Check the id.")
    value: str = found
    return value


def seal(key: DataKey, table: str, column: str, row: str, value: bytes) -> bytes:
    """`value` sealed under `key` for one column of one row: it opens nowhere else."""
    return fields.seal_field(key, value, table=table, column=column, row=row)


def unseal(key: DataKey, table: str, column: str, row: str, sealed: bytes) -> bytes:
    """The value sealed for one column of one row.

    Raises:
        BadInput: code "stored_bytes_damaged": it was changed or moved.
    """
    try:
        return fields.open_field(key, sealed, table=table, column=column, row=row)
    except CannotOpen as error:
        raise BadInput(str(error), PROBLEM_DAMAGED, code="stored_bytes_damaged") from None


def refuse_mixed_keys(connection: Connection, master: MasterKey) -> None:
    """Return normally when no candidate's key is wrapped by another master key than `master`.

    Raises:
        WrongKey: one is: the key was rotated, and this process has the one before.
    """
    other = connection.execute(
        select(t.candidates.c.master_key_id)
        .where(t.candidates.c.master_key_id.is_not(None), t.candidates.c.master_key_id != master.id)
        .limit(1)
    ).scalar_one_or_none()
    if other is not None:
        raise WrongKey(
            f"This database is under master key {other}, but the configured one is {master.id}.",
            "Set TRIVIEW_MASTER_KEY (or TRIVIEW_MASTER_KEY_FILE) to the key the data was written with, or rotate.",
        )
