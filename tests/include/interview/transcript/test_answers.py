"""Answers: each word of the candidate belongs to exactly one question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.assessment.openings import general_opening
from include.interview.records import QuestionMark, Transcript
from include.interview.transcript.answers import answers_of
from include.interview.transcript.typed import parse_transcript
from tests.support.record_builders import utterance

pytestmark = pytest.mark.unit

OPENING = general_opening("en")


def timed(*rows, language="en"):
    return Transcript(
        "speech",
        language,
        0.9,
        tuple(utterance(f"u{n}", role, text, start, end) for n, (role, text, start, end) in enumerate(rows)),
    )


def test_the_question_is_what_the_interviewer_said_before():
    typed = parse_transcript(
        "Interviewee: Hello.\nInterviewer: Good.\nInterviewer: Why us?\nInterviewee: Because.\nInterviewee: Really.\n"
        "Interviewer: Tell me about yourself.\nInterviewee: I am me.",
        "t",
    )
    answers = answers_of(typed, (), OPENING)
    assert [(a.question, a.text) for a in answers] == [
        (None, "Hello."),
        ("Good. Why us?", "Because. Really."),
        ("Tell me about yourself.", "I am me."),
    ]
    assert [a.question_id for a in answers] == [None, None, "introduction"]


def test_a_listeners_response_does_not_cut_an_answer_but_a_question_does():
    typed = parse_transcript(
        "Q: Why us?\nA: First the product.\nQ: I see, okay.\nA: And the team.\nQ: Your strengths\nA: Yes.", "t"
    )
    assert [(a.question, a.text) for a in answers_of(typed)] == [
        ("Why us?", "First the product. And the team."),
        ("Your strengths", "Yes."),
    ]


def test_marks_decide_by_the_middle_of_the_utterance():
    spoken = timed(
        ("candidate", "before", 0.0, 2.0),
        ("candidate", "first", 9.0, 14.0),  # middle 11.5, after the mark at 10
        ("candidate", "late", 18.0, 21.0),  # middle 19.5, before the mark at 20
        ("candidate", "second", 21.0, 30.0),
    )
    marks = [QuestionMark("teamwork", 20.0), QuestionMark("introduction", 10.0)]
    answers = answers_of(spoken, marks, OPENING)
    assert [(a.question_id, a.text) for a in answers] == [
        (None, "before"),
        ("introduction", "first late"),
        ("teamwork", "second"),
    ]
    assert answers[1].question == "Tell me about yourself."
    korean = Transcript("speech", "ko", 0.9, spoken.utterances)
    assert answers_of(korean, marks, OPENING)[1].question == "자기소개를 해 주세요."


def test_a_mark_the_opening_does_not_know_uses_the_words_of_the_interviewer():
    spoken = timed(("interviewer", "And why?", 0.0, 1.0), ("candidate", "So.", 1.0, 2.0))
    (answer,) = answers_of(spoken, [QuestionMark("extra", 0.0)], OPENING)
    assert (answer.question, answer.question_id) == ("And why?", "extra")


def test_marks_without_times_fall_back_to_turns():
    typed = parse_transcript("Q: Why?\nA: So.", "t")
    (answer,) = answers_of(typed, [QuestionMark("introduction", 0.0)], OPENING)
    assert answer.question == "Why?"


def test_no_candidate_no_answers():
    assert answers_of(timed(("interviewer", "Hello?", 0.0, 1.0), ("unknown", "hm", 1.0, 2.0))) == ()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["candidate", "interviewer", "unknown"]),
            st.sampled_from(["okay", "why so?", "I did it all"]),
        ),
        max_size=15,
    ),
    st.lists(st.floats(0, 20), max_size=4),
)
def test_every_candidate_utterance_is_in_exactly_one_answer_in_order(turns, marks):
    spoken = timed(*((role, text, float(n), n + 1.0) for n, (role, text) in enumerate(turns)))
    marked = [QuestionMark(f"q{n}", start) for n, start in enumerate(marks)]
    answered = [u.id for a in answers_of(spoken, marked, OPENING) for u in a.utterances]
    assert answered == [u.id for u in spoken.utterances if u.role == "candidate"]
