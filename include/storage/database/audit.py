"""The audit trail: entries chained by hash, appended in the transaction of the act that they record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, insert, select, update

from include.interview.errors import ServiceFailure
from include.interview.records import Record
from include.security.chain import GENESIS, Plain, canonical_json, link
from include.storage.database import tables as t
from include.storage.database.engine import reading

VERIFY_BATCH = 1_000
"""Rows held at a time while the chain is walked."""


class AuditEntry(Record, frozen=True):
    """One entry as stored. `at` is UTC ISO 8601; `detail` canonical JSON of ids, codes and counts."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    detail: str
    previous_hash: str
    hash: str


class AuditReport(Record, frozen=True):
    """The result of checking the trail.

    `broken_at` is the number of the first entry that does not fit, with the reason; None when all fit. `signed`: how
    many signed heads it was compared with, the newest of which is that of entry `signed_through`.
    """

    entries: int
    intact: bool
    head: str
    broken_at: int | None = None
    reason: str | None = None
    signed: int = 0
    signed_through: int | None = None


def lock_head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last entry, locked until the transaction ends.

    On SQLite the write lock taken at BEGIN does the locking; MySQL locks the row.

    Raises:
        ServiceFailure: the schema has no chain yet.
    """
    head = connection.execute(select(t.audit_head.c.seq, t.audit_head.c.hash).with_for_update()).one_or_none()
    if head is None:
        raise ServiceFailure("The audit chain has no beginning.", "Run ./triview db upgrade.", code="database")
    return head.seq, head.hash


def append(
    connection: Connection, actor: str, action: str, subject: str, detail: Mapping[str, Plain] | None = None
) -> AuditEntry:
    """Append one entry inside the caller's write transaction and return it.

    `subject` names what the act was about ("interview:<id>"); `detail` holds ids, codes and counts, never personal
    data, because the trail outlives the erasure of a candidate.

    Raises:
    ServiceFailure: the schema has no chain yet.
    TypeError: `detail` holds a float, or anything JSON does not know.
    """
    seq, previous = lock_head(connection)
    fields: dict[str, Plain] = {
        "seq": seq + 1,
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "action": action,
        "subject": subject,
        "detail": canonical_json(detail or {}),
    }
    digest = link(previous, fields)
    connection.execute(insert(t.audit_entries).values(**fields, previous_hash=previous, hash=digest))
    connection.execute(update(t.audit_head).values(seq=seq + 1, hash=digest))
    return AuditEntry(**fields, previous_hash=previous, hash=digest)  # type: ignore[arg-type]


class Audit:
    """Reads and checks the audit trail."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(
        self,
        connection: Connection,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Plain] | None = None,
    ) -> AuditEntry:
        """Append one entry inside the caller's write transaction and return it; see the function `append`.

        Raises:
            ServiceFailure: the schema has no chain yet.
        """
        return append(connection, actor, action, subject, detail)

    def entries(self, subject: str | None = None) -> tuple[AuditEntry, ...]:
        """The entries in order, all or those about `subject`.

        Raises:
            ServiceFailure: the database cannot be used.
        """
        query = select(t.audit_entries).order_by(t.audit_entries.c.seq)
        if subject is not None:
            query = query.where(t.audit_entries.c.subject == subject)
        with reading(self._engine) as connection:
            return tuple(AuditEntry(**row._mapping) for row in connection.execute(query))

    def page(self, limit: int, offset: int, *, subject: str = "", action: str = "") -> tuple[AuditEntry, ...]:
        """At most `limit` entries, newest first, from `offset` on.

        Args:
            subject: a part of what an entry is about. action: how its action begins. Empty: all.

        Raises:
            ServiceFailure: the database cannot be used.
        """
        table = t.audit_entries.c
        query = select(t.audit_entries).order_by(table.seq.desc()).limit(limit).offset(offset)
        if subject:
            query = query.where(table.subject.contains(subject, autoescape=True))
        if action:
            query = query.where(table.action.startswith(action, autoescape=True))
        with reading(self._engine) as connection:
            return tuple(AuditEntry(**row._mapping) for row in connection.execute(query))

    def verify(self, see: Callable[[Row[Any]], None] | None = None) -> AuditReport:
        """Recompute every hash of the chain, compare its end with the recorded one, and report what does not fit.

        Rows and head are read in one transaction, so entries appended meanwhile do not disturb. Somebody who can
        rewrite rows and head alike is found out by `AuditHeads.verify`.

        Args:
            see: called with every row that fits, in order.

        Raises:
        ServiceFailure: the database cannot be used.
        """
        with reading(self._engine) as connection:
            head = connection.execute(select(t.audit_head.c.seq, t.audit_head.c.hash)).one_or_none()
            rows = connection.execution_options(yield_per=VERIFY_BATCH).execute(
                select(t.audit_entries).order_by(t.audit_entries.c.seq)
            )
            return _walk(rows, (0, GENESIS) if head is None else (head.seq, head.hash), see)


def _walk(rows: Iterable[Row[Any]], head: tuple[int, str], see: Callable[[Row[Any]], None] | None) -> AuditReport:
    count, previous = 0, GENESIS
    for row in rows:
        reason = _fault(row, count + 1, previous)
        if reason is not None:
            return AuditReport(entries=count, intact=False, head=previous, broken_at=count + 1, reason=reason)
        count, previous = count + 1, row.hash
        if see is not None:
            see(row)
    if (count, previous) != head:
        reason = f"The trail ends at entry {count}, but {head[0]} entries were recorded."
        return AuditReport(entries=count, intact=False, head=previous, broken_at=count + 1, reason=reason)
    return AuditReport(entries=count, intact=True, head=previous)


def _fault(row: Row[Any], expected: int, previous: str) -> str | None:
    """Why `row` cannot be entry number `expected` behind the hash `previous`; None when it can."""
    if row.seq != expected:
        return f"Entry {expected} is missing: the next one found is {row.seq}."
    if row.previous_hash != previous:
        return f"Entry {expected} does not follow the entry before it."
    fields: dict[str, Plain] = {
        name: getattr(row, name) for name in ("seq", "at", "actor", "action", "subject", "detail")
    }
    if link(previous, fields) != row.hash:
        return f"Entry {expected} was changed after it was written."
    return None
