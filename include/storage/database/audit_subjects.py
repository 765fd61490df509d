"""Questions of auditors: who saw somebody, and what happened to an application, read from the audit trail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, Select, and_, or_, select
from sqlalchemy.sql import ColumnElement

from include.interview.errors import NotFound
from include.interview.records import Record
from include.storage.database import tables as t
from include.storage.database.audit import AuditEntry
from include.storage.database.engine import reading

LISTS_OF_ALL = ("ranking.read", "ranking.report_read", "ranking.compared")
"""Reads of an opening's ranking: whoever had applied by then stood on it."""
SEEN = (
    *LISTS_OF_ALL,
    "answers.compared",
    "answers.read",
    "answers.searched",
    "application.reported",
    "artifact.read",
    "candidate.exported",
    "candidate.key_used",
    "candidate.listed",
    "candidate.read",
    "contest.read",
    "decision.read",
    "declaration.counted",
    "declaration.read",
    "divergence.settlements_read",
    "insights.read",
    "media.read",
    "questions.read",
    "rating.analysed",
    "rating.read",
    "scorecard.read",
    "session.joined",
)
"""Acts by which somebody or something got to see a person's data."""
EVERYBODY = '"everybody":true'
"""In the detail of a list of everybody that there was."""


class AuditSubject(Record, frozen=True):
    """Whom or what a question is about: all ids under which the trail may name it.

    `openings`: where the person applied. `since`: before it, nobody can have seen anything (UTC).
    """

    ids: tuple[str, ...]
    openings: tuple[str, ...]
    since: datetime


class AuditSubjects:
    """Every call raises ServiceFailure when the database cannot be used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, identity: str) -> AuditSubject:
        """The subject that the id of a candidate, an application or an interview (or session) names.

        A candidate's subject takes in their applications and interviews, an application's its interviews and what was
        done about the candidate as a whole.

        Raises:
            NotFound: no such id. Of who was erased it still answers: ids stay.
        """
        with reading(self._engine) as connection:
            return _subject(connection, identity)

    def who_saw(self, subject: AuditSubject, limit: int | None = None, offset: int = 0) -> tuple[AuditEntry, ...]:
        """Entries by which somebody saw the subject, newest first, lists included on which it must have stood."""
        entries = t.audit_entries.c
        lists = and_(
            entries.subject.in_(["candidates", *(f"opening:{opening}" for opening in subject.openings)]),
            or_(entries.detail.contains(EVERYBODY, autoescape=True), entries.action.in_(LISTS_OF_ALL)),
            entries.at >= subject.since.isoformat(timespec="microseconds"),
        )
        query = select(t.audit_entries).where(entries.action.in_(SEEN), or_(_names(subject), lists))
        return self._entries(query, limit, offset)

    def history(self, subject: AuditSubject, limit: int | None = None, offset: int = 0) -> tuple[AuditEntry, ...]:
        """All entries that name the subject, newest first."""
        return self._entries(select(t.audit_entries).where(_names(subject)), limit, offset)

    def _entries(self, query: Select[tuple[object, ...]], limit: int | None, offset: int) -> tuple[AuditEntry, ...]:
        query = query.order_by(t.audit_entries.c.seq.desc())
        if limit is not None:
            query = query.limit(limit).offset(offset)
        with reading(self._engine) as connection:
            return tuple(AuditEntry(**row._mapping) for row in connection.execute(query))


def _names(subject: AuditSubject) -> ColumnElement[bool]:
    entries = t.audit_entries.c
    return or_(
        *(
            column.contains(identity, autoescape=True)
            for identity in subject.ids
            for column in (entries.subject, entries.detail)
        )
    )


def _subject(connection: Connection, identity: str) -> AuditSubject:
    applications, interviews = t.applications.c, t.interviews.c
    candidate = t.candidates.c
    of_candidate = select(candidate.id, candidate.created_at).where(candidate.id == identity)
    if (person := connection.execute(of_candidate).one_or_none()) is not None:
        wanted, since = applications.candidate_id == identity, person.created_at
    else:
        found = connection.execute(
            select(applications.id)
            .outerjoin(t.interviews, interviews.application_id == applications.id)
            .where(or_(applications.id == identity, interviews.id == identity))
            .limit(1)
        ).scalar_one_or_none()
        if found is None:
            raise NotFound(f"No candidate, application or interview has the id {identity}.", "Check the id.")
        wanted, since = applications.id == found, None
    rows = connection.execute(
        select(
            applications.id, applications.candidate_id, applications.opening_id, applications.created_at,
            interviews.id.label("interview_id"),
        )
        .outerjoin(t.interviews, interviews.application_id == applications.id)
        .where(wanted)
    ).all()  # fmt: skip
    ids = {identity, *(row.id for row in rows), *(row.candidate_id for row in rows)}
    ids |= {row.interview_id for row in rows if row.interview_id is not None}
    return AuditSubject(
        tuple(sorted(ids)),
        tuple(sorted({row.opening_id for row in rows})),
        since or min(row.created_at for row in rows),
    )
