"""What interviewers decide: states, order, and what a second preparation may change."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.errors import BadInput, NotFound
from include.interview.preparation.decisions import accepted, decided, renewed
from include.interview.preparation.records import PreparedQuestion, QuestionReason
from include.interview.records import Bilingual

pytestmark = pytest.mark.unit
WHY = QuestionReason("untold", Bilingual("아직 듣지 못했습니다.", "Not heard yet."))


def question(n: int, **changes) -> PreparedQuestion:
    made = PreparedQuestion(f"q{n}", f"Question {n}?", "en", "leadership", 4, WHY, "past_behaviour", n)
    return msgspec.structs.replace(made, **changes)


THREE = tuple(question(n) for n in range(3))


def decide(questions, question_id, decision, **more):
    return decided(questions, question_id, decision, by="interviewer:a", at="2026-11-28T10:00:00+00:00", **more)


def test_accepting_keeps_the_wording_and_says_who_and_when() -> None:
    changed = decide(THREE, "q1", "accept")
    assert [q.state for q in changed] == ["proposed", "accepted", "proposed"]
    assert (changed[1].decided_by, changed[1].decided_at) == ("interviewer:a", "2026-11-28T10:00:00+00:00")
    assert [q.id for q in accepted(changed)] == ["q1"]


def test_an_edit_is_accepted_as_edited_and_can_be_taken_back() -> None:
    edited = decide(THREE, "q0", "edit", text="  Another \n wording? ")
    assert (edited[0].wording, edited[0].text, edited[0].state) == ("Another wording?", "Question 0?", "edited")
    assert accepted(edited) == (edited[0],)
    dropped = decide(edited, "q0", "drop")
    assert accepted(dropped) == ()
    assert decide(dropped, "q0", "accept")[0].wording == "Another wording?"
    back = decide(dropped, "q0", "restore")[0]
    assert (back.state, back.wording) == ("proposed", "Question 0?")


@given(st.sampled_from(["q0", "q1", "q2"]), st.integers(-3, 9))
def test_moving_keeps_all_and_puts_the_question_where_asked(question_id: str, position: int) -> None:
    moved = decide(THREE, question_id, "move", position=position)
    assert sorted(q.id for q in moved) == ["q0", "q1", "q2"]
    assert [q.order for q in moved] == [0, 1, 2]
    assert moved[min(max(position, 0), 2)].id == question_id
    others = [q.id for q in THREE if q.id != question_id]
    assert [q.id for q in moved if q.id != question_id] == others


@pytest.mark.parametrize(("decision", "error"), [("edit", BadInput), ("move", BadInput)])
def test_what_is_missing_is_said(decision, error) -> None:
    with pytest.raises(error, match="needs its new"):
        decide(THREE, "q0", decision)
    with pytest.raises(NotFound):
        decide(THREE, "q9", "accept")


def test_another_preparation_keeps_what_people_chose() -> None:
    before = decide(decide(THREE, "q0", "accept"), "q1", "drop")
    fresh = (question(7), question(0), question(1), question(8), question(9))
    after = renewed(before, fresh, most=3)
    assert [q.id for q in after] == ["q0", "q1", "q7", "q8"]
    assert [q.state for q in after] == ["accepted", "dropped", "proposed", "proposed"]
    assert [q.order for q in after] == [0, 1, 2, 3]
