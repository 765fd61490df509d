"""Both writers: what they are shown, what the filter takes out, and that nothing of a score gets through."""

from __future__ import annotations

import json
import re
import time

import msgspec
import pytest

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.errors import JudgeFailure
from include.interview.preparation.open_matters import EarlierCard
from include.interview.preparation.records import Matter, OpenMatters, QuestionEvidence, WrittenQuestions
from include.interview.records import Bilingual
from include.interview.transcript.text import fold, language_of
from include.judgement.preparation.filters import fault_of
from include.judgement.preparation.model_writer import ModelWriter
from include.judgement.preparation.offline_writer import OfflineWriter
from include.judgement.preparation.writing import written
from include.settings import JudgeSettings
from tasks.executive.from_files import questions_from_files
from tasks.executive.preparation import left_open
from tasks.typed_transcript import judge_transcript
from tests.support.executive_sessions import CLAIM, SETTINGS, SHORT, good_interview, opening
from tests.support.executive_sessions import RESUME as DOCUMENTS
from tests.support.ladders import middling
from tests.support.services.chat_completions import Endpoint, says

pytestmark = pytest.mark.slow
RUBRIC = load_rubric("executive", "1")
PAST = {
    "ko": re.compile("(?:[셨혔]던|하신|내신)"),
    "en": re.compile(r"Tell me about (?:a|the|your|that|some)"),
}
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


def resume(language: str):
    from include.interview.records import Document

    return Document("resume", DOCUMENTS[language])


def of_files(language: str, *texts: str, documents: bool = True) -> WrittenQuestions:
    files = [(f"{n}.txt", text.encode()) for n, text in enumerate(texts)]
    return questions_from_files(opening(language), files, [resume(language)] if documents else [], SETTINGS)


@LANGUAGES
def test_questions_are_of_the_past_in_the_interviews_language_and_pass_the_filter(language: str) -> None:
    found = of_files(language, good_interview(language), middling(language)[0].text)
    assert len(found.questions) == 8
    assert [q.order for q in found.questions] == list(range(8))
    for question in found.questions:
        assert PAST[language].search(question.text), question.text
        own = re.sub("[‘“][^’”]*[’”]", "", question.text)
        assert language_of(own) == language
        assert question.text.endswith("말씀해 주세요." if language == "ko" else ".")
        assert fault_of(question.text) is None
    assert len({q.text for q in found.questions}) == 8
    assert {q.criterion for q in found.questions} == {"leadership", "strategic_thinking", "experience", "culture_fit"}


@LANGUAGES
def test_the_same_files_give_the_same_questions(language: str) -> None:
    assert of_files(language, good_interview(language)) == of_files(language, good_interview(language))


@LANGUAGES
def test_evidence_is_quoted_word_for_word_from_the_candidate(language: str) -> None:
    text = good_interview(language)
    found = of_files(language, text)
    said = {u.id: u for u in judge_transcript(text.encode(), "x", opening(language), SETTINGS).case.candidate}
    spoken = [e for q in found.questions for e in q.evidence if e.document is None]
    assert spoken
    for evidence in spoken:
        assert evidence.stage == "ai"
        assert fold(evidence.quote) in fold(said[evidence.utterance_id or ""].text)
    written_ = [e for q in found.questions for e in q.evidence if e.document]
    assert [e.quote for e in written_] == [CLAIM[language]]


@LANGUAGES
def test_neither_contact_nor_family_of_a_document_is_asked_about(language: str) -> None:
    text = msgspec.json.encode(of_files(language, good_interview(language))).decode()
    for hidden in ("example.org", "010-1234", "기혼", "자녀", "Married", "children"):
        assert hidden not in text


@LANGUAGES
def test_without_earlier_stages_the_opening_alone_is_asked_and_that_is_said(language: str) -> None:
    found = of_files(language, documents=False)
    assert [n.code for n in found.notes] == ["opening_only"]
    assert len(found.questions) == 8
    assert not any(q.evidence for q in found.questions)
    assert any("나쁜 소식" in q.text or "bad news" in q.text for q in found.questions)


def test_too_few_words_leave_criteria_open_and_the_reason_names_them() -> None:
    found = of_files("en", SHORT["en"])
    reasons = {q.why.code: q.why.text for q in found.questions}
    assert "insufficient" in reasons
    assert "not enough to judge" in reasons["insufficient"].en
    assert "근거가 부족했습니다" in reasons["insufficient"].ko
    assert "stage_missing" in {n.code for n in found.notes}


@LANGUAGES
def test_no_score_of_an_earlier_stage_is_in_questions_reasons_or_evidence(language: str) -> None:
    asked = opening(language)
    judged = judge_transcript(middling(language)[0].text.encode(), "x", asked, SETTINGS, stage="ai")
    found = of_files(language, middling(language)[0].text)
    text = msgspec.json.encode(found).decode()
    numbers = {x for c in judged.card.criteria for x in (c.level, c.score, c.points, c.sem) if x is not None}
    numbers |= {judged.card.total, judged.card.total_sem} - {None}
    assert numbers
    for number in numbers:
        assert f"{number}" not in text
        assert f"{number:.2f}" not in text
    assert not re.search(r'"(?:score|level|sem|total|points|variance|weight)"', text)


@LANGUAGES
def test_writing_takes_less_than_a_second(language: str) -> None:
    asked, texts = opening(language), (good_interview(language), *(m.text for m in middling(language)[:5]))
    cases = []
    for n, text in enumerate(texts):
        judged = judge_transcript(text.encode(), f"{n}", asked, SETTINGS, stage="ai")
        cases.append(msgspec.structs.replace(judged.case, interview_id=f"{n}"))
    cards = [EarlierCard("ai", judged.card, judged.case.rubric)]
    of_files(language, SHORT[language])  # loads the models, and reads the lists of the filters
    started = time.process_time()
    found = written(left_open(asked, load_profile("standard"), cases, cards), RUBRIC, OfflineWriter())
    assert time.process_time() - started < 1.0
    assert len(found.questions) == 8


# ---------------------------------------------------------------- matters that other rooms bring


def matter(code: str, **changes) -> Matter:
    made = Matter(f"{code}-0", code, "experience", 4, 0.25, 1.0, about=Bilingual("협업", "Teamwork"))  # type: ignore[arg-type]
    return msgspec.structs.replace(made, **changes)


@LANGUAGES
def test_two_statements_are_both_quoted_and_neither_is_called_wrong(language: str) -> None:
    first, second = {"ko": ("팀원은 5명이었습니다.", "8명이서 했습니다."), "en": ("We were five.", "Eight of us.")}[
        language
    ]
    pair = tuple(QuestionEvidence(t, "ai", "i", f"u{n}", 1.0, 2.0) for n, t in enumerate((first, second)))
    found = written(OpenMatters(language, (matter("contradiction", evidence=pair),)), RUBRIC, OfflineWriter())  # type: ignore[arg-type]
    [question] = found.questions
    assert first.rstrip(".") in question.text
    assert second.rstrip(".") in question.text
    assert question.kind == "clarification"
    assert question.evidence == pair
    assert not re.search(r"거짓|틀린|\blie|wrong|false", question.text)


def test_what_was_asked_already_is_not_asked_again() -> None:
    known = "Tell me about a time when your work called for “Teamwork”."
    open_ = OpenMatters("en", (matter("competency"),), asked=(known,))
    found = written(open_, RUBRIC, OfflineWriter())
    assert found.questions == ()
    assert [(r.text, r.reason.code) for r in found.refused] == [(known, "repeated")]


# ---------------------------------------------------------------- the model writer

OPEN = OpenMatters(
    "en",
    tuple(
        matter(
            "untold", id=f"untold-{c}", criterion=c, facet=f, evidence=(QuestionEvidence("I led it", "ai", "i", "u1"),)
        )
        for c, f in (("leadership", "cost"), ("experience", "figures"), ("strategic_thinking", "revised"))
    ),
    asked=("Tell me about yourself.",),
)
GOOD = "Tell me about a time when you took a decision that cost you something."


def model_at(endpoint: Endpoint) -> ModelWriter:
    settings = JudgeSettings(kind="openai", base_url=endpoint.url, api_key="sk-CANARY", model="scripted", timeout_s=5.0)
    return ModelWriter(settings, wait=lambda _: None)


def answers(*pairs: tuple[str, str]) -> str:
    return json.dumps({"questions": [{"matter": m, "text": t} for m, t in pairs]})


def test_a_model_words_the_question_and_the_reason_stays_ours() -> None:
    with Endpoint(says(answers(("m1", GOOD)))) as endpoint:
        found = written(OPEN, RUBRIC, model_at(endpoint))
    [question] = found.questions
    first = next(m for m in OPEN.matters if m.criterion == question.criterion)
    assert (question.text, question.evidence) == (GOOD, first.evidence)
    assert question.why.code == "untold"
    assert found.writer.model == "scripted"
    prompt = json.dumps(endpoint.requests[0]["messages"])
    assert "I led it" in prompt
    assert "Tell me about yourself." in prompt
    assert not re.search(r"variance|weight|\b0\.25\b", prompt)


def test_the_filter_stands_behind_a_model_too_with_a_reason_for_each() -> None:
    bad = (
        ("m1", "What would you do if you were cut?"),
        ("m1", "Are you married?"),
        ("m2", "You raised sales, didn't you?"),
        ("m2", "Tell me about the figures and how you got them."),
        ("m3", "You scored 2 points; tell me about it."),
        ("m9", GOOD),
        ("m3", "Tell me about yourself."),
    )
    with Endpoint(says(answers(*bad, ("m1", GOOD), ("m2", GOOD)))) as endpoint:
        found = written(OPEN, RUBRIC, model_at(endpoint))
    assert [q.text for q in found.questions] == [GOOD]
    assert [r.reason.code for r in found.refused] == [
        "hypothetical", "protected", "leading", "double", "score", "unsupported", "repeated", "repeated",
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["no json", "{}", '{"questions": [{"text": 1}]}'])
def test_a_useless_answer_is_a_failure_and_nobody_writes_instead(content: str) -> None:
    with Endpoint(says(content)) as endpoint, pytest.raises(JudgeFailure, match="not the JSON asked for"):
        written(OPEN, RUBRIC, model_at(endpoint))


def test_an_empty_list_is_an_answer() -> None:
    with Endpoint(says(answers())) as endpoint:
        assert written(OPEN, RUBRIC, model_at(endpoint)).questions == ()
