"""The index of past answers: sealed under each candidate's key, and who of them may still be looked for.

Vectors in Chroma are made from these rows and can be made again from them; whatever Chroma finds counts only while its
row here stands: the candidate is not erased, the interview's consents are in force, and its retention has not ended.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, delete, exists, insert, select

from include.interview.answer_index.records import AnswerKey, IndexedAnswer
from include.interview.assessment.policy import load_profile
from include.interview.records import Record, Stage
from include.security.chain import Plain
from include.security.keys import DataKey
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, now, seal, unseal

TABLE = "answer_index"
CHUNK = 500
"""Ids in one IN list."""
CONSENTS = frozenset(("ai_evaluation",))
"""Purposes without which an answer is not looked for, whatever else its profile asks for."""


class Standing(Record, frozen=True):
    """An interview whose answers may be looked for now."""

    interview_id: str
    candidate_id: str
    opening_id: str
    stage: Stage


class StoredAnswer(Record, frozen=True):
    """An answer with its vector: little-endian float32 bytes, made by `model`."""

    answer: IndexedAnswer
    vector: bytes
    model: str


class Answers:
    """Indexed answers of published interviews.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def replace(self, interview_id: str, answers: Sequence[StoredAnswer], retention_days: int) -> None:
        """Store an interview's answers in place of those stored before; one audit entry, with their number.

        They end with the retention, counted from when the interview was first indexed: indexing again prolongs nothing.

        Raises:
            NotFound: no such interview, or erased.
            WrongKey: another master key.
        """
        at = now()
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, interview_id)
            mine = t.answer_index.c.interview_id == interview_id
            earlier = act.connection.execute(select(t.answer_index.c.indexed_at).where(mine)).scalars().all()
            first = min(earlier, default=at)
            act.connection.execute(delete(t.answer_index).where(mine))
            rows = [
                _row(key, interview_id, position, one, first, first + timedelta(days=retention_days))
                for position, one in enumerate(answers)
            ]
            if rows:
                act.connection.execute(insert(t.answer_index), rows)
            act.record("answers.indexed", f"interview:{interview_id}", {"answers": len(rows)})

    def standing(self, interview_ids: Collection[str]) -> dict[str, Standing]:
        """Those of `interview_ids` whose answers may be looked for now, by id."""
        found: dict[str, Standing] = {}
        ids = sorted(set(interview_ids))
        with self._core.look() as connection:
            for start in range(0, len(ids), CHUNK):
                found |= _standing(connection, ids[start : start + CHUNK], now())
        return found

    def open(self, keys: Sequence[AnswerKey], subject: str, reason: str) -> dict[AnswerKey, IndexedAnswer]:
        """The answers of `keys` that are stored and whose candidate's key exists. One audit entry: `answers.searched`.

        Args:
            keys: answers of interviews that stand (`standing`); none is a search that found none.
            subject: what the entry is about, such as "opening:<id>".
            reason: why they are read, a code.

        Raises:
            WrongKey: another master key.
        """
        found: dict[AnswerKey, IndexedAnswer] = {}
        with self._core.act() as act:
            for start in range(0, len(keys), CHUNK):
                part = [_name(key.interview_id, key.answer_id) for key in keys[start : start + CHUNK]]
                rows = act.connection.execute(_with_keys().where(t.answer_index.c.id.in_(part)))
                found |= {AnswerKey(r.interview_id, r.answer_id): one.answer for r, one in self._opened(rows)}
            read = {key.interview_id for key in found}
            detail: dict[str, Plain] = {"answers": len(found), "reason": reason}
            act.record_list("answers.searched", subject, "interviews", read, detail)
        return found

    def of_interview(self, interview_id: str) -> tuple[StoredAnswer, ...]:
        """The interview's indexed answers in order. One audit entry.

        Raises:
            NotFound: no such interview, or erased.
            WrongKey: another master key.
        """
        with self._core.act() as act:
            self._core.interview_key(act.connection, interview_id)
            query = _with_keys().where(t.answer_index.c.interview_id == interview_id)
            found = self._opened(act.connection.execute(query.order_by(t.answer_index.c.position)))
            act.record("answers.read", f"interview:{interview_id}", {"answers": len(found)})
        return tuple(one for _, one in found)

    def _opened(self, rows: Iterable[Row[Any]]) -> list[tuple[Row[Any], StoredAnswer]]:
        keys: dict[str, DataKey] = {}
        found = []
        for row in rows:
            if row.candidate_id not in keys:
                keys[row.candidate_id] = self._core.unwrap(row.wrapped_key, row.candidate_id)
            document = unseal(keys[row.candidate_id], TABLE, "sealed_document", row.id, row.sealed_document)
            answer, vector = msgspec.msgpack.decode(document, type=tuple[IndexedAnswer, bytes])
            found.append((row, StoredAnswer(answer, vector, row.model)))
        return found

    def interviews(self) -> Iterator[str]:
        """Ids of all interviews with indexed answers, whether they stand or not."""
        with self._core.look() as connection:
            query = select(t.answer_index.c.interview_id).distinct().order_by(t.answer_index.c.interview_id)
            found = connection.execute(query).scalars().all()
        return iter(found)

    def delete(self, interview_id: str) -> int:
        """Remove an interview's rows; returns how many there were."""
        with self._core.act() as act:
            mine = t.answer_index.c.interview_id == interview_id
            count = len(act.connection.execute(select(t.answer_index.c.answer_id).where(mine)).all())
            if count:
                act.connection.execute(delete(t.answer_index).where(mine))
                act.record("answers.removed", f"interview:{interview_id}", {"answers": count})
        return count


def _row(
    key: DataKey, interview_id: str, position: int, one: StoredAnswer, indexed_at: datetime, expires_at: datetime
) -> dict[str, Any]:
    document = msgspec.msgpack.encode((one.answer, one.vector))
    name = _name(interview_id, one.answer.answer_id)
    return {
        "id": name,
        "interview_id": interview_id,
        "answer_id": one.answer.answer_id,
        "position": position,
        "model": one.model,
        "sealed_document": seal(key, TABLE, "sealed_document", name, document),
        "expires_at": expires_at,
        "indexed_at": indexed_at,
    }


def _name(interview_id: str, answer_id: str) -> str:
    return f"{interview_id}:{answer_id}"


def _with_keys() -> Select[Any]:
    """Rows of the index with the wrapped key of their candidate, where it was not destroyed."""
    return (
        select(t.answer_index, t.applications.c.candidate_id, t.candidates.c.wrapped_key)
        .join(t.interviews, t.interviews.c.id == t.answer_index.c.interview_id)
        .join(t.applications, t.applications.c.id == t.interviews.c.application_id)
        .join(t.candidates, t.candidates.c.id == t.applications.c.candidate_id)
        .where(t.candidates.c.wrapped_key.is_not(None))
    )


def _standing(connection: Connection, ids: Sequence[str], at: datetime) -> dict[str, Standing]:
    rows = connection.execute(_candidates_of(ids, at)).all()
    given: dict[str, list[tuple[str | None, frozenset[str]]]] = {}
    people = sorted({row.candidate_id for row in rows})
    consents = select(t.consents.c.candidate_id, t.consents.c.interview_id, t.consents.c.purposes).where(
        t.consents.c.candidate_id.in_(people), t.consents.c.withdrawn_at.is_(None)
    )
    for consent in connection.execute(consents):
        purposes = frozenset(json.loads(consent.purposes))
        given.setdefault(consent.candidate_id, []).append((consent.interview_id, purposes))
    found = {}
    for row in rows:
        needed = CONSENTS | frozenset(load_profile(row.profile).consents)
        held = [p for interview, p in given.get(row.candidate_id, ()) if interview in (None, row.interview_id)]
        if needed <= frozenset().union(*held):
            found[row.interview_id] = Standing(row.interview_id, row.candidate_id, row.opening_id, row.stage)
    return found


def _candidates_of(ids: Sequence[str], at: datetime) -> Select[Any]:
    """Interviews among `ids` that are published, indexed within their retention, and not erased."""
    return (
        select(
            t.interviews.c.id.label("interview_id"),
            t.interviews.c.stage,
            t.interviews.c.profile,
            t.applications.c.candidate_id,
            t.applications.c.opening_id,
        )
        .join(t.applications, t.applications.c.id == t.interviews.c.application_id)
        .join(t.candidates, t.candidates.c.id == t.applications.c.candidate_id)
        .where(
            t.interviews.c.id.in_(ids),
            t.interviews.c.status == "published",
            t.candidates.c.wrapped_key.is_not(None),
            exists().where(t.answer_index.c.interview_id == t.interviews.c.id, t.answer_index.c.expires_at > at),
        )
    )
