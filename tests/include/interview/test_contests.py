"""Contests as rules: what may follow what, the clock of thirty days, and what an answer must have looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.contests import (
    ANSWER_WITHIN,
    CONTEST_GROUNDS,
    CONTEST_OUTCOMES,
    CONTEST_STATES,
    MAX_WORDS,
    NEXT,
    ContestAnswer,
    Objection,
    check_answer,
    check_change,
    check_contest,
    days_left,
    due_of,
    overdue,
)
from include.interview.errors import BadInput

pytestmark = pytest.mark.unit
TIMES = st.integers(0, 5 * 10**9 * 10**6).map(lambda n: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(microseconds=n))
CRITERIA = ("language", "job_fit")


@given(st.sampled_from(CONTEST_STATES), st.sampled_from(CONTEST_STATES))
def test_a_contest_ends_once_and_nothing_follows_its_end(before, to) -> None:
    if before == "open" and to != "open":
        check_change(before, to)
    else:
        with pytest.raises(BadInput) as refused:
            check_change(before, to)
        assert refused.value.code == "contest_closed"
    assert all(not NEXT[one] for one in CONTEST_STATES if one != "open")


@given(TIMES, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_days_left_and_overdue_say_the_same(opened: datetime, passed: timedelta) -> None:
    due = due_of(opened)
    assert due - opened == ANSWER_WITHIN == timedelta(days=30)
    left = days_left(due, opened + passed)
    assert overdue(due, opened + passed) == (left <= 0)
    assert days_left(due, opened + passed + timedelta(days=1)) == left - 1
    assert timedelta(0) <= timedelta(days=left) - (due - (opened + passed)) < timedelta(days=1)


def test_the_clock_at_its_edges() -> None:
    opened = datetime(2026, 11, 30, 12, tzinfo=UTC)
    due, instant = due_of(opened), timedelta(microseconds=1)
    assert [days_left(due, at) for at in (opened, opened + instant, due - instant, due, due + instant)] == [
        30, 30, 1, 0, 0,
    ]  # fmt: skip
    assert days_left(due, due + timedelta(days=1)) == -1
    assert [overdue(due, at) for at in (due - instant, due)] == [False, True]


@given(st.lists(st.sampled_from(CONTEST_GROUNDS), max_size=9), st.text(max_size=40))
def test_a_contest_has_each_ground_once_and_words(grounds, words: str) -> None:
    contest = Objection(tuple(grounds), words, "ko")
    if grounds and len(set(grounds)) == len(grounds) and words.strip():
        check_contest(contest)
    else:
        with pytest.raises(BadInput) as refused:
            check_contest(contest)
        assert refused.value.code == "contest_empty"


def test_words_have_a_length() -> None:
    check_contest(Objection(("other",), "x" * MAX_WORDS, "en"))
    with pytest.raises(BadInput, match="longer than") as refused:
        check_contest(Objection(("other",), "x" * (MAX_WORDS + 1), "en"))
    assert refused.value.code == "contest_long"


@given(
    st.sampled_from(CONTEST_STATES),
    st.sampled_from(CONTEST_OUTCOMES),
    st.sampled_from(["", " \n", "근거를 다시 읽었습니다."]),
    st.lists(st.sampled_from([*CRITERIA, "elsewhere"]), unique=True),
)
def test_only_an_open_contest_is_answered_and_a_result_stands_on_evidence(state, outcome, text, evidence) -> None:
    answer = ContestAnswer(outcome, text, tuple(evidence))
    right = (
        state == "open"
        and bool(text.strip())
        and "elsewhere" not in evidence
        and (bool(evidence) or outcome != "upheld")
    )
    if right:
        check_answer(state, answer, CRITERIA)
    else:
        with pytest.raises(BadInput):
            check_answer(state, answer, CRITERIA)
