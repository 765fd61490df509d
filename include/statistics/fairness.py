"""A fairness report from a sample: every figure per group, the comparisons, and what of it may be published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import product
from statistics import median

import msgspec
from scipy.stats import fisher_exact

from include.interview.fairness import figures as f
from include.interview.fairness.notes import METHODS, notes_on
from include.interview.fairness.records import (
    BELOW,
    SMALL_SHARE,
    SMALLEST_CELL,
    Count,
    FairnessReport,
    GroupFigures,
    Grouping,
    Outcome,
    Person,
    Sample,
)
from include.statistics.disclosure import Entry
from include.statistics.fairness_tables import Counting, Members, ProtectedTable, Table, protect_tables, tables_of

MOST_PAIRS = 400
"""Pairs of possible counts up to which the greatest p is looked for; wider ranges allow no conclusion anyway."""
SEPARATOR = " × "
"""Between the two groups of an intersection, in its name."""


def fairness_report(sample: Sample, *, publish: bool = True) -> FairnessReport:
    """Every figure of the fairness analysis of `sample`: per group, and per intersection of two attributes.

    Args:
        sample: people with their groups and outcomes.
        publish: withhold what must not be published (counts under 5, and what would give them away). False is for the
            eyes of whoever has the sample anyway.

    Outcomes that say nothing (nobody or everybody selected, all scores equal) are left out; the notes say so.
    """
    people = sample.people
    scores = [p.score for p in people if p.score is not None]
    middle = median(scores) if scores else None
    tests: list[tuple[str, Callable[[Person], bool]]] = []
    if len({p.selected for p in people if p.selected is not None}) == 2:
        tests.append(("selection", lambda p: bool(p.selected)))
    if middle is not None and len(set(scores)) > 1:
        tests.append(("scoring", lambda p: p.score is not None and p.score > middle))
    outcomes = tuple(name for name, _ in tests)
    hits = [tuple(test(person) for _, test in tests) for person in people]
    counting = Counting(hits)
    single, pairs = tables_of(sample, counting, empty=publish)
    if publish:
        protected = protect_tables(single, pairs, counting)
    else:
        protected = [ProtectedTable(table, withheld=False) for table in (*single, *pairs)]
    drafts = [_grouping(one, people, outcomes, publish) for one in protected]
    drafts = _with_holm(drafts, outcomes)
    total, chosen = _totals(protected, people, hits, outcomes, publish)
    return FairnessReport(
        published=publish,
        people=total,
        selected=chosen,
        median=None if publish else middle,
        groupings=tuple(drafts[: len(single)]),
        intersections=tuple(drafts[len(single) :]),
        notes=notes_on(sample, drafts),
        methods=METHODS,
    )


def _grouping(one: ProtectedTable, people: Sequence[Person], outcomes: Sequence[str], publish: bool) -> Grouping:
    table = one.table
    known = sum(len(members) for members in table.groups.values())
    lines = {key: _Line(table, key, one, people, outcomes, publish) for key in table.groups}
    all_counted = all(isinstance(line.n, int) for line in lines.values())
    references = {name: _reference(list(lines.values()), name) for name in outcomes}
    compared = references.get("selection") or references.get("scoring")
    figures = tuple(
        GroupFigures(
            group=line.name,
            n=line.n,
            # One share gives away how many declared, and with it the only group whose number is withheld.
            share=len(line.members) / known if all_counted else None,
            under_two_percent=_under_two_percent(line.n, known),
            selection=line.outcome("selection", references.get("selection")) if "selection" in outcomes else None,
            scoring=line.outcome("scoring", references.get("scoring")) if "scoring" in outcomes else None,
            smd=line.difference(compared),
            smd_compared_with=compared.name if compared is not None and line.difference(compared) is not None else None,
        )
        for line in lines.values()
    )
    return Grouping(table.attributes, one.unknown if publish else len(table.unknown), figures, one.withheld)


def _under_two_percent(n: Count, known: int) -> bool | None:
    """Whether a group of `n` is under 2 % of `known`; None where the answer would tell more than `n` does."""
    if n is None:
        return None
    if isinstance(n, int):
        return n / known < SMALL_SHARE
    return True if (SMALLEST_CELL - 1) / known < SMALL_SHARE else None


class _Line:
    """One group while its figures are being computed."""

    def __init__(
        self,
        table: Table,
        key: tuple[str, ...],
        one: ProtectedTable,
        people: Sequence[Person],
        outcomes: Sequence[str],
        publish: bool,
    ) -> None:
        self.name = SEPARATOR.join(key)
        self.members: Members = table.groups[key]
        self._entry: Entry = table.entries[key]
        self._outcomes = list(outcomes)
        self._people = people
        self._withheld = one.withheld
        self._between = {m: values for (of, m), values in one.between.items() if of == key}
        self._publish = publish

    @property
    def n(self) -> Count:
        if not self._publish or (self._entry.shown == "open" and not self._withheld):
            return self._entry.n
        return BELOW if self._entry.shown == "small" else None

    @property
    def size(self) -> int:
        """How many the group are, printed or not."""
        return self._entry.n

    def exact(self, name: str) -> tuple[int, int]:
        """How many of the group had the outcome, and how many are in the group."""
        return self._entry.counts[self._outcomes.index(name)], self._entry.n

    def comparable(self, name: str) -> bool:
        """Whether the group's rate may be printed, and so be compared and be a reference."""
        if not self._publish:
            return True
        return isinstance(self.n, int) and self._entry.splits[self._outcomes.index(name)] == "open"

    def _counts(self, name: str) -> tuple[Count, Count]:
        count, n = self.exact(name)
        if self.comparable(name):
            return count, n - count
        if self._withheld or self._entry.shown == "withheld":
            return None, None
        split = self._entry.splits[self._outcomes.index(name)]
        small = self._entry.shown == "small"
        return (
            BELOW if small or split in ("count", "both") else None,
            BELOW if small or split in ("rest", "both") else None,
        )

    def outcome(self, name: str, reference: _Line | None) -> Outcome:
        """The outcome `name` of this group against `reference`; Holm's correction and the flag come later."""
        count, rest = self._counts(name)
        if reference is None:
            return Outcome(count, rest, rate=self._rate(name))
        if reference is self:
            alone = self.comparable(name)
            return Outcome(
                count, rest, self._rate(name), self.name, 1.0 if alone else None, count_between=self.between(name)
            )
        if not (self.comparable(name) and reference.comparable(name)):
            return self._bounded(name, Outcome(count, rest, rate=self._rate(name)), reference)
        mine, theirs = self.exact(name), reference.exact(name)
        return Outcome(
            count,
            rest,
            rate=self._rate(name),
            compared_with=reference.name,
            impact_ratio=f.impact_ratio(*mine, *theirs),
            interval=f.ratio_interval(*mine, *theirs),
            p=_fisher(mine, theirs),
            shortfall=f.shortfall(*mine, *theirs),
            flag=f.below_four_fifths(*mine, *theirs),
        )

    def _rate(self, name: str) -> float | None:
        count, n = self.exact(name)
        return count / n if self.comparable(name) else None

    def between(self, name: str) -> tuple[int, int] | None:
        """The range that a reader can work out for a count that is not printed."""
        return self._between.get(self._outcomes.index(name))

    def possible(self, name: str) -> tuple[int, int] | None:
        """The least and greatest count that a reader must allow for; None where there is no saying."""
        count, _ = self.exact(name)
        return (count, count) if self.comparable(name) else self.between(name)

    def _bounded(self, name: str, outcome: Outcome, reference: _Line) -> Outcome:
        """What can be said for all values that the counts may have: nothing is told that is not known then."""
        mine, theirs = self.possible(name), reference.possible(name)
        if mine is None or theirs is None:
            return outcome
        n, m = self.size, reference.size
        ratios = f.impact_ratio(mine[0], n, theirs[1], m), f.impact_ratio(mine[1], n, theirs[0], m)
        return msgspec.structs.replace(
            outcome,
            count_between=self.between(name),
            compared_with=reference.name,
            impact_ratio_between=None if ratios[0] is None or ratios[1] is None else (ratios[0], ratios[1]),
            p=_greatest_p(mine, n, theirs, m),
            flag=f.below_four_fifths(mine[1], n, theirs[0], m),
        )

    def difference(self, reference: _Line | None) -> float | None:
        """The standardized mean difference of scores to `reference`, where both groups' people may be counted."""
        if reference is None or reference is self or not isinstance(self.n, int):
            return None
        return f.standardized_difference(self._scores(), reference._scores())

    def _scores(self) -> list[float]:
        found = (self._people[i].score for i in sorted(self.members))
        return [score for score in found if score is not None]


def _reference(lines: Sequence[_Line], name: str) -> _Line | None:
    """The group with the highest rate (of equals the largest, then by name); None with fewer than two to compare.

    A rate that is not printed counts with the least that it may be, so that the choice tells nothing either.
    """
    known = [(line, possible) for line in lines if (possible := line.possible(name)) is not None]
    if len(known) < 2:
        return None
    best, possible = min(known, key=lambda one: (-one[1][0] / one[0].size, -one[0].size, one[0].name))
    return best if possible[0] else None


def _greatest_p(mine: tuple[int, int], n: int, theirs: tuple[int, int], m: int) -> float:
    """The greatest p of all pairs of counts that are possible; 1 where there are too many to look at."""
    pairs = [(a, b) for a in range(mine[0], mine[1] + 1) for b in range(theirs[0], theirs[1] + 1)]
    return max(_fisher((a, n), (b, m)) for a, b in pairs) if len(pairs) <= MOST_PAIRS else 1.0


def _fisher(mine: tuple[int, int], theirs: tuple[int, int]) -> float:
    """Fisher's exact p, two-sided, of two groups given as (count, n)."""
    return float(fisher_exact([[count, n - count] for count, n in (mine, theirs)]).pvalue)


def _with_holm(drafts: Sequence[Grouping], outcomes: Sequence[str]) -> list[Grouping]:
    """The drafts with corrected p values, and flags that need them; attributes and intersections are two families."""
    adjusted: dict[str, dict[tuple[int, int], float]] = defaultdict(dict)
    for name, attributes in product(outcomes, (1, 2)):
        places = [
            (place, outcome.p)
            for place, outcome in _outcomes(drafts, name)
            if outcome is not None and outcome.p is not None and len(drafts[place[0]].attributes) == attributes
        ]
        for (place, _), value in zip(places, f.holm([p for _, p in places]), strict=True):
            adjusted[name][place] = value

    def finished(name: str, outcome: Outcome | None, place: tuple[int, int]) -> Outcome | None:
        if outcome is None:
            return None
        holm_p = adjusted[name].get(place)
        return msgspec.structs.replace(outcome, holm_p=holm_p, flag=f.flagged(outcome.flag, holm_p))

    return [
        msgspec.structs.replace(
            grouping,
            groups=tuple(
                msgspec.structs.replace(
                    group,
                    selection=finished("selection", group.selection, (i, j)),
                    scoring=finished("scoring", group.scoring, (i, j)),
                )
                for j, group in enumerate(grouping.groups)
            ),
        )
        for i, grouping in enumerate(drafts)
    ]


def _outcomes(drafts: Sequence[Grouping], name: str) -> list[tuple[tuple[int, int], Outcome | None]]:
    return [((i, j), getattr(g, name)) for i, grouping in enumerate(drafts) for j, g in enumerate(grouping.groups)]


def _totals(
    protected: Sequence[ProtectedTable],
    people: Sequence[Person],
    hits: Sequence[tuple[bool, ...]],
    outcomes: Sequence[str],
    publish: bool,
) -> tuple[Count, Count]:
    """How many people there are and how many were selected, unless that would count a few of unknown group."""
    chosen = sum(hit[0] for hit in hits) if "selection" in outcomes else None
    if chosen is None and any(p.selected is not None for p in people):
        chosen = sum(bool(p.selected) for p in people)
    if not publish:
        return len(people), chosen
    unknowns = [one.table.unknown for one in protected if len(one.table.attributes) == 1]
    few = any(0 < len(unknown) < SMALLEST_CELL for unknown in unknowns)
    of_unknown = [sum(bool(people[i].selected) for i in unknown) for unknown in unknowns]
    split = any(
        unknown and min(count, len(unknown) - count) < SMALLEST_CELL
        for count, unknown in zip(of_unknown, unknowns, strict=True)
    )
    return (BELOW if len(people) < SMALLEST_CELL else None if few else len(people)), (
        None if chosen is None or few or split or chosen < SMALLEST_CELL else chosen
    )


__all__ = ["SEPARATOR", "fairness_report"]
