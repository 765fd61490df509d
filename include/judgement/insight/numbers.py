"""Figures of a text, whatever way they are written: digits and number words, Korean and English, with their units.

Every figure has one or more readings (kind, value): "a year" is a duration of 12 months and "per year", and "반" is
a half. Durations are in months (months and years) or hours (weeks and shorter), because a month is no whole number
of weeks. Two figures agree when they share a reading.
"""

from __future__ import annotations

import itertools
import re

import msgspec

from include.judgement.insight.english_figures import english_figures
from include.judgement.insight.figures import Figure
from include.judgement.insight.korean_figures import korean_figures


def figures(text: str, language: str) -> tuple[Figure, ...]:
    """The figures of `text` in order."""
    found = sorted(korean_figures(text) if language == "ko" else english_figures(text), key=lambda f: f.start)
    found = [f for f, after in itertools.zip_longest(found, found[1:]) if not _corrected(text, f, after)]
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


def _corrected(text: str, figure: Figure, following: Figure | None) -> bool:
    """Whether the speaker takes the figure back for the next one: "nine, no, sorry, eleven", "아홉, 아니 열한"."""
    if following is None or following.start - figure.end > CORRECTION:
        return False
    return _TAKEN_BACK.search(text[figure.end : following.start]) is not None


CORRECTION = 25
"""Characters between a figure and the one that takes its place."""
_TAKEN_BACK = re.compile(r"[,.–-]\s*(?:no|sorry|wait|or rather|i mean|아니|죄송)\b", re.IGNORECASE)
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
