"""The hand-written ladder of graded interviews: our own words, graded by intention before any level was computed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.case import Case
from include.interview.records import Document, Opening, Stage
from include.interview.stages import STAGES
from include.interview.transcript.answers import answers_of
from include.interview.transcript.typed import parse_transcript

LADDER_DIR = Path(__file__).resolve().parents[1] / "include" / "judgement" / "ladder"
MIDDLING_DIR = Path(__file__).resolve().parents[1] / "include" / "judgement" / "middling"
ASKED = {
    "en": (
        "Interviewer: Hi, how are you doing today?",
        "Interviewee: I'm good, how are you?",
        "Interviewer: So please tell me about yourself.",
        "Interviewer: Okay. Can you tell me about a time when you demonstrated leadership?",
        "Interviewer: Great. Tell me about a time when you were working in a team and faced a challenge. How did you "
        "solve the problem?",
        "Interviewer: Okay. What is one of your weaknesses and how do you plan to overcome it?",
        "Interviewer: Alright. Now why do you think we should hire you?",
        "Interviewer: Okay, well thank you very much for coming in, we'll be in touch.",
        "Interviewee: Thank you so much, nice meeting you.",
    ),
    "ko": (
        "면접관: 안녕하세요, 반갑습니다.",
        "지원자: 네, 안녕하세요.",
        "면접관: 먼저 자기소개 부탁드립니다.",
        "면접관: 네. 리더십을 발휘했던 경험을 말씀해 주세요.",
        "면접관: 팀에서 어려움을 겪었던 경험과 어떻게 해결했는지 말씀해 주세요.",
        "면접관: 본인의 단점은 무엇이고 어떻게 극복하고 있나요?",
        "면접관: 저희가 왜 지원자님을 뽑아야 할까요?",
        "면접관: 네, 수고하셨습니다.",
        "지원자: 감사합니다.",
    ),
}
"""Greeting, five questions and closing of the middling interviews."""
SPEAKER = {"en": "Interviewee:", "ko": "지원자:"}


def case_of(
    text: str,
    *,
    stage: Stage = "ai",
    opening: Opening | None = None,
    documents: tuple[Document, ...] = (),
    profile: str = "standard",
) -> Case:
    """A case from a typed transcript, with the built-in general opening unless another is given."""
    transcript = parse_transcript(text, "ladder.txt")
    opening = opening or general_opening("auto")
    return Case(
        interview_id="ladder",
        stage=stage,
        language=transcript.language,
        opening=opening,
        rubric=load_rubric(stage, STAGES[stage].rubric_version),
        profile=load_profile(profile),
        transcript=transcript,
        answers=answers_of(transcript, (), opening),
        documents=documents,
    )


@cache
def ladder(language: str) -> tuple[tuple[float, str], ...]:
    """Intended quality and transcript of each rung, worst first."""
    text = (LADDER_DIR / f"{language}.txt").read_text(encoding="utf-8")
    parts = re.split(r"^== ([\d.]+)\n", text, flags=re.MULTILINE)[1:]
    return tuple((float(q), body) for q, body in zip(parts[::2], parts[1::2], strict=True))


class Middling(msgspec.Struct, frozen=True):
    """One middling interview: our ratings of 1 to 7, given by one reader before any level was computed."""

    name: str
    overall: float
    hire: float
    structure: float
    text: str


@cache
def middling(language: str) -> tuple[Middling, ...]:
    """Hand-written interviews of ordinary quality, with the disfluencies of speech as a transcriber writes them."""
    text = (MIDDLING_DIR / f"{language}.txt").read_text(encoding="utf-8")
    asked, label = ASKED[language], SPEAKER[language]
    found = []
    for head, body in re.findall(r"^== ([^\n]+)\n(.*?)(?=^== |\Z)", text, flags=re.MULTILINE | re.DOTALL):
        name, overall, hire, structure = head.split()
        lines = list(asked[:2])
        for question, answer in zip(asked[2:7], body.strip().splitlines(), strict=True):
            lines += [question, f"{label} {answer}"]
        found.append(Middling(name, float(overall), float(hire), float(structure), "\n".join((*lines, *asked[7:]))))
    return tuple(found)
