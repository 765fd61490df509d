"""Words of a cleaned sentence: content lemmas, tense, person. English by rules, Korean by morphemes (kiwipiepy)."""

from __future__ import annotations

import itertools
import re

from include.interview.records import Record
from include.interview.scoring.sufficiency import EOJEOL_PER_ENGLISH_WORD
from include.judgement.lexicon_files import lexicon
from include.korean_morphemes import morphemes

KOREAN_WORD_FACTOR = 1 / EOJEOL_PER_ENGLISH_WORD
"""English words per Korean eojeol: particles and endings are part of the eojeol."""
LONG_WORD_LETTERS = 7
"""LIWC's "big words" (Sixltr): seven letters and more."""

_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*%?")

_CONTENT_TAGS = ("NNG", "NNP", "VV", "VA", "XR", "SL", "SN")
_LIGHT_KOREAN = frozenset(
    [
        "하",
        "되",
        "있",
        "없",
        "같",
        "것",
        "수",
        "때",
        "그렇",
        "이렇",
        "보",
        "주",
        "들",
        "가",
        "오",
        "않",
        "말",
        "저희",
        "우리",
        "정도",
        "부분",
        "경우",
        "생각",
    ]
)
_SELF = frozenset(["i", "i'm", "i've", "i'd", "i'll"])
_US = frozenset(["we", "we're", "we've", "we'd", "we'll", "us", "our", "ours"])
_REASONING_ENDINGS = frozenset(["어서", "아서", "니까", "으니까", "므로", "려고", "기에", "도록", "면서", "지만"])
_KO_SELF = frozenset(["저", "제", "나", "내"])
_KO_US = frozenset(["우리", "저희"])
_AGENT_WINDOW = 4
"""An English past-tense verb within this many words after I or we is that person's act ("I then quickly built")."""


class Words(Record, frozen=True):
    """What one cleaned sentence holds. `lemmas` are its content words, `all_lemmas` all words in order."""

    n: float
    lemmas: tuple[str, ...]
    all_lemmas: tuple[str, ...]
    i: int
    we: int
    past: int
    acts_i: int
    acts_we: int
    named: int
    numbers: int
    long: int
    links: int


def english_lemma(word: str) -> str:
    """A rough lemma of an English word: plural, -ing and -ed endings off.

    Only used to count different words, never shown.
    """
    if word.endswith("'s"):
        word = word[:-2]
    for ending, keep in (("ies", "y"), ("ing", ""), ("ied", "y"), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            stem = word[: -len(ending)] + keep
            return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lse" else stem.rstrip("e")
    return word.rstrip("e") if len(word) > 4 else word


def _is_past(word: str) -> bool:
    sets = lexicon("en").sets
    if word in sets["irregular_past"]:
        return True
    return word.endswith("ed") and len(word) > 3 and word not in sets["not_past"]


def english_words(text: str) -> Words:
    """Words of a cleaned English sentence."""
    surface = _WORD.findall(text)
    low = [w.lower() for w in surface]
    sets = lexicon("en").sets
    content = [w for w in low if w not in sets["stopwords"] and len(w) > 2]
    past = acts_i = acts_we = 0
    for at, word in enumerate(low):
        if not _is_past(word):
            continue
        past += 1
        if word in sets["state_past"]:
            continue
        window = low[max(0, at - _AGENT_WINDOW) : at]
        agent = next((w for w in reversed(window) if w in _SELF or w in _US), None)
        acts_i += agent in _SELF
        acts_we += agent in _US
    # A capital inside a sentence names something, unless the word is a small one that once began a sentence.
    named = sum(
        at > 0 and w[0].isupper() and len(w) > 1 and low[at] not in sets["stopwords"] for at, w in enumerate(surface)
    )
    digits = sum(w[0].isdigit() for w in low)
    return Words(
        n=float(len(low)),
        lemmas=tuple(english_lemma(w) for w in content),
        all_lemmas=tuple(english_lemma(w) for w in low),
        i=sum(w in _SELF for w in low),
        we=sum(w in _US for w in low),
        past=past,
        acts_i=acts_i,
        acts_we=acts_we,
        named=named,
        numbers=digits + len(lexicon("en").hits("numbers", text)),
        long=sum(len(w) >= LONG_WORD_LETTERS for w in low),
        links=0,
    )


def korean_words(text: str) -> Words:
    """Words of a cleaned Korean sentence; n is in English-equivalent words (see KOREAN_WORD_FACTOR)."""
    tokens = morphemes(text)
    lemmas = [t.form for t in tokens if t.tag in _CONTENT_TAGS and t.form not in _LIGHT_KOREAN]
    people = [t.form for t in tokens if t.tag in ("NP", "MM")]
    us = sum(p in _KO_US for p in people)
    self_ = sum(p in _KO_SELF for p in people)
    verbs_past = 0
    for before, token in itertools.pairwise(tokens):
        if token.tag == "EP" and token.form in ("었", "았", "였", "엇", "앗"):
            verbs_past += before.tag.startswith(("VV", "XSV")) and before.form not in ("있", "없", "같", "느끼", "알")
    past = sum(t.tag == "EP" and t.form in ("었", "았", "였") for t in tokens)
    # Korean leaves the subject out when it is the speaker: an act without a named agent is the speaker's own.
    acts_we = verbs_past if us and not self_ else 0
    return Words(
        n=len(text.split()) * KOREAN_WORD_FACTOR,
        lemmas=tuple(lemmas),
        all_lemmas=tuple(f"{t.form}/{t.tag[:2]}" for t in tokens if not t.tag.startswith("S") or t.tag in ("SL", "SN")),
        i=self_,
        we=us,
        past=past,
        acts_i=verbs_past - acts_we,
        acts_we=acts_we,
        named=sum(t.tag in ("NNP", "SL") for t in tokens),
        numbers=sum(t.tag == "SN" for t in tokens) + len(lexicon("ko").hits("numbers", text)),
        long=sum(t.tag == "NNG" and len(t.form) >= 2 for t in tokens),
        links=sum(t.tag == "EC" and t.form in _REASONING_ENDINGS for t in tokens),
    )


def words_of(text: str, language: str) -> Words:
    """Words of a cleaned sentence in `language`."""
    return korean_words(text) if language == "ko" else english_words(text)
