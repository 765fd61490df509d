"""Syllables of spoken text, Korean and English mixed as people mix them."""

from __future__ import annotations

import re
from functools import lru_cache

from include.interview.transcript.text import english_syllables, hangul_syllables

_LATIN = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_SPELT = re.compile(r"[A-Z]{2,5}")
KEPT_TEXTS = 1024
"""Texts whose count is kept: a live interview asks for the same ones again and again."""
_W_EXTRA = 2
"""The letter W is read with three syllables, every other one."""


@lru_cache(maxsize=KEPT_TEXTS)
def syllables(text: str) -> int:
    """The number of syllables in `text`, Korean and English mixed.

    Hangul blocks; estimated syllables of Latin words; one per letter of acronyms in capitals (API, KPI); and one per
    digit (exact for single Sino-Korean digits, an approximation otherwise).
    """
    latin = 0
    for word in _LATIN.findall(text):
        spelt = _SPELT.fullmatch(word)
        latin += len(word) + _W_EXTRA * word.count("W") if spelt else english_syllables(word)
    return hangul_syllables(text) + latin + len(re.findall(r"\d", text))
