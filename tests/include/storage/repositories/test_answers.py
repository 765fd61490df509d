"""The sealed index of answers on both databases: who stands, what is sealed, what an audit entry says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from include.interview.answer_index.records import AnswerKey, IndexedAnswer
from include.interview.errors import NotFound
from include.storage import Stores
from include.storage.database import tables as t
from include.storage.repositories.answers import Standing, StoredAnswer
from tests.include.storage.conftest import Person, enrol

PURPOSES = ("recording", "ai_evaluation", "emotion_analysis")
SAID = "제가 장애의 원인을 찾았습니다. Quagmirefield"


def stored(name: str = "u1") -> StoredAnswer:
    kept = IndexedAnswer(name, "ko", "왜요?", SAID, ("experience",), {"experience": "high"}, ("result",))
    return StoredAnswer(kept, b"\x00\x00\x80\x3f", "model-1")


def indexed(stores: Stores, purposes: tuple[str, ...] = PURPOSES, days: int = 30) -> Person:
    person = enrol(stores)
    stores.consents.grant(person.candidate.id, person.interview.id, purposes, "1")
    stores.answers.replace(person.interview.id, [stored("u1"), stored("u2")], days)
    stores.interviews.set_status(person.interview.id, "published")
    return person


def test_rows_are_sealed_and_read_back_in_order(stores: Stores) -> None:
    person = indexed(stores)
    assert stores.answers.of_interview(person.interview.id) == (stored("u1"), stored("u2"))
    with stores.db.connect() as connection:
        rows = connection.execute(select(t.answer_index)).mappings().all()
    assert len(rows) == 2
    assert not any(b"Quagmirefield" in row["sealed_document"] or b"high" in row["sealed_document"] for row in rows)
    key = AnswerKey(person.interview.id, "u2")
    found = stores.answers.open([key, AnswerKey(person.interview.id, "u9")], "opening:backend", "numbers")
    assert found == {key: stored("u2").answer}
    entry = stores.audit.entries("opening:backend")[-1]
    assert (entry.action, "Quagmirefield" in entry.detail) == ("answers.searched", False)
    assert stores.audit.verify().intact


def test_standing_names_candidate_opening_and_stage(stores: Stores) -> None:
    person = indexed(stores)
    one = person.interview.id
    assert stores.answers.standing([one, "nobody"]) == {one: Standing(one, person.candidate.id, "backend", "ai")}
    assert stores.answers.standing([]) == {}


@pytest.mark.parametrize("missing", ["ai_evaluation", "recording"])
def test_a_consent_less_and_the_answers_are_not_looked_for(stores: Stores, missing: str) -> None:
    person = indexed(stores, tuple(p for p in PURPOSES if p != missing))
    assert stores.answers.standing([person.interview.id]) == {}


def test_consents_may_come_in_parts_and_for_all_interviews(stores: Stores) -> None:
    person = indexed(stores, ("recording",))
    assert stores.answers.standing([person.interview.id]) == {}
    later = stores.consents.grant(person.candidate.id, None, ("emotion_analysis", "ai_evaluation"), "1")
    assert set(stores.answers.standing([person.interview.id])) == {person.interview.id}
    stores.consents.withdraw(later.id)
    assert stores.answers.standing([person.interview.id]) == {}


def test_the_end_of_retention_counts_from_the_first_indexing(stores: Stores) -> None:
    person = indexed(stores, days=30)
    one = person.interview.id
    long_ago = datetime.now(UTC) - timedelta(days=29)
    with stores.db.begin() as connection:
        connection.execute(update(t.answer_index).values(indexed_at=long_ago))
    stores.answers.replace(one, [stored()], 30)
    assert set(stores.answers.standing([one])) == {one}
    stores.answers.replace(one, [stored()], 29)
    assert stores.answers.standing([one]) == {}


def test_an_erased_person_is_nowhere(stores: Stores) -> None:
    person = indexed(stores)
    one = person.interview.id
    stores.candidates.destroy_key(person.candidate.id)
    assert stores.answers.standing([one]) == {}
    assert stores.answers.open([AnswerKey(one, "u1")], "opening:backend", "numbers") == {}
    with pytest.raises(NotFound, match="erased"):
        stores.answers.of_interview(one)
    with pytest.raises(NotFound, match="erased"):
        stores.answers.replace(one, [stored()], 30)
    assert list(stores.answers.interviews()) == [one]
    assert (stores.answers.delete(one), stores.answers.delete(one)) == (2, 0)
