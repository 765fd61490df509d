"""The word lists and prototype sentences of the offline judge, read from `lexicon/*.yaml`.

The lists are data, so that a rubric author can read and correct them; docs/scoring.md says what each rests on. How a
Korean item is written: include/judgement/korean_lists.py. Korean fillers are told from ordinary words in cleaning.py.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from include.interview.records import Record
from include.judgement.korean_lists import KoreanLists, Place
from include.judgement.lexicon_reading import read_lexicon

LEXICON_DIR = Path(__file__).resolve().parent / "lexicon"


STRONG_AGGRANDISERS = {
    "en": frozenset(
        [
            "best candidate",
            "greatest",
            "smartest",
            "brightest",
            "brilliant",
            "brilliantly",
            "outstanding",
            "outstandingly",
            "exceptional",
            "exceptionally",
            "incredible",
            "incredibly",
            "amazing",
            "genius",
            "perfect",
            "extraordinary",
            "world-class",
            "world class",
            "unparalleled",
            "phenomenal",
            "superb",
            "magnificent",
            "unmatched",
            "unbeatable",
            "legendary",
            "flawless",
            "top-notch",
            "remarkable",
            "stellar",
            "second to none",
            "visionary",
            "one of a kind",
            "superior",
            "fantastic",
            "masterful",
        ]
    ),
    "ko": frozenset(
        [
            "최고의",
            "최고로",
            "최고",
            "완벽한",
            "완벽하게",
            "완벽",
            "천재적인",
            "천재",
            "탁월한",
            "탁월하게",
            "압도적인",
            "압도적으로",
            "세계적인",
            "독보적인",
            "타의 추종을 불허하는",
            "비범한",
            "환상적인",
            "월등한",
            "월등히",
            "누구보다",
            "누구보다도",
            "뛰어난",
        ]
    ),
}
"""Self-praise proper (as against plain intensifiers): a sentence of it without any deed or number is not counted."""


class Lexicon(Record, frozen=True):
    """One language's lists. English phrases are found as whole words, Korean ones by morpheme."""

    language: str
    sets: dict[str, frozenset[str]]
    patterns: dict[str, re.Pattern[str]]
    korean: KoreanLists | None

    def places(self, category: str, text: str) -> tuple[Place, ...]:
        """Where phrases of `category` stand in `text`, in characters: in any case, in order, none overlapping."""
        if self.korean is not None:
            return self.korean.places(text)[category]
        return tuple(Place(m.group(), m.start(), m.end()) for m in self.patterns[category].finditer(text.lower()))

    def hits(self, category: str, text: str) -> tuple[str, ...]:
        """The phrases of `places`: English as they stand in the text in lower case, Korean as the list writes them."""
        return tuple(place.item for place in self.places(category, text))


def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    parts = []
    for phrase in sorted(phrases, key=len, reverse=True):
        body = re.escape(phrase.rstrip("*"))
        parts.append(body + (r"[a-z]*" if phrase.endswith("*") else ""))
    return re.compile(r"(?<![a-z0-9'])(?:" + "|".join(parts) + r")(?![a-z0-9'])")


@cache
def lexicon(language: str) -> Lexicon:
    """The lists of `language` ("ko" or "en"); the same object each time."""
    return _read(language, f"{language}.yaml")


@cache
def tone_lexicon(language: str) -> Lexicon:
    """The lists of `language` for the tone of words ("ko" or "en"); the same object each time."""
    return _read(language, f"tone_{language}.yaml")


def _read(language: str, file: str) -> Lexicon:
    path = LEXICON_DIR / file
    lists = read_lexicon(path, dict[str, tuple[str, ...]])
    korean = language == "ko"
    return Lexicon(
        language=language,
        sets={name: frozenset(phrases) for name, phrases in lists.items()},
        patterns={} if korean else {name: _pattern(phrases) for name, phrases in lists.items()},
        korean=KoreanLists({n: v for n, v in lists.items() if n != "fillers"}, path.name) if korean else None,
    )


@cache
def prototype_sentences() -> dict[str, tuple[str, ...]]:
    """Kind of utterance -> example sentences in both languages: those of `prototypes.yaml` and of `facets.yaml`."""
    kinds = read_lexicon(LEXICON_DIR / "prototypes.yaml", dict[str, tuple[str, ...]])
    return kinds | read_lexicon(LEXICON_DIR / "facets.yaml", dict[str, tuple[str, ...]])
