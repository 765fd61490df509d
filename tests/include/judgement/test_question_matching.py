"""Judges read the answers to a criterion's own questions; a question is known by mark, words or meaning."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.assessment.openings import general_opening
from include.interview.assessment.question_map import UNMAPPED
from include.interview.case import Case
from include.interview.records import JudgeScales, Scale
from include.judgement import judge_criterion, open_judge
from include.judgement.offline import OFFLINE_VERSION
from include.judgement.prompting import criterion_prompt
from include.judgement.question_matching import answers_for, asked_questions, read_only
from include.settings import JudgeSettings
from tests.support.ladders import case_of

pytestmark = pytest.mark.unit
SAID = {
    "challenge": "Orders were lost every Friday. I measured each step and found that one report held the table. I "
    "compared a copy of the data with a faster query, took the copy, and checked for a month that none was lost.",
    "teamwork": "Two colleagues disagreed about the layout. I listened to both, we compared the two versions with ten "
    "customers, and we took the faster one because it saved every customer a minute.",
    "weakness": "I once sent three hundred letters with a wrong date. It was my own mistake, I had not read the list. "
    "I told my manager, corrected each letter, and since then somebody else reads every list before it goes out.",
    "motivation": "I want this job because I like to find out why things fail, and I have kept our shop running for "
    "two years. In the first weeks I would learn your systems and take over the nightly checks.",
}
LIST = ("introduction", *SAID)


def interview(*asked: str, **changed: str) -> Case:
    questions = {q.id: q.text.en for q in general_opening().questions} | changed
    said = {"introduction": "I am Dana, I have worked in a shop for two years and I live in this town.", **SAID}
    return case_of(
        "\n".join(f"Interviewer: {questions[q]}\nInterviewee: {said[q]}" for q in asked), profile="text_only"
    )


def levels(case: Case) -> dict[str, float | None]:
    judge = open_judge(JudgeSettings())
    return {c.id: judge_criterion(case, c, judge, 1)[0].level for c in case.criteria}


def test_an_ordinary_interview_of_five_answers_gives_every_criterion_a_level() -> None:
    case = interview(*LIST)
    assert asked_questions(case.answers, case.opening) == LIST
    assert all(level is not None for level in levels(case).values())
    flags = [f.code for c in case.criteria for f in judge_criterion(case, c, open_judge(JudgeSettings()), 1)[0].flags]
    assert UNMAPPED not in flags


def test_two_answers_leave_criteria_without_enough_and_say_how_many_there_were() -> None:
    case = interview("challenge", "teamwork")
    found = {c.id: judge_criterion(case, c, open_judge(JudgeSettings()), 1)[0] for c in case.criteria}
    assert found["language"].level is not None
    assert found["cognitive"].level is not None
    for lacking in ("psychological", "job_fit"):
        reason = found[lacking].reason
        assert reason is not None
        assert (reason.code, reason.coverage) == ("too_few_answers", 0.5)
        assert "2" in reason.text.ko


def test_what_is_said_to_other_questions_moves_no_mapped_criterion() -> None:
    plain, boasting = interview(*LIST), interview(*LIST)
    told = boasting.transcript.utterances
    more = msgspec.structs.replace(told[1], text=f"{told[1].text} {SAID['weakness']}")
    transcript = msgspec.structs.replace(boasting.transcript, utterances=(told[0], more, *told[2:]))
    answers = (msgspec.structs.replace(boasting.answers[0], utterances=(more,)), *boasting.answers[1:])
    told_twice = msgspec.structs.replace(boasting, transcript=transcript, answers=answers)
    first = {c.id: answers_for(c_case, c).answers for c_case in (plain,) for c in plain.criteria}
    second = {c.id: answers_for(told_twice, c).answers for c in told_twice.criteria}
    assert first["psychological"] == second["psychological"]
    assert first["language"] != second["language"]


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ("So please tell me about yourself.", "introduction"),
        ("먼저 자기소개 부탁드립니다.", "introduction"),
        ("Why would you like to have this job, and what could you contribute?", "motivation"),
        ("What happened then?", None),
        ("Do you have any questions for us?", None),
        ("Can you tell me about a time when you demonstrated leadership?", None),
    ],
)
def test_a_question_in_other_words_is_known_by_its_meaning(asked: str, known: str | None) -> None:
    case = interview("introduction", introduction=asked)
    assert asked_questions(case.answers, case.opening) == (known,)


def test_an_interview_of_other_questions_is_read_as_a_whole_and_flagged() -> None:
    case = interview("weakness", "challenge", weakness="And what happened then?", challenge="Anything else on that?")
    (found,) = judge_criterion(case, case.rubric.criterion("job_fit"), open_judge(JudgeSettings()), 1)
    assert found.level is not None
    assert UNMAPPED in {f.code for f in found.flags}


def test_the_model_judge_is_shown_the_mapped_answers_with_their_questions_and_nothing_else() -> None:
    case = interview(*LIST)
    criterion = case.rubric.criterion("psychological")
    prompt = criterion_prompt(read_only(case, answers_for(case, criterion)), criterion, "n")
    assert "three hundred letters" in prompt
    assert "Tell me about a mistake or failure" in prompt
    assert "Two colleagues disagreed" in prompt
    assert "Orders were lost" not in prompt
    assert "I am Dana" not in prompt


def test_an_opening_may_choose_a_judge_of_other_scales_and_the_card_names_it() -> None:
    case = interview(*LIST)
    scales = JudgeScales("4-abc", {"cognitive": Scale(centre=0.9, width=0.1)})
    chosen = msgspec.structs.replace(case, opening=msgspec.structs.replace(case.opening, judge_scales=scales))
    judge = open_judge(JudgeSettings())
    before, after = (judge_criterion(c, c.rubric.criterion("cognitive"), judge, 1)[0] for c in (case, chosen))
    assert before.level is not None
    assert after.level is not None
    assert after.level < before.level
    assert (before.judge.version, after.judge.version) == (OFFLINE_VERSION, "4-abc")
    same = judge_criterion(chosen, chosen.rubric.criterion("language"), judge, 1)[0]
    assert same.judge.version == OFFLINE_VERSION
