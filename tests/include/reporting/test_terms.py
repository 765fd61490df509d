"""One term for one thing, and the register -해 주세요: replaced words stay out of what people read."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT

pytestmark = pytest.mark.unit

RETIRED = {
    "내장 규칙": "기본 엔진(규칙·문장 임베딩)",
    "임베딩 평가자": "기본 엔진(규칙·문장 임베딩)",
    "사람이 검토 중": "담당자 검토 중",
    "지원자 만들기": "지원자 등록",
    "질문 더하기": "질문 추가",
    "개념 더하기": "개념 추가",
    "역량 더하기": "역량 추가",
    "받아쓰기": "실시간 기록",
    "이어서 물어볼": "추천 후속 질문",
    "까닭": "이유",
    "물었음": "질문함",
    "치우기": "숨기기",
    "녹화 올리기": "면접 영상 업로드",
    "입장권": "접속 토큰",
    "이 주소에는 아무것도": "존재하지 않는 주소입니다",
    "측정은 거칩니다": "정밀하지 않습니다",
    "실시간 피드백이 아닌 것": "실시간 피드백의 한계",
    "핵심어": "핵심 개념",
    "긴 쉼": "긴 멈춤",
    "쉼의 비율": "멈춤의 비율",
    "심리적 태도": "심리적 특성",
    "비언어 전달": "비언어적 행동",
    "언어 표현": "언어능력",
    "실무진 면접": "실무 면접",
    "인사 담당자": "채용 담당자",
    "이 기준은": "이 평가 항목은",
    "이 기준을": "이 평가 항목을",
    "by safe means": "through a secure channel",
    '"Integrity signals"': "Observations to check",
    'en: "Evaluated"': "Card published",
    'en: "Writing"': "Live transcript",
    'en: "Login"': "Username",
    "embedded rules-and-embedding": "built-in engine (rules, sentence embeddings)",
}
"""What stood on pages, reports or manuals -> what stands there now."""
ROOMS = ("include", "live_gateway", "tasks", "cli", "plugins", "dags", "docs")
KINDS = {".yaml", ".py", ".j2", ".js", ".md"}
NOT_READ = ("lexicon", "rubrics", "transcript", "demo")
"""Word lists, earlier rubrics (a published version is never changed), what people say in speech."""
IMPERATIVE = re.compile(r".{0,12}(?:십시오|(?<!안녕하)(?<!주)세요)(?![가-힣])")
PHRASES_OF_SPEECH = {"protected_grounds.py", "injection.py", "likeness.py", "filters.py", "roles.py"}
"""Patterns for what people say: they must hold every register."""


@cache
def texts() -> tuple[tuple[Path, str], ...]:
    found = [p for room in ROOMS for p in sorted((PROJECT_ROOT / room).rglob("*")) if p.suffix in KINDS]
    found = [p for p in found if not set(p.relative_to(PROJECT_ROOT).parts) & set(NOT_READ)]
    found += [PROJECT_ROOT / "README.ko.md"]
    return tuple((p, p.read_text(encoding="utf-8")) for p in found if p.name not in PHRASES_OF_SPEECH)


def test_there_is_much_to_read() -> None:
    assert len(texts()) > 400
    assert sum(text.count("주세요") for _, text in texts()) > 150


def test_retired_terms_do_not_come_back() -> None:
    found = [
        f"{path.relative_to(PROJECT_ROOT)}: write {new} instead of {term}"
        for path, text in texts()
        for term, new in RETIRED.items()
        if term in text
    ]
    assert not found, "\n".join(found)


def test_readers_are_asked_in_one_register() -> None:
    asked = [
        (p.name, hit) for p, text in texts() if "세요" in text or "십시오" in text for hit in IMPERATIVE.findall(text)
    ]
    assert not asked, f"write -해 주세요: {asked}"
