"""Edit distance of two sequences with the operations that make one of the other: word and character error counts.

Bit-parallel (Hyyrö 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit distances"): a column of
the dynamic-programming table is two integers of one bit per reference item, so that an hour of words takes a moment
in plain Python.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence

from include.interview.records import Record


class Edits(Record, frozen=True):
    """How many items of the reference were replaced or left out, and how many were put in beside them."""

    reference: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        """All operations together: the Levenshtein distance."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float | None:
        """Errors per reference item (may exceed 1); None without a reference."""
        return self.errors / self.reference if self.reference else None


def edits(reference: Sequence[Hashable], heard: Sequence[Hashable]) -> Edits:
    """The fewest operations that turn `reference` into `heard`, by kind. Time is O(heard · reference / 64).

    Where several alignments are equally short, deletions are preferred to substitutions from the end on.
    """
    columns = _columns(reference, heard)
    replaced = left_out = put_in = 0
    at, column = len(reference), len(heard)
    while at and column:
        bit = 1 << (at - 1)
        if columns[column - 1][0] & bit:
            at -= 1
            left_out += 1
            continue
        column -= 1
        if column and columns[column - 1][1] & bit:
            put_in += 1
            continue
        at -= 1
        replaced += reference[at] != heard[column]
    return Edits(len(reference), replaced, left_out + at, put_in + column)


def distance(reference: Sequence[Hashable], heard: Sequence[Hashable]) -> int:
    """The Levenshtein distance alone: nothing is kept per item, so it also serves long texts by character."""
    if not reference or not heard:
        return len(reference) + len(heard)
    last = 1 << (len(reference) - 1)
    found = len(reference)
    for _, _, rises, falls in _steps(reference, heard):
        found += bool(rises & last) - bool(falls & last)
    return found


def _columns(reference: Sequence[Hashable], heard: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Per item of `heard`: the bits at which the table rises (falls) by one down the column."""
    return [(up, down) for up, down, _, _ in _steps(reference, heard)]


def _steps(reference: Sequence[Hashable], heard: Sequence[Hashable]) -> Iterator[tuple[int, int, int, int]]:
    """Vertical rises and falls after each item of `heard`, and the horizontal ones that led there."""
    places: dict[Hashable, int] = {}
    for index, item in enumerate(reference):
        places[item] = places.get(item, 0) | 1 << index
    everywhere = (1 << len(reference)) - 1
    up, down = everywhere, 0
    for item in heard:
        same = places.get(item, 0)
        diagonal = (((same & up) + up) ^ up) | same | down
        rises = (down | ~(diagonal | up)) & everywhere
        falls = diagonal & up
        moved = ((rises << 1) | 1) & everywhere
        up = (((falls << 1) & everywhere) | ~(diagonal | moved)) & everywhere
        down = moved & diagonal
        yield up, down, rises, falls
