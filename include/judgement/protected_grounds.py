"""Questions that an interview should not ask: noticed calmly when asked, and never suggested.

Two ways to notice one: patterns of such questions, and nearness of a question's meaning to examples of them. Both are
set for precision: an interviewer who is flagged for "How old is the codebase?" stops reading flags. The filter for
suggestions is the other way round: anything that so much as holds a word of the lexicon is not suggested.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np

from include.interview.records import Bilingual, Record
from include.interview.transcript.text import fold, sentences
from include.judgement.embedding import encode, encode_once
from include.judgement.korean_lists import KoreanLists
from include.judgement.lexicon_reading import read_lexicon

LEXICON_FILE = Path(__file__).resolve().parent / "lexicon" / "protected_grounds.yaml"

NEAR = 0.70
"""Cosine to the nearest example of a ground from which a question asks the same. Set on hand-written questions
(tests/include/judgement/protected): of the innocent ones without a
word of work only those of applying and resigning come near, and they are nearer to the usual ones."""
MARGIN = 0.12
"""... and it must be nearer to the ground than to every usual interview question by this much."""
SUGGESTION_NEAR = 0.5
"""The same for suggestions: what comes so near, and nearer than to any usual question, is left out."""
LONGEST_WORDS = 25
"""A question about the person is short; longer sentences blur in the encoder and are left to the patterns."""

_HANGUL = re.compile("[가-힣]")
_QUESTION = re.compile(
    r"\?|(?:까|나|가|요|죠|지|니)\s*[?.!]*$"
    r"|\b(?:what|when|where|who|which|how|why|do|does|did|are|is|were|was|have|has|can|could|would|will|may|tell|describe)\b"
)
_WORK = re.compile(
    r"\b(?:project|product|service|system|model|data|app|application|code|software|algorithm|feature|users?|customers?"
    r"|clients?|tests?|design|bugs?|teams?|technical|server|database|api|implement\w*|build|built|develop\w*)\b"
    r"|프로젝트|제품|서비스|시스템|모델|데이터|앱|코드|소프트웨어|알고리즘|기능|사용자|고객|기술|설계|버그|서버|구현|개발|알고"
    r"|가중치|편향|대응|운영|업무|직무|지표|성능"
)
"""Words of work: a sentence that holds one is about the work, however near it lies; only the patterns see it."""
_USUAL = (
    "How old is the codebase that you worked on?",
    "Tell me about your experience with this technology.",
    "How many people were in your team?",
    "Where did you work before?",
    "Why do you want to work here?",
    "What was your role in the project?",
    "How long have you used it?",
    "Do you have any questions for us?",
    "How do you handle stress and deadlines?",
    "What are your strengths and weaknesses?",
    "Are you able to start next month?",
    "What salary do you expect?",
    "Which university did you work with?",
    "How did you solve the problem?",
    "Tell me about yourself.",
    "서비스를 개발한 경험을 말씀해 주세요.",
    "자기소개를 해 주세요.",
    "그 프로젝트에서 맡은 역할은 무엇이었나요?",
    "팀은 몇 명이었나요?",
    "왜 이직하려고 하시나요?",
    "이 기술을 얼마나 오래 쓰셨나요?",
    "어떤 문제를 해결하셨나요?",
    "언제부터 일하실 수 있으세요?",
    "어느 회사에서 일하셨나요?",
    "장점과 단점은 무엇인가요?",
    "마지막으로 질문 있으신가요?",
    "희망 연봉은 얼마인가요?",
)


class _Ground(msgspec.Struct, forbid_unknown_fields=True):
    name: Bilingual
    ask: tuple[str, ...]
    words: tuple[str, ...]
    examples: tuple[str, ...]


class GroundHit(Record, frozen=True):
    """A ground that was asked about. `quote` is the sentence as it stands in the utterance."""

    ground: str
    quote: str
    by: Literal["pattern", "meaning"]


@cache
def _lexicon() -> dict[str, _Ground]:
    return read_lexicon(LEXICON_FILE, dict[str, _Ground])


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile("|".join(f"(?:{p})" for p in ground.ask)) for name, ground in _lexicon().items()}


@cache
def _english_words() -> re.Pattern[str]:
    listed = sorted({w for ground in _lexicon().values() for w in ground.words if w.isascii()}, key=len, reverse=True)
    # At the start of a word only: "pray" is not in "spray".
    return re.compile("|".join(rf"\b{re.escape(w)}" for w in listed))


@cache
def _korean_words() -> KoreanLists:
    lists = {name: [w for w in ground.words if not w.isascii()] for name, ground in _lexicon().items()}
    return KoreanLists(lists, LEXICON_FILE.name)


def _holds_word(folded: str) -> bool:
    if _english_words().search(folded):
        return True
    return _HANGUL.search(folded) is not None and any(_korean_words().places(folded).values())


@cache
def _examples() -> tuple[tuple[str, ...], tuple[str, ...]]:
    pairs = [(name, example) for name, ground in _lexicon().items() for example in ground.examples]
    return tuple(name for name, _ in pairs), tuple(example for _, example in pairs)


def grounds() -> tuple[str, ...]:
    """Ids of all grounds, in the lexicon's order."""
    return tuple(_lexicon())


def name_of(ground: str) -> Bilingual:
    """The name of `ground` for people, in both languages."""
    return _lexicon()[ground].name


def remark(ground: str) -> Bilingual:
    """The remark shown to the interviewer about `ground`: calm, and with what may be done."""
    name = name_of(ground)
    return Bilingual(
        ko=f"방금 질문은 {name.ko}에 관한 것일 수 있습니다. 평가에는 쓰이지 않습니다. 답하지 않아도 된다고 알리고 "
        "직무에 관한 질문으로 넘어가셔도 됩니다.",
        en=f"That question may concern {name.en}. It plays no part in the assessment; you may say that it need not be "
        "answered and go on with the job.",
    )


def grounds_asked(text: str) -> tuple[GroundHit, ...]:
    """The protected grounds that an interviewer's words ask about, each once; () for most."""
    found: dict[str, GroundHit] = {}
    for sentence in sentences(text):
        folded = fold(sentence)
        for ground, pattern in _patterns().items():
            if pattern.search(folded):
                found.setdefault(ground, GroundHit(ground, sentence, "pattern"))
        near = None if found else _near(sentence, folded)
        if near is not None:
            found.setdefault(near, GroundHit(near, sentence, "meaning"))
    return tuple(found.values())


def _near(sentence: str, folded: str) -> str | None:
    """The ground whose example this question says in other words."""
    if not _QUESTION.search(folded) or _WORK.search(folded) or len(sentence.split()) > LONGEST_WORDS:
        return None
    ground, near, usual = nearest(sentence)
    return ground if near >= NEAR and near - usual >= MARGIN else None


def nearest(sentence: str) -> tuple[str, float, float]:
    """The protected ground nearest in meaning to `sentence`.

    Returns:
        (ground id, cosine to its nearest example, cosine to the nearest usual question).
    """
    names, examples = _examples()
    vector = encode([sentence])[0]
    to_examples = encode_once(examples) @ vector
    best = int(np.argmax(to_examples))
    return names[best], float(to_examples[best]), float((encode_once(_USUAL) @ vector).max())


def may_be_suggested(text: str) -> bool:
    """True when nothing in `text` comes near a protected ground: no word, no pattern, no meaning."""
    folded = fold(text)
    if _holds_word(folded) or any(p.search(folded) for p in _patterns().values()):
        return False
    for sentence in sentences(text):
        _, near, usual = nearest(sentence)
        if near >= NEAR or (near >= SUGGESTION_NEAR and near > usual):
            return False
    return True


_WORK_NAMES = (
    "hospital|medical|union|vote|conservative|liberal|discharge|retire|나이|병원|노조|노동조합|파업|보수|진보|집회|수술"
)
_ALSO_WORK = frozenset(_WORK_NAMES.split("|"))
"""Words of the lexicon that also name customers, institutions and other people's affairs in talk about work."""
_OF_THE_CANDIDATE = re.compile(
    r"(?:지원자|본인|자신)(?:의|는|은|이|가)?\s+(?:\S+\s+)?(?:나이|병원|노조|노동조합|파업|수술)"
    r"|\b(?:candidate|applicant|his|her|their|own)(?:'s)?\s+(?:\w+\s+)?(?:hospital|medical|union|vote|retire)"
)
_OWN_HEALTH = re.compile(
    r"(?<!마음 )(?<!마음이 )아(?:파|팠|픈|프)|병가|입원|\b(?:was|were|been|being|fell) (?:ill|sick)\b|\bsick leave\b"
)


def ground_touched(text: str) -> str | None:
    """The protected ground that a statement about a candidate touches, or None.

    Words that also belong to work ("hospitals buy late", "the works council and the union") count only where they are
    said of the candidate; every other word of the lexicon, every pattern and every near meaning counts.
    """
    folded = fold(text)
    if _OWN_HEALTH.search(folded):
        return "health"
    mine = _OF_THE_CANDIDATE.search(folded) is not None
    for ground, listed in _lexicon().items():
        english = [w for w in listed.words if w.isascii() and (mine or w not in _ALSO_WORK)]
        if any(re.search(rf"\b{re.escape(w)}", folded) for w in english) or _patterns()[ground].search(folded):
            return ground
    if _HANGUL.search(folded):
        for ground, places in _korean_words().places(folded).items():
            if any(mine or place.item not in _ALSO_WORK for place in places):
                return ground
    for sentence in sentences(text):
        ground, near, usual = nearest(sentence)
        if near >= NEAR or (near >= SUGGESTION_NEAR and near > usual):
            return ground
    return None
