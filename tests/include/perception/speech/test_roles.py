from __future__ import annotations

import pytest

from include.interview.records import Interval, Utterance
from include.perception.speech.roles import is_question, roles

pytestmark = pytest.mark.unit


def talk(*parts: tuple[str, float, str]) -> list[Utterance]:
    found, at = [], 0.0
    for number, (speaker, seconds, text) in enumerate(parts):
        found.append(Utterance(f"u{number}", speaker, "unknown", text, at, at + seconds))
        at += seconds + 0.5
    return found


@pytest.mark.parametrize(
    "text",
    [
        "자기소개 부탁드립니다.",
        "왜 지원하셨나요",
        "어려웠던 경험을 말씀해 주세요.",
        "Why did you leave?",
        "Okay, tell me about a project",
    ],
)
def test_questions_and_requests(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ["저는 팀을 이끌었습니다.", "We finished it in three months.", "네, 그렇습니다."])
def test_statements(text: str) -> None:
    assert not is_question(text)


def test_the_candidate_is_the_one_who_answers() -> None:
    said = talk(("S1", 3, "자기소개 부탁드립니다."), ("S2", 30, "저는 개발자입니다."), ("S1", 3, "왜 지원하셨나요?"),
                ("S2", 20, "성장하고 싶었습니다."), ("S2", 2, "혹시 질문 있으신가요?"), ("S1", 4, "네."))  # fmt: skip
    assert roles(said) == {"S1": "interviewer", "S2": "candidate"}


def test_one_voice_is_the_candidate() -> None:
    assert roles(talk(("S1", 3, "저는 개발자입니다."))) == {"S1": "candidate"}


def test_nobody_is_named_when_nothing_decides() -> None:
    assert roles(talk(("S1", 9, "I think so."), ("S2", 2, "Me too."))) == {"S1": "unknown", "S2": "unknown"}


def test_the_moving_mouth_decides_where_answers_do_not() -> None:
    said = talk(("S1", 5, "I think so."), ("S2", 5, "Me too."))
    face = [Interval(0.0, 5.0, "jaw", 0.1), Interval(5.5, 10.5, "jaw", 0.6)]
    assert roles(said, face) == {"S1": "unknown", "S2": "candidate"}


def test_contradicting_evidence_names_nobody() -> None:
    said = talk(("S1", 4, "Why did you come?"), ("S2", 20, "I like the work."))
    face = [Interval(0.0, 4.0, "jaw", 0.9), Interval(4.5, 24.5, "jaw", 0.1)]
    assert set(roles(said, face).values()) == {"unknown"}
