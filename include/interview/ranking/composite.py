"""Composites: the weighted mean of stage totals, its standard error, and why one is above another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from include.interview.ranking.records import Entrant, StageScore
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


def composite(stages: Mapping[Stage, StageScore], weights: Mapping[Stage, float]) -> StageScore:
    """Σ weight·total / Σ weights, and its standard error; the stages' errors are independent.

    Args:
        weights: all of whose stages are in `stages`; not all 0.
    """
    whole = math.fsum(weights.values())
    total = math.fsum(weight * stages[stage].total for stage, weight in weights.items()) / whole
    sem = math.sqrt(math.fsum((weight * stages[stage].sem) ** 2 for stage, weight in weights.items())) / whole
    return StageScore(total, sem)


def stage_parts(entrant: Entrant, weights: Mapping[Stage, float]) -> tuple[Part, ...]:
    """The stages' contributions to the entrant's composite; their points sum to it."""
    whole = math.fsum(weights.values())
    return tuple(
        Part(stage, None, weight * entrant.stages[stage].total / whole, weight * entrant.stages[stage].sem / whole)
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
