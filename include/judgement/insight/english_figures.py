"""Figures of an English text: digits and number words with their units."""

# ruff: noqa: SIM905 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Iterator

from include.interview.records import Record
from include.judgement.insight.figures import MONEY, YEAR, Figure, Reading, duration, per

_SPELLED = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen"
)
_SMALL = {word: value for value, word in enumerate(_SPELLED.split("|"))}
_TENS = {w: 10 * n for n, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}
_ORDINALS = {
    w: n
    for n, w in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
        "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        1,
    )
}
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_FACTORS = {
    "double": 2, "doubled": 2, "doubling": 2, "triple": 3, "tripled": 3, "tripling": 3, "quadrupled": 4, "quadruple": 4,
    "halved": 0.5, "halve": 0.5, "halving": 0.5,
}  # fmt: skip
_MONTHS = "january february march april may june july august september october november december".split()
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ADVERBS = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "annual": "year", "annually": "year",
}  # fmt: skip
_UNIT = re.compile(r"(second|minute|hour|day|week|month|quarter|year)s?$")
_TOKEN = re.compile(r"[$€£₩]|\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[A-Za-z]+(?:'[a-z]+)?|%|[^\sA-Za-z\d]")


class _Word(Record, frozen=True):
    text: str
    low: str
    start: int
    end: int


def english_figures(text: str) -> Iterator[Figure]:
    """The figures of an English text, in order."""
    tokens = [_Word(m[0], m[0].lower(), m.start(), m.end()) for m in _TOKEN.finditer(text.replace("-", " "))]
    at = 0
    while at < len(tokens):
        figure, after = _english_at(tokens, at)
        if figure is not None:
            yield figure
        at = max(after, at + 1)


def _low(tokens: list[_Word], at: int) -> str:
    return tokens[at].low if 0 <= at < len(tokens) else ""


def _unit_of(word: str) -> str | None:
    match = _UNIT.fullmatch(word)
    return match[1] if match else None


def _english_at(  # noqa: C901 - one grammar
    tokens: list[_Word], at: int
) -> tuple[Figure | None, int]:
    """The figure that begins at token `at`, if one does, and the token after it."""
    word, low = tokens[at], tokens[at].low
    clock = _clock(tokens, at)
    if clock is not None:
        return clock
    named = _named_time(tokens, at)
    if named is not None:
        return Figure(named, word.start, word.end), at + 1
    frequency = _frequency(tokens, at)
    if frequency is not None:
        return frequency
    if low in _FACTORS:
        return Figure(frozenset({("times", _FACTORS[low])}), word.start, word.end), at + 1
    if low == "single":
        return Figure(frozenset({("count", 1.0)}), word.start, word.end, False), at + 1
    if low in _TIMES:
        return Figure(frozenset({("count", float(_TIMES[low]))}), word.start, word.end, low != "once"), at + 1
    if low == "half" or (low == "quarter" and _low(tokens, at - 1) in ("a", "one") and _low(tokens, at + 1) == "of"):
        return _fraction(tokens, at, 0.5 if low == "half" else 0.25)
    part = _part_of(tokens, at)
    if part is not None:
        return part
    if low in ("twenty", "thirty") and _ORDINALS.get(_low(tokens, at + 1), 10) < 10:
        day = float(_TENS[low] + _ORDINALS[_low(tokens, at + 1)])
        return Figure(frozenset({("ordinal", day), ("day", day)}), word.start, tokens[at + 1].end), at + 2
    if low == "thirtieth":
        return Figure(frozenset({("ordinal", 30.0), ("day", 30.0)}), word.start, word.end), at + 1
    if low in _ORDINALS and not (low == "second" and _low(tokens, at - 1) in ("a", "per", "one")):
        if low == "first" and _low(tokens, at - 1) in ("at", "me", "i", "we", "it", "them"):
            return None, at + 1
        return Figure(frozenset({("ordinal", float(_ORDINALS[low]))}), word.start, word.end), at + 1
    value, after, decade = _amount(tokens, at)
    if value is None:
        return None, at + 1
    return _with_unit(tokens, at, value, after, decade)


_DAYTIMES = ("morning", "afternoon", "evening")
_PAST = {"half": 0.5, "quarter": 0.25}


_PARTS = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}


def _share(one: float, of: float) -> frozenset[Reading]:
    return frozenset({("percent", round(100 * one / of, 1)), ("times", round(one / of, 3))})


def _part_of(tokens: list[_Word], at: int) -> tuple[Figure, int] | None:
    """A share in words: "a fifth", "two thirds", "one in three", "seven out of ten"."""
    low, following = tokens[at].low, _low(tokens, at + 1)
    whole = _PARTS.get(following.removesuffix("s"))
    many = following.endswith("s")
    if whole and ((low in ("a", "one") and not many) or (many and low in _SMALL and _SMALL[low] < whole)):
        of = _low(tokens, at + 2)
        if (following != "quarter" or of == "of") and _low(tokens, at + 4) not in _SCALES:
            one = float(_SMALL.get(low, 1))
            return Figure(_share(one, whole), tokens[at].start, tokens[at + 1].end), at + 2
    value, after, _ = _amount(tokens, at)
    link = (
        1
        if _low(tokens, after) == "in"
        else 2
        if (_low(tokens, after), _low(tokens, after + 1)) == ("out", "of")
        else 0
    )
    if value is None or not link or after + link >= len(tokens):
        return None
    while _low(tokens, after + link) in ("the", "every", "last"):
        link += 1
    if after + link >= len(tokens):
        return None
    whole_value, end, _ = _amount(tokens, after + link)
    if whole_value is None or not value < whole_value <= (100 if link > 1 else 12):
        return None
    if _unit_of(_low(tokens, end)) or value > 10:
        return None  # in six months
    parts = frozenset({("of", value), ("of", whole_value)})
    return Figure(_share(value, whole_value) | parts, tokens[at].start, tokens[end - 1].end), end


def _clock(tokens: list[_Word], at: int) -> tuple[Figure, int] | None:
    """A time of day: "half past three", "quarter to nine", "3:30", "4 p.m."; hours of a clock of twelve."""
    low, hour = tokens[at].low, _low(tokens, at + 2)
    value: float | None = _SMALL.get(hour) if hour in _SMALL else float(hour) if hour.isdigit() else None
    if value is not None and low in _PAST and _low(tokens, at + 1) in ("past", "to"):
        share = _PAST[low] if _low(tokens, at + 1) == "past" else -_PAST[low]
        return Figure(frozenset({("clock", (value + share) % 12)}), tokens[at].start, tokens[at + 2].end), at + 3
    if low.isdigit() and _low(tokens, at + 1) == ":" and re.fullmatch(r"[0-5]\d", hour):
        reading = ("clock", (float(low) + int(hour) / 60) % 12)
        return Figure(frozenset({reading}), tokens[at].start, tokens[at + 2].end), at + 3
    value = _SMALL.get(low) if low in _SMALL else float(low) if low.isdigit() else None
    if value is not None and 0 < value <= 12:
        end = at + (4 if _low(tokens, at + 2) == "." else 2)
        between = (
            _low(tokens, at - 1) == "between"
            and _low(tokens, at + 1) == "and"
            and (_low(tokens, at + 2) in _SMALL and [_low(tokens, at + 3), _low(tokens, at + 4)] == ["in", "the"])
        )
        if between or (
            (_low(tokens, at + 1), _low(tokens, at + 2)) == ("in", "the") and _low(tokens, at + 3) in _DAYTIMES
        ):
            return Figure(frozenset({("clock", value % 12)}), tokens[at].start, tokens[at].end), at + 1
        noon = _low(tokens, at + 1) in ("pm", "am", "o'clock") or (
            _low(tokens, at + 1) in ("p", "a") and (_low(tokens, at + 2), _low(tokens, at + 3)) == (".", "m")
        )
        if noon:
            last = min(end, len(tokens)) - 1
            return Figure(frozenset({("clock", value % 12)}), tokens[at].start, tokens[last].end), last + 1
    return None


def _named_time(tokens: list[_Word], at: int) -> frozenset[Reading] | None:
    word = tokens[at]
    if word.text[:1].isupper():
        if word.low.removesuffix("s") in _DAYS:
            return frozenset({("weekday", float(_DAYS.index(word.low.removesuffix("s"))))})
        if word.low in _MONTHS and not (word.low in ("may", "march") and at == 0):
            return frozenset({("month", float(_MONTHS.index(word.low) + 1))})
    if re.fullmatch(r"q[1-4]", word.low):
        return frozenset({("ordinal", float(word.low[1]))})
    return None


def _frequency(tokens: list[_Word], at: int) -> tuple[Figure, int] | None:
    """Words such as "weekly", "every other week", "a month", "per year"."""
    word, low = tokens[at], tokens[at].low
    if low in _ADVERBS:
        return Figure(frozenset({per(_ADVERBS[low])}), word.start, word.end), at + 1
    if low in ("every", "each") and _low(tokens, at + 1) in ("other", "second"):
        unit = _unit_of(_low(tokens, at + 2))
        if unit:
            return Figure(frozenset({per(unit, 2)}), word.start, tokens[at + 2].end), at + 3
    unit = _unit_of(_low(tokens, at + 1))
    if low in ("a", "one") and _low(tokens, at + 1) in ("full", "whole", "entire") and _unit_of(_low(tokens, at + 2)):
        return Figure(
            frozenset({duration(_unit_of(_low(tokens, at + 2)) or "", 1)}), word.start, tokens[at + 2].end
        ), at + 3
    if unit and low in ("every", "each", "per"):
        return Figure(frozenset({per(unit)}), word.start, tokens[at + 1].end), at + 2
    if unit and low in ("a", "an", "one") and not _low(tokens, at + 1).endswith("s"):
        if low == "a" and _low(tokens, at + 2) == "of":
            return None  # a quarter of, a second of
        if [_low(tokens, at + 2 + n) for n in range(3)] == ["and", "a", "half"]:
            return Figure(frozenset({duration(unit, 1.5)}), word.start, tokens[at + 4].end), at + 5
        readings = {duration(unit, 1)} | ({per(unit)} if low != "one" else set())
        return Figure(frozenset(readings), word.start, tokens[at + 1].end), at + 2
    return None


def _fraction(tokens: list[_Word], at: int, share: float) -> tuple[Figure | None, int]:
    """Words such as "half a year", "half of", "a quarter of a million"."""
    start, after = tokens[at].start, at + 1
    while _low(tokens, after) in ("a", "an", "of", "the"):
        after += 1
    unit, scale = _unit_of(_low(tokens, after)), _low(tokens, after)
    if scale in ("percent", "percentage", "per"):
        kind = "points" if scale == "percentage" else "percent"
        return Figure(frozenset({(kind, share)}), start, tokens[after].end), after + 1
    if unit:
        return Figure(frozenset({duration(unit, share)}), start, tokens[after].end), after + 1
    if scale in _SCALES:
        return _with_unit(tokens, at, share * _SCALES[scale], after + 1, False)
    return Figure(frozenset({("times", share), ("percent", 100 * share)}), start, tokens[at].end), at + 1


def _amount(  # noqa: C901 - one grammar
    tokens: list[_Word], at: int
) -> tuple[float | None, int, bool]:
    """The number that begins at `at`, the token after it, and whether it names a decade ("1990s", "twenties")."""
    low = tokens[at].low
    if low[0].isdigit():
        value, after = float(low.replace(",", "")), at + 1
        glued = after < len(tokens) and tokens[after].start == tokens[at].end
        suffix = _low(tokens, after)
        if glued and suffix == "s":
            return value, after + 1, True
        if glued and suffix in ("k", "m", "bn", "b"):
            return value * {"k": 1e3, "m": 1e6}.get(suffix, 1e9), after + 1, False
        if glued and suffix[:1].isalpha() and suffix not in ("th", "st", "nd", "rd", "h", "x"):
            return (value, after, False) if _unit_of(suffix) else (None, after, False)
        if at and tokens[at - 1].end == tokens[at].start and tokens[at - 1].text[-1:].isalpha():
            return None, after, False
        while _low(tokens, after) in _SCALES:
            value, after = value * _SCALES[_low(tokens, after)], after + 1
        return value, after, False
    if low.endswith("ies") and low[:-3] + "y" in _TENS:
        return float(_TENS[low[:-3] + "y"]), at + 1, True
    total = part = 0.0
    after, seen = at, False
    if low == "a" and _low(tokens, at + 1) in _SCALES:
        # "a hundred and ninety", "a hundred thousand"
        seen, after = True, at + 1
    while after < len(tokens):
        word = tokens[after].low
        if word in _SMALL or word in _TENS:
            part += _SMALL.get(word, _TENS.get(word, 0))
        elif word in _SCALES and seen:
            part = max(part, 1) * _SCALES[word]
            if _SCALES[word] >= 1000:
                total, part = total + part, 0.0
        elif not (word == "and" and seen and _low(tokens, after - 1) in _SCALES and _is_small(_low(tokens, after + 1))):
            break
        seen, after = True, after + 1
    if seen and [_low(tokens, after + n) for n in range(3)] == ["and", "a", "half"]:
        return total + part + 0.5, after + 3, False
    return (total + part if seen else None), after, False


def _is_small(word: str) -> bool:
    return word in _SMALL or word in _TENS


def _with_unit(tokens: list[_Word], at: int, value: float, after: int, decade: bool) -> tuple[Figure | None, int]:
    start, end, unit_word = tokens[at].start, tokens[after - 1].end, _low(tokens, after)
    explicit = not (value == 1 and tokens[at].low == "one" and _pronoun(tokens, at, after))
    if decade:
        return Figure(frozenset({("decade", value)}), start, end), after
    if _low(tokens, at - 1) in MONEY:
        return Figure(frozenset({(f"money:{MONEY[_low(tokens, at - 1)]}", value)}), start, end), after
    if unit_word == "%" and _low(tokens, after + 1) == "p" and tokens[after + 1].start == tokens[after].end:
        return Figure(frozenset({("points", value)}), start, tokens[after + 1].end), after + 2
    if unit_word in ("%", "percent") or (unit_word == "per" and _low(tokens, after + 1) == "cent"):
        return Figure(frozenset({("percent", value)}), start, tokens[after].end), after + 1
    if unit_word == "percentage" and _low(tokens, after + 1) in ("point", "points"):
        return Figure(frozenset({("points", value)}), start, tokens[after + 1].end), after + 2
    if unit_word in MONEY:
        return Figure(frozenset({(f"money:{MONEY[unit_word]}", value)}), start, tokens[after].end), after + 1
    if unit_word in ("times", "fold", "x"):
        return Figure(frozenset({("times", value), ("count", value)}), start, tokens[after].end), after + 1
    if unit_word in ("th", "st", "nd", "rd"):
        return Figure(frozenset({("ordinal", value), ("day", value)}), start, tokens[after].end), after + 1
    unit = _unit_of(unit_word)
    if unit:
        return Figure(
            frozenset({duration(unit, value)}), start, tokens[after].end, True, duration(unit, 1)[1]
        ), after + 1
    if YEAR.fullmatch(tokens[at].text):
        return Figure(frozenset({("year", value), ("count", value)}), start, end), after
    return Figure(frozenset({("count", value)}), start, end, explicit), after


def _pronoun(tokens: list[_Word], at: int, after: int) -> bool:
    before, behind = _low(tokens, at - 1), _low(tokens, after)
    return before in ("no", "any", "every", "each", "the", "this", "that", "some") or behind in (
        "of", "another", "'", "can", "could", "is", "was", "would", "by", "who",
    )  # fmt: skip
