"""Counts and rates over a set of answers: the plain numbers from which the components are made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from include.interview.records import Record
from include.judgement.analysis import CATEGORIES, AnswerParts, Sentence

MATTR_WINDOW = 50
"""Window of the moving-average type-token ratio in words (Covington & McFall 2010)."""
MAX_ANSWERS = 5
"""The longest answers that stand for the interview where a figure is per answer: small talk and short follow-ups
beside full answers do not pull it down. Structured interviews of this kind ask about five questions."""


class Facts(Record, frozen=True):
    """Plain numbers over counted sentences.

    Rates are per 100 words, shares in [0, 1]; `per_answer` and what is named so are means over the MAX_ANSWERS longest
    answers, `words_per_answer` over all.
    """

    answers: int
    words: float
    words_per_answer: float
    distinct: int
    distinct_per_answer: tuple[int, ...]
    filler_share: float
    restarts: float
    mattr: float
    long_share: float
    rates: dict[str, float]
    per_answer: dict[str, float]
    distinct_connectives: float
    distinct_organising: float
    i_rate: float
    we_rate: float
    we_share: float
    act_rate: float
    acts_per_answer: float
    detail_rate: float
    details_per_answer: float
    counted_share: float
    asks: int


def mattr(words: Sequence[str], window: int = MATTR_WINDOW) -> float:
    """Moving-average type-token ratio in [0, 1] (Covington & McFall 2010) over windows of `window` words.

    The plain ratio below one window; 0 without words.
    """
    if not words:
        return 0.0
    if len(words) <= window:
        return len(set(words)) / len(words)
    ratios = [len(set(words[i : i + window])) / window for i in range(len(words) - window + 1)]
    return float(np.mean(ratios))


def _details(sentence: Sentence) -> float:
    """Concrete anchors: numbers, named things, and times (a time anchor counts once per sentence)."""
    words = sentence.words
    return min(words.numbers, 3) + min(words.named, 3) + bool(sentence.hits["time"])


def _longest(counted: Sequence[Sequence[Sentence]]) -> list[int]:
    """Positions of the MAX_ANSWERS answers with most counted words."""
    words = [sum(s.words.n for s in group) for group in counted]
    return sorted(range(len(counted)), key=lambda i: -words[i])[:MAX_ANSWERS]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def facts_of(answers: Sequence[AnswerParts]) -> Facts:
    """The facts of `answers`; all zero when nothing in them counts."""
    counted = [a.counted for a in answers]
    sentences = [s for c in counted for s in c]
    words = sum(s.words.n for s in sentences)
    every = sum(s.words.n for a in answers for s in a.sentences)
    hundred = words / 100 or 1.0
    fillers = sum(s.piece.fillers for s in sentences)
    hits = {c: [sum(len(s.hits[c]) for s in group) for group in counted] for c in CATEGORIES}
    acts = [sum(s.words.acts_i + s.words.acts_we for s in group) for group in counted]
    details = [sum(_details(s) for s in group) for group in counted]
    # Korean connective endings reason too; they are many, so two count as one marker.
    links = [sum(s.words.links for s in group) / 2 for group in counted]
    hits["reasoning"] = [a + b for a, b in zip(hits["reasoning"], links, strict=True)]  # type: ignore[misc]
    full = _longest(counted)
    lemmas = [{w for s in group for w in s.words.lemmas} for group in counted]
    own, ours = sum(s.words.i for s in sentences), sum(s.words.we for s in sentences)
    return Facts(
        answers=len(counted),
        words=words,
        words_per_answer=_mean([sum(s.words.n for s in g) for g in counted]),
        distinct=len(set().union(*lemmas)) if lemmas else 0,
        distinct_per_answer=tuple(sorted((len(found) for found in lemmas), reverse=True)[:MAX_ANSWERS]),
        filler_share=fillers / (words + fillers) if words else 0.0,
        restarts=sum(s.piece.repeats for s in sentences) / hundred,
        mattr=mattr([w for s in sentences for w in s.words.all_lemmas]),
        long_share=sum(s.words.long for s in sentences) / (words or 1.0),
        rates={c: sum(v) / hundred for c, v in hits.items()},
        per_answer={c: _mean([v[i] for i in full]) for c, v in hits.items()},
        distinct_connectives=_mean([len({h for s in counted[i] for h in s.hits["connectives"]}) for i in full]),
        distinct_organising=_mean([len({h for s in counted[i] for h in s.hits["organising"]}) for i in full]),
        i_rate=own / hundred,
        we_rate=ours / hundred,
        we_share=ours / (own + ours) if ours else 0.0,
        act_rate=sum(acts) / hundred,
        acts_per_answer=_mean([acts[i] for i in full]),
        detail_rate=sum(details) / hundred,
        details_per_answer=_mean([details[i] for i in full]),
        counted_share=words / every if every else 0.0,
        asks=sum(s.asks for s in sentences),
    )
