"""Which answers are read for which criterion: a map narrows what it speaks of, and nothing else."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.assessment.openings import general_opening, parse_opening
from include.interview.assessment.question_map import feeds, read_answers, thin_criteria
from include.interview.assessment.rubric import load_rubric
from include.interview.intake.faults import InvalidFields
from include.interview.records import Answer, Opening, Utterance
from include.interview.stages import STAGES

pytestmark = pytest.mark.unit
AI = load_rubric("ai", STAGES["ai"].rubric_version)
SAID = "I looked at every line of it and found the cause there."


def answers(asked: list[str | None], text: str = SAID) -> list[Answer]:
    return [Answer(None, q, (Utterance(f"u{n}", "b", "candidate", text),)) for n, q in enumerate(asked)]


def read(criterion: str, asked: list[str | None], opening: Opening | None = None, text: str = SAID):
    lengths = [len(text.split())] * len(asked)
    return read_answers(AI.criterion(criterion), opening or general_opening(), answers(asked, text), asked, lengths)


def ids(found) -> list[str | None]:
    return [a.question_id for a in found.answers]


FIVE = ["introduction", "challenge", "teamwork", "weakness", "motivation"]


def test_each_criterion_reads_the_answers_to_its_own_questions():
    assert ids(read("cognitive", FIVE)) == ["challenge", "teamwork"]
    assert ids(read("psychological", FIVE)) == ["teamwork", "weakness"]
    assert ids(read("job_fit", FIVE)) == ["challenge", "motivation"]
    assert ids(read("language", FIVE)) == FIVE
    assert all(read(c, FIVE).enough and not read(c, FIVE).unmapped for c in ("language", "cognitive", "job_fit"))


def test_with_fewer_answers_than_needed_it_is_not_enough():
    found = read("psychological", ["challenge", "teamwork"])
    assert (found.found, found.needed, found.enough) == (1, 2, False)
    short = read("psychological", FIVE, text="Yes, I see.")
    assert (short.found, short.enough) == (0, False), "a listener's response is no answer"


def test_an_answer_to_a_question_the_map_does_not_know_is_read_for_every_criterion_and_said_so():
    found = read("job_fit", ["challenge", None, "weakness", None])
    assert ids(found) == ["challenge", None, None]
    assert found.unmapped


@pytest.mark.parametrize("asked", [[None, None], ["another", None]])
def test_an_interview_without_the_openings_questions_is_read_as_a_whole(asked: list[str | None]):
    found = read("cognitive", asked)
    assert (ids(found), found.needed, found.unmapped) == (asked, 0, True)


def test_an_opening_without_a_map_is_read_as_a_whole():
    plain = parse_opening(b"title: a\ndescription: b\nquestions: [{id: x, text: Why?}, {id: y, text: How?}]", "o.yaml")
    found = read("cognitive", ["x", "y"], plain)
    assert (ids(found), found.needed, found.unmapped) == (["x", "y"], 0, True)


def test_a_challenge_feeds_emotion():
    opening = parse_opening(
        b"title: a\ndescription: b\nquestions: [{id: x, text: Why not?, challenge: true}]", "o.yaml"
    )
    assert feeds(opening.questions[0], "emotion")
    assert not feeds(opening.questions[0], "cognitive")


@given(st.lists(st.sampled_from([None, "other", *FIVE, "decision", "commitment", "main_task"]), max_size=8))
def test_what_is_read_is_a_part_of_what_was_said_in_order(asked: list[str | None]):
    every = answers(asked)
    for criterion in AI.criteria:
        found = read_answers(criterion, general_opening(), every, asked, [9] * len(asked))
        assert list(found.answers) == [a for a in every if a in found.answers]
        if criterion.scope == "all":
            assert list(found.answers) == every


def test_old_rubrics_read_everything_whatever_the_opening_says():
    for version in ("1", "2"):
        criterion = load_rubric("ai", version).criterion("cognitive")
        assert list(read_answers(criterion, general_opening(), answers(FIVE), FIVE, [9] * 5).answers) == answers(FIVE)


def test_criteria_with_too_few_questions_are_named_while_the_opening_is_written():
    opening = parse_opening(
        b"title: a\ndescription: b\nquestions: [{text: Why?, criteria: [cognitive]}, {text: How?, criteria: []}]",
        "o.yaml",
    )
    assert [(t.stage, t.criterion.id, t.questions) for t in thin_criteria(opening)] == [("ai", "cognitive", 1)]
    off = msgspec.structs.replace(opening, rubric_versions={"ai": "2"})
    assert not list(thin_criteria(off)), "an old rubric reads all answers"


def test_a_map_to_what_reads_no_mapped_answers_is_refused_in_both_languages():
    for wrong in ("language", "charisma"):
        with pytest.raises(InvalidFields) as caught:
            parse_opening(f"title: a\ndescription: b\nquestions: [{{text: Why?, criteria: [{wrong}]}}]".encode(), "o")
        (fault,) = caught.value.faults
        assert fault.field == "questions[0].criteria"
        assert wrong in fault.text.ko
        assert wrong in fault.text.en


def test_an_opening_that_states_no_map_keeps_the_id_it_had():
    bare = b"title: a\ndescription: b\nquestions: [{text: Why?}]"
    mapped = b"title: a\ndescription: b\nquestions: [{text: Why?, criteria: []}]"
    assert parse_opening(bare, "o").id == parse_opening(bare, "p").id != parse_opening(mapped, "o").id
