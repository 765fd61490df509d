"""Whether a word of a claim stands in the cited words: as it is, inflected, as a synonym, or in the other language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from include.interview.records import Record
from include.interview.transcript.text import fold
from include.judgement.embedding import encode
from include.judgement.insight.lexicon import frame_words, meanings, members, sides
from include.judgement.insight.transliteration import same_name
from include.judgement.insight.words import ContentWord

SAME_NOUN, SAME_VERB = 0.75, 0.65
"""Cosine of two words from which they mean the same. Related things lie below 0.7 (sales and marketing 0.61), synonyms
above (colleague and coworker 0.84); verbs of one act spread further (fired and dismissed 0.65)."""
PREFIX = 5
"""Letters two English words must begin with to be of one family (strategy, strategic)."""
Standing = Literal["cited", "frame", "absent", "opposite", "another"]
"""`cited`: stands there. `frame`: need not. `absent`: stands nowhere. `opposite`: only its opposite does. `another`:
it is one of a kind (a department, a city, a language) of which it does not stand there."""


class Match(Record, frozen=True):
    """How a claim's word stands in the cited words, and which of these it was found in."""

    word: ContentWord
    standing: Standing
    found: tuple[ContentWord, ...] = ()


def match(word: ContentWord, cited: Sequence[ContentWord], said: str) -> Match:
    """How `word` stands in the words `cited`, whose text is `said`."""
    if word.kind == "name" and len(word.form) == 1 and word.form.isascii():
        return Match(word, "frame")  # A/B
    if word.kind == "name":
        return _name(word, cited, fold(said).replace(" ", ""))
    found = tuple(c for c in cited if set(word.keys[:1]) & set(c.keys))
    if found:
        return Match(word, "cited", found)
    one = _parts(word, cited, said) if word.parts else _single(word, cited)
    # The analyser may read the same syllables in two ways (한자리, 한 + 자리).
    literal = one.standing == "absent" and not word.form.isascii() and len(word.form) > 1
    return Match(word, "cited") if literal and fold(word.form) in fold(said) else one


def _name(word: ContentWord, cited: Sequence[ContentWord], said: str) -> Match:
    form = fold(word.form)
    found = tuple(c for c in cited if word.key in c.keys or _one_meaning(word.key, c) or same_name(word.form, c.form))
    if not found and word.form.isascii():
        found = tuple(c for c in cited if _family(word.key, c.key))
    if found:
        return Match(word, "cited", found)
    if form.replace(" ", "") in said and (not form.isascii() or len(form) > 3):
        return Match(word, "cited")
    if len(word.parts) > 1 and all(fold(p) in said and len(p) > 1 for p in word.parts):
        return Match(word, "cited")
    return Match(word, "another")


def _parts(word: ContentWord, cited: Sequence[ContentWord], said: str) -> Match:
    """A compound stands there when each of its parts does, or when it and a cited compound share a meaning."""
    whole = _single(word, cited)
    if whole.standing in ("cited", "another", "opposite"):
        return whole
    found: list[ContentWord] = []
    standing: Standing = "frame"
    for part in word.parts:
        here = tuple(c for c in cited if part in c.keys)
        one = Match(word, "cited", here) if here else _key(part, word, cited)
        if one.standing not in ("cited", "frame"):
            return one if one.standing != "absent" or fold(part) not in fold(said) else Match(word, "cited")
        standing = "cited" if one.standing == "cited" else standing
        found.extend(one.found)
    return Match(word, standing, tuple(found))


def _single(word: ContentWord, cited: Sequence[ContentWord]) -> Match:
    return _key(word.key, word, cited)


def _key(key: str, word: ContentWord, cited: Sequence[ContentWord]) -> Match:
    # 회의적 (sceptical) is no 회의 (meeting).
    mine = frozenset() if word.form.endswith("적") else members().get(key, frozenset())
    if word.kind == "verb" and key in sides():
        mine = frozenset()  # "fell" is no autumn
    if mine:
        found = tuple(c for c in cited if any(mine & members().get(k, frozenset()) for k in c.keys))
        if found:
            return Match(word, "cited", found)
    side = sides().get(key, frozenset())
    same_side = tuple(c for c in cited if any(side & sides().get(k, frozenset()) for k in c.keys))
    if same_side:
        return Match(word, "cited", same_side)
    found = tuple(c for c in cited if _one_meaning(key, c))
    if found:
        return Match(word, "cited", found)
    other = {(pair, 1 - at) for pair, at in side}
    against = tuple(c for c in cited if any(other & sides().get(k, frozenset()) for k in c.keys))
    if against:
        return Match(word, "opposite", against)
    kinds = {kind for kind, _ in mine}
    rival = any(kinds & {kind for kind, _ in members().get(k, ())} for c in cited for k in c.keys)
    if rival and key not in frame_words():
        return Match(word, "another")
    # A compound is no other one that ends alike (한빛상점, 들꽃상점).
    compound = bool(word.parts) and key == word.key
    found = tuple(c for c in cited if any(_family(key, k) for k in ((c.key,) if compound else c.keys)))
    if compound:
        found = tuple(
            c for c in found if not c.parts or c.parts[-1] != word.parts[-1] or set(c.parts) <= set(word.parts)
        )
    if found:
        return Match(word, "cited", found)
    if key in frame_words():
        return Match(word, "frame")
    near = _near(word, cited)
    return Match(word, "cited", near) if near else Match(word, "absent")


def _one_meaning(key: str, cited: ContentWord) -> bool:
    mine = meanings().get(key, frozenset())
    return bool(mine) and any(mine & meanings().get(k, frozenset()) for k in cited.keys)


def _family(one: str, other: str) -> bool:
    if not (one.isascii() and other.isascii()):
        return len(one) >= 2 and len(other) >= 2 and (one in other or other in one)
    if min(len(one), len(other)) < PREFIX:
        return False
    same = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        same += 1
    return same >= PREFIX and same >= 0.6 * max(len(one), len(other))


def _bare_stem(word: ContentWord) -> bool:
    return not word.form.isascii() and (len(word.form) < 2 or (word.kind == "verb" and not word.derived))


def _akin(one: ContentWord, other: ContentWord) -> bool:
    """Whether two Korean compounds end alike."""
    return not one.form.isascii() and min(len(one.form), len(other.form)) >= 4 and one.form[-2:] == other.form[-2:]


def _near(word: ContentWord, cited: Sequence[ContentWord]) -> tuple[ContentWord, ...]:
    # A bare Korean stem (모으-) is no word to the encoder: it comes near anything.
    # Nor is a compound near one that differs from it in a part (외상센터, 화상센터).
    cited = [c for c in cited if not _bare_stem(c) and not set(word.parts) & set(c.keys) and not _akin(word, c)]
    if not cited or _bare_stem(word):
        return ()
    cosines = encode([c.form.lower() for c in cited]) @ encode([word.form.lower()])[0]
    best = int(np.argmax(cosines))
    least = SAME_VERB if word.kind == "verb" and cited[best].kind == "verb" else SAME_NOUN
    # A word of an exclusive kind is never found by nearness: Tuesday lies near Friday.
    if float(cosines[best]) < least or any(k in members() for k in cited[best].keys):
        return ()
    return (cited[best],)
