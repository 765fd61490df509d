"""Words in a transcript that address the judge instead of the interviewer.

They are data: they change nothing, they are reported, and a person looks at the card.
"""

from __future__ import annotations

import re

from include.interview.records import Flag, Utterance

INJECTION_FLAG = "injection_suspected"

# ruff: noqa: E501 - a pattern is read in one piece
_PATTERNS = (
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:rubric|instruction|prompt|rule|guideline|criteri|scoring)",
    r"\b(?:give|award|assign|grant|score|rate|mark)\b.{0,40}\b(?:full marks?|full points?|maximum|perfect score|highest (?:score|mark|level|rating)|top (?:score|marks)|five out of five|100 (?:points|percent)|5/5|10/10|level 5|level five)",
    r"\b(?:system prompt|system message|as an ai|you are (?:now )?(?:an? )?(?:ai|language model|grader|evaluator|judge)|new instructions?|end of transcript|begin instructions?)\b",
    r"<\s*/?\s*(?:system|instructions?|transcript|assistant)\b",
    r"\boutput\b.{0,30}\b(?:json|score|level|rating)\b",
    r"(?:채점|평가|심사)\s*(?:기준|규칙|지침|루브릭).{0,20}(?:무시|잊)",
    r"(?:이전|위|앞)의?\s*(?:지시|명령|프롬프트|지침|규칙).{0,20}(?:무시|잊|따르지)",
    r"(?:만점|최고\s*점수?|최고점|5점|100점|5단계|최고\s*등급).{0,12}(?:주세요|줘|주십시오|부여|출력|처리|매겨|달라)",
    r"시스템\s*프롬프트|(?:너는|당신은)\s*(?:이제\s*)?(?:ai|인공지능|평가자|채점자|언어\s*모델)",
)
_JUDGE = re.compile("|".join(f"(?:{p})" for p in _PATTERNS), re.IGNORECASE | re.DOTALL)


def addresses_judge(text: str) -> bool:
    """True when `text` reads like an instruction to whoever scores it (English or Korean)."""
    return bool(_JUDGE.search(text))


def injection_flags(utterances: tuple[Utterance, ...]) -> tuple[Flag, ...]:
    """One warning when any of `utterances` addresses the judge; `detail["utterances"]` says how many do."""
    found = sum(addresses_judge(u.text) for u in utterances)
    return (Flag(INJECTION_FLAG, "warning", {"utterances": float(found)}),) if found else ()
