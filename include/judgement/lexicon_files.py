"""The word lists and prototype sentences of the offline judge, read from `lexicon/*.yaml`.

The lists are data, so that a rubric author can read and correct them; docs/scoring.md says what each rests on.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec

from include.interview.records import Record

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
    """One language's lists: category -> phrases, and category -> one compiled pattern."""

    language: str
    phrases: dict[str, tuple[str, ...]]
    patterns: dict[str, re.Pattern[str]]
    sets: dict[str, frozenset[str]]

    def hits(self, category: str, text: str) -> tuple[str, ...]:
        """The phrases of `category` found in `text` (lower case), in order, as they stand there."""
        return tuple(m.group(0).strip() for m in self.patterns[category].finditer(text))


def _pattern(language: str, phrases: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    if language == "ko":
        return re.compile("|".join(re.escape(p) for p in longest_first))
    parts = []
    for phrase in longest_first:
        body = re.escape(phrase.rstrip("*"))
        parts.append(body + (r"[a-z]*" if phrase.endswith("*") else ""))
    return re.compile(r"(?<![a-z0-9'])(?:" + "|".join(parts) + r")(?![a-z0-9'])")


@cache
def lexicon(language: str) -> Lexicon:
    """The lists of `language` ("ko" or "en"); the same object each time."""
    raw = msgspec.yaml.decode((LEXICON_DIR / f"{language}.yaml").read_bytes(), type=dict[str, tuple[str, ...]])
    return Lexicon(
        language=language,
        phrases=raw,
        patterns={name: _pattern(language, phrases) for name, phrases in raw.items()},
        sets={name: frozenset(phrases) for name, phrases in raw.items()},
    )


@cache
def prototype_sentences() -> dict[str, tuple[str, ...]]:
    """Kind of utterance -> example sentences in both languages."""
    return msgspec.yaml.decode((LEXICON_DIR / "prototypes.yaml").read_bytes(), type=dict[str, tuple[str, ...]])
