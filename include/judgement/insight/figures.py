"""A figure of a text with its readings, and the units that both languages share."""

# ruff: noqa: E501 - word lists are read in one piece
from __future__ import annotations

import re

from include.interview.records import Record

Reading = tuple[str, float]
_HOURS = {"second": 1 / 3600, "minute": 1 / 60, "hour": 1.0, "day": 24.0, "week": 168.0}
_MONTH_UNITS = {"month": 1.0, "quarter": 3.0, "year": 12.0}
MONEY = {
    "$": "usd", "dollar": "usd", "dollars": "usd", "usd": "usd", "€": "eur", "euro": "eur", "euros": "eur", "eur": "eur",
    "£": "gbp", "pound": "gbp", "pounds": "gbp", "₩": "krw", "won": "krw", "krw": "krw", "원": "krw", "달러": "usd", "유로": "eur",
}  # fmt: skip
ROUNDED = 0.5
"""Percentage points within which two shares are the same: a third is 33.3 % and 33 %."""
LARGE = 1e6
"""An amount of money that nobody takes for a count of something else."""
CLOSE = 1e-4
"""Relative difference of two readings that comes of rounding: fifty minutes in hours."""
YEAR = re.compile(r"(?:19|20)\d\d")


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
        parts, theirs = _parts(self), _parts(other)
        if parts and theirs and parts != theirs:
            return False  # three out of ten, seven out of ten
        if any(
            k == kind and abs(v - value) <= min(CLOSE * abs(v), 1e-3)
            for k, v in self.readings
            for kind, value in other.readings
        ):
            return True
        if _same_span(self, other):
            return True
        # "nine out of ten" beside "of the ten nine": both numbers, or the share.
        counts = {v for k, v in self.readings if k == "count"}
        if counts and theirs and min(theirs) in counts:
            return True
        shares = {k: v for k, v in self.readings if k == "percent"}
        if any(k == "percent" and abs(v - shares.get(k, -9)) <= ROUNDED for k, v in other.readings):
            return True
        # An amount without its currency repeats the amount; a share without its per cent does not.
        mine = {v for k, v in self.readings if k == "count"}
        if any(k.startswith("money:") and v in mine for k, v in other.readings):
            return True
        # "from 1.3 billion" in speech: a large amount needs no currency to be the money of the claim.
        amounts = {v for k, v in self.readings if k.startswith("money:") and v >= LARGE}
        return bool(amounts & {v for k, v in other.readings if k == "count"})


HOURS_OF_MONTH = 730.5
MOST_MONTHS = 6
SPAN = 0.1
"""Relative difference of a duration in months and one in weeks or days that people take for the same."""


def _same_span(one: Figure, other: Figure) -> bool:
    """Whether one says in months what the other says in weeks or days: two months, eight weeks."""
    months = {v for f in (one, other) for k, v in f.readings if k == "months"}
    hours = {v for f in (one, other) for k, v in f.readings if k == "hours" and (v % 168 == 0 or v % 720 == 0)}
    return any(abs(h / HOURS_OF_MONTH - m) <= SPAN * m for h in hours for m in months if m <= MOST_MONTHS)


def _parts(figure: Figure) -> frozenset[float]:
    return frozenset(v for k, v in figure.readings if k == "of")


def duration(unit: str, amount: float) -> Reading:
    """The reading of `amount` of an English unit: months, or hours where the unit is a week or shorter."""
    if unit in _HOURS:
        return "hours", round(amount * _HOURS[unit], 6)
    return "months", round(amount * _MONTH_UNITS[unit], 6)


def per(unit: str, every: float = 1) -> Reading:
    """The reading of a frequency: once in `every` units."""
    kind, value = duration(unit, every)
    return f"per:{kind}", value
