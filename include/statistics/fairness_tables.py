"""The tables of a fairness report, and their protection: each attribute alone, then each pair with its margins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, product
from typing import cast

from include.interview.fairness.records import BELOW, SMALLEST_CELL, Count, Sample
from include.statistics.disclosure import Entry, Shown, Undecided, possible_values, protect

Members = frozenset[int]
"""Positions of people in the sample."""
Key = tuple[str, ...]
Atom = tuple[str | None, ...]
"""A smallest cell: one label per attribute of the table, None where it is not declared."""


@dataclass(frozen=True)
class Table:
    """The groups of one attribute (or pair of attributes), who is in each, and whose group is unknown.

    The members of `entries` are numbers of `atoms`.
    """

    positions: tuple[int, ...]
    attributes: tuple[str, ...]
    groups: dict[Key, Members]
    unknown: Members
    atoms: tuple[Atom, ...]
    entries: dict[Key, Entry]


@dataclass(frozen=True)
class ProtectedTable:
    """A table whose entries say what may be printed; `withheld`: nothing of it but which counts are under 5.

    `between`: (group, number of the outcome) -> the range that a reader can work out for a count that is not printed.
    """

    table: Table
    withheld: bool
    unknown: Count = None
    between: Mapping[tuple[Key, int], tuple[int, int]] = field(default_factory=dict)


class Counting:
    """Counts people and their outcomes; `hits[i]` are the outcomes of person i."""

    def __init__(self, hits: Sequence[tuple[bool, ...]]) -> None:
        self._hits = hits
        self._kinds = len(hits[0]) if hits else 0

    def entry(self, people: Members, atoms: frozenset[int], shown: Shown | None = None) -> Entry:
        """The entry of `people`, which are the cells `atoms`: a group, or with `shown` a line that is none."""
        counts = tuple(sum(self._hits[i][m] for i in people) for m in range(self._kinds))
        entry = Entry(atoms, len(people), counts, is_group=shown is None, shown=shown or "open")
        if shown is None:
            entry.mark()
        else:
            entry.splits = ["nothing"] * self._kinds
        return entry

    def everybody(self, atoms: int) -> Entry:
        """Everybody: how many they are, and how many had an outcome, is taken as known from elsewhere."""
        entry = self.entry(frozenset(range(len(self._hits))), frozenset(range(atoms)), "open")
        entry.splits = ["open"] * self._kinds
        return entry


def tables_of(sample: Sample, counting: Counting, *, empty: bool) -> tuple[list[Table], list[Table]]:
    """The table of each attribute, and of each pair of attributes.

    `empty`: also the intersections that nobody is in, so that leaving one out tells nothing.
    """
    positions = range(len(sample.attributes))
    single = [_table(sample, (i,), counting, empty=False) for i in positions]
    return single, [_table(sample, pair, counting, empty=empty) for pair in combinations(positions, 2)]


def _table(sample: Sample, positions: tuple[int, ...], counting: Counting, *, empty: bool) -> Table:
    found: dict[Atom, set[int]] = defaultdict(set)
    for i, person in enumerate(sample.people):
        found[tuple(person.groups[p] for p in positions)].add(i)
    labels = [sorted({atom[k] for atom in found if atom[k] is not None}) for k in range(len(positions))]  # type: ignore[type-var]
    every = [cast("Key", atom) for atom in product(*labels)]
    keys = [key for key in every if empty or key in found]
    unknown: list[Atom] = [atom for atom in product(*([*names, None] for names in labels)) if None in atom]
    atoms: tuple[Atom, ...] = (*keys, *unknown)
    groups = {key: frozenset(found[key]) for key in keys}
    return Table(
        positions=positions,
        attributes=tuple(sample.attributes[p] for p in positions),
        groups=groups,
        unknown=frozenset(i for atom in unknown for i in found[atom]),
        atoms=atoms,
        entries={key: counting.entry(groups[key], frozenset({atoms.index(key)})) for key in keys},
    )


def protect_tables(single: Sequence[Table], pairs: Sequence[Table], counting: Counting) -> list[ProtectedTable]:
    """Decide what of each table may be printed, margins before intersections."""
    done = [_protect_attribute(table, counting) for table in single]
    return [
        *(one for one, _ in done),
        *(_protect_pair(pair, [done[p] for p in pair.positions], counting) for pair in pairs),
    ]


def _protect_attribute(table: Table, counting: Counting) -> tuple[ProtectedTable, Entry]:
    few = 0 < len(table.unknown) < SMALLEST_CELL
    unknown = counting.entry(table.unknown, _where(table, 0, None), "small" if few else "open")
    lines = [*table.entries.values(), unknown]
    known = [*lines, counting.everybody(len(table.atoms))]
    if not protect(known, lines, len(table.atoms)):
        return ProtectedTable(table, withheld=True), unknown
    shown: Count = unknown.n if unknown.shown == "open" else BELOW if unknown.shown == "small" else None
    try:
        between = _ranges(table, known)
    except Undecided:
        return ProtectedTable(table, withheld=True), unknown
    return ProtectedTable(table, withheld=False, unknown=shown, between=between), unknown


def _ranges(table: Table, known: Sequence[Entry]) -> dict[tuple[Key, int], tuple[int, int]]:
    """What a reader of `known` can work out anyway about the counts that are not printed, where n is."""
    return {
        (key, m): possible_values(known, entry, m, len(table.atoms))
        for key, entry in table.entries.items()
        for m, split in enumerate(entry.splits)
        if entry.shown == "open" and split != "open"
    }


def _protect_pair(pair: Table, margins: Sequence[tuple[ProtectedTable, Entry]], counting: Counting) -> ProtectedTable:
    """Protect the intersections, given what is printed of the two attributes; an intersection shows no more than they.

    The number of people of whom either group is unknown is not printed: each attribute's own unknown is.
    """
    if any(margin.withheld for margin, _ in margins):
        return ProtectedTable(pair, withheld=True)
    for key, entry in pair.entries.items():
        parents = [margin.table.entries[(label,)] for (margin, _), label in zip(margins, key, strict=True)]
        if entry.shown == "open" and any(parent.shown != "open" for parent in parents):
            entry.withhold()
        for m, split in enumerate(entry.splits):
            if split == "open" and any(parent.splits[m] != "open" for parent in parents):
                entry.splits[m] = "nothing"
    known = [counting.everybody(len(pair.atoms))]
    for axis, (margin, unknown) in enumerate(margins):
        known.append(replace(unknown, members=_where(pair, axis, None)))
        known += [replace(e, members=_where(pair, axis, key[0])) for key, e in margin.table.entries.items()]
    lines = list(pair.entries.values())
    if not protect([*lines, *known], lines, len(pair.atoms)):
        return ProtectedTable(pair, withheld=True)
    try:
        between = _ranges(pair, [*lines, *known])
    except Undecided:
        return ProtectedTable(pair, withheld=True)
    return ProtectedTable(pair, withheld=False, between=between)


def _where(table: Table, axis: int, label: str | None) -> frozenset[int]:
    """The cells of `table` whose label on `axis` is `label`."""
    return frozenset(number for number, atom in enumerate(table.atoms) if atom[axis] == label)
