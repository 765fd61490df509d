"""The cited words of one claim, read once: content words, figures and denials of every passage, placed side by side."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from include.interview.insight.sources import Passage
from include.interview.records import Record
from include.judgement.insight.english_words import english_words
from include.judgement.insight.figures import Figure
from include.judgement.insight.korean_words import korean_words
from include.judgement.insight.numbers import figures
from include.judgement.insight.words import ContentWord, ReadText
from include.korean_morphemes import KEPT_TEXTS

KEPT_READINGS = 128
"""Sets of passages whose reading is kept: claims cite the same answers again and again."""


class Reading(Record, frozen=True):
    """A text as verification reads it. Figures' number words are not content words."""

    text: str
    language: str
    words: tuple[ContentWord, ...]
    figures: tuple[Figure, ...]
    denying_clauses: frozenset[int]
    clauses: tuple[str, ...]
    by_word: frozenset[int] = frozenset()


@lru_cache(maxsize=KEPT_TEXTS)
def read(text: str, language: str) -> Reading:
    """`text` in `language`, read; the last texts are kept."""
    found: ReadText = korean_words(text) if language == "ko" else english_words(text)
    numbers = figures(text, language)
    words = tuple(w for w in found.words if not any(f.start < w.end and w.start < f.end for f in numbers))
    return Reading(text, language, words, numbers, found.denying_clauses, found.clauses, found.by_word)


def read_cited(passages: Sequence[Passage]) -> Reading:
    """All cited passages as one reading; clauses and sentences of different passages stay apart."""
    return _read_all(tuple(passages))


@lru_cache(maxsize=KEPT_READINGS)
def _read_all(passages: tuple[Passage, ...]) -> Reading:
    whole: list[str] = []
    words: list[ContentWord] = []
    numbers: list[Figure] = []
    denying: set[int] = set()
    by_word: set[int] = set()
    clauses: list[str] = []
    at = sentence = 0
    for passage in passages:
        one = read(passage.text, "ko" if passage.language == "ko" else "en")
        shift = len(clauses)
        words += [
            msgspec.structs.replace(
                w, clause=w.clause + shift, sentence=w.sentence + sentence, start=w.start + at, end=w.end + at
            )
            for w in one.words
        ]
        numbers += [msgspec.structs.replace(f, start=f.start + at, end=f.end + at) for f in one.figures]
        by_word |= {c + shift for c in one.by_word}
        denying |= {c + shift for c in one.denying_clauses}
        clauses += one.clauses
        sentence += 1 + max((w.sentence for w in one.words), default=0)
        whole.append(passage.text)
        at += len(passage.text) + 1
    language = "ko" if passages and passages[0].language == "ko" else "en"
    text = "\n".join(whole)
    return Reading(text, language, tuple(words), tuple(numbers), frozenset(denying), tuple(clauses), frozenset(by_word))
