"""Applications, interviews, and the human decisions that alone change an application's status."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from include.interview.entities import Interview
from include.interview.errors import BadInput, NotFound
from include.interview.records import QuestionMark, Record
from include.interview.stages import STAGES
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, erased, new_id, now, seal, unseal
from include.storage.database.upsert import upsert

APPLICATION_NAMESPACE = uuid.UUID("6f1d6d0e-7f0e-5a52-9d5c-0f4f6f1c7a11")
"""Names an application by candidate and opening, so that asking twice gives the same id."""

STATUS_ACTION = "interview.status"
STATUSES = ("created", "uploaded", "processing", "review", "published", "failed", "erased")


class Application(Record, frozen=True):
    """One candidate's application to one opening."""

    id: str
    candidate_id: str
    opening_id: str
    status: str


class HumanDecision(Record, frozen=True):
    """What a person decided about an application, why, and whether they had opened the evidence."""

    id: str
    application_id: str
    actor: str
    decision: str
    reason: str
    evidence_opened: bool
    decided_at: str
    interview_id: str | None = None


class Applications:
    """Stored applications.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def ensure(self, candidate_id: str, opening_id: str) -> str:
        """Id of the candidate's application to the opening, made when there is none.

        Raises:
            NotFound: no such candidate or opening.
        """
        identity = str(uuid.uuid5(APPLICATION_NAMESPACE, f"{candidate_id}\n{opening_id}"))
        row = {
            "id": identity,
            "candidate_id": candidate_id,
            "opening_id": opening_id,
            "status": "open",
            "created_at": now(),
        }
        with self._core.act() as act:
            if act.connection.execute(select(t.applications.c.id).where(t.applications.c.id == identity)).first():
                return identity
            try:
                upsert(act.connection, t.applications, row, key=["id"], keep=["status", "created_at"])
            except IntegrityError:
                raise NotFound(
                    f"There is no candidate {candidate_id}, or no opening {opening_id!r}.", "Check both ids."
                ) from None
            act.record("application.created", f"application:{identity}")
        return identity

    def list(self, opening_id: str | None = None, candidate_id: str | None = None) -> tuple[Application, ...]:
        """Applications, all or of one opening or candidate, oldest first."""
        table = t.applications
        query = select(table.c.id, table.c.candidate_id, table.c.opening_id, table.c.status)
        if opening_id is not None:
            query = query.where(table.c.opening_id == opening_id)
        if candidate_id is not None:
            query = query.where(table.c.candidate_id == candidate_id)
        with self._core.look() as connection:
            rows = connection.execute(query.order_by(table.c.created_at, table.c.id))
            return tuple(Application(**row._mapping) for row in rows)


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
        if stage not in STAGES:
            raise BadInput(f"There is no interview stage {stage!r}.", "Use ai, practical or executive.")
        if language not in ("ko", "en", "auto"):
            raise BadInput(f"There is no interview language {language!r}.", "Use ko, en or auto.")
        with self._core.act() as act:
            try:
                act.connection.execute(insert(t.interviews).values(**row))
            except IntegrityError:
                raise NotFound(f"There is no application {application_id}.", "Check the id.") from None
            interview = _one(act.connection, identity)
            act.record("interview.created", f"interview:{identity}", {"stage": stage, "profile": profile})
        return interview

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

    def set_status(self, interview_id: str, status: str, reason: str | None = None) -> None:
        """Set the interview's status, with a code why. A status that is already set is no act.

        Raises:
            NotFound: no such interview, or erased.
            BadInput: no such status.
        """
        if status not in STATUSES:
            raise BadInput(f"There is no interview status {status!r}.", f"Use one of: {', '.join(STATUSES)}.")
        with self._core.act() as act:
            interview = _one(act.connection, interview_id)
            if interview.status == status and reason in (None, _reason(act.connection, interview_id)):
                return
            if interview.status == "erased":
                raise erased(interview.candidate_id)
            act.connection.execute(
                update(t.interviews).where(t.interviews.c.id == interview_id).values(status=status, updated_at=now())
            )
            detail = {"from": interview.status, "to": status} | ({} if reason is None else {"reason": reason})
            act.record(STATUS_ACTION, f"interview:{interview_id}", detail)

    def reason(self, interview_id: str) -> str | None:
        """The code given with the interview's present status (why it failed), or None."""
        with self._core.look() as connection:
            return _reason(connection, interview_id)


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


class Decisions:
    """Human decisions: the only way an application's status changes.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def record(
        self,
        application_id: str,
        decision: str,
        reason: str,
        *,
        evidence_opened: bool,
        interview_id: str | None = None,
    ) -> HumanDecision:
        """Record the acting person's decision, set the application's status to it as one act, and return it.

        Raises:
            BadInput: no reason given, or nobody acts (actor "system").
            NotFound: no such application.
        """
        if not reason.strip():
            raise BadInput("A decision needs a reason.", "Write why.")
        if self._core.actor == "system":
            raise BadInput("Only a person can decide about an application.", "Act as that person.")
        at, identity = now(), new_id()
        with self._core.act() as act:
            candidate = act.connection.execute(
                select(t.applications.c.candidate_id).where(t.applications.c.id == application_id)
            ).scalar_one_or_none()
            if candidate is None:
                raise NotFound(f"There is no application {application_id}.", "Check the id.")
            key = self._core.data_key(act.connection, candidate)
            act.connection.execute(
                insert(t.human_decisions).values(
                    id=identity,
                    application_id=application_id,
                    interview_id=interview_id,
                    actor=act.actor,
                    decision=decision,
                    sealed_reason=seal(key, "human_decisions", "sealed_reason", identity, reason.encode()),
                    evidence_opened=evidence_opened,
                    decided_at=at,
                )
            )
            act.connection.execute(
                update(t.applications).where(t.applications.c.id == application_id).values(status=decision)
            )
            act.record("application.decided", f"application:{application_id}", {"decision": decision, "id": identity})
        return HumanDecision(
            id=identity,
            application_id=application_id,
            actor=self._core.actor,
            decision=decision,
            reason=reason,
            evidence_opened=evidence_opened,
            decided_at=at.isoformat(),
            interview_id=interview_id,
        )

    def list(self, application_id: str) -> tuple[HumanDecision, ...]:
        """The decisions about an application, oldest first. The read is an audit entry.

        Raises:
            NotFound: the candidate was erased (code "erased").
        """
        table = t.human_decisions
        query = (
            select(table, t.applications.c.candidate_id)
            .join(t.applications, t.applications.c.id == table.c.application_id)
            .where(table.c.application_id == application_id)
            .order_by(table.c.decided_at)
        )
        with self._core.act() as act:
            rows = act.connection.execute(query).all()
            found = []
            for row in rows:
                key = self._core.data_key(act.connection, row.candidate_id)
                found.append(
                    HumanDecision(
                        id=row.id,
                        application_id=row.application_id,
                        actor=row.actor,
                        decision=row.decision,
                        reason=unseal(key, table.name, "sealed_reason", row.id, row.sealed_reason).decode(),
                        evidence_opened=row.evidence_opened,
                        decided_at=row.decided_at.isoformat(),
                        interview_id=row.interview_id,
                    )
                )
            act.record("decision.read", f"application:{application_id}", {"count": len(found)})
        return tuple(found)
