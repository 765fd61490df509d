"""Filled pauses and discourse fillers, separated from the same words used with a meaning.

Korean: 음, 어, 그, 저, 뭐 … count only where kiwipiepy tags them as interjection (IC): in "그 회사는" 그 is a
determiner (MM), in "저는" 저 is a pronoun (NP). 이제, 약간, 막, 좀 are adverbs in earnest and count only beside
another filler, or when they stand alone between commas.

English: um, uh, er … always. "like" counts only when punctuation sets it off or another filler stands beside it, so
neither "I like", "looks like" nor "like this" count. "you know" does not count after a question or condition ("do you
know") or before its object ("you know what"). "I mean" counts at the start of a clause; "sort of" and "kind of" not
after a determiner ("a kind of").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from include.korean_morphemes import KEPT_TEXTS, morphemes

_HESITATION = re.compile(r"^(음+|으+음*|어+|그+|저+|저기|뭐|에+|아+|흠+|막)$")
_ADVERBS = frozenset(("이제", "약간", "막", "좀", "그냥", "인제"))
_PHRASES = re.compile(r"뭐랄까|뭐라고 해야 (?:되|하)나|(?<![가-힣])그니까(?=\s*[,.…])")
_APART = re.compile(r"^[\s]*[,.…~-]")
_APART_BEFORE = re.compile(r"(^|[,.…~?!-])\s*$")

_ALWAYS = re.compile(r"\b(?:u+m+|u+h+m*|e+r+m*|h+m+|mm+|a+h+|e+h+)\b", re.IGNORECASE)
_YOU_KNOW = re.compile(
    r"(?<!do )(?<!did )(?<!if )(?<!that )(?<!what )(?<!how )(?<!as )(?<!would )(?<!let )(?<!don't )\byou know\b"
    r"(?!\s+(?:what|how|why|who|where|when|whether|if|about|each|them|him|her|me|your|something|anything)\b)",
    re.IGNORECASE,
)
_LIKE = re.compile(
    r"(?:(?<=, )|(?<=^)|(?<=[.!?] ))like(?=,)|(?<=, )like\b(?! to\b)"
    r"|\blike(?=,)(?!, (?:i|you|we|they|he|she) (?:do|did)\b)"
    r"|(?<=\bum )like\b|(?<=\buh )like\b|(?<=\blike )like\b|\blike(?= (?:um|uh)\b)",
    re.IGNORECASE,
)
_I_MEAN = re.compile(
    r"(?:(?<=^)|(?<=[,.!?] )|(?<=\band )|(?<=\bbut )|(?<=\bso ))i mean\b(?! to\b| that\b)", re.IGNORECASE
)
_SORT_OF = re.compile(
    r"(?<!\ba )(?<!\bthe )(?<!\bthis )(?<!\bthat )(?<!\bwhat )(?<!\bsome )(?<!\bany )(?<!\bevery )(?<!\bone )"
    r"(?<!\bsame )(?<!\bdifferent )(?<!\bwhich )(?<!\banother )(?<!\bnew )\b(?:sort|kind) of\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Filler:
    """A filler and its span in the text, in characters."""

    text: str
    start: int
    end: int

    @property
    def words(self) -> int:
        """How many written words the filler takes."""
        return len(self.text.split())


@lru_cache(maxsize=KEPT_TEXTS)
def fillers(text: str, language: str) -> tuple[Filler, ...]:
    """The fillers of `text` in order, none overlapping; `language` is "ko" or "en"."""
    found = _korean(text) if language == "ko" else _english(text)
    kept: list[Filler] = []
    for filler in sorted(found, key=lambda f: (f.start, -f.end)):
        if not kept or filler.start >= kept[-1].end:
            kept.append(filler)
    return tuple(kept)


def _english(text: str) -> list[Filler]:
    return [
        Filler(m.group(), m.start(), m.end())
        for pattern in (_ALWAYS, _YOU_KNOW, _LIKE, _I_MEAN, _SORT_OF)
        for m in pattern.finditer(text)
    ]


def _korean(text: str) -> list[Filler]:
    found = [Filler(m.group(), m.start(), m.end()) for m in _PHRASES.finditer(text)]
    parts = [m for m in morphemes(text) if not m.tag.startswith("S")]
    sure = [m.tag == "IC" and bool(_HESITATION.match(m.form)) for m in parts]
    changed = True
    while changed:
        changed = False
        for i, part in enumerate(parts):
            if sure[i] or part.form not in _ADVERBS or part.tag not in ("MAG", "IC"):
                continue
            beside = (i > 0 and sure[i - 1]) or (i + 1 < len(parts) and sure[i + 1])
            alone = bool(_APART.match(text[part.end :]) and _APART_BEFORE.search(text[: part.start]))
            if beside or alone:
                sure[i] = changed = True
    found.extend(
        Filler(text[m.start : m.end], m.start, m.end) for m, is_filler in zip(parts, sure, strict=True) if is_filler
    )
    return found
