"""How often the rank sets hold all true ranks of an opening, over simulated openings whose truth is known."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt

from include.interview.ranking.records import Method
from include.settings import Settings
from include.statistics.rank_sets import rank_sets

OPENINGS = 1_000
QUICK_OPENINGS = 200
SIZES = (5, 100)
SEMS = (2.0, 4.0)
"""In points; every second opening has equal ones."""
SPREAD = 8.0
"""SD of true composites, in points."""
SEED = 20261128


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:  # noqa: ARG001 - nothing is stored
    """Share of openings in which every candidate's set holds the true rank, of both forms, and their mean width."""
    count = QUICK_OPENINGS if quick else OPENINGS
    found: dict[str, Any] = {"openings": count}
    for method in ("exact", "interval"):
        found[method] = _covered(method, count)
    return {**found, "targets": {"exact.coverage": "≥ 0.95", "interval.coverage": "≥ 0.95"}}


def _covered(method: Method, openings: int) -> dict[str, float]:
    rng, began = np.random.default_rng(SEED), time.monotonic()
    held, widths = np.zeros((openings, len(KINDS))), []
    for number in range(openings):
        candidates = int(rng.integers(SIZES[0], SIZES[1] + 1))
        kind = number % len(KINDS)
        true = KINDS[kind](rng, candidates)
        sems = np.sort(rng.uniform(*SEMS, candidates)) if number % 2 else np.full(candidates, sum(SEMS) / 2)
        sets = rank_sets(true + rng.normal(size=candidates) * sems, sems, method)
        best = 1 + (true[:, None] > true[None, :]).sum(axis=0)
        worst = candidates - (true[:, None] < true[None, :]).sum(axis=0)
        held[number, kind] = bool(((sets.best <= best) & (sets.worst >= worst)).all())
        widths.append(float((sets.worst - sets.best + 1).mean() / candidates))
    return {
        "coverage": float(held.sum() / openings),
        "coverage_of_the_worst_kind": float((held.sum(axis=0) * len(KINDS) / openings).min()),
        "mean_width_share": float(np.mean(widths)),
        "seconds": time.monotonic() - began,
    }


def _spread(rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
    return rng.normal(65.0, SPREAD, count)


def _tied(rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
    return np.round(rng.normal(65.0, SPREAD, count) / 5.0) * 5.0


def _all_equal(rng: np.random.Generator, count: int) -> npt.NDArray[np.float64]:  # noqa: ARG001 - one signature
    return np.full(count, 65.0)


KINDS = (_spread, _tied, _all_equal)
"""Different true values, ties among them, and everybody alike."""


if __name__ == "__main__":
    import json
    import sys

    from include.settings import load_settings

    sys.stdout.write(json.dumps(run(load_settings(), quick="--quick" in sys.argv), indent=2) + "\n")
