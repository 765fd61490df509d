"""Invitations: which state follows which, when something is taken, and which recording counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from include.interview.assessment.public_opening import public_view
from include.interview.errors import BadInput, NotFound
from include.interview.invitations import (
    GRACE_S,
    NEXT,
    STATES,
    UNFINISHED,
    WHOLE,
    Accommodations,
    Answer,
    AskedQuestion,
    Invitation,
    State,
    Terms,
    asked_of,
    check_terms,
    counting,
    moved,
    next_attempt,
    require_all,
    require_open,
    standing_of,
)
from include.interview.records import Bilingual, Keyword, Opening, Question

pytestmark = pytest.mark.unit
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TEXT = Bilingual(ko="질문", en="Question")
TERMS = Terms("standard", (NOW + timedelta(days=7)).isoformat())
INVITATION = Invitation(
    "i1", "a1", "c1", "backend", "answering", TERMS, (AskedQuestion("q1", TEXT), AskedQuestion("q2", TEXT)), "", "n1"
)


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_only_changes_of_the_table_happen_and_an_end_is_an_end(asked: list[State]) -> None:
    state: State = "sent"
    for to in asked:
        if to == state or to in NEXT[state]:
            state = moved(state, to)
            assert state == to
            continue
        with pytest.raises(BadInput) as refused:
            moved(state, to)
        assert refused.value.code == ("invitation_order" if state in UNFINISHED else f"invitation_{state}")
    assert set(NEXT) == set(STATES)


@given(st.sampled_from(STATES), st.integers(-2 * GRACE_S, 2 * GRACE_S))
def test_new_things_end_at_the_deadline_and_begun_ones_a_little_later(state: State, after_s: int) -> None:
    one = replace(INVITATION, state=state)
    at = one.deadline + timedelta(seconds=after_s)
    assert standing_of(one, at) == ("expired" if state in UNFINISHED and after_s >= 0 else state)
    for begun, limit in ((False, 0), (True, GRACE_S)):
        if state in UNFINISHED and after_s < limit:
            require_open(one, at, begun=begun)
        else:
            with pytest.raises(BadInput) as refused:
                require_open(one, at, begun=begun)
            assert refused.value.code == f"invitation_{state if state not in UNFINISHED else 'expired'}"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"stage": "practical"}, "invitation_stage"),
        ({"attempts": 0}, "invitation_terms"),
        ({"attempts": 11}, "invitation_terms"),
        ({"thinking_s": -1}, "invitation_terms"),
        ({"answer_s": 5}, "invitation_terms"),
        ({"accommodations": Accommodations(extra_thinking_s=99_999)}, "invitation_terms"),
        ({"deadline": "tomorrow"}, "invitation_deadline"),
        ({"deadline": "2026-12-01T10:00:00"}, "invitation_deadline"),
        ({"deadline": NOW.isoformat()}, "invitation_deadline"),
        ({"deadline": (NOW + timedelta(days=400)).isoformat()}, "invitation_deadline"),
    ],
)
def test_terms_that_do_not_hold_together_are_refused(change: dict, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_terms(replace(TERMS, **change), NOW)
    assert refused.value.code == code


def test_a_deadline_is_kept_in_utc() -> None:
    kept = check_terms(replace(TERMS, deadline="2026-12-24T18:00:00+09:00"), NOW)
    assert kept.deadline == "2026-12-24T09:00:00+00:00"


def test_attempts_are_counted_per_question() -> None:
    made: list[Answer] = []
    for number in (1, 2):
        assert next_attempt(INVITATION, "q1", made) == number
        made.append(Answer(f"x{number}", "q1", number))
    with pytest.raises(BadInput) as used:
        next_attempt(INVITATION, "q1", made)
    assert used.value.code == "attempts_used"
    assert next_attempt(INVITATION, "q2", made) == 1
    with pytest.raises(NotFound):
        next_attempt(INVITATION, "q9", made)


ANSWERS = st.lists(
    st.builds(
        Answer,
        st.uuids().map(str),
        st.sampled_from(["q1", "q2", "elsewhere"]),
        st.integers(1, 5),
        st.sampled_from([None, "u"]),
        st.sampled_from([0, 10]),
        st.sampled_from([0, 4, 10]),
    ),
    max_size=12,
)


@given(ANSWERS)
def test_the_newest_recording_that_arrived_whole_counts(answers: list[Answer]) -> None:
    counted = counting(INVITATION, answers)
    for question in ("q1", "q2"):
        whole = [one.attempt for one in answers if one.question_id == question and one.complete]
        assert (question in counted) == bool(whole)
        if whole:
            assert counted[question].attempt == max(whole)
    assert list(counted) == [q for q in ("q1", "q2") if q in counted]
    if len(counted) < 2:
        with pytest.raises(BadInput) as missing:
            require_all(INVITATION, counted)
        assert missing.value.code == "answers_missing"
    else:
        require_all(INVITATION, counted)


def test_a_recording_that_was_handed_in_already_stays_the_one() -> None:
    handed_in = Answer("x1", "q1", 1, "u1", 10, 10, handed_in=True)
    newer = Answer("x2", "q1", 2, "u2", 10, 10)
    assert counting(INVITATION, [handed_in, newer])["q1"] == handed_in


def test_an_opening_without_questions_asks_for_one_recording() -> None:
    bare = Opening("o", TEXT, TEXT)
    assert [one.id for one in asked_of(bare)] == [WHOLE]
    assert [one.id for one in asked_of(replace(bare, questions=(Question("q1", TEXT),)))] == ["q1"]


def test_candidates_see_of_an_opening_nothing_it_judges_by() -> None:
    secret = Bilingual(ko="비밀", en="Secret")
    full = Opening(
        "o", TEXT, TEXT, keywords=(Keyword("secret"),), questions=(Question("q1", secret),), values=(secret,), places=7
    )
    assert set(public_view(full).__struct_fields__) == {"id", "title", "description", "language", "profile"}
    assert "Secret" not in str(public_view(full))
