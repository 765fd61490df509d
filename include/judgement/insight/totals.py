"""Sums and steps of the figures that were said: a total of two counts, and by how much an amount of money changed."""

from __future__ import annotations

import itertools
import re

from include.judgement.insight.cited import Reading
from include.judgement.insight.figures import LARGE, Figure

_TOTAL = re.compile(r"\b(?:altogether|in total|a total of|in all)\b|도합|합쳐|합해|모두 합", re.IGNORECASE)
_TOTAL_BEFORE = re.compile(r"(?<![가-힣])총\s*$")
_SENTENCE_END = re.compile(r"[.!?]\s|\n")
_BREAK = re.compile(r"[.,;:!?]|\b(?:and|but|or|in|to|from|within|by|for|at|with|who|which|that)\b|\n", re.IGNORECASE)
NEAR = 25
"""Characters between a figure and the noun it counts: "seven newly hired nurses"."""
_BY = re.compile(
    r"\bby\b|\b(?:cut|sav\w+|reduc\w+|lower\w+|rais\w+|increas\w+|gain\w*)\b|절감|절약|감소|증가|낮추|낮췄|아끼|아꼈"
    r"|(?<![가-힣])줄(?:[었였인일임여]|어[든들]|이[고는기려면지며자])|(?<![오하그마바])늘(?:[었였렸린릴림려]|어[난나]|리[고는기면지며자])",
    re.IGNORECASE,
)
_FROM_TO = re.compile(r"\b(?:from|to)\s*\S?$|에서\s*$", re.IGNORECASE)
_ALONE = re.compile(
    r"\s*(?:$|[.,;:!?]|(?:to|and|when|before|after|now|today|in|at|by)\b|에서|으로|로|이었|였|입니다|까지)",
    re.IGNORECASE,
)
"""What stands behind a number that counts nothing: "when I started it was 1.9."."""


def is_total(claim: Reading, figure: Figure, cited: Reading) -> bool:
    """Whether the claim gives `figure` as the total of two neighbouring counts of the cited words.

    Both count the same noun, or stand in one list, with no deed between them ("eleven clerks and two counsellors"); of
    a list the claim may not call all by the name of one part.
    """
    if not _TOTAL.search(claim.text) and not _TOTAL_BEFORE.search(claim.text[: figure.start]):
        return False
    counts = [(f, v) for f in cited.figures for k, v in f.readings if k == "count"]
    mine = counted(claim, figure)
    for (one, a), (two, b) in itertools.pairwise(counts):
        if one is two or ("count", a + b) not in figure.readings:
            continue
        first, second = counted(cited, one), counted(cited, two)
        if first is not None and first == second:
            return True
        listed = not _SENTENCE_END.search(cited.text[one.end : two.start]) and not any(
            w.kind == "verb" and one.end <= w.start < two.start for w in cited.words
        )
        if listed and (mine is None or mine not in (first, second)):
            return True
    return False


def counted(reading: Reading, figure: Figure) -> str | None:
    """The stem of the noun that a figure counts: right before it in Korean, behind it in English; None without one."""
    if reading.language == "ko":
        before = [w for w in reading.words if w.kind == "noun" and 0 <= figure.start - w.end <= 2]
        return before[-1].key if before else None
    behind = reading.text[figure.end : figure.end + NEAR]
    stop = _BREAK.search(behind)
    end = figure.end + (stop.start() if stop else len(behind))
    end = min([end, *(f.start for f in reading.figures if f.start >= figure.end)])
    run: list[str] = []
    at = end
    for word in reading.words:
        if not figure.end <= word.start < end or (run and word.start - at > 1):
            continue
        if word.kind == "verb":
            break
        if word.kind == "noun" or run:
            run.append(word.key)
            at = word.end
    return run[-1] if run else None


def is_step(claim: Reading, figure: Figure, cited: Reading) -> bool:
    """Whether it is the step between two amounts: cut by 9,000 dollars, of a bill from 22,000 to 13,000.

    An amount without its currency is a number that counts nothing and stands next to one with a currency.
    """
    if any(k == "points" for k, _ in figure.readings):
        shares = [v for f in cited.figures for k, v in f.readings if k == "percent"]
        return any(("points", round(abs(a - b), 3)) in figure.readings for a, b in itertools.pairwise(shares))
    mine = {v for k, v in figure.readings if k.startswith("money:")}
    if not mine or not _BY.search(claim.text) or _FROM_TO.search(claim.text[: figure.start]):
        return False
    return any(_step(one, two, cited, mine) for one, two in itertools.pairwise(cited.figures))


def _step(one: Figure, two: Figure, cited: Reading, wanted: set[float]) -> bool:
    """Whether the two cited amounts lie one of the wanted amounts apart."""
    a, b = _amount(one, cited), _amount(two, cited)
    currencies = {_currency(one), _currency(two)} - {""}
    if a is None or b is None or len(currencies) > 1 or (not currencies and min(a, b) < LARGE):
        return False
    step = abs(a - b)
    # "2.4 million pounds. When I started it was 1.9": the unit is said once.
    bare, whole = (one, two) if b > a else (two, one)
    scale = next((s for s in (1e9, 1e6, 1e3) if max(a, b) >= s), 1.0)
    if not _currency(bare) and min(a, b) < SPOKEN and _SCALED.search(cited.text[whole.start : whole.end]):
        step = abs(max(a, b) - min(a, b) * scale)
    return any(abs(step - amount) <= 1e-6 * amount for amount in wanted)


_SCALED = re.compile(r"million|billion|thousand|\d\s?[km]\b|[천만억]", re.IGNORECASE)
SPOKEN = 100.0
"""A number below is said in the unit of the amount beside it."""


def _currency(figure: Figure) -> str:
    return next((k for k, _ in figure.readings if k.startswith("money:")), "")


def _amount(figure: Figure, cited: Reading) -> float | None:
    """The value of an amount of money, or of a number that may be one; None of a count of things."""
    money = [v for k, v in figure.readings if k.startswith("money:")]
    if money:
        return money[0]
    counts = [v for k, v in figure.readings if k == "count"]
    return counts[0] if counts and _ALONE.match(cited.text[figure.end :]) else None
