"""How a judge's levels would have to be moved to lie where people rate, checked on people it was not fitted to.

A level is 1 + 4 * step((mean - centre) / width), so a new centre and width are a straight line over the logit of the
level's share of the scale: logit' = intercept + slope * logit. The order of candidates stays as it is: only where the
levels lie, and how far apart, can change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from include.interview.agreement.calibration import CalibratedCriterion, Fit, too_few_people, unstable
from include.interview.agreement.records import MACHINE, Estimate, RatedLevel
from include.interview.records import Scale
from include.statistics.agreement import agreements

LEAST_PEOPLE = 10
"""Candidates from which a line of two numbers is fitted."""
HELD = 0.02
"""Shares of the scale nearer than this to its ends lie infinitely far out on the logit."""
LEAST_SLOPE = 0.05
"""Slope below which people's levels hardly follow the judge's: nothing to recalibrate."""
Z95 = 1.959964
Vector = NDArray[np.float64]


def correlation(first: Vector, second: Vector) -> Estimate:
    """Pearson's r with its 95 % interval by Fisher's z; None below four pairs or without variance."""
    if len(first) < 4 or not first.std() or not second.std():
        return Estimate(None)
    r = float(np.corrcoef(first, second)[0, 1])
    z, half = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)), Z95 / np.sqrt(len(first) - 3)
    return Estimate(r, (float(np.tanh(z - half)), float(np.tanh(z + half))))


def _logit(levels: Vector) -> Vector:
    share = np.clip((levels - 1.0) / 4.0, HELD, 1.0 - HELD)
    found: Vector = np.log(share / (1.0 - share))
    return found


def _moved(levels: Vector, line: Vector) -> Vector:
    found: Vector = 1.0 + 4.0 / (1.0 + np.exp(-(line[0] + line[1] * _logit(levels))))
    return found


def fit_line(machine: Vector, people: Vector) -> Vector:
    """(intercept, slope) by least squares of the levels; both (candidates,) in levels."""
    found = least_squares(lambda line: _moved(machine, line) - people, x0=np.array([0.0, 1.0]))
    return np.asarray(found.x, dtype=float)


def _error(found: Vector, people: Vector) -> float:
    return float(np.sqrt(np.mean((found - people) ** 2)))


def _fit(machine: Vector, people: Vector, scale: Scale) -> Fit | None:
    line = fit_line(machine, people)
    if line[1] < LEAST_SLOPE:
        return None
    unseen = np.empty_like(people)
    for i in range(len(people)):  # each person is moved by the line of all others
        rest = np.arange(len(people)) != i
        unseen[i] = _moved(machine[i : i + 1], fit_line(machine[rest], people[rest]))[0]
    width = scale.width / float(line[1])
    return Fit(
        scale=Scale(centre=scale.centre - float(line[0]) * width, width=width),
        error_before=_error(machine, people),
        error_after=_error(_moved(machine, line), people),
        error_unseen=_error(unseen, people),
        bias_before=float(np.mean(machine - people)),
        bias_unseen=float(np.mean(unseen - people)),
    )


def calibrations(levels: Sequence[RatedLevel], scales: Mapping[str, Scale]) -> tuple[CalibratedCriterion, ...]:
    """Per criterion of `scales` that people and the program rated: agreement, and what a new scale would change.

    People's level of a candidate is the mean of their raters'. Errors are root mean squares in levels; `error_unseen`
    is over candidates each left out of the fit (one person, one row, so no person is in both).

    Args:
        scales: criterion -> the scale that the program's levels were made with.
    """
    rows: dict[str, dict[str, list[RatedLevel]]] = defaultdict(lambda: defaultdict(list))
    for one in levels:
        rows[one.criterion][one.candidate].append(one)
    agreed = {a.criterion: a for a in agreements(levels) if a.among == "people and machine"}
    found = []
    for criterion, scale in scales.items():
        pairs = [
            (machine[0].level, float(np.mean([p.level for p in people])))
            for by in rows.get(criterion, {}).values()
            if (machine := [r for r in by if r.rater == MACHINE]) and (people := [r for r in by if r.rater != MACHINE])
        ]
        if not pairs:
            continue
        table = np.array(pairs, dtype=float)
        machine_levels, people_levels = table[:, 0], table[:, 1]
        enough = len(pairs) >= LEAST_PEOPLE and bool(people_levels.std()) and bool(machine_levels.std())
        fit = _fit(machine_levels, people_levels, scale) if enough else None
        found.append(
            CalibratedCriterion(
                criterion=criterion,
                candidates=len(pairs),
                correlation=correlation(machine_levels, people_levels),
                agreement=agreed.get(criterion),
                before=scale,
                fit=fit,
                reason=None if fit else unstable() if enough else too_few_people(len(pairs), LEAST_PEOPLE),
            )
        )
    return tuple(found)
