"""Questions prepared for an interview, sealed under the candidate's key, and what interviewers decided about them."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select

from include.interview.errors import NotFound
from include.interview.preparation.decisions import Decision, decided, in_order, renewed
from include.interview.preparation.ranking import MOST_QUESTIONS
from include.interview.preparation.records import Preparation, PreparedQuestion, WrittenQuestions
from include.security.chain import Plain
from include.security.keys import DataKey
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, now, seal, unseal
from include.storage.database.upsert import upsert


class PreparedQuestions:
    """Stored preparations, one per interview.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def put(self, interview_id: str, written: WrittenQuestions, artifact: str) -> Preparation:
        """Store what a writer made, and return the preparation; questions that people decided about stay.

        The output of an artifact that is stored already changes nothing.

        Raises:
            NotFound: no such interview, or erased. WrongKey: another master key.
        """
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, interview_id)
            before = _read(act.connection, key, interview_id)
            if before is not None and before.artifact == artifact:
                return before
            kept = () if before is None else before.questions
            questions = renewed(kept, written.questions, MOST_QUESTIONS)
            bare = msgspec.structs.replace(written, questions=())
            row = {
                "interview_id": interview_id,
                "artifact_id": artifact,
                "sealed_document": seal(
                    key, "question_preparations", "sealed_document", interview_id, msgspec.json.encode(bare)
                ),
                "prepared_at": now(),
            }
            upsert(act.connection, t.question_preparations, row, key=["interview_id"])
            _replace(act.connection, key, interview_id, questions)
            detail: dict[str, Plain] = {
                "artifact": artifact,
                "questions": len(questions),
                "refused": len(written.refused),
            }
            act.record("questions.prepared", f"interview:{interview_id}", detail)
            return _stored(act.connection, key, interview_id)

    def find(self, interview_id: str) -> Preparation | None:
        """The interview's preparation, or None before one was made. The read is an audit entry.

        Raises:
            NotFound: no such interview, or erased. WrongKey: another master key.
        """
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, interview_id)
            found = _read(act.connection, key, interview_id)
            if found is not None:
                act.record("questions.read", f"interview:{interview_id}", {"questions": len(found.questions)})
            return found

    def prepared_at(self, interview_id: str) -> datetime | None:
        """When the interview's questions were last written (aware, UTC), or None. No words are read."""
        table = t.question_preparations.c
        with self._core.look() as connection:
            query = select(table.prepared_at).where(table.interview_id == interview_id)
            return connection.execute(query).scalar_one_or_none()

    def decide(
        self,
        interview_id: str,
        question_id: str,
        decision: Decision,
        *,
        text: str | None = None,
        position: int | None = None,
    ) -> Preparation:
        """Record the acting person's decision about one question, with the time, and return the preparation.

        Args: as `decisions.decided`. The wording of an edit is not checked here.

        Raises:
            NotFound: nothing is prepared, no such question, or erased. BadInput: text or position is missing.
        """
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, interview_id)
            before = _stored(act.connection, key, interview_id)
            questions = decided(
                before.questions, question_id, decision,
                by=act.actor, at=now().isoformat(), text=text, position=position,
            )  # fmt: skip
            _replace(act.connection, key, interview_id, questions)
            detail = {"question": question_id, "decision": decision}
            act.record("question.decided", f"interview:{interview_id}", detail)
            return _stored(act.connection, key, interview_id)


def _stored(connection: Connection, key: DataKey, interview_id: str) -> Preparation:
    found = _read(connection, key, interview_id)
    if found is None:
        raise NotFound(f"Nothing is prepared for interview {interview_id}.", "Prepare its questions first.")
    return found


def _read(connection: Connection, key: DataKey, interview_id: str) -> Preparation | None:
    table = t.question_preparations
    row = connection.execute(select(table).where(table.c.interview_id == interview_id)).one_or_none()
    if row is None:
        return None
    document = unseal(key, table.name, "sealed_document", interview_id, row.sealed_document)
    written = msgspec.json.decode(document, type=WrittenQuestions)
    lines = t.prepared_questions
    questions = tuple(
        msgspec.json.decode(
            unseal(key, lines.name, "sealed_document", f"{interview_id}:{line.question_id}", line.sealed_document),
            type=PreparedQuestion,
        )
        for line in connection.execute(select(lines).where(lines.c.interview_id == interview_id))
    )
    return Preparation(
        interview_id=interview_id,
        artifact=row.artifact_id,
        prepared_at=row.prepared_at.isoformat(),
        written=msgspec.structs.replace(written, questions=in_order(questions)),
    )


def _replace(connection: Connection, key: DataKey, interview_id: str, questions: tuple[PreparedQuestion, ...]) -> None:
    table = t.prepared_questions
    connection.execute(delete(table).where(table.c.interview_id == interview_id))
    for question in questions:
        place, document = f"{interview_id}:{question.id}", msgspec.json.encode(question)
        at = None if question.decided_at is None else datetime.fromisoformat(question.decided_at)
        connection.execute(
            insert(table).values(
                interview_id=interview_id,
                question_id=question.id,
                position=question.order,
                state=question.state,
                sealed_document=seal(key, table.name, "sealed_document", place, document),
                decided_by=question.decided_by,
                decided_at=at,
            )
        )
