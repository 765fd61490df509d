"""Whether the beginning of a line reads as somebody's name or as the beginning of a sentence."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from include.interview.transcript.label_words import (
    CANDIDATE_LABELS,
    INTERVIEWER_LABELS,
    KOREAN_NOUNS,
    KOREAN_OPENINGS,
    KOREAN_OWN,
    NAME_PARTICLES,
    ONE_WORD_NAMES,
    OPENING_WORDS,
    OTHER_ROLES,
    SENTENCE_WORDS,
    SURNAMES,
    TITLES,
    TURN_LABELS,
)

Likeness = Literal["name", "possible", "speech"]
MAX_WORDS = 4
MAX_HANGUL = 6
"""Syllables of the longest single hangul word that is taken for a name."""
_PERSONS = frozenset(CANDIDATE_LABELS + INTERVIEWER_LABELS) - TURN_LABELS
_NAMING = _PERSONS | frozenset(("mr", "mrs", "ms", "dr", "prof"))
OPEN = tuple("[(【<{")
PARENS = re.compile(r"^(?P<outer>.*?)\s*[(\[（【](?P<inner>[^()\[\]（）]*)[)\]）】]$")
_SENTENCE_MARKS = re.compile(r"[?!;…\"“”。？！]|(?<=\w{5})\.(?!\w)|\.{2}")
_HANGUL = re.compile(r"[가-힣]")
_KOREAN_END = re.compile(
    r"(?:니다|니까|[어아해세네군데거든]요|는데|은데|인데|에서|에게|한테|으로|부터|까지|처럼|면서|려고|려면|으면|자면|들면|하면|라면|라고|"
    r"다고|에는|에도|[가-힣]{2}지만|는|를|의|었다|았다|했다|였다|겠다|한다|때문에)$"
)
_KOREAN_LINK = re.compile(r"[가-힣](?:은|이|가|을|한|할|된|될|던|도|만|로|와|과|고|서|면|게|에|데|지|운|인|적)$")
_KOREAN_PARTICLE = re.compile(r"(?:들)?(?:은|는|이|가|을|를|도|만|로|으로|입니다|이다|에|의)$")


def likeness(name: str) -> Likeness:
    """How far the beginning of a line reads as a name: "name", "possible", or "speech" when it opens a sentence."""
    text = unicodedata.normalize("NFKC", name).strip(" *_~-")
    text = PARENS.sub(r"\g<outer>", text) if text[:1] not in OPEN else text.strip("[]()<>【】{} ").removeprefix("v ")
    words = [w for w in re.split(r"[\s,/&+]+", text) if w]
    counted = [w for w in words if w.casefold() not in NAME_PARTICLES]
    if _SENTENCE_MARKS.search(text) or len(counted) > MAX_WORDS or not any(ch.isalpha() for ch in text):
        return "speech"
    if _HANGUL.search(text):
        return "name" if _korean_name(words) else "speech"
    return _latin_likeness(words)


def _latin_likeness(words: list[str]) -> Likeness:
    folded = [w.casefold().replace("’", "'").strip(".'") for w in words]
    bare = [re.sub(r"[\d_#.\-]+$", "", w) for w in folded]
    if any(re.search(r"[_@]", w) for w in words) or (
        _NAMING.intersection(bare) and not OPENING_WORDS.intersection(bare)
    ):
        return "name"
    if all(not w or w in OTHER_ROLES or len(w) == 1 for w in bare) and OTHER_ROLES.intersection(bare):
        return "name"
    small = [w for w in words if w[0].islower() and w.casefold() not in NAME_PARTICLES and not re.search(r"[\d_@]", w)]
    if small or words[0][0].islower():
        return "speech" if len(words) > 3 or OPENING_WORDS.intersection(folded) else "possible"
    if all(not w or w in OPENING_WORDS for w in bare) and not (len(words) == 1 and folded[0] in ONE_WORD_NAMES):
        return "speech"
    if len(words) > 1 and SENTENCE_WORDS.intersection(folded):
        return "speech"
    return "name"


def _korean_name(words: list[str]) -> bool:
    """True unless a word, its ending or its place shows a sentence."""
    first, last, several = words[0], words[-1], len(words) > 1
    if several and first in KOREAN_OWN:
        return False
    if several and first in SURNAMES and (first not in KOREAN_OPENINGS or last.removesuffix("님") in TITLES):
        return True
    if any(w in KOREAN_OPENINGS or _KOREAN_END.search(w) or _is_noun(w) for w in words):
        return False
    if _PERSONS.intersection(words) or last.endswith(TITLES):
        return True
    if several and any(_KOREAN_LINK.search(w) for w in words):
        return False
    return all(len(w) <= MAX_HANGUL for w in words)


def _is_noun(word: str) -> bool:
    """A common noun, alone or with a particle: 이유, 이유는, 오늘은."""
    base = _KOREAN_PARTICLE.sub("", word)
    return word in KOREAN_NOUNS or (len(base) > 1 and base in KOREAN_NOUNS | KOREAN_OPENINGS)
