"""Figures of a Korean text: digits, Sino-Korean and native numerals with their counters and units."""

# ruff: noqa: E501 - word lists are read in one piece
from __future__ import annotations

import re
from collections.abc import Iterator

from include.judgement.insight.figures import MONEY, YEAR, Figure, Reading, duration, per
from include.korean_morphemes import Morpheme, morphemes

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
_EITHER = {
    "한두": (1, 2), "두세": (2, 3), "두서너": (2, 3, 4), "서너": (3, 4), "너댓": (4, 5), "네댓": (4, 5), "네다섯": (4, 5),
    "대여섯": (5, 6), "예닐곱": (6, 7), "일고여덟": (7, 8),
}  # fmt: skip
_COUNTED = "명|개|건|곳|군데|대|가지|번|회|차례|살|세|층|권|장|팀|단계|원|분|배|호|점|쪽|줄|잔|병|마리|채|자리|사람|나라|번째|차|위|등|퍼센트|프로|%"
_COUNTERS = frozenset(_COUNTED.split("|"))


def korean_figures(text: str) -> Iterator[Figure]:
    """The figures of a Korean text, in order."""
    said = morphemes(text)
    at = 0
    while at < len(said):
        whole, after = _whole_word(said, at)
        if whole is not None:
            yield whole
            at = after
            continue
        share, after = _share(said, at)
        if share is not None:
            yield share
            at = after
            continue
        between = _EITHER.get(said[at].form) if said[at].tag in ("MM", "NR", "NNG", "MAG") else None
        if between is not None:
            yield Figure(frozenset(("count", float(v)) for v in between), said[at].start, said[at].end)
            at += 1
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
            best = Figure(frozenset({per(unit)}), said[at].start, said[end].end), end + 1
    return best


def _share(said: tuple[Morpheme, ...], at: int) -> tuple[Figure | None, int]:
    """A share in words: 3분의 1, 삼분의 일, 열 건 중 일곱 건."""
    whole, after = _korean_amount(said, at)
    if whole is None or whole <= 1:
        return None, at
    forms = [m.form for m in said[after : after + 2]]
    if forms == ["분", "의"]:
        one, end = _korean_amount(said, after + 2)
    elif len(said) > after + 1 and said[after + 1].form in ("중", "가운데") and said[after].tag in ("NNB", "NNG"):
        at_one = after + 2 + (said[after + 2].tag == "JKB" if after + 2 < len(said) else 0)
        one, end = _korean_amount(said, at_one) if at_one < len(said) else (None, at)
        end += end < len(said) and said[end].form == said[after].form
    else:
        return None, at
    if one is None or one > whole:
        return None, at
    readings = {("percent", round(100 * one / whole, 1)), ("times", round(one / whole, 3))}
    parts: set[Reading] = set() if forms == ["분", "의"] else {("of", one), ("of", whole)}
    return Figure(frozenset(readings | parts), said[at].start, said[end - 1].end), end


def _native(form: str) -> int | None:
    """A native numeral, in one piece or of tens and ones: 스물다섯 is 25."""
    if form in _NATIVE:
        return _NATIVE[form]
    for tens in ("열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"):
        if form.startswith(tens) and _NATIVE.get(form.removeprefix(tens), 10) < 10:
            return _NATIVE[tens] + _NATIVE[form.removeprefix(tens)]
    return None


def _korean_amount(said: tuple[Morpheme, ...], at: int) -> tuple[float | None, int]:
    """The number that the morphemes from `at` on spell, and the morpheme after it."""
    m = said[at]
    native = _native(m.form)
    if native is not None and m.tag in ("NR", "MM", "NNG", "SN"):
        value, after = float(native), at + 1
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


def _korean_unit(  # noqa: C901 - one grammar
    text: str, said: tuple[Morpheme, ...], at: int, after: int, value: float
) -> tuple[Figure | None, int]:
    start, end = said[at].start, said[after - 1].end
    behind = said[after] if after < len(said) else None
    following = behind.form if behind is not None else ""
    last = behind.end if behind is not None else end
    half = after + 1 < len(said) and said[after + 1].form == "반"
    beyond = said[after + 1] if after + 1 < len(said) else None
    if following in ("퍼센트", "프로", "%") and beyond is not None and beyond.form in ("포인트", "p", "P"):
        return Figure(frozenset({("points", value)}), start, beyond.end), after + 2
    if following in ("퍼센트", "프로", "%"):
        return Figure(frozenset({("percent", value)}), start, last), after + 1
    if following in MONEY:
        return Figure(frozenset({(f"money:{MONEY[following]}", value)}), start, last), after + 1
    if following == "배":
        return Figure(frozenset({("times", value)}), start, last), after + 1
    if following in ("번째", "째") or text[end : end + 3].strip().startswith("번째"):
        return Figure(frozenset({("ordinal", value)}), start, last), after + 1
    if following == "월" and text[last : last + 1] != "간":
        return Figure(frozenset({("month", value)}), start, last), after + 1
    if following == "시" and 0 < value <= 24:
        # 세 시 반, 3시 30분
        minutes, end_at = _korean_amount(said, after + 1) if after + 1 < len(said) else (None, after)
        past = minutes is not None and end_at < len(said) and said[end_at].form == "분"
        clock = (value + (0.5 if half else (minutes or 0) / 60 if past else 0.0)) % 12
        upto = after + 2 if half else end_at + 1 if past else after + 1
        return Figure(frozenset({("clock", clock)}), start, said[upto - 1].end), upto
    if following == "분" and not said[at].form[0].isdigit():
        # A native numeral counts persons (열한 분), a Sino-Korean one persons or minutes (이백 분).
        persons: set[Reading] = {("count", value)}
        if _native(said[at].form) is None or value >= 20:
            persons.add(duration("minute", value))
        return Figure(frozenset(persons), start, last), after + 1
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
    if YEAR.fullmatch(word):
        return Figure(frozenset({("year", value), ("count", value)}), start, end), after
    if following in _COUNTERS:
        return Figure(frozenset({("count", value)}), start, last), after + 1
    return Figure(frozenset({("count", value)}), start, end), after


def _korean_time(said: tuple[Morpheme, ...], after: int, value: float, start: int, half: bool) -> tuple[Figure, int]:
    unit, last = _KOREAN_UNITS[said[after].form], said[after].end
    readings: set[Reading] = {duration(unit, value)}
    lasting = {m.form for m in said[after + 1 : after + 3]} & {"늦", "동안", "만", "간", "후", "뒤", "이내", "연속"}
    if said[after].form == "일" and not lasting:
        readings.add(("day", value))
    if unit == "year" and 1900 <= value < 2100:
        readings = {("year", value)}
    elif unit == "year" and 10 <= value < 100 and said[after].form == "년":
        readings.add(("year", (2000 if value < 50 else 1900) + value))
    if value == 1:
        readings.add(per(unit))
    return Figure(frozenset(readings), start, last), after + (2 if half else 1)
