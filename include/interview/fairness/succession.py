"""Whether a fairness report may be published beside those that were: what two of them give away by subtraction.

Four rules. One report after another of the same people and those who came since: every count that both print must have
changed by at least 5, or its group not at all, so that the few who came (or were erased) in between are never counted
alone. A report over several openings beside the reports of each: what remains when the printed parts are subtracted
must leave every "<5" of the other parts open. An opening's report after such a pool: whom it counts and the pool does
not must be nobody, or 5 people, or as many as a "<5" of another part leaves unknown. And of two stages of one opening
a group has the same number of people, or 5 more. A report that breaks a rule is held: the earlier stays, with its date.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from include.interview.fairness.records import BELOW, LEAST_VALUES, SMALLEST_CELL, Count, FairnessReport, Grouping

Place = tuple[str, ...]
"""Attributes and group, joined by their names, and which count of it."""
Counts = Mapping[Place, Count]


def may_follow(new: FairnessReport, earlier: Sequence[FairnessReport]) -> bool:
    """Whether `new` may be published after all of `earlier`, which are of the same opening, stage and criterion."""
    return all(_far_enough(_rows(old), _rows(new)) for old in earlier)


def may_pool(pooled: FairnessReport, parts: Sequence[FairnessReport]) -> bool:
    """Whether `pooled` may be published beside `parts`, of which it is the sum.

    Compared are people and selections. Scores above the median do not add up: each report has a median of its own.
    """
    printed = [_counts(part) for part in parts]
    for place, total in _counts(pooled).items():
        if not isinstance(total, int) or "scoring" in place:
            continue
        values = [part.get(place, 0) for part in printed]
        rest = total - sum(value for value in values if isinstance(value, int))
        if not _leaves_open(rest, [value for value in values if not isinstance(value, int)]):
            return False
    return True


def may_follow_pool(new: FairnessReport, pools: Sequence[FairnessReport], others: Sequence[FairnessReport]) -> bool:
    """Whether `new`, of one opening, may be published after `pools`, over all openings, beside the `others`' reports.

    As in `may_pool` the printed parts are subtracted from each pool. But people may have come since the pool, whom only
    the parts count: what remains is the least that the hidden parts hold together, and below 0 it is how many came.
    """
    printed = [_counts(part) for part in (new, *others)]
    for pool in pools:
        for place, total in _counts(pool).items():
            if not isinstance(total, int) or "scoring" in place:
                continue
            values = [part.get(place, 0) for part in printed]
            rest = total - sum(value for value in values if isinstance(value, int))
            if not _leaves_open_later(rest, [value for value in values if not isinstance(value, int)]):
                return False
    return True


def may_stand_beside(new: FairnessReport, others: Sequence[FairnessReport]) -> bool:
    """Whether no group of `new` has a few people more or fewer than it has in one of `others` of the same opening.

    They are about other stages or criteria: who is in one and not in the other would be counted by subtraction.
    """
    sizes = {place: row["n",] for place, row in _rows(new).items()}
    for other in others:
        for place, row in _rows(other).items():
            mine, theirs = sizes.get(place), row["n",]
            if isinstance(mine, int) and isinstance(theirs, int) and 0 < abs(mine - theirs) < SMALLEST_CELL:
                return False
    return True


def _leaves_open(rest: int, hidden: Sequence[Count]) -> bool:
    """Whether every "<5" among the `hidden` parts, which add up to `rest`, may still have three values or more.

    Without hidden parts what remains are people who are in no printed part yet: none, or enough of them.
    """
    if not hidden:
        return rest == 0 or abs(rest) >= SMALLEST_CELL
    most = [float(SMALLEST_CELL - 1) if count == BELOW else math.inf for count in hidden]
    for i, count in enumerate(hidden):
        if count != BELOW:
            continue
        low = max(0.0, rest - sum(most[:i] + most[i + 1 :]))
        high = min(most[i], float(rest))
        if high - low + 1 < LEAST_VALUES:
            return False
    return True


def _leaves_open_later(rest: int, hidden: Sequence[Count]) -> bool:
    """As `_leaves_open`, where the hidden parts may hold more than `rest` because people came since."""
    if not hidden:
        return rest == 0 or abs(rest) >= SMALLEST_CELL
    most = [float(SMALLEST_CELL - 1) if count == BELOW else math.inf for count in hidden]
    lows = [max(0.0, rest - sum(most[:i] + most[i + 1 :])) for i in range(len(hidden))]
    return all(count != BELOW or most[i] - lows[i] + 1 >= LEAST_VALUES for i, count in enumerate(hidden))


def _far_enough(old: Mapping[Place, Counts], new: Mapping[Place, Counts]) -> bool:
    """Whether no row that both print differs by a few: it is as it was, or every count of it moved by 5 or more."""
    for place in old.keys() & new.keys():
        before, after = old[place], new[place]
        changes = [
            abs(now - was)
            for name in before.keys() & after.keys()
            if isinstance(was := before[name], int) and isinstance(now := after[name], int)
        ]
        if any(changes) and min(changes) < SMALLEST_CELL:
            return False
    return True


def _counts(report: FairnessReport) -> dict[Place, Count]:
    return {(*place, *name): count for place, row in _rows(report).items() for name, count in row.items()}


def _rows(report: FairnessReport) -> dict[Place, dict[Place, Count]]:
    """Every printed row with its counts."""
    return {place: dict(row) for grouping in _groupings(report) for place, row in _rows_of(grouping)}


def _groupings(report: FairnessReport) -> Iterator[Grouping]:
    yield from report.groupings
    yield from report.intersections


def _rows_of(grouping: Grouping) -> Iterator[tuple[Place, dict[Place, Count]]]:
    for group in grouping.groups:
        row: dict[Place, Count] = {("n",): group.n}
        for name, outcome in (("selection", group.selection), ("scoring", group.scoring)):
            if outcome is not None:
                row[name, "count"], row[name, "rest"] = outcome.count, outcome.rest
        yield (*grouping.attributes, group.group), row
