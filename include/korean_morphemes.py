"""Korean morphemes of a text by kiwipiepy, analysed once: everything that reads the same text shares one analysis."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

KEPT_TEXTS = 1024
"""Texts whose morphemes are kept. Word lists, counts and keywords ask for the same sentences, and a live interview is
judged again with every answer."""


class Morpheme(NamedTuple):
    """A morpheme: its form, its Sejong tag without the analyser's mark of irregularity, its characters in the text."""

    form: str
    tag: str
    start: int
    end: int


@cache
def _kiwi() -> Any:
    """The analyser, loaded once per process (about a second)."""
    from kiwipiepy import Kiwi

    return Kiwi(num_workers=1)


def analyse(text: str) -> tuple[Morpheme, ...]:
    """Morphemes of `text` in order. A stem and an ending that share a syllable (했 = 하 + 었) share its character."""
    found = _kiwi().tokenize(text)
    return tuple(Morpheme(t.form, str(t.tag).split("-")[0], t.start, t.start + t.len) for t in found)


@lru_cache(maxsize=KEPT_TEXTS)
def morphemes(text: str) -> tuple[Morpheme, ...]:
    """Morphemes of `text` in order, as `analyse` gives them; the last `KEPT_TEXTS` texts are kept in memory."""
    return analyse(text)
