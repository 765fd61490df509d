"""Published fairness reports: figures of groups, no person's; never changed, so that no two can be subtracted anew."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row, insert, select

from include.interview.fairness.records import FairnessReport, PublishedReport
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, new_id, now


class FairnessReports:
    """Stored fairness reports per opening (or over all of them) and subject.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def publish(self, opening_id: str | None, subject: str, report: FairnessReport) -> PublishedReport:
        """Store `report` about `subject` ("decisions", "ai", "ai/language", "ai/recognition") and return it."""
        at, identity = now(), new_id()
        row = {
            "id": identity,
            "opening_id": opening_id,
            "subject": subject,
            "document": msgspec.json.encode(report).decode(),
            "published_at": at,
        }
        with self._core.act() as act:
            act.connection.execute(insert(t.fairness_reports).values(**row))
            detail = {"report": identity, "subject": subject}
            act.record("fairness.published", f"opening:{opening_id or '*'}", detail)
        return PublishedReport(identity, opening_id, subject, at.isoformat(), report)

    def list(self, opening_id: str | None, subject: str | None = None) -> tuple[PublishedReport, ...]:
        """Everything published about an opening (None: over all of them), oldest first."""
        table = t.fairness_reports
        where = table.c.opening_id.is_(None) if opening_id is None else table.c.opening_id == opening_id
        query = select(table).where(where).order_by(table.c.published_at, table.c.id)
        if subject is not None:
            query = query.where(table.c.subject == subject)
        with self._core.look() as connection:
            return tuple(_report(row) for row in connection.execute(query))

    def newest(self, opening_id: str | None) -> tuple[PublishedReport, ...]:
        """The newest published report per subject, in the order of their first publication."""
        newest: dict[str, PublishedReport] = {}
        for one in self.list(opening_id):
            newest[one.subject] = one
        return tuple(newest.values())


def _report(row: Row[Any]) -> PublishedReport:
    report = msgspec.json.decode(row.document, type=FairnessReport)
    return PublishedReport(row.id, row.opening_id, row.subject, row.published_at.isoformat(), report)
