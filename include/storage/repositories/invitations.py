"""Invitations: asked for by HR, opened by a link of which only the hash is stored, answered in one interview."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, insert, select, update

from include.interview.errors import NotFound
from include.interview.invitations import (
    FIRST_STATE,
    Accommodations,
    Answer,
    AskedQuestion,
    Invitation,
    State,
    Terms,
    check_terms,
    moved,
    next_attempt,
    require_open,
)
from include.security.chain import Plain
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Act, Core, new_id, now, seal, unseal
from include.storage.repositories.interviews import insert_interview

TABLE = "invitations"
TOKEN_BYTES = 32


class Invitations:
    """Stored invitations.

    Every call raises ServiceFailure when the database cannot be used. `at` is the time by which deadlines are checked.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def create(
        self, application_id: str, terms: Terms, questions: Sequence[AskedQuestion], *, at: datetime | None = None
    ) -> tuple[Invitation, str]:
        """A new invitation and the secret of its link (43 URL-safe characters), which is told this once.

        Raises:
            BadInput: the terms do not hold together (`check_terms`). NotFound: no such application, or erased.
        """
        terms = check_terms(terms, at or now())
        identity, secret, made = new_id(), secrets.token_urlsafe(TOKEN_BYTES), now()
        with self._core.act() as act:
            candidate_id = _candidate(act.connection, application_id)
            key = self._core.data_key(act.connection, candidate_id)
            row = {
                "id": identity,
                "application_id": application_id,
                "state": FIRST_STATE,
                "stage": terms.stage,
                "profile": terms.profile,
                "language": terms.language,
                "attempts": terms.attempts,
                "thinking_s": terms.thinking_s,
                "answer_s": terms.answer_s,
                "sealed_accommodations": seal(
                    key, TABLE, "sealed_accommodations", identity, msgspec.json.encode(terms.accommodations)
                ),
                "questions": msgspec.json.encode(tuple(questions)).decode(),
                "token_hash": _digest(secret),
                "deadline": datetime.fromisoformat(terms.deadline),
                "created_at": made,
                "updated_at": made,
            }
            act.connection.execute(insert(t.invitations).values(**row))
            detail = {"application": application_id, "stage": terms.stage}
            act.record("invitation.created", f"invitation:{identity}", detail)
            return self._one(act.connection, identity), secret

    def get(self, invitation_id: str) -> Invitation:
        """The invitation with this id, with its accommodations.

        Raises:
            NotFound: no such invitation, or erased.
        """
        with self._core.look() as connection:
            return self._one(connection, invitation_id)

    def list(self, opening_id: str | None = None, candidate_id: str | None = None) -> tuple[Invitation, ...]:
        """Invitations, all or of one opening or candidate, newest first; accommodations are left at none."""
        query = _query().order_by(t.invitations.c.created_at.desc(), t.invitations.c.id)
        if opening_id is not None:
            query = query.where(t.applications.c.opening_id == opening_id)
        if candidate_id is not None:
            query = query.where(t.applications.c.candidate_id == candidate_id)
        with self._core.look() as connection:
            return tuple(_invitation(row, Accommodations()) for row in connection.execute(query))

    def open(self, secret: str) -> Invitation:
        """The invitation whose newest link holds `secret`; from now on it counts as opened.

        Raises:
            NotFound: code "invitation_unknown": none does. BadInput: code "invitation_revoked".
        """
        with self._core.act() as act:
            query = select(t.invitations.c.id).where(t.invitations.c.token_hash == _digest(secret))
            identity = act.connection.execute(query).scalar_one_or_none()
            if identity is None:
                raise NotFound(
                    "This link opens no invitation: it was replaced by a newer one, or is not whole.",
                    "Use the newest message you got, and its whole link.",
                    code="invitation_unknown",
                )
            found = self._one(act.connection, identity)
            if found.state in ("sent", "revoked"):
                return self._moved(act, found, "opened")
            act.record("invitation.opened", f"invitation:{identity}")
            return found

    def revoke(self, invitation_id: str) -> Invitation:
        """Take the invitation back; twice changes nothing.

        Raises:
            NotFound: no such invitation. BadInput: code "invitation_submitted".
        """
        with self._core.act() as act:
            return self._moved(act, self._one(act.connection, invitation_id), "revoked")

    def remind(self, invitation_id: str, *, at: datetime | None = None) -> tuple[Invitation, str]:
        """The invitation and the secret of a new link for it; the link before opens nothing any more.

        Raises:
            NotFound: no such invitation. BadInput: it is at its end, or its deadline passed.
        """
        secret, stamp = secrets.token_urlsafe(TOKEN_BYTES), now()
        with self._core.act() as act:
            require_open(self._one(act.connection, invitation_id), at or stamp)
            changed = update(t.invitations).where(t.invitations.c.id == invitation_id)
            act.connection.execute(changed.values(token_hash=_digest(secret), reminded_at=stamp, updated_at=stamp))
            act.record("invitation.reminded", f"invitation:{invitation_id}")
            return self._one(act.connection, invitation_id), secret

    def begin(self, invitation_id: str, *, at: datetime | None = None) -> Invitation:
        """The invitation with its one interview, which is made when there is none yet; asking twice gives the same.

        Raises:
            NotFound: no such invitation, or erased. BadInput: it is at its end, or its deadline passed.
        """
        with self._core.act() as act:
            found = self._one(act.connection, invitation_id)
            if found.interview_id is not None:
                return found
            require_open(found, at or now())
            terms = found.terms
            interview_id = insert_interview(act, found.application_id, terms.stage, terms.profile, terms.language)
            changed = update(t.invitations).where(t.invitations.c.id == invitation_id)
            act.connection.execute(changed.values(interview_id=interview_id))
            return self._moved(act, self._one(act.connection, invitation_id), "answering")

    def attempt(self, invitation_id: str, question_id: str, *, at: datetime | None = None) -> Answer:
        """A new attempt at the question, which counts whether or not anything is recorded.

        Raises:
            NotFound: no such invitation, or the question is not asked.
            BadInput: code "attempts_used"; the invitation is at its end, or its deadline passed.
        """
        with self._core.act() as act:
            found = self._one(act.connection, invitation_id)
            require_open(found, at or now())
            number = next_attempt(found, question_id, _answers(act.connection, invitation_id))
            answer = Answer(new_id(), question_id, number)
            act.connection.execute(
                insert(t.invitation_answers).values(
                    id=answer.id, invitation_id=invitation_id, question_id=question_id, attempt=number, begun_at=now()
                )
            )
            detail: dict[str, Plain] = {"question": question_id, "attempt": number}
            act.record("invitation.attempted", f"invitation:{invitation_id}", detail)
        return answer

    def sending(self, answer_id: str, upload_id: str) -> str:
        """The upload of the answer: `upload_id`, unless it had one before.

        Raises:
            NotFound: no such answer.
        """
        table = t.invitation_answers
        with self._core.act() as act:
            before = act.connection.execute(select(table.c.upload_id).where(table.c.id == answer_id)).one_or_none()
            if before is None:
                raise NotFound(f"There is no answer {answer_id}.", "Check the id.")
            if before.upload_id is not None:
                kept: str = before.upload_id
                return kept
            act.connection.execute(update(table).where(table.c.id == answer_id).values(upload_id=upload_id))
            act.record("invitation.sending", f"upload:{upload_id}", {"answer": answer_id})
        return upload_id

    def answers(self, invitation_id: str) -> tuple[Answer, ...]:
        """All attempts, oldest first, with how far their recordings arrived."""
        with self._core.look() as connection:
            return _answers(connection, invitation_id)

    def numbers(self, invitation_ids: Sequence[str]) -> dict[str, int]:
        """Invitation -> how many of its questions have a recording that arrived whole."""
        answers, uploads = t.invitation_answers.c, t.uploads.c
        query = (
            select(answers.invitation_id, answers.question_id)
            .join_from(t.invitation_answers, t.uploads, uploads.id == answers.upload_id)
            .where(answers.invitation_id.in_(invitation_ids), uploads.received == uploads.size)
            .distinct()
        )
        found: dict[str, int] = {}
        with self._core.look() as connection:
            for row in connection.execute(query):
                found[row.invitation_id] = found.get(row.invitation_id, 0) + 1
        return found

    def submitted(self, invitation_id: str) -> Invitation:
        """The invitation, which counts as submitted from now on; twice changes nothing.

        Raises:
            NotFound: no such invitation. BadInput: it was taken back.
        """
        with self._core.act() as act:
            return self._moved(act, self._one(act.connection, invitation_id), "submitted")

    def _moved(self, act: Act, found: Invitation, to: State) -> Invitation:
        state = moved(found.state, to)
        if state != found.state:
            changed = update(t.invitations).where(t.invitations.c.id == found.id)
            act.connection.execute(changed.values(state=state, updated_at=now()))
            detail = {"from": found.state, "to": state}
            act.record("invitation.state", f"invitation:{found.id}", detail)
        return msgspec.structs.replace(found, state=state)

    def _one(self, connection: Connection, invitation_id: str) -> Invitation:
        row = connection.execute(_query().where(t.invitations.c.id == invitation_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no invitation {invitation_id}.", "Check the id.")
        key = self._core.data_key(connection, row.candidate_id)
        plain = unseal(key, TABLE, "sealed_accommodations", row.id, row.sealed_accommodations)
        return _invitation(row, msgspec.json.decode(plain, type=Accommodations))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _candidate(connection: Connection, application_id: str) -> str:
    query = select(t.applications.c.candidate_id).where(t.applications.c.id == application_id)
    found: str | None = connection.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no application {application_id}.", "Check the id.")
    return found


def _answers(connection: Connection, invitation_id: str) -> tuple[Answer, ...]:
    answers, uploads = t.invitation_answers.c, t.uploads.c
    query = (
        select(
            answers.id,
            answers.question_id,
            answers.attempt,
            answers.upload_id,
            uploads.size,
            uploads.received,
            uploads.state,
        )
        .join_from(t.invitation_answers, t.uploads, uploads.id == answers.upload_id, isouter=True)
        .where(answers.invitation_id == invitation_id)
        .order_by(answers.begun_at, answers.id)
    )
    return tuple(
        Answer(
            row.id,
            row.question_id,
            row.attempt,
            row.upload_id,
            row.size or 0,
            row.received or 0,
            row.state == "finished",
        )
        for row in connection.execute(query)
    )


def _query() -> Select[Any]:
    return select(t.invitations, t.applications.c.candidate_id, t.applications.c.opening_id).join_from(
        t.invitations, t.applications, t.applications.c.id == t.invitations.c.application_id
    )


def _invitation(row: Row[Any], accommodations: Accommodations) -> Invitation:
    return Invitation(
        id=row.id,
        application_id=row.application_id,
        candidate_id=row.candidate_id,
        opening_id=row.opening_id,
        state=row.state,
        terms=Terms(
            profile=row.profile,
            deadline=row.deadline.isoformat(),
            stage=row.stage,
            language=row.language,
            attempts=row.attempts,
            thinking_s=row.thinking_s,
            answer_s=row.answer_s,
            accommodations=accommodations,
        ),
        questions=msgspec.json.decode(row.questions, type=tuple[AskedQuestion, ...]),
        created_at=row.created_at.isoformat(),
        interview_id=row.interview_id,
        reminded_at=None if row.reminded_at is None else row.reminded_at.isoformat(),
    )
