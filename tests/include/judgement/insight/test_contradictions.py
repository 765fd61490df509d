"""Two figures for one thing are found; near misses are not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from include.interview.insight.sources import InsightSource, document_source
from include.interview.records import Document
from include.interview.transcript.typed import parse_transcript
from include.judgement.insight.contradictions import contradictions, contradictions_with_sentences
from include.judgement.insight.offline_writer import fixed_terms
from include.judgement.insight.verification import verify

pytestmark = pytest.mark.unit

PAIRS = yaml.safe_load((Path(__file__).resolve().parent / "contradiction_pairs.yaml").read_text(encoding="utf-8"))
ASKED = {"en": "Interviewer: What did you do?\nCandidate: ", "ko": "면접관: 무엇을 하셨나요?\n지원자: "}


def interviews(language: str, *answers: str) -> list[InsightSource]:
    stages = ("ai", "executive")
    return [
        InsightSource(stage, stage, parse_transcript(ASKED[language] + answer, stage))
        for stage, answer in zip(stages, answers, strict=False)
    ]


def test_most_contradictions_are_found_and_stand_up_to_verification() -> None:
    found = 0
    for language, one, other in PAIRS["contradict"]:
        sources = interviews(language, one, other)
        claims = contradictions(sources)
        found += len(claims) == 1
        for claim, result in zip(claims, verify(claims, sources), strict=True):
            assert result.status == "accepted", (one, result.reason)
            assert claim.cites == ("ai:u0002", "executive:u0002")
    assert found >= 8  # of 10: the rules are set for precision


@pytest.mark.parametrize(("language", "one", "other"), PAIRS["agree"])
def test_near_misses_are_left_alone(language: str, one: str, other: str) -> None:
    assert contradictions(interviews(language, one, other)) == ()
    assert contradictions(interviews(language, other, one)) == ()


def test_within_one_answer_nothing_contradicts() -> None:
    language, one, other = PAIRS["contradict"][0]
    assert contradictions(interviews(language, f"{one} {other}")) == ()


def test_a_document_may_contradict_an_answer() -> None:
    language, one, other = PAIRS["contradict"][1]
    sources = [*interviews(language, one), document_source(Document("resume", other), "document")]
    assert [c.cites for c in contradictions(sources)] == [("ai:u0002", "document:d0001")]


@pytest.mark.parametrize(("language", "one", "other"), PAIRS["roles_contradict"])
def test_two_parts_in_one_piece_of_work_are_asked_about(language: str, one: str, other: str) -> None:
    sources = interviews(language, one, other)
    (claim,) = contradictions(sources)
    assert claim.cites == ("ai:u0002", "executive:u0002")
    (checked,) = verify([claim], sources, fixed_terms([]))
    assert checked.status == "accepted", checked.reason


@pytest.mark.parametrize(("language", "one", "other"), PAIRS["roles_agree"])
def test_parts_in_other_work_or_of_other_people_are_left_alone(language: str, one: str, other: str) -> None:
    assert contradictions(interviews(language, one, other)) == ()
    assert contradictions(interviews(language, other, one)) == ()


def test_the_sentence_that_does_not_fit_is_given_word_for_word() -> None:
    _, one, other = PAIRS["contradict"][1]
    (found,) = contradictions_with_sentences(interviews("en", f"I like ships. {one} It rained.", other))
    assert found.sentences == (one, other)
