"""Whether the figures of a claim stand in the cited words, and of the same things."""

# ruff: noqa: SIM905 - word lists are read in one piece
from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from include.interview.insight.records import ClaimRejection
from include.judgement.insight.cited import Reading
from include.judgement.insight.derived_figures import follows
from include.judgement.insight.figures import Figure
from include.judgement.insight.lexicon import bounds, frame_words, members
from include.judgement.insight.matching import match
from include.judgement.insight.reasons import rejection
from include.judgement.insight.words import ContentWord

ADJACENT = 3
"""Characters between a Korean noun and the figure that counts it: a particle and a blank."""
REACH = 45
"""Characters on either side of a figure in which the thing it counts is looked for."""
_BREAK = re.compile(
    r"[.,;:!?]|\b(?:and|but|or|before|after|when|while|because|who|which|that|in|to|from|within|by|for|at|with)\b|\n"
)


_SENTENCE_END = re.compile(r"[.!?]\s|\n")


def check_figures(claim: Reading, cited: Reading) -> ClaimRejection | None:
    """The first fault of the claim's figures: not there, of something else, or the other way round."""
    places: list[tuple[Figure, tuple[Figure, ...]]] = []
    for figure in claim.figures:
        same = tuple(f for f in cited.figures if figure.agrees(f))
        if not same:
            if not figure.explicit or follows(claim, figure, cited):
                continue
            same = _unit_left_out(figure, cited)
        if not same:
            return rejection("number_not_cited", word=_shown(claim, figure))
        places.append((figure, same))
    for figure, same in places:
        if _counts_another(claim, figure, cited, same) or _nearer_to_another(claim, figure, cited, same):
            return rejection("number_of_something_else", word=_shown(claim, figure))
    for figure, same in places:
        counted = any(k == "count" for k, _ in figure.readings)
        if counted and _all_of(claim, figure) and not any(_all_of(cited, f) for f in same):
            return rejection("number_of_something_else", word=_shown(claim, figure))
    if _reversed(claim, cited, places):
        return rejection("numbers_reversed")
    return _bounds(claim, cited)


_ALL_BEFORE = re.compile(r"\ball (?:of )?(?:the |its |his |her )?$", re.IGNORECASE)
_ALL_BEHIND = re.compile(r"[^.,]{0,14}?(?:모두|전원|전부|다 )")


def _all_of(reading: Reading, figure: Figure) -> bool:
    """Whether the text says that something holds of all that the figure counts."""
    if reading.language == "ko":
        return _ALL_BEHIND.match(reading.text[figure.end :]) is not None
    return _ALL_BEFORE.search(reading.text[: figure.start]) is not None


def _unit_left_out(figure: Figure, cited: Reading) -> tuple[Figure, ...]:
    """Bare numbers of a sentence whose other figure gives the unit: "eight years, the last three in intensive care"."""
    amounts = {(k, round(v / figure.scale, 3)) for k, v in figure.readings if k in ("months", "hours", "percent")}
    return tuple(
        f
        for f in cited.figures
        for k, v in f.readings
        for other in cited.figures
        if k == "count"
        and other.start < f.start
        and any((kind, v) in amounts for kind, _ in other.readings)
        and other.scale == figure.scale
        and _goes_on(cited, other, f)
    )


def _goes_on(cited: Reading, one: Figure, two: Figure) -> bool:
    """Whether `two` may leave out the unit of `one`: in its sentence, or as the end of the next one."""
    between = cited.text[one.end : two.start]
    ends = len(_SENTENCE_END.findall(between))
    closing = re.match(r"\s*(?:[.,;!?]|$)", cited.text[two.end :]) is not None
    return ends == 0 or (ends == 1 and closing)


def _shown(claim: Reading, figure: Figure) -> str:
    return claim.text[figure.start : figure.end]


def _bounds(claim: Reading, cited: Reading) -> ClaimRejection | None:
    """Words such as "more than" and "less than" beside a figure need one of their kind in the cited words."""
    said = cited.text.lower()
    for pattern in bounds():
        for found in pattern.finditer(claim.text.lower()):
            behind = not found[0].isascii() or found[0].startswith("or ")
            beside = any(
                abs(found.end() - f.start) <= 2 or (behind and abs(found.start() - f.end) <= 4) for f in claim.figures
            )
            halves = any(("times", 0.5) in f.readings and follows(claim, f, cited) for f in claim.figures)
            if beside and not halves and not pattern.search(said):
                return rejection("comparison_not_cited", word=found[0])
    return None


def _around(reading: Reading, figure: Figure, *, after: bool, before: bool) -> tuple[ContentWord, ...]:
    """Content words beside a figure, as far as the next figure, stop or "and"."""
    others = [f for f in reading.figures if f is not figure]
    low = max([figure.start - REACH, 0, *(f.end for f in others if f.end <= figure.start)])
    high = min([figure.end + REACH, len(reading.text), *(f.start for f in others if f.start >= figure.end)])
    ends = [m.start() + figure.end for m in _BREAK.finditer(reading.text[figure.end : high])]
    begins = [m.end() + low for m in _BREAK.finditer(reading.text[low : figure.start])]
    high = min([high, *ends])
    low = max([low, *begins])
    return tuple(
        w
        for w in reading.words
        if (after and figure.end <= w.start < high) or (before and low <= w.start and w.end <= figure.start)
    )


def _counts_another(claim: Reading, figure: Figure, cited: Reading, same: Sequence[Figure]) -> bool:
    """True when the thing beside the claim's figure stands beside another figure of the cited words instead.

    Also when both sides name what is counted and these are known to be different things (three customers, three
    workers).
    """
    kinds = {k for k, _ in figure.readings}
    if (
        all(k in ("year", "weekday", "month") for k in kinds)
        or any(k.startswith("per:") for k in kinds)
        or ("count", 1.0) in figure.readings
    ):
        return False
    mine = _beside(claim, figure)
    if not mine or _part_of_another(claim, figure, cited, same):
        return False
    rivals = [f for f in cited.figures if f not in same and kinds & {k for k, _ in f.readings}]

    def shared(f: Figure) -> bool:
        return any(match(w, _beside(cited, f), "").found for w in mine)

    if any(shared(f) or _counts_the_same(claim, f, cited, mine) for f in same):
        return False
    theirs = [w for f in same for w in _beside(cited, f)]
    differ = "count" in kinds and any(_exclude(a, b) for a in mine for b in theirs)
    return differ or (bool(theirs) and any(shared(f) for f in rivals))


def _part_of_another(claim: Reading, figure: Figure, cited: Reading, same: Sequence[Figure]) -> bool:
    """Whether the claim says "nine of the last ten", and the cited words hold both numbers in one sentence."""
    whole = next((f for f in claim.figures if f.start > figure.end), None)
    if whole is None or not _OF.fullmatch(claim.text[figure.end : whole.start]):
        return False
    wholes = [f for f in cited.figures if whole.agrees(f)]
    return any(
        not _SENTENCE_END.search(cited.text[min(a.end, b.end) : max(a.start, b.start)]) for a in same for b in wholes
    )


_OF = re.compile(r"\s*(?:out )?of (?:the |its |his |her |their )?(?:last |first |other )?", re.IGNORECASE)


def _counts_the_same(claim: Reading, figure: Figure, cited: Reading, mine: Sequence[ContentWord]) -> bool:
    """Whether a cited figure without a noun of its own counts what the one before it counts.

    "I talked to seventeen shops and fourteen signed", "of the last ten newcomers nine are still with us".
    """
    if claim.language == "ko":
        return re.search(r"(?:그|이) ?(?:중|가운데)(?:에|에서)?\s*$", cited.text[: figure.start]) is not None
    behind = next((w for w in cited.words if w.start >= figure.end), None)
    if behind is None or behind.start - figure.end > ADJACENT or behind.kind == "noun":
        between = cited.text[figure.end : figure.end + 6]
        if not re.match(r"\s*(?:of|are|were|is|was|did|have|had|[.,;])\b|\s*[.,;]", between):
            return False
    earlier = [
        f for f in cited.figures if f.end <= figure.start and not _SENTENCE_END.search(cited.text[f.end : figure.start])
    ]
    return bool(earlier) and any(match(w, _beside(cited, earlier[-1]), "").found for w in mine)


def _nearer_to_another(claim: Reading, figure: Figure, cited: Reading, same: Sequence[Figure]) -> bool:
    """True when all that the claim says about its figure stands, in the figure's own sentence, nearer to another one.

    "Five years in intensive care" of "five on a surgical ward and the last three in intensive care".
    """
    kinds = {k for f in (figure, *same) for k, _ in f.readings}
    rivals = [f for f in cited.figures if f not in same and kinds & {k for k, _ in f.readings}]
    often = any(k.startswith("per:") for k, _ in figure.readings)
    if not rivals or often or ("count", 1.0) in figure.readings or _MOVES.search(claim.text):
        return False
    if _part_of_another(claim, figure, cited, same):
        return False
    if _anothers_predicate(claim, figure, cited, same, rivals):
        return True
    about = _around(claim, figure, after=True, before=claim.language == "ko") or _behind(claim, figure)
    votes = []
    for word in about:
        for place in match(word, cited.words, "").found:
            mine = [_gap(place, f) for f in same if _one_sentence(cited, place, f)]
            theirs = [_gap(place, f) for f in rivals if _one_sentence(cited, place, f)]
            if mine and theirs:
                votes.append(min(theirs) < min(mine))
    return bool(votes) and all(votes)


def _anothers_predicate(
    claim: Reading, figure: Figure, cited: Reading, same: Sequence[Figure], rivals: Sequence[Figure]
) -> bool:
    """Whether a claim that begins with its figure ("three of them changed …") tells what is said of another."""
    if figure.start > 2 or not any(k == "count" for k, _ in figure.readings):
        return False
    verb = next((w for w in claim.words if w.kind == "verb" and w.start > figure.end), None)
    places = match(verb, cited.words, "").found if verb is not None else ()
    return bool(places) and all(
        any(_one_sentence(cited, p, f) for f in rivals) and not any(_one_sentence(cited, p, f) for f in same)
        for p in places
    )


_MOVES = re.compile(r"\bfrom\b[^.]*\bto\b|에서\s[^.]*로\s", re.IGNORECASE)


def _behind(claim: Reading, figure: Figure) -> tuple[ContentWord, ...]:
    """The words of an English claim behind "in", "of", "for" and the like after a figure."""
    found = re.match(r"\s*(?:in|of|for|at|on|to)\b[^.,;]*", claim.text[figure.end :])
    end = figure.end + (found.end() if found else 0)
    return tuple(w for w in claim.words if figure.end <= w.start < end)


def _gap(word: ContentWord, figure: Figure) -> int:
    return max(word.start - figure.end, figure.start - word.end)


def _one_sentence(cited: Reading, word: ContentWord, figure: Figure) -> bool:
    low, high = sorted((word.start, figure.start))
    return not _SENTENCE_END.search(cited.text[low:high])


def _beside(reading: Reading, figure: Figure) -> tuple[ContentWord, ...]:
    """The thing a figure counts: in English the nouns after it up to a break, in Korean the noun right before it."""
    korean = reading.language == "ko"
    near = _around(reading, figure, after=not korean, before=korean)
    nouns = [w for w in near if w.kind == "noun" and w.key not in frame_words(general=False) and w.key not in _UNITS]
    if korean:
        behind = [w for w in _around(reading, figure, after=True, before=False) if w.kind == "noun"]
        unit = [w for w in behind[:1] if w.start - figure.end <= 1]
        return tuple(w for w in nouns[-1:] if figure.start - w.end <= ADJACENT) + tuple(unit)
    return tuple(nouns)


def _exclude(one: ContentWord, other: ContentWord) -> bool:
    """Whether two words are different members of one exclusive kind."""
    mine = {place for k in one.keys for place in members().get(k, ())}
    theirs = {place for k in other.keys for place in members().get(k, ())}
    return not mine & theirs and bool({kind for kind, _ in mine} & {kind for kind, _ in theirs})


_UNITS = frozenset("시간 기간 횟수 개월 금액 비율".split())


def _reversed(claim: Reading, cited: Reading, places: Sequence[tuple[Figure, tuple[Figure, ...]]]) -> bool:
    """Words such as "from 3 to 12" where the cited words say 12 before 3."""
    for at, (one, ones) in enumerate(places):
        kinds = {k for k, _ in one.readings}
        alike = [(two, twos) for two, twos in places[at + 1 :] if kinds & {k for k, _ in two.readings}]
        if not alike:
            continue
        two, twos = alike[0]
        between = claim.text[one.end : two.start]
        before = claim.text[max(0, one.start - REACH) : one.start]
        korean = re.match(r"\s*\S*?(?:에서|이었다가|이던)", between) and len(between) < REACH
        english = re.search(r"\bfrom\b", before, re.IGNORECASE) and re.search(r"\bto\b|\bbelow\b|\bunder\b", between)
        against = any(_follows(cited, b, a) for a in ones for b in twos)
        if (korean or english) and _another_pair(one, two, cited):
            return True
        if (korean or english) and against and not any(_follows(cited, a, b) for a in ones for b in twos):
            return True
    return False


def _another_pair(one: Figure, two: Figure, cited: Reading) -> bool:
    """Whether the cited words take one end of the claim's "from … to …" with another figure, or both ends are one."""
    if one.agrees(two):
        return True
    for a, b in itertools.pairwise(cited.figures):
        between = cited.text[a.end : b.start]
        said = re.fullmatch(r"\s*(?:\w+\s+){0,2}(?:down |up )?to\s+(?:about |around |under |below )?", between)
        if said is None and re.fullmatch(r"\s*\S{0,4}에서\s*(?:약 )?", between) is None:
            continue
        if not {k for k, _ in a.readings} & {k for k, _ in b.readings}:
            continue
        if one.agrees(a) != two.agrees(b) and {k for k, _ in one.readings} & {
            k for k, _ in (*a.readings, *two.readings)
        }:
            return True
    return False


def _follows(cited: Reading, one: Figure, two: Figure) -> bool:
    """Whether `two` is said of a later time: it comes after `one` in one sentence, unless words put it earlier."""
    first, second = sorted((one, two), key=lambda f: f.start)
    ends = list(_SENTENCE_END.finditer(cited.text, first.end, second.start))
    if ends:
        # "I once did twelve a month. Now I stop at eight."
        return len(ends) < 3 and _NOW.search(cited.text[ends[-1].end() : second.start]) is not None and first is one
    return (first is two) if turned_back(cited, first, second) else (first is one)


def turned_back(cited: Reading, first: Figure, second: Figure) -> bool:
    """Whether the words say that `second`, which stands behind `first`, is of an earlier time."""
    before = cited.text[first.end : second.start]
    behind = re.split(r"[.,;]", cited.text[second.end : second.end + REACH])[0]
    return _EARLIER.search(before) is not None or _EARLIER.search(behind) is not None


_NOW = re.compile(r"\b(?:now|today|these days)\b|지금|이제|현재|요즘", re.IGNORECASE)
_EARLIER = re.compile(
    r"\b(?:when (?:i|we) (?:started|began|took|joined|arrived)|used to be|originally|"
    r"the (?:year|month|week) before|previously|before that|at the beginning)\b"
    r"|맡았을 때|왔을 때|시작했을 때|처음|원래|예전|전에는|재작년|지난해엔",
    re.IGNORECASE,
)
