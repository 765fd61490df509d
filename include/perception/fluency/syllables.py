"""Syllables of spoken text, Korean and English mixed as people mix them."""

from __future__ import annotations

import re

from include.interview.text import english_syllables, hangul_syllables, words


def syllables(text: str) -> int:
    """Hangul blocks, plus estimated syllables of Latin words, plus one for every digit (하나 for each: an
    approximation, exact for single Sino-Korean digits)."""
    latin = sum(english_syllables(w) for w in words(text) if re.search(r"[A-Za-z]", w))
    return hangul_syllables(text) + latin + len(re.findall(r"\d", text))
