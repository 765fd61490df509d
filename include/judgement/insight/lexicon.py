"""The word lists of verification, read once from lexicon/insight.yaml."""

# ruff: noqa: E501, SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import msgspec

from include.judgement.lexicon_reading import read_lexicon

LEXICON_FILE = Path(__file__).resolve().parents[1] / "lexicon" / "insight.yaml"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    frame: dict[str, tuple[str, ...]]
    same: tuple[tuple[str, ...], ...]
    exclusive: tuple[tuple[str, ...], ...]
    opposite: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    degree: tuple[tuple[str, ...], ...]
    bounds: tuple[tuple[str, ...], ...]
    denying: dict[str, tuple[str, ...]]
    verdicts: tuple[str, ...]
    accusing: tuple[str, ...]
    changing: dict[str, tuple[str, ...]]
    correcting: tuple[str, ...]
    recalling: tuple[str, ...]
    rough: tuple[str, ...]


@cache
def _file() -> _File:
    return read_lexicon(LEXICON_FILE, _File)


_IRREGULAR = dict(
    pair.split("/", 1)
    for pair in (
        "brought/bring found/find took/take taken/take told/tell gave/give given/give led/lead made/make met/meet won/win "
        "went/go gone/go kept/keep ran/run wrote/write written/write built/build sent/send said/say saw/see seen/see "
        "came/come became/become began/begin begun/begin chose/choose chosen/choose drew/draw drawn/draw fell/fall "
        "fallen/fall grew/grow grown/grow held/hold knew/know known/know lost/lose paid/pay rose/rise risen/rise sold/sell "
        "spent/spend spoke/speak spoken/speak stood/stand taught/teach thought/think understood/understand left/leave "
        "bought/buy caught/catch felt/feel fought/fight got/get heard/hear hung/hang learnt/learn meant/mean sought/seek "
        "showed/show shown/show slept/sleep shut/shut broke/break broken/break drove/drive driven/drive lay/lie"
    ).split()
)


def english_stem(word: str) -> str:
    """The stem by which inflected forms of an English word meet: irregular pasts, and endings of plural, past, -ing."""
    word = word.lower().removesuffix("'s").removesuffix("'")
    word = _IRREGULAR.get(word, word)
    for ending, keep, least in (
        ("ications", "y", 3), ("ication", "y", 3), ("ies", "y", 2), ("ied", "y", 2), ("ing", "", 3), ("edly", "", 3), ("ed", "", 3),
        ("ly", "", 3), ("es", "", 3), ("s", "", 2),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= least and not word.endswith(("ss", "us", "is")):
            word = word[: -len(ending)] + keep
            break
    if len(word) > 3 and word[-1] == word[-2] and (word[-1] not in "lsze" or (word[-1] == "l" and len(word) > 5)):
        word = word[:-1]
    return word.rstrip("e") if len(word) > 3 else word


def lemma(word: str) -> str:
    """`word` in lower case, an irregular past as its infinitive: "rose" is no flower."""
    return _IRREGULAR.get(word.lower(), word.lower().removesuffix("'s"))


def stem(word: str) -> str:
    """`word` as the lists know it: English by its stem, Korean as it is."""
    return english_stem(word) if word.isascii() else word


@cache
def frame_words(*, general: bool = True) -> frozenset[str]:
    """Stems of words that need not stand in the cited words; with the names of whole kinds (`general`) or without."""
    frame = _file().frame
    return frozenset(
        stem(w) for name, words in frame.items() if general or not name.startswith("general") for w in words
    )


@cache
def meanings() -> dict[str, frozenset[int]]:
    """Stem → the numbers of the groups of one meaning that it is in."""
    found: dict[str, set[int]] = {}
    for number, group in enumerate(_file().same):
        for word in group:
            found.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


@cache
def members() -> dict[str, frozenset[tuple[int, int]]]:
    """Stem → (kind, member) of the exclusive kinds that it is in."""
    found: dict[str, set[tuple[int, int]]] = {}
    for kind, group in enumerate(_file().exclusive):
        for member, words in enumerate(group):
            for word in words.split("/"):
                found.setdefault(stem(word), set()).add((kind, member))
    return {word: frozenset(places) for word, places in found.items()}


@cache
def sides() -> dict[str, frozenset[tuple[int, int]]]:
    """Stem → (pair, side 0 or 1) of the opposites that it is in."""
    found: dict[str, set[tuple[int, int]]] = {}
    for pair, both in enumerate(_file().opposite):
        for side, words in enumerate(both):
            for word in words:
                found.setdefault(stem(word), set()).add((pair, side))
    return {word: frozenset(places) for word, places in found.items()}


@cache
def degrees() -> tuple[frozenset[str], ...]:
    """The kinds of words that compare or generalise, as written."""
    return tuple(frozenset(group) for group in _file().degree)


@cache
def bounds() -> tuple[re.Pattern[str], ...]:
    """Patterns of "more than" and of "less than"."""
    return tuple(
        re.compile("|".join(rf"\b{re.escape(p)}\b" if p.isascii() else re.escape(p) for p in group))
        for group in _file().bounds
    )


@cache
def denying(language: str) -> frozenset[str]:
    """Stems of words that deny without a negation."""
    return frozenset(stem(w) for w in _file().denying[language])


@cache
def verdicts() -> re.Pattern[str]:
    """Scores, levels and recommendations to hire or reject."""
    return re.compile("|".join(f"(?:{p})" for p in _file().verdicts), re.IGNORECASE)


@cache
def accusing() -> re.Pattern[str]:
    """Words that accuse."""
    return re.compile("|".join(f"(?:{p})" for p in _file().accusing), re.IGNORECASE)


@cache
def changing(language: str) -> re.Pattern[str]:
    """Words that say a figure changed, belongs to something else, or was planned."""
    return _words(_file().changing[language])


@cache
def correcting() -> re.Pattern[str]:
    """Words with which a speaker corrects what was just said."""
    return re.compile("|".join(re.escape(p) for p in _file().correcting))


@cache
def recalling() -> re.Pattern[str]:
    """Words that go back to what was said earlier."""
    return re.compile("|".join(re.escape(p) for p in _file().recalling))


@cache
def rough() -> re.Pattern[str]:
    """Words that make a figure a rough one."""
    return _words(_file().rough)


def _words(listed: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b{re.escape(p)}\b" if p.isascii() else re.escape(p) for p in listed))
