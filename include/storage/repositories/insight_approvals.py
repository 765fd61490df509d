"""Approvals of insights: that people are asked, until when, and that they were reminded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from include.interview.insight.approval import Approval
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, candidate_of, now


class InsightApprovals:
    """One approval per interview. Every change is an audit entry that holds counts and times only.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, interview_id: str) -> Approval | None:
        """The interview's approval, or None when people were never asked."""
        with self._core.look() as connection:
            row = _row(connection, interview_id)
        return None if row is None else _approval(row)

    def open_at(self, moment: datetime) -> tuple[str, ...]:
        """Ids of the interviews whose insights people may decide about at `moment`, those due first before others."""
        table = t.insight_approvals.c
        query = (
            select(table.interview_id)
            .where(table.closed_at.is_(None), table.due_at > moment)
            .order_by(table.due_at, table.interview_id)
        )
        with self._core.look() as connection:
            return tuple(connection.execute(query).scalars())

    def ask(self, interview_id: str, count: int, within: timedelta) -> Approval:
        """Ask people about `count` insights, to be decided `within` that time, and return the approval.

        While people are asked already the approval stays as it is: a task that is tried again does not prolong it.

        Raises:
            NotFound: no such interview, or erased (code "erased").
        """
        with self._core.act() as act:
            self._core.data_key(act.connection, candidate_of(act.connection, interview_id))
            row = _row(act.connection, interview_id)
            if row is not None and row.closed_at is None:
                return _approval(row)
            at = now()
            values = {"asked_at": at, "due_at": at + within, "reminded_at": None, "closed_at": None}
            if row is None:
                act.connection.execute(insert(t.insight_approvals).values(interview_id=interview_id, **values))
            else:
                act.connection.execute(_of(interview_id).values(**values))
            made = Approval(at, at + within)
            act.record("insights.asked", f"interview:{interview_id}", {"count": count, "due": made.due_at.isoformat()})
        return made

    def remind(self, interview_id: str, count: int) -> None:
        """Record that people were reminded of `count` insights that wait."""
        self._stamp(interview_id, "reminded_at", "insights.reminded", count)

    def close(self, interview_id: str, count: int) -> None:
        """Record that no decision is waited for any more; `count` insights were left undecided."""
        self._stamp(interview_id, "closed_at", "insights.closed", count)

    def _stamp(self, interview_id: str, column: str, action: str, count: int) -> None:
        with self._core.act() as act:
            unset = t.insight_approvals.c[column].is_(None)
            done = act.connection.execute(_of(interview_id).where(unset).values({column: now()}))
            if done.rowcount:
                act.record(action, f"interview:{interview_id}", {"count": count})


def _of(interview_id: str) -> Any:
    return update(t.insight_approvals).where(t.insight_approvals.c.interview_id == interview_id)


def _row(connection: Connection, interview_id: str) -> Row[Any] | None:
    query = select(t.insight_approvals).where(t.insight_approvals.c.interview_id == interview_id)
    return connection.execute(query).one_or_none()


def _approval(row: Row[Any]) -> Approval:
    return Approval(row.asked_at, row.due_at, row.reminded_at, row.closed_at)
