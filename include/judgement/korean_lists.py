"""Korean word lists matched by morpheme: items and text are analysed once each and meet at morpheme boundaries.

So 화가 (a painter) is not found in 자동화가 and 못 not in 잘못, while 나누다 is found in 나눴습니다 and 나눈.
An item is written in one of three ways:

- `의사 결정`, `나누다`, `알게 되다`: analysed as it stands; endings after its last stem are left off, so that every
  inflected form is found. A blank inside may be absent in the text, never the other way round.
- `=뛰어난`: the same, but the last endings must stand in the text too.
- `안/MAG`, `*/SN 등/NNB`, `!*/N|JKG 불만/NNG`: morphemes with their tags, for what cannot be told by form. A tag stands
  for all that begin with it (V also for suffixes that make verbs and adjectives), `|` for a choice, `*` for any form,
  and `!` (first or last) for what must not stand there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from include.interview.errors import BadInput
from include.korean_morphemes import KEPT_TEXTS, Morpheme, analyse, morphemes

_WORD = ("N", "XR", "XP", "XSN", "XSM", "MM", "MA", "IC", "SL", "SN", "SH")
"""Tags of what makes up uninflected words."""
_STEM = ("VV", "VA", "VX", "VC", "XSV", "XSA")
"""Tags of stems: verbs, adjectives, copulas, and the suffixes that make verbs and adjectives."""
_PIECE = (*_WORD, *_STEM)
_PARTICLE, _ENDING = ("J",), ("E",)
_TAGGED = re.compile(r"(?P<form>\*|[^\s/!*=]+)/(?P<tags>[A-Z]+(?:\|[A-Z]+)*)")
_DENYING = frozenset("무미비불부반탈")
"""Prefixes that turn a word into its opposite: 불합격 is no 합격."""
_CODA = str.maketrans("ㄴㄹㅁㅂ", "ᆫᆯᆷᆸ")
"""Final consonants as an author types them, and as the analyser writes them."""
_ALLOMORPHS = {
    form: forms[0]
    for forms in (("이", "가"), ("는", "은", "ᆫ"), ("를", "을", "ᆯ"), ("와", "과"), ("로", "으로"))
    for form in forms
}
"""Particles that are one, whatever the sound before them."""


class Place(NamedTuple):
    """An item found in a text: the item as its list writes it, and the characters from its first to last morpheme."""

    item: str
    start: int
    end: int


@dataclass(frozen=True)
class _Part:
    """One step of an item: a word or stem that one or several adjoining morphemes spell, a particle or an ending."""

    form: str
    tags: tuple[str, ...]
    spelled: bool = False
    """Several morphemes may spell the form together."""
    seams: frozenset[int] = frozenset()
    """Characters of the form before which the text may have a blank."""


@dataclass(frozen=True)
class _Item:
    name: str
    parts: tuple[_Part, ...]
    not_before: _Part | None = None
    not_after: _Part | None = None


def _normal(form: str, tag: str) -> str:
    if tag[0] == "J":
        return _ALLOMORPHS.get(form, form)
    if tag[0] == "E" and form[0] in "은을":
        return {"은": "ᆫ", "을": "ᆯ"}[form[0]] + form[1:]
    return form.removeprefix("으") if tag[0] == "E" else form.lower()


def _class_of(tag: str) -> tuple[str, ...]:
    for tags in (_STEM, _WORD, _PARTICLE, _ENDING):
        if tag.startswith(tags):
            return tags
    return (tag,)


def _explicit(written: str) -> _Part:
    match = _TAGGED.fullmatch(written)
    if match is None:
        raise BadInput(f"{written!r} is no morpheme with its tag.", "Write form/TAG, such as 안/MAG.")
    form = match["form"]
    tags = tuple(t for tag in match["tags"].split("|") for t in (_STEM if tag == "V" else (tag,)))
    return _Part("" if form == "*" else _normal(form.translate(_CODA), tags[0]), tags)


def _item(name: str) -> _Item:
    if "/" in name:
        written = name.split()
        before = _explicit(written.pop(0)[1:]) if written[0].startswith("!") else None
        after = _explicit(written.pop()[1:]) if written and written[-1].startswith("!") else None
        if not written:
            raise BadInput(f"{name!r} says only what must not stand there.")
        return _Item(name, tuple(_explicit(w) for w in written), before, after)
    whole = name.startswith("=")
    text = name.removeprefix("=")
    said = list(analyse(text))
    while not whole and len(said) > 1 and said[-1].tag.startswith(_ENDING):
        said.pop()
    parts = tuple(_parts(said))
    if not parts:
        raise BadInput(f"{name!r} holds no word.")
    return _Item(text, parts)


def _parts(said: Sequence[Morpheme]) -> Iterable[_Part]:
    """The steps of an analysed item: neighbouring words and stems become one form, so that 의사 + 결정 is 의사결정."""
    run: list[Morpheme] = []
    for m in said:
        if m.tag.startswith(_PIECE):
            run.append(m)
            continue
        if run:
            yield _spelled(run)
        run = []
        yield _Part(_normal(m.form, m.tag), _class_of(m.tag))
    if run:
        yield _spelled(run)


def _spelled(run: Sequence[Morpheme]) -> _Part:
    form, seams = "", set()
    for before, m in zip((None, *run), run, strict=False):
        if before is not None and m.start > before.end:
            seams.add(len(form))
        form += m.form.lower()
    last = run[-1].tag
    # One syllable has too many meanings to leave its tag open: 안 is "not" or "inside", 때 "time" or "dirt".
    tags = (last,) if len(form) == 1 and last.startswith(_WORD) else _class_of(last)
    return _Part(form, tags, spelled=True, seams=frozenset(seams))


def _is(part: _Part, m: Morpheme) -> bool:
    return m.tag.startswith(part.tags) and (not part.form or _normal(m.form, m.tag) == part.form)


def _step(part: _Part, text: Sequence[Morpheme], at: int) -> int:
    """The position after the morphemes from `at` on that are `part`; 0 when they are not."""
    if not part.spelled:
        return at + 1 if at < len(text) and _is(part, text[at]) else 0
    said, last = "", None
    while at < len(text) and text[at].tag.startswith(_PIECE):
        m = text[at]
        if last is not None and m.start > last.end and len(said) not in part.seams:
            return 0
        said += m.form.lower()
        at, last = at + 1, m
        if len(said) >= len(part.form):
            return at if said == part.form and m.tag.startswith(part.tags) else 0
        if not part.form.startswith(said):
            return 0
    return 0


def _match(item: _Item, text: Sequence[Morpheme], at: int) -> int:
    """The position after `item` when it begins at morpheme `at`; 0 when it does not."""
    before = text[at - 1] if at else None
    if before is not None and item.not_before is not None and _is(item.not_before, before):
        return 0
    end = at
    for part in item.parts:
        end = _step(part, text, end)
        if not end:
            return 0
    if item.not_after is not None and end < len(text) and _is(item.not_after, text[end]):
        return 0
    return end


def _may_begin(text: Sequence[Morpheme], at: int) -> bool:
    """Whether an item may begin at morpheme `at`.

    Not at a suffix, and not after a prefix such as 불 or 무. Nor where an adverb adjoins another word in one written
    word, because that is how the analyser takes words apart that it does not know: 운동 + 하지만, 참 + 여자 + 는.
    """
    m, before = text[at], text[at - 1] if at else None
    if m.tag in ("XSN", "XSM"):
        return False
    if before is None or before.end != m.start:
        return True
    if before.tag == "XPN":
        return before.form not in _DENYING
    if before.tag.startswith("MA"):
        return not m.tag.startswith("N")
    return not (m.tag.startswith("MA") and before.tag.startswith(_PIECE))


class KoreanLists:
    """Word lists prepared once; all of them are looked up in one pass over a text's morphemes. Thread-safe.

    Raises:
        BadInput: an item that is not written as above; `source` is the file it stands in.
    """

    def __init__(self, lists: Mapping[str, Iterable[str]], source: str) -> None:
        self.names = tuple(lists)
        self._by_first: dict[str, list[tuple[str, _Item]]] = {}
        for name, written in lists.items():
            for text in written:
                try:
                    item = _item(text)
                except BadInput as error:
                    raise BadInput(f"{source}: item {text!r} of list {name!r}: {error.cause}", error.remedy) from error
                self._by_first.setdefault(item.parts[0].form[:1], []).append((name, item))
        self._find = lru_cache(maxsize=KEPT_TEXTS)(self._look_up)

    def places(self, text: str) -> Mapping[str, tuple[Place, ...]]:
        """List -> its items found in `text`, in order; of overlapping ones of a list the first and longest."""
        return self._find(text)

    def _look_up(self, text: str) -> dict[str, tuple[Place, ...]]:
        said = morphemes(text)
        found: dict[str, list[Place]] = {name: [] for name in self.names}
        free_from = dict.fromkeys(self.names, 0)
        for at, m in enumerate(said):
            if not _may_begin(said, at):
                continue
            longest: dict[str, tuple[int, _Item]] = {}
            first = _normal(m.form, m.tag)[:1]
            for name, item in (*self._by_first.get(first, ()), *self._by_first.get("", ())):
                end = _match(item, said, at) if at >= free_from[name] else 0
                if end and end > longest.get(name, (0, None))[0]:
                    longest[name] = (end, item)
            for name, (end, item) in longest.items():
                free_from[name] = end
                found[name].append(Place(item.name, m.start, said[end - 1].end))
        return {name: tuple(places) for name, places in found.items()}
