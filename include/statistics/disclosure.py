"""Which counts of a table may be published: primary and complementary suppression, audited by linear programming.

A reader is taken to know everything that is printed and the totals (how many people, how many of them with the
outcome), which stand in other reports. For every count that is printed as "<5" the least and the greatest value that
agree with all of it are computed; unless at least `LEAST_VALUES` whole numbers lie between them, a further count is
withheld, the smallest first, and the audit is repeated. Method: interval audit of cell suppression (Hundepool et al.,
Statistical Disclosure Control, 2012, chapter 4).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy.optimize import linprog

from include.interview.fairness.records import LEAST_VALUES, SMALLEST_CELL

MOST_STEPS, LONGEST_S = 10_000, 20.0
"""When the solver of one bound is stopped: the tables here need under a hundred steps and a few milliseconds."""
_BELOW = SMALLEST_CELL - 1
_ROUNDING = 1e-7

PEOPLE = (1.0, 0.0)
"""Weights of (n, count): the number of people itself."""

Shown = Literal["open", "small", "withheld", "hidden"]
Split = Literal["open", "count", "rest", "both", "complement", "nothing"]


@dataclass
class Entry:
    """One line of a table: a group, an intersection, those of unknown group, or all.

    `members` are the smallest cells it consists of. `n` people, of whom `counts[m]` have outcome m. `shown` says how
    `n` is printed: exact, as "<5", withheld, or never ("hidden"); `splits[m]` how the outcome's count and the rest are:
    exact, which of them is "<5", withheld for another's sake (both are 5 or more then), or nothing at all.
    """

    members: frozenset[int]
    n: int
    counts: tuple[int, ...]
    is_group: bool = True
    shown: Shown = "open"
    splits: list[Split] = field(default_factory=list)

    def mark(self) -> None:
        """Set what its own counts alone ask for."""
        if self.shown in ("hidden", "withheld") or (self.is_group and self.n < SMALLEST_CELL):
            self.shown = "small" if self.shown == "open" else self.shown
            self.splits = ["nothing"] * len(self.counts)
            return
        self.splits = [_own_split(count, self.n - count) for count in self.counts]

    def withhold(self) -> None:
        """Print nothing of this line."""
        self.shown, self.splits = "withheld", ["nothing"] * len(self.counts)

    def sensitive(self, outcome: int | None) -> Iterator[tuple[float, float]]:
        """The combinations (of n, of the count) that are printed as "<5"."""
        if not self.is_group:
            return
        if self.shown == "small":
            yield PEOPLE
        if outcome is None:
            return
        split = self.splits[outcome]
        if self.shown == "small" or split in ("count", "both"):
            yield 0.0, 1.0
        if self.shown == "small" or split in ("rest", "both"):
            yield 1.0, -1.0


def _own_split(count: int, rest: int) -> Split:
    if count < SMALLEST_CELL:
        return "both" if rest < SMALLEST_CELL else "count"
    return "rest" if rest < SMALLEST_CELL else "open"


class Undecided(ArithmeticError):
    """The solver was stopped before it found a bound: what is not known to be safe is not published."""


def protect(entries: Sequence[Entry], candidates: Sequence[Entry], cells: int) -> bool:
    """Withhold counts of `candidates` until no reader of `entries` can narrow a "<5" down; False when that fails.

    `entries` is all that is printed or known, `candidates` those of it whose counts may be withheld. `cells` is the
    number of smallest cells.
    """
    for outcome in (None, *range(len(entries[0].counts))):
        while (pinned := _pinned(entries, outcome, cells)) is not None:
            entry, of_people = pinned
            victim = _complement(candidates, entry, None if of_people else outcome)
            if victim is None:
                return False
            if of_people or outcome is None:
                victim.withhold()
            else:
                victim.splits[outcome] = "complement"
    # What was withheld for one outcome may be the complement of another: look at all of it once more.
    return all(_pinned(entries, outcome, cells) is None for outcome in (None, *range(len(entries[0].counts)))) or (
        protect(entries, candidates, cells)
    )


def possible_values(
    entries: Sequence[Entry], entry: Entry, outcome: int, cells: int, weights: tuple[float, float] = (0.0, 1.0)
) -> tuple[int, int]:
    """The least and greatest count (or other combination of n and count) of `entry` for a reader of `entries`.

    Raises:
        Undecided: the solver was stopped.
    """
    return _System(entries, outcome, cells).bounds(entry, weights)


def _pinned(entries: Sequence[Entry], outcome: int | None, cells: int) -> tuple[Entry, bool] | None:
    """The first line with a "<5" that a reader can narrow down too far, and whether it is its number of people."""
    sensitive = [entry for entry in entries if any(True for _ in entry.sensitive(outcome))]
    if not sensitive:
        return None
    system = _System(entries, outcome, cells)
    for entry in sensitive:
        for weights in entry.sensitive(outcome):
            try:
                low, high = system.bounds(entry, weights)
            except Undecided:
                return entry, weights == PEOPLE
            if high - low + 1 < LEAST_VALUES:
                return entry, weights == PEOPLE
    return None


def _complement(candidates: Sequence[Entry], pinned: Entry, outcome: int | None) -> Entry | None:
    """The line to be withheld next: the unknown first, because no group is lost by it, then the smallest group."""
    if outcome is None:
        eligible = [e for e in candidates if e.shown == "open" and e is not pinned]
        return min(eligible, key=lambda e: (e.is_group, e.n), default=None)
    eligible = [e for e in candidates if e.is_group and e.splits[outcome] == "open" and e is not pinned]
    return min(eligible, key=lambda e: min(e.counts[outcome], e.n - e.counts[outcome]), default=None)


class _System:
    """What a reader knows, as linear constraints on n and count of every smallest cell."""

    def __init__(self, entries: Sequence[Entry], outcome: int | None, cells: int) -> None:
        self._cells = cells
        self._equal: list[tuple[np.ndarray, float]] = []
        self._most: list[tuple[np.ndarray, float]] = []
        for cell in range(cells):
            self._at_most(self._row({cell}, -1.0, 1.0), 0.0)
        for entry in entries:
            self._know_n(entry)
            if outcome is not None:
                self._know_split(entry, entry.counts[outcome], entry.splits[outcome])

    def _row(self, members: frozenset[int] | set[int], of_n: float, of_count: float) -> np.ndarray:
        row = np.zeros(2 * self._cells)
        index = list(members)
        row[index] = of_n
        row[[self._cells + i for i in index]] = of_count
        return row

    def _at_most(self, row: np.ndarray, limit: float) -> None:
        self._most.append((row, limit))

    def _know_n(self, entry: Entry) -> None:
        row = self._row(entry.members, 1.0, 0.0)
        if entry.shown == "open":
            self._equal.append((row, entry.n))
        elif entry.shown == "small":
            self._at_most(row, _BELOW)
        elif entry.shown == "withheld" and entry.is_group:
            self._at_most(-row, -SMALLEST_CELL)

    def _know_split(self, entry: Entry, count: int, split: Split) -> None:
        has, rest = self._row(entry.members, 0.0, 1.0), self._row(entry.members, 1.0, -1.0)
        if split == "open":
            self._equal.append((has, count))
        if split in ("count", "both"):
            self._at_most(has, _BELOW)
        if split in ("rest", "both"):
            self._at_most(rest, _BELOW)
        if split == "complement":
            self._at_most(-has, -SMALLEST_CELL)
            self._at_most(-rest, -SMALLEST_CELL)

    def bounds(self, entry: Entry, weights: tuple[float, float]) -> tuple[int, int]:
        """The least and greatest whole value of `weights` · (n, count) of `entry`."""
        goal = self._row(entry.members, *weights)
        a_eq = np.array([row for row, _ in self._equal]) if self._equal else None
        b_eq = [value for _, value in self._equal] if self._equal else None
        a_ub, b_ub = np.array([row for row, _ in self._most]), [value for _, value in self._most]
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * goal,
                A_ub=a_ub,
                b_ub=b_ub,
                A_eq=a_eq,
                b_eq=b_eq,
                method="highs-ds",
                options={"maxiter": MOST_STEPS, "time_limit": LONGEST_S},
            )
            if found.status in (1, 4):
                raise Undecided("The audit of the table was stopped before it ended.")
            if found.status == 3:
                raise ArithmeticError("A count of the table has no bound, although its total is known.")
            if found.status != 0:
                raise ArithmeticError("The audit of the table found no solution, although the table itself is one.")
            ends.append(sign * found.fun)
        return math.ceil(ends[0] - _ROUNDING), math.floor(ends[1] + _ROUNDING)
