"""Figures of a claim that nobody said, and that follow from the figures that were said."""

# ruff: noqa: E501 - word lists are read in one piece
from __future__ import annotations

import itertools
import re

from include.judgement.insight.cited import Reading
from include.judgement.insight.figures import Figure
from include.judgement.insight.totals import is_step, is_total

HALVED, DOUBLED = (0.42, 0.58), (1.8, 2.2)
"""Ratios of two figures of one kind that are called a half and a double."""
_UNDER_HALF = re.compile(
    r"\b(?:less than|under|below|more than|over) half\b|절반 이상|절반 (?:이하|미만|아래)|절반도", re.IGNORECASE
)
_OF_A_THING = re.compile(r"\s*(?:of\b|[은는이가의을를]\s)")
_HALVING = re.compile(r"\b(?:by|to|in) (?:\w+ )?half\b|\bhalv\w+|절반으로|절반 (?:수준|이하)", re.IGNORECASE)
_UNIT_WORDS = {
    "per:hours:24": r"\b(?:day|days|daily|mornings|evenings|nights)\b|(?<!day )\b(?:morning|evening|night)\b|매일|하루|날마다"
    r"|(?<!요일 )(?<!요일)(?:아침|저녁)",
    "per:hours:168": r"\b(?:week|weeks|weekly|(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b|매주|주마다|요일|일주일",
    "per:months:1": r"\b(?:month|months|monthly)\b|매달|매월|달마다|월별|월간|한 달|(?<!지난)달에|(?<![가-힣\d])월 (?=\d|평균|약|최대)",
    "per:months:3": r"\b(?:quarter|quarters|quarterly)\b|분기",
    "per:months:12": r"\b(?:year|years|yearly|annual|annually)\b|작년|올해|매년|연간|일 년|1년|해마다",
}


def follows(claim: Reading, figure: Figure, cited: Reading) -> bool:
    """Whether `figure` of the claim follows from the cited figures.

    The two numbers of "3 of 4" may stand apart. A frequency follows where its unit is said ("in one quarter": per
    quarter), half and double from two figures of one kind, and an amount of money by which something changed from the
    two amounts. Nothing else does.
    """
    if all(_said_unit(kind, value, cited) for kind, value in figure.readings):
        return True
    if is_total(claim, figure, cited):
        return True
    parts = {v for k, v in figure.readings if k == "of"}
    if len(parts) == 2 and parts <= {v for f in cited.figures for k, v in f.readings if k in ("count", "of")}:
        return True
    pairs = [
        (a[1], b[1])
        for one, two in itertools.pairwise(cited.figures)
        for a in one.readings
        for b in two.readings
        if _alike(a[0], b[0]) and min(a[1], b[1]) > 0
    ]
    wanted = {value for kind, value in figure.readings if kind == "times"}
    whole = _OF_A_THING.match(claim.text[figure.end :]) is not None and not _HALVING.search(claim.text)
    if whole:
        return _share_of(claim, figure, cited)
    halved = 0.5 in wanted and any(HALVED[0] <= min(a, b) / max(a, b) <= HALVED[1] for a, b in pairs)
    if 0.5 in wanted and _UNDER_HALF.search(claim.text):
        halved = any(0.25 <= min(a, b) / max(a, b) < 0.5 for a, b in pairs)
    doubled = 2.0 in wanted and any(DOUBLED[0] <= max(a, b) / min(a, b) <= DOUBLED[1] for a, b in pairs)
    return (
        halved
        or doubled
        or is_step(claim, figure, cited)
        or _share_of(claim, figure, cited)
        or _days_late(claim, figure, cited)
    )


_ROUGH = re.compile(
    r"\b(?:around|about|roughly|approximately|nearly|almost|some|over|more than|well over)\s*$"
    r"|(?:약|거의|대략|무려)\s*$",
    re.IGNORECASE,
)
_ROUGH_BEHIND = re.compile(r"\s*(?:가량|정도|쯤|에 가까운|여)")
NEARLY = 4.5
"""Points of a hundred by which a rough share may differ from that of the two counts."""
EXACT = 0.7
_LATE = re.compile(r"\b(?:late|later|delay\w*|overdue|behind)\b|늦|지연|지나|초과", re.IGNORECASE)


def _share_of(claim: Reading, figure: Figure, cited: Reading) -> bool:
    """A rough share of two counts that follow one another ("nineteen people, twelve of them"), or their product.

    "About 100" of "three hundred customers, roughly a third of those".
    """
    rough = _ROUGH.search(claim.text[: figure.start]) or _ROUGH_BEHIND.match(claim.text[figure.end :])
    shares = [v for k, v in figure.readings if k == "percent"]
    counts = [v for k, v in figure.readings if k == "count"]
    for one, two in itertools.combinations(cited.figures, 2):
        span = cited.text[one.start : two.end + 14]
        if two.start - one.end > NEIGHBOURS or not _AMONG.search(span):
            continue
        a, b = _value(one, "count"), _value(two, "count")
        if (
            a
            and b
            and any(
                abs(100 * min(a, b) / max(a, b) - share) <= (min(NEARLY, 0.12 * share) if rough else EXACT)
                for share in shares
            )
        ):
            return True
        part = _value(two, "times")
        if rough and a and part and any(abs(a * part - count) <= 0.05 * count for count in counts):
            return True
    return False


_AMONG = re.compile(r"\bof (?:them|those|these|whom|us|which)\b|그 ?중|가운데", re.IGNORECASE)
NEIGHBOURS = 90
"""Characters between two counts of which one is a share of the other."""


def _is_day(figure: Figure, cited: Reading) -> bool:
    """Whether it names a day of a month: beside a month, as "3일", or as "the third" of nothing that is named."""
    kinds = {k for k, _ in figure.readings}
    if not kinds & {"day", "ordinal"}:
        return False
    if any(k == "month" and _beside(cited, f, figure) for f in cited.figures for k, _ in f.readings):
        return True
    if cited.language == "ko":
        return "day" in kinds
    named = any(w.kind == "noun" and 0 <= w.start - figure.end <= 1 for w in cited.words)
    return not named and _THE.search(cited.text[: figure.start]) is not None


_THE = re.compile(r"\bthe\s+$", re.IGNORECASE)
_MONTH_AND_DAY = re.compile(r"\s*(?:of |the )?\s*", re.IGNORECASE)


def _beside(reading: Reading, month: Figure, day: Figure) -> bool:
    first, second = sorted((month, day), key=lambda f: f.start)
    return _MONTH_AND_DAY.fullmatch(reading.text[first.end : second.start]) is not None


def _value(figure: Figure, kind: str) -> float | None:
    return min((v for k, v in figure.readings if k == kind), default=None)


def _days_late(claim: Reading, figure: Figure, cited: Reading) -> bool:
    """Days between two days of the month that the cited words name, where the claim speaks of being late."""
    days = [v / 24 for k, v in figure.readings if k == "hours"]
    if not days or not _LATE.search(claim.text):
        return False
    named = [max(v for k, v in f.readings if k in ("day", "ordinal")) for f in cited.figures if _is_day(f, cited)]
    return any(b - a in days for a, b in itertools.pairwise(named))


def _alike(one: str, other: str) -> bool:
    return (one == other or "count" in (one, other)) and one not in (
        "year",
        "month",
        "weekday",
        "ordinal",
        "day",
        "clock",
        "of",
    )


def _said_unit(kind: str, value: float, cited: Reading) -> bool:
    pattern = _UNIT_WORDS.get(f"{kind}:{value:g}")
    return pattern is not None and re.search(pattern, cited.text, re.IGNORECASE) is not None
