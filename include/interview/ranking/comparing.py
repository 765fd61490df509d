"""Why one candidate of a ranking is above another: a table of differences per stage and criterion, with errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from include.interview.errors import NotFound
from include.interview.ranking.records import RankedCandidate, Ranking, StageScore
from include.interview.records import CriterionScore, Record, Stage


class Part(Record, frozen=True):
    """What one stage, or one criterion of it, adds to a composite: points, and their standard error if stated."""

    stage: Stage
    criterion: str | None
    points: float
    sem: float | None


class Difference(Record, frozen=True):
    """How far A is above B in one part, in points of the composite, with its standard error if both state one."""

    stage: Stage
    criterion: str | None
    points: float
    sem: float | None


def stage_parts(stages: Mapping[Stage, StageScore], weights: Mapping[Stage, float]) -> tuple[Part, ...]:
    """The stages' contributions to a composite; their points sum to it."""
    whole = math.fsum(weights.values())
    return tuple(
        Part(stage, None, weight * stages[stage].total / whole, weight * stages[stage].sem / whole)
        for stage, weight in weights.items()
    )


def criterion_parts(
    lines: Mapping[Stage, Sequence[CriterionScore]], weights: Mapping[Stage, float]
) -> tuple[Part, ...]:
    """The criteria's contributions to a composite, from the scored lines of the stages' cards."""
    whole = math.fsum(weights.values())
    found = []
    for stage, weight in weights.items():
        share = weight / whole
        for line in lines.get(stage, ()):
            if line.points is not None:
                sem = None if line.sem is None else share * line.sem * line.effective_weight
                found.append(Part(stage, line.criterion, share * line.points, sem))
    return tuple(found)


def differences(first: Sequence[Part], second: Sequence[Part]) -> tuple[Difference, ...]:
    """The table that explains `first` above `second`: their common parts, in the order of `first`.

    The errors of two people are independent: a difference's is the root of the summed squares.
    """
    others = {(part.stage, part.criterion): part for part in second}
    table = []
    for part in first:
        other = others.get((part.stage, part.criterion))
        if other is not None:
            sem = None if part.sem is None or other.sem is None else math.hypot(part.sem, other.sem)
            table.append(Difference(part.stage, part.criterion, part.points - other.points, sem))
    return tuple(table)


def ranked(ranking: Ranking, identity: str) -> RankedCandidate:
    """The candidate `identity` of the ranking.

    Raises:
        NotFound: nobody of that id is ranked.
    """
    found = next((c for c in ranking.candidates if c.id == identity), None)
    if found is None:
        raise NotFound(f"{identity} is not in this ranking.", "See who is listed apart, and why.")
    return found
