"""Korean particles that depend on how the word before them ends."""

from __future__ import annotations

_FIRST, _FINALS, _RIEUL = 0xAC00, 28, 8
_DIGITS_WITH_FINAL = frozenset("013678")
"""Sino-Korean numerals that end in a consonant: 영 일 삼 육 칠 팔."""
_LETTERS_WITH_FINAL = frozenset("lmnr")
"""Latin letters whose Korean names end in a consonant: 엘 엠 엔 알."""


def has_final(word: str) -> bool | None:
    """True when `word` as read in Korean ends in a consonant, False in a vowel, None when the spelling leaves it open.

    Korean syllables and digits are certain. Of Latin words only those in capitals are: their letters are read by name.
    """
    last = word[-1:]
    if "가" <= last <= "힣":
        return (ord(last) - _FIRST) % _FINALS != 0
    if last.isascii() and last.isdigit():
        return last in _DIGITS_WITH_FINAL
    if word.isascii() and word.isalpha() and word.isupper():
        return last.lower() in _LETTERS_WITH_FINAL
    return None


def with_particle(word: str, pair: str, quoted: bool = True) -> str:
    """`word` (in quotation marks) with the right one of `pair`: "을/를", "이/가", "은/는", "과/와".

    Where the spelling does not tell, both are written: ‘Kafka’을(를).
    """
    after_consonant, after_vowel = pair.split("/")
    final = has_final(word)
    shown = f"‘{word}’" if quoted else word
    if final is None:
        return f"{shown}{after_consonant}({after_vowel})"
    return shown + (after_consonant if final else after_vowel)
