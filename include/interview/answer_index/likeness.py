"""Whether two answers are nearly the same words: by shared phrases, then by edits.

Shared phrases of the question, of greetings and of anything short say nothing: people are asked the same question and
greet alike. What remains must be long, and most of it must be the other's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from include.interview.records import Record
from include.interview.transcript.edit_distance import distance
from include.interview.transcript.text import fold, sentences, words

PHRASE_WORDS = 4
"""Words of a phrase (shingle, Broder 1997). Korean words carry their particles, so four say more than in English."""
LEAST_PHRASES = 12
"""Phrases of its own below which an answer is too short to be a copy of another."""
LEAST_SHARED = 0.6
"""Share of the shorter answer's phrases in the other from which the two are nearly identical. Among 12,900 pairs of
answers of independent hand-written interviews the greatest share is .19
(tests/include/interview/answer_index/test_likeness.py)."""
MOST_EDITS = 0.75
"""Words changed per word of the longer one above which a shared passage lies in two otherwise different answers."""
_GREETINGS = (
    "안녕하세요", "안녕하십니까", "반갑습니다", "감사합니다", "감사드립니다", "잘 부탁드립니다", "질문 감사합니다",
    "말씀드리겠습니다", "답변드리겠습니다", "답변 드리겠습니다", "이상입니다", "hello", "hi", "good morning",
    "good afternoon", "thank you", "thanks for", "nice to meet you", "that is a good question",
    "that's a good question", "great question", "happy to answer", "pleasure to be here",
)  # fmt: skip
_GREETING = re.compile(r"(?<![a-z])(?:" + "|".join(re.escape(g) for g in _GREETINGS) + r")(?![a-z])")
_LONGEST_GREETING = 14
"""Words up to which a sentence with a greeting in it is nothing but one."""


class Likeness(Record, frozen=True):
    """How alike two answers are: `shared` phrases of the shorter one in [0, 1], `edits` per word of the longer one."""

    shared: float
    edits: float

    @property
    def nearly_identical(self) -> bool:
        """True when a person should look at the two."""
        return self.shared >= LEAST_SHARED and self.edits <= MOST_EDITS


def likeness(first: str, second: str, asked: Sequence[str] = ()) -> Likeness | None:
    """How alike the words of two answers are; None when one of them says too little of its own.

    Args:
        first: one answer.
        second: the other.
        asked: questions whose words either may repeat.
    """
    own = [_own_words(text) for text in (first, second)]
    known = {phrase for question in asked for phrase in _phrases(words(fold(question)))}
    one, other = (_phrases(said) - known for said in own)
    fewer = min(len(one), len(other))
    if fewer < LEAST_PHRASES:
        return None
    longer = max(len(said) for said in own)
    return Likeness(round(len(one & other) / fewer, 4), round(distance(own[0], own[1]) / longer, 4))


def _own_words(text: str) -> tuple[str, ...]:
    """Words of the sentences that are more than a greeting."""
    found: list[str] = []
    for sentence in sentences(text):
        said = words(fold(sentence))
        if len(said) > _LONGEST_GREETING or not _GREETING.search(" ".join(said)):
            found.extend(said)
    return tuple(found)


def _phrases(said: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(said[i : i + PHRASE_WORDS]) for i in range(len(said) - PHRASE_WORDS + 1)}
