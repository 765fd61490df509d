"""Applications, and the human decisions that alone change where one stands."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from include.interview.applications import FIRST_STATE, OF_AN_INTERVIEW, Decision, EvidenceOpened, check_decision
from include.interview.errors import BadInput, NotFound
from include.interview.records import Record
from include.security.keys import DataKey
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, new_id, now, seal, unseal
from include.storage.database.upsert import upsert
from include.storage.repositories.candidates import require_key

APPLICATION_NAMESPACE = uuid.UUID("6f1d6d0e-7f0e-5a52-9d5c-0f4f6f1c7a11")
"""Names an application by candidate and opening, so that asking twice gives the same id."""
NOBODY = "system"
"""The actor of what no person does."""


class Application(Record, frozen=True):
    """One candidate's application to one opening; `status` is a state of `include.interview.applications`."""

    id: str
    candidate_id: str
    opening_id: str
    status: str


class HumanDecision(Record, frozen=True):
    """What a person decided about an application, on which ground, why, and after opening which evidence."""

    id: str
    application_id: str
    actor: str
    before: str
    decision: str
    ground: str
    reason: str
    evidence: tuple[EvidenceOpened, ...]
    decided_at: str


class Applications:
    """Stored applications.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def ensure(self, candidate_id: str, opening_id: str) -> str:
        """Id of the candidate's application to the opening, made when there is none.

        Raises:
            NotFound: no such candidate or opening, or (code "erased") the person was erased.
        """
        identity = str(uuid.uuid5(APPLICATION_NAMESPACE, f"{candidate_id}\n{opening_id}"))
        row = {
            "id": identity,
            "candidate_id": candidate_id,
            "opening_id": opening_id,
            "status": FIRST_STATE,
            "created_at": now(),
        }
        with self._core.act() as act:
            require_key(act.connection, candidate_id)
            if act.connection.execute(select(t.applications.c.id).where(t.applications.c.id == identity)).first():
                return identity
            try:
                upsert(act.connection, t.applications, row, key=["id"], keep=["status", "created_at"])
            except IntegrityError:
                raise NotFound(f"There is no opening {opening_id!r}.", "Check the id.") from None
            act.record("application.created", f"application:{identity}")
        return identity

    def get(self, application_id: str) -> Application:
        """The application with this id.

        Raises:
            NotFound: no such application.
        """
        table = t.applications
        query = select(table.c.id, table.c.candidate_id, table.c.opening_id, table.c.status)
        with self._core.look() as connection:
            row = connection.execute(query.where(table.c.id == application_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no application {application_id}.", "Check the id.")
        return Application(**row._mapping)

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

    def states(self, opening_id: str, application_ids: Sequence[str] | None = None) -> dict[str, str]:
        """Application -> where it stands, of all applications to the opening or some of them."""
        table = t.applications.c
        query = select(table.id, table.status).where(table.opening_id == opening_id)
        if application_ids is not None:
            query = query.where(table.id.in_(application_ids))
        with self._core.look() as connection:
            return {row.id: row.status for row in connection.execute(query)}

    def with_cards(self, states: Sequence[str]) -> dict[str, dict[str, frozenset[str]]]:
        """Opening -> application -> stages with a complete card, of applications that stand in one of `states`.

        Who was erased is left out, and who has no complete card.
        """
        applications, cards = t.applications.c, t.card_totals.c
        query = (
            select(applications.opening_id, applications.id, cards.stage)
            .join_from(t.applications, t.card_totals, cards.application_id == applications.id)
            .join(t.candidates, t.candidates.c.id == applications.candidate_id)
            .where(
                applications.status.in_(states),
                cards.status == "complete",
                t.candidates.c.key_destroyed_at.is_(None),
            )
            .distinct()
        )
        found: dict[str, dict[str, frozenset[str]]] = {}
        with self._core.look() as connection:
            for opening, application, stage in connection.execute(query):
                of = found.setdefault(opening, {})
                of[application] = of.get(application, frozenset()) | {stage}
        return found

    def of_candidates(self, candidate_ids: Sequence[str]) -> dict[str, tuple[Application, ...]]:
        """Candidate -> their applications, oldest first, by one query; who applied to nothing is left out."""
        table = t.applications
        query = select(table.c.id, table.c.candidate_id, table.c.opening_id, table.c.status)
        query = query.where(table.c.candidate_id.in_(candidate_ids)).order_by(table.c.created_at, table.c.id)
        found: dict[str, tuple[Application, ...]] = {}
        with self._core.look() as connection:
            for row in connection.execute(query):
                found[row.candidate_id] = (*found.get(row.candidate_id, ()), Application(**row._mapping))
        return found


class Decisions:
    """Human decisions: the only way an application's status changes.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def record(self, application_id: str, decision: Decision, *, expected: str | None = None) -> HumanDecision:
        """Record the acting person's decision, change the application's state by it as one act, and return it.

        Args:
            expected: the state that the person saw; None: whatever it is now.

        Raises:
            BadInput: the change, ground, text or evidence do not fit (see `check_decision`), nobody acts (actor
                "system"), or the state changed meanwhile (code "changed_meanwhile").
            NotFound: no such application, or the candidate was erased (code "erased").
        """
        if self._core.actor == NOBODY:
            raise BadInput("Only a person can decide about an application.", "Act as that person.")
        at, identity, table = now(), new_id(), t.applications
        with self._core.act() as act:
            found = act.connection.execute(
                select(table.c.candidate_id, table.c.status).where(table.c.id == application_id).with_for_update()
            ).one_or_none()
            if found is None:
                raise NotFound(f"There is no application {application_id}.", "Check the id.")
            if expected is not None and found.status != expected:
                raise BadInput(
                    f"The application is {found.status} by now.", "Look at it again.", code="changed_meanwhile"
                )
            check_decision(found.status, decision)
            _check_subjects(act.connection, application_id, decision)
            key = self._core.data_key(act.connection, found.candidate_id)
            row = {
                "id": identity,
                "application_id": application_id,
                "actor": act.actor,
                "before": found.status,
                "decision": decision.to,
                "ground": decision.ground,
                "sealed_reason": seal(key, "human_decisions", "sealed_reason", identity, decision.text.encode()),
                "evidence": msgspec.json.encode(decision.evidence).decode(),
                "evidence_opened": bool(decision.evidence),
                "decided_at": at,
            }
            act.connection.execute(insert(t.human_decisions).values(**row))
            act.connection.execute(update(table).where(table.c.id == application_id).values(status=decision.to))
            detail = {"id": identity, "from": found.status, "to": decision.to, "ground": decision.ground}
            act.record("application.decided", f"application:{application_id}", detail)
        return HumanDecision(
            identity, application_id, self._core.actor, found.status, decision.to, decision.ground, decision.text,
            decision.evidence, at.isoformat(),
        )  # fmt: skip

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
            found = tuple(_decision(self._core.data_key(act.connection, row.candidate_id), row) for row in rows)
            act.record("decision.read", f"application:{application_id}", {"count": len(found)})
        return found


def _decision(key: DataKey, row: Row[Any]) -> HumanDecision:
    return HumanDecision(
        id=row.id,
        application_id=row.application_id,
        actor=row.actor,
        before=row.before,
        decision=row.decision,
        ground=row.ground,
        reason=unseal(key, "human_decisions", "sealed_reason", row.id, row.sealed_reason).decode(),
        evidence=msgspec.json.decode(row.evidence or "[]", type=tuple[EvidenceOpened, ...]),
        decided_at=row.decided_at.isoformat(),
    )


def _check_subjects(connection: Connection, application_id: str, decision: Decision) -> None:
    """Return when what was opened of an interview was opened of one of this application.

    Raises:
        BadInput: code "evidence_of_another".
    """
    interviews = t.interviews.c
    theirs = set(connection.execute(select(interviews.id).where(interviews.application_id == application_id)).scalars())
    if any(piece.kind in OF_AN_INTERVIEW and piece.subject not in theirs for piece in decision.evidence):
        raise BadInput(
            "Evidence is named that is not of an interview of this application.",
            "Open the card, report, transcript or recording of this person.",
            code="evidence_of_another",
        )
