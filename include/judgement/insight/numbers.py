"""Figures of a text, whatever way they are written: digits and number words, Korean and English, with their units.

Every figure has one or more readings (kind, value): "a year" is a duration of 12 months and "per year", and "반" is
a half. Durations are in months (months and years) or hours (weeks and shorter), because a month is no whole number
of weeks. Two figures agree when they share a reading.
"""

# ruff: noqa: E501, SIM905 - word lists are read in one piece
from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import msgspec

from include.interview.records import Record
from include.judgement.korean import Morpheme, morphemes

Reading = tuple[str, float]

_SPELLED = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    "|eighteen|nineteen"
)
_SMALL = {word: value for value, word in enumerate(_SPELLED.split("|"))}
_TENS = {w: 10 * n for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}
_ORDINALS = {w: n for n, w in enumerate(["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1)}
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_FACTORS = {
    "double": 2, "doubled": 2, "doubling": 2, "triple": 3, "tripled": 3, "tripling": 3, "quadrupled": 4, "quadruple": 4,
    "halved": 0.5, "halve": 0.5, "halving": 0.5,
}  # fmt: skip
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_HOURS = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0}
_MONTH_UNITS = {"month": 1.0, "quarter": 3.0, "year": 12.0}
_ADVERBS = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year",
    "annual": "year", "annually": "year",
}  # fmt: skip
_UNIT = re.compile(r"(second|minute|hour|day|week|month|quarter|year)s?$")
_MONEY = {
    "$": "usd", "dollar": "usd", "dollars": "usd", "usd": "usd", "€": "eur", "euro": "eur", "euros": "eur", "eur": "eur",
    "£": "gbp", "pound": "gbp", "pounds": "gbp", "₩": "krw", "won": "krw", "krw": "krw", "원": "krw", "달러": "usd", "유로": "eur",
}  # fmt: skip
_TOKEN = re.compile(r"[$€£₩]|\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[A-Za-z]+(?:'[a-z]+)?|%|[^\sA-Za-z\d]")
_YEAR = re.compile(r"(?:19|20)\d\d")


class Figure(Record, frozen=True):
    """A figure and where it stands.

    `explicit` is False where only the cited side may use it ("one of them"). `scale`: one of its unit, in the unit of its
    readings (a day is 24 hours).
    """

    readings: frozenset[Reading]
    start: int
    end: int
    explicit: bool = True
    scale: float = 1.0

    def agrees(self, other: Figure) -> bool:
        """True when both may mean the same."""
        if self.readings & other.readings:
            return True
        # An amount without its currency repeats the amount; a share without its per cent does not.
        mine = {v for k, v in self.readings if k == "count"}
        return any(k.startswith("money:") and v in mine for k, v in other.readings)


def figures(text: str, language: str) -> tuple[Figure, ...]:
    """The figures of `text` in order."""
    found = sorted(_korean(text) if language == "ko" else _english(text), key=lambda f: f.start)
    for at, (one, two) in enumerate(itertools.pairwise(list(found))):
        # "from eleven hours a week down to three", "from 8 to 1 percent": the unit is said once.
        between = text[one.end : two.start]
        if _ONLY_TO.fullmatch(between) and _bare(one) and not _bare(two):
            found[at] = _with_unit_of(one, two)
    for at, figure in enumerate(found):
        if at and _bare(figure) and _ENDS.match(text[figure.end :]) and _AFTER_TO.search(text[: figure.start]):
            earlier = next((f for f in reversed(found[:at]) if _measured(f)), None)
            if earlier is not None and "." not in text[earlier.end : figure.start]:
                found[at] = _with_unit_of(figure, earlier)
    return tuple(found)


_ONLY_TO = re.compile(r"\s*(?:to|에서)\s*")
_AFTER_TO = re.compile(r"\b(?:to|than|under|below|about)\s*$")
_ENDS = re.compile(r"\s*(?:[.,;!?]|$|(?:by|in|within|after|before|and|but|per|when|because|through|thanks)\b)")


def _bare(figure: Figure) -> bool:
    return {k for k, _ in figure.readings} == {"count"}


def _measured(figure: Figure) -> bool:
    return any(k in ("hours", "months", "percent") or k.startswith("money:") for k, _ in figure.readings) and not any(
        k.startswith("per:") for k, _ in figure.readings
    )


def _with_unit_of(figure: Figure, other: Figure) -> Figure:
    """The bare figure with the other's unit as a further reading; a duration's unit is that of the other's amount."""
    value = next(v for _, v in figure.readings)
    added = {(k, value * other.scale) for k, _ in other.readings if k in ("hours", "months", "percent") or ":" in k}
    return msgspec.structs.replace(figure, readings=figure.readings | added)


def _duration(unit: str, amount: float) -> Reading:
    if unit in _HOURS:
        return "hours", round(amount * _HOURS[unit], 6)
    return "months", round(amount * _MONTH_UNITS[unit], 6)


def _per(unit: str, every: float = 1) -> Reading:
    kind, value = _duration(unit, every)
    return f"per:{kind}", value


# ---------------------------------------------------------------- English


class _Word(Record, frozen=True):
    text: str
    low: str
    start: int
    end: int


def _english(text: str) -> Iterator[Figure]:
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


def _english_at(tokens: list[_Word], at: int) -> tuple[Figure | None, int]:
    """The figure that begins at token `at`, if one does, and the token after it."""
    word, low = tokens[at], tokens[at].low
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
    if low in _ORDINALS and not (low == "second" and _low(tokens, at - 1) in ("a", "per", "one")):
        if low == "first" and _low(tokens, at - 1) in ("at", "me", "i", "we", "it", "them"):
            return None, at + 1
        return Figure(frozenset({("ordinal", float(_ORDINALS[low]))}), word.start, word.end), at + 1
    value, after, decade = _amount(tokens, at)
    if value is None:
        return None, at + 1
    return _with_unit(tokens, at, value, after, decade)


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
        return Figure(frozenset({_per(_ADVERBS[low])}), word.start, word.end), at + 1
    if low in ("every", "each") and _low(tokens, at + 1) in ("other", "second"):
        unit = _unit_of(_low(tokens, at + 2))
        if unit:
            return Figure(frozenset({_per(unit, 2)}), word.start, tokens[at + 2].end), at + 3
    unit = _unit_of(_low(tokens, at + 1))
    if unit and low in ("every", "each", "per"):
        return Figure(frozenset({_per(unit)}), word.start, tokens[at + 1].end), at + 2
    if unit and low in ("a", "an", "one") and not _low(tokens, at + 1).endswith("s"):
        if low == "a" and _low(tokens, at + 2) == "of":
            return None  # a quarter of, a second of
        if [_low(tokens, at + 2 + n) for n in range(3)] == ["and", "a", "half"]:
            return Figure(frozenset({_duration(unit, 1.5)}), word.start, tokens[at + 4].end), at + 5
        readings = {_duration(unit, 1)} | ({_per(unit)} if low != "one" else set())
        return Figure(frozenset(readings), word.start, tokens[at + 1].end), at + 2
    return None


def _fraction(tokens: list[_Word], at: int, share: float) -> tuple[Figure, int]:
    """Words such as "half a year", "half of", "a quarter of a million"."""
    start, after = tokens[at].start, at + 1
    while _low(tokens, after) in ("a", "an", "of", "the"):
        after += 1
    unit, scale = _unit_of(_low(tokens, after)), _low(tokens, after)
    if unit:
        return Figure(frozenset({_duration(unit, share)}), start, tokens[after].end), after + 1
    if scale in _SCALES:
        return Figure(frozenset({("count", share * _SCALES[scale])}), start, tokens[after].end), after + 1
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
    if low == "a" and _low(tokens, at + 1) in _SCALES:
        return float(_SCALES[_low(tokens, at + 1)]), at + 2, False
    total = part = 0.0
    after, seen = at, False
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
    return (total + part if seen else None), after, False


def _is_small(word: str) -> bool:
    return word in _SMALL or word in _TENS


def _with_unit(tokens: list[_Word], at: int, value: float, after: int, decade: bool) -> tuple[Figure | None, int]:
    start, end, unit_word = tokens[at].start, tokens[after - 1].end, _low(tokens, after)
    explicit = not (value == 1 and tokens[at].low == "one" and _pronoun(tokens, at, after))
    if decade:
        return Figure(frozenset({("decade", value)}), start, end), after
    if _low(tokens, at - 1) in _MONEY:
        return Figure(frozenset({(f"money:{_MONEY[_low(tokens, at - 1)]}", value)}), start, end), after
    if unit_word in ("%", "percent") or (unit_word == "per" and _low(tokens, after + 1) == "cent"):
        return Figure(frozenset({("percent", value)}), start, tokens[after].end), after + 1
    if unit_word in _MONEY:
        return Figure(frozenset({(f"money:{_MONEY[unit_word]}", value)}), start, tokens[after].end), after + 1
    if unit_word in ("times", "fold", "x"):
        return Figure(frozenset({("times", value), ("count", value)}), start, tokens[after].end), after + 1
    if unit_word in ("th", "st", "nd", "rd"):
        return Figure(frozenset({("ordinal", value), ("day", value)}), start, tokens[after].end), after + 1
    unit = _unit_of(unit_word)
    if unit:
        return Figure(
            frozenset({_duration(unit, value)}), start, tokens[after].end, True, _duration(unit, 1)[1]
        ), after + 1
    if _YEAR.fullmatch(tokens[at].text):
        return Figure(frozenset({("year", value), ("count", value)}), start, end), after
    return Figure(frozenset({("count", value)}), start, end, explicit), after


def _pronoun(tokens: list[_Word], at: int, after: int) -> bool:
    before, behind = _low(tokens, at - 1), _low(tokens, after)
    return before in ("no", "any", "every", "each", "the", "this", "that", "some") or behind in (
        "of", "another", "'", "can", "could", "is", "was", "would", "by", "who",
    )  # fmt: skip


# ---------------------------------------------------------------- Korean

_NATIVE = {
    "하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "석": 3, "서": 3, "넷": 4, "네": 4, "넉": 4, "다섯": 5, "여섯": 6,
    "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70,
    "여든": 80, "아흔": 90,
}  # fmt: skip
_SINO = {c: n for n, c in enumerate("영일이삼사오육칠팔구")} | {"공": 0}
_SMALL_SCALE = {"십": 10, "백": 100, "천": 1000}
_BIG_SCALE = {"만": 10**4, "억": 10**8, "조": 10**12}
_NUMERAL = re.compile(r"[영일이삼사오육칠팔구십백천만억조]+")
_KOREAN_UNITS = {
    "초": "second", "분": "minute", "시간": "hour", "일": "day", "주": "week", "주일": "week", "주간": "week", "개월": "month",
    "달": "month", "분기": "quarter", "년": "year", "해": "year",
}  # fmt: skip
_WHOLE_WORDS: dict[str, frozenset[Reading]] = {
    "하루": frozenset({("hours", 24.0), ("per:hours", 24.0)}), "이틀": frozenset({("hours", 48.0)}),
    "사흘": frozenset({("hours", 72.0)}), "나흘": frozenset({("hours", 96.0)}), "닷새": frozenset({("hours", 120.0)}),
    "열흘": frozenset({("hours", 240.0)}), "보름": frozenset({("hours", 360.0)}),
    "일주일": frozenset({("hours", 168.0), ("per:hours", 168.0)}), "반년": frozenset({("months", 6.0)}),
    "절반": frozenset({("times", 0.5), ("percent", 50.0)}), "격주": frozenset({("per:hours", 336.0)}),
    "매일": frozenset({("per:hours", 24.0)}), "매주": frozenset({("per:hours", 168.0)}), "매달": frozenset({("per:months", 1.0)}),
    "매월": frozenset({("per:months", 1.0)}), "매년": frozenset({("per:months", 12.0)}), "월간": frozenset({("per:months", 1.0)}),
    "주간": frozenset({("per:hours", 168.0)}), "연간": frozenset({("per:months", 12.0)}), "일간": frozenset({("per:hours", 24.0)}),
    "주당": frozenset({("per:hours", 168.0)}), "첫해": frozenset({("ordinal", 1.0)}),
    **{f"{d}요일": frozenset({("weekday", float(n))}) for n, d in enumerate("월화수목금토일")},
}  # fmt: skip
_HALVES = re.compile(r"(?:반년|한 해 반|일년 반)")
_COUNTED = "명|개|건|곳|군데|대|가지|번|회|차례|살|세|층|권|장|팀|단계|원|분|배|호|점|쪽|줄|잔|병|마리|채|자리|사람|나라|번째|차|위|등|퍼센트|프로|%"
_COUNTERS = frozenset(_COUNTED.split("|"))


def _korean(text: str) -> Iterator[Figure]:
    said = morphemes(text)
    at = 0
    while at < len(said):
        whole, after = _whole_word(said, at)
        if whole is not None:
            yield whole
            at = after
            continue
        value, after = _korean_amount(said, at)
        if value is None:
            at += 1
            continue
        figure, at = _korean_unit(text, said, at, after, value)
        if figure is not None:
            yield figure


def _whole_word(said: tuple[Morpheme, ...], at: int) -> tuple[Figure | None, int]:
    """Words that hold their number: 이틀, 격주, 분기마다; longer ones may be several morphemes."""
    joined = ""
    best: tuple[Figure | None, int] = (None, at)
    for end in range(at, min(at + 3, len(said))):
        if end > at and said[end].start != said[end - 1].end:
            break
        joined += said[end].form
        if joined in _WHOLE_WORDS:
            best = Figure(_WHOLE_WORDS[joined], said[at].start, said[end].end), end + 1
        if joined in ("분기마다", "달마다", "주마다", "해마다", "날마다"):
            unit = {"분기": "quarter", "달": "month", "주": "week", "해": "year", "날": "day"}[joined[:-2]]
            best = Figure(frozenset({_per(unit)}), said[at].start, said[end].end), end + 1
    return best


def _korean_amount(said: tuple[Morpheme, ...], at: int) -> tuple[float | None, int]:
    """The number that the morphemes from `at` on spell, and the morpheme after it."""
    m = said[at]
    if m.form in _NATIVE and m.tag in ("NR", "MM", "NNG", "SN"):
        value, after = float(_NATIVE[m.form]), at + 1
        while after < len(said) and value % 10 == 0 and _NATIVE.get(said[after].form, 10) < 10:
            value, after = value + _NATIVE[said[after].form], after + 1
        return value, after
    if m.tag not in ("SN", "NR", "MM") or not (m.form[0].isdigit() or _NUMERAL.fullmatch(m.form)):
        return None, at
    spelled, after = "", at
    while after < len(said):
        form = said[after].form
        numeral = said[after].tag in ("SN", "NR", "MM") and (form[0].isdigit() or _NUMERAL.fullmatch(form))
        # 만 right behind digits is ten thousand even where the analyser takes it for a particle or a noun.
        scale = (
            bool(spelled) and form in ("만", "천만", "백만", "십만", "억") and said[after].start == said[after - 1].end
        )
        if not numeral and not scale:
            break
        if spelled and spelled[-1].isdigit() and form[0].isdigit():
            break
        spelled, after = spelled + form.replace(",", ""), after + 1
    return _spelled(spelled), after


def _spelled(text: str) -> float:
    total = section = 0.0
    current: float | None = None
    digits = ""
    for char in (*text, ""):
        if char and (char.isdigit() or char == "."):
            digits += char
            continue
        if digits:
            current, digits = float(digits.strip(".") or 0), ""
        if char in _SINO:
            current = (current or 0) * 10 + _SINO[char]
        elif char in _SMALL_SCALE:
            section, current = section + (1 if current is None else current) * _SMALL_SCALE[char], None
        elif char in _BIG_SCALE:
            section += current or 0
            total, section, current = total + (section or 1) * _BIG_SCALE[char], 0.0, None
    return total + section + (current or 0)


def _korean_unit(text: str, said: tuple[Morpheme, ...], at: int, after: int, value: float) -> tuple[Figure | None, int]:
    start, end = said[at].start, said[after - 1].end
    behind = said[after] if after < len(said) else None
    following = behind.form if behind is not None else ""
    last = behind.end if behind is not None else end
    half = after + 1 < len(said) and said[after + 1].form == "반"
    if following in ("퍼센트", "프로", "%"):
        return Figure(frozenset({("percent", value)}), start, last), after + 1
    if following in _MONEY:
        return Figure(frozenset({(f"money:{_MONEY[following]}", value)}), start, last), after + 1
    if following == "배":
        return Figure(frozenset({("times", value)}), start, last), after + 1
    if following in ("번째", "째") or text[end : end + 3].strip().startswith("번째"):
        return Figure(frozenset({("ordinal", value)}), start, last), after + 1
    if following == "월" and text[last : last + 1] != "간":
        return Figure(frozenset({("month", value)}), start, last), after + 1
    if following in _KOREAN_UNITS:
        return _korean_time(said, after, value + (0.5 if half else 0.0), start, half)
    if following in ("대", "년대") and value % 10 == 0 and value >= 10 and behind is not None and behind.start == end:
        return Figure(frozenset({("decade", value), ("count", value)}), start, last), after + 1
    word = said[at].form
    # 한 without a counter is "a certain", 이 and 그 with a noun are "this" and "that".
    if (
        after - at == 1
        and (word == "한" or (said[at].tag == "MM" and word in ("이", "일", "만")))
        and following not in _COUNTERS
    ):
        return None, after
    if _YEAR.fullmatch(word):
        return Figure(frozenset({("year", value), ("count", value)}), start, end), after
    if following in _COUNTERS:
        return Figure(frozenset({("count", value)}), start, last), after + 1
    return Figure(frozenset({("count", value)}), start, end), after


def _korean_time(said: tuple[Morpheme, ...], after: int, value: float, start: int, half: bool) -> tuple[Figure, int]:
    unit, last = _KOREAN_UNITS[said[after].form], said[after].end
    readings: set[Reading] = {_duration(unit, value)}
    if said[after].form == "일":
        readings.add(("day", value))
    if unit == "year" and 1900 <= value < 2100:
        readings = {("year", value)}
    elif unit == "year" and 10 <= value < 100 and said[after].form == "년":
        readings.add(("year", (2000 if value < 50 else 1900) + value))
    if value == 1:
        readings.add(_per(unit))
    return Figure(frozenset(readings), start, last), after + (2 if half else 1)
