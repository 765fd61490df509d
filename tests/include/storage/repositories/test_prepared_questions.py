"""Prepared questions at rest: sealed, one preparation an interview, decisions kept with who and when."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from include.interview.errors import NotFound
from include.interview.preparation.records import (
    PreparedQuestion,
    QuestionEvidence,
    QuestionReason,
    RefusedQuestion,
    WriterIdentity,
    WrittenQuestions,
)
from include.interview.records import Bilingual
from include.storage import Stores
from include.storage.database import tables as t
from tests.include.storage.conftest import enrol

MARKER = "marker-of-the-candidates-own-words"
WHY = QuestionReason("untold", Bilingual("아직 듣지 못했습니다.", "Not heard yet."))


def written(*names: str) -> WrittenQuestions:
    questions = tuple(
        PreparedQuestion(
            name, f"Tell me about {name}.", "en", "leadership", 4, WHY, "past_behaviour", n,
            evidence=(QuestionEvidence(MARKER, "ai", "i-1", "u0001", 1.0, 2.0),),
        )
        for n, name in enumerate(names)
    )  # fmt: skip
    refused = (RefusedQuestion(f"{MARKER}?", WHY),)
    return WrittenQuestions("en", WriterIdentity("w", "offline", "", "1"), questions, refused)


def test_what_is_put_is_found_and_nothing_of_it_lies_in_the_clear(stores: Stores) -> None:
    interview = enrol(stores).interview.id
    assert stores.prepared_questions.find(interview) is None
    assert stores.prepared_questions.prepared_at(interview) is None
    stores.prepared_questions.put(interview, written("a", "b"), "artifact-1")
    found = stores.prepared_questions.find(interview)
    assert found is not None
    assert found.written == written("a", "b")
    assert found.prepared_at == stores.prepared_questions.prepared_at(interview).isoformat()  # type: ignore[union-attr]
    with stores.db.connect() as connection:
        for table in (t.prepared_questions, t.question_preparations):
            for row in connection.execute(select(table)):
                assert MARKER.encode() not in b"".join(v for v in row if isinstance(v, bytes))
    assert not any(MARKER in entry.detail for entry in stores.audit.entries())
    assert stores.audit.verify().intact


def test_decisions_stay_through_another_preparation(stores: Stores) -> None:
    interview = enrol(stores).interview.id
    own = stores.acting_as("interviewer:kim").prepared_questions
    stores.prepared_questions.put(interview, written("a", "b", "c"), "artifact-1")
    own.decide(interview, "b", "edit", text="Tell me about another time.")
    own.decide(interview, "c", "move", position=0)
    kept = stores.prepared_questions.put(interview, written("a", "b", "c"), "artifact-1")
    assert [q.id for q in kept.questions] == ["c", "a", "b"], "the same output changes nothing"
    edited = kept.questions[2]
    assert (edited.state, edited.wording, edited.decided_by) == (
        "edited", "Tell me about another time.", "interviewer:kim",
    )  # fmt: skip
    assert edited.decided_at is not None
    again = stores.prepared_questions.put(interview, written("b", "d"), "artifact-2")
    assert [(q.id, q.state) for q in again.questions] == [("b", "edited"), ("d", "proposed")]
    details = [e for e in stores.audit.entries(f"interview:{interview}") if e.action == "question.decided"]
    assert [e.actor for e in details] == ["interviewer:kim"] * 2
    assert "another time" not in "".join(e.detail for e in details)


def test_nothing_is_decided_about_what_is_not_there(stores: Stores) -> None:
    interview = enrol(stores).interview.id
    with pytest.raises(NotFound, match="Nothing is prepared"):
        stores.prepared_questions.decide(interview, "a", "accept")
    stores.prepared_questions.put(interview, written("a"), "artifact-1")
    with pytest.raises(NotFound, match="no prepared question"):
        stores.prepared_questions.decide(interview, "z", "accept")


def test_an_erased_candidate_takes_the_questions_along(stores: Stores) -> None:
    person = enrol(stores)
    stores.prepared_questions.put(person.interview.id, written("a"), "artifact-1")
    with stores.db.begin() as connection:
        connection.execute(t.candidates.update().values(wrapped_key=None))
    with pytest.raises(NotFound) as gone:
        stores.prepared_questions.find(person.interview.id)
    assert gone.value.code == "erased"
