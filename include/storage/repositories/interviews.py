"""Interviews: one stage of one application each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from include.interview.entities import Interview
from include.interview.errors import BadInput, NotFound
from include.interview.records import QuestionMark
from include.interview.stages import STAGES
from include.interview.statuses import STATUSES, check_status
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Act, Core, erased, new_id, now

STATUS_ACTION = "interview.status"


class Interviews:
    """Stored interviews.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def create(
        self,
        application_id: str,
        stage: str,
        profile: str,
        language: str = "auto",
        marks: Sequence[QuestionMark] = (),
    ) -> Interview:
        """Create an interview of an application, and return it.

        Raises:
            NotFound: no such application.
            BadInput: a stage or language that does not exist.
        """
        with self._core.act() as act:
            return _one(act.connection, insert_interview(act, application_id, stage, profile, language, marks))

    def get(self, interview_id: str) -> Interview:
        """The interview with this id.

        Raises:
            NotFound: no such interview.
        """
        with self._core.look() as connection:
            return _one(connection, interview_id)

    def list(self, opening_id: str | None = None, candidate_id: str | None = None) -> tuple[Interview, ...]:
        """Interviews, all or of one opening or candidate, oldest first."""
        query = _query().order_by(t.interviews.c.created_at, t.interviews.c.id)
        if opening_id is not None:
            query = query.where(t.applications.c.opening_id == opening_id)
        if candidate_id is not None:
            query = query.where(t.applications.c.candidate_id == candidate_id)
        with self._core.look() as connection:
            return tuple(_interview(row) for row in connection.execute(query))

    def in_state(self, status: str, limit: int | None = None) -> tuple[tuple[Interview, ...], int]:
        """Interviews in this state, all or at most `limit`, those longest in it first, and how many there are."""
        interviews = t.interviews.c
        query = _query().where(interviews.status == status).order_by(interviews.updated_at, interviews.id).limit(limit)
        count = select(func.count()).select_from(t.interviews).where(interviews.status == status)
        with self._core.look() as connection:
            found = tuple(_interview(row) for row in connection.execute(query))
            return found, connection.execute(count).scalar_one()

    def set_status(self, interview_id: str, status: str, reason: str | None = None) -> None:
        """Set the interview's status, with a code why. A status that is already set is no act.

        Raises:
            NotFound: no such interview, or erased.
            BadInput: no such status, or one that may not follow the present one (code "interview_status").
        """
        if status not in STATUSES:
            raise BadInput(f"There is no interview status {status!r}.", f"Use one of: {', '.join(STATUSES)}.")
        with self._core.act() as act:
            interview = _one(act.connection, interview_id)
            if interview.status == status and reason in (None, _reason(act.connection, interview_id)):
                return
            if interview.status == "erased":
                raise erased(interview.candidate_id)
            check_status(interview.status, status)
            act.connection.execute(
                update(t.interviews).where(t.interviews.c.id == interview_id).values(status=status, updated_at=now())
            )
            detail = {"from": interview.status, "to": status} | ({} if reason is None else {"reason": reason})
            act.record(STATUS_ACTION, f"interview:{interview_id}", detail)

    def reason(self, interview_id: str) -> str | None:
        """The code given with the interview's present status (why it failed), or None."""
        with self._core.look() as connection:
            return _reason(connection, interview_id)


def insert_interview(
    act: Act,
    application_id: str,
    stage: str,
    profile: str,
    language: str,
    marks: Sequence[QuestionMark] = (),
) -> str:
    """The id of a new interview, made within `act`.

    Raises:
        NotFound: no such application.
        BadInput: a stage or language that does not exist.
    """
    if stage not in STAGES:
        raise BadInput(f"There is no interview stage {stage!r}.", "Use ai, practical or executive.")
    if language not in ("ko", "en", "auto"):
        raise BadInput(f"There is no interview language {language!r}.", "Use ko, en or auto.")
    identity, at = new_id(), now()
    row = {
        "id": identity,
        "application_id": application_id,
        "stage": stage,
        "status": "created",
        "profile": profile,
        "language": language,
        "marks": msgspec.json.encode(tuple(marks)).decode(),
        "created_at": at,
        "updated_at": at,
    }
    try:
        act.connection.execute(insert(t.interviews).values(**row))
    except IntegrityError:
        raise NotFound(f"There is no application {application_id}.", "Check the id.") from None
    act.record("interview.created", f"interview:{identity}", {"stage": stage, "profile": profile})
    return identity


def _reason(connection: Connection, interview_id: str) -> str | None:
    entries = t.audit_entries.c
    detail = connection.execute(
        select(entries.detail)
        .where(entries.subject == f"interview:{interview_id}", entries.action == STATUS_ACTION)
        .order_by(entries.seq.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if detail is None else msgspec.json.decode(detail).get("reason")


def _query() -> Select[Any]:
    interviews, applications = t.interviews.c, t.applications.c
    return select(
        interviews.id,
        interviews.application_id,
        applications.candidate_id,
        applications.opening_id,
        interviews.stage,
        interviews.status,
        interviews.profile,
        interviews.language,
        interviews.marks,
    ).join_from(t.interviews, t.applications, interviews.application_id == applications.id)


def _one(connection: Connection, interview_id: str) -> Interview:
    row = connection.execute(_query().where(t.interviews.c.id == interview_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no interview {interview_id}.", "Check the id.")
    return _interview(row)


def _interview(row: Row[Any]) -> Interview:
    marks = msgspec.json.decode(row.marks, type=tuple[QuestionMark, ...])
    return Interview(**{**row._mapping, "marks": marks})
