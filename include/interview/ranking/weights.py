"""The rule for stage weights and for k."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from include.interview.errors import BadInput
from include.interview.records import Stage
from include.interview.stages import STAGES

WEIGHTS_RULE = (
    "Give one weight per stage, none below 0, that sum to 100, for instance 40,30,30 for ai, practical, executive."
)
SUM = 100.0
SUM_TOLERANCE = 1e-6
"""Absolute, in points: what rounding of thirds written with eight digits leaves."""


def parse_weights(text: str) -> dict[Stage, float]:
    """Stage weights from "40,30,30", in the order of the stages.

    Raises:
        BadInput: not as many numbers as stages, one below 0, or another sum than 100.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise BadInput(f"The weights {text!r} are not numbers.", WEIGHTS_RULE) from None
    if len(numbers) != len(STAGES):
        raise BadInput(f"There are {len(numbers)} weights for {len(STAGES)} stages.", WEIGHTS_RULE)
    if not all(math.isfinite(n) and n >= 0.0 for n in numbers):
        raise BadInput("A weight is below 0 or no number.", WEIGHTS_RULE)
    if abs(math.fsum(numbers) - SUM) > SUM_TOLERANCE:
        raise BadInput(f"The weights sum to {math.fsum(numbers):g}.", WEIGHTS_RULE)
    return dict(zip(STAGES, numbers, strict=True))


def counted_weights(weights: Mapping[Stage, float] | Mapping[str, float]) -> dict[Stage, float]:
    """Weights above 0, scaled to sum to 100: the stages that count. Openings state weights of any sum.

    Raises:
        BadInput: none is above 0, or one is below 0 or no number.
    """
    if not all(math.isfinite(w) and w >= 0.0 for w in weights.values()):
        raise BadInput("A stage weight is below 0 or no number.", WEIGHTS_RULE, code="weights")
    whole = math.fsum(weights.values())
    if whole <= 0.0:
        raise BadInput("All stage weights are 0, so that nothing could be ranked.", WEIGHTS_RULE, code="weights")
    given: Mapping[str, float] = dict(weights)  # type: ignore[arg-type]
    return {stage: SUM * given[stage] / whole for stage in STAGES if given.get(stage, 0.0) > 0.0}


def present_weights(weights: Mapping[Stage, float], present: Sequence[Stage]) -> dict[Stage, float]:
    """`weights` over the stages of `present` only, scaled to 100: for tables in which a stage is absent for all.

    Raises:
        BadInput: no present stage has a weight above 0.
    """
    kept = {stage: weight for stage, weight in weights.items() if stage in present}
    if math.fsum(kept.values()) <= 0.0:
        raise BadInput(
            f"The stages that are present ({', '.join(present) or 'none'}) have no weight above 0.",
            "Give one of them a weight, or add the columns of a stage that has one.",
            code="weights",
        )
    return counted_weights(kept)


def check_k(k: int, ranked: int) -> int:
    """`k`, when it is between 1 and the number of ranked candidates.

    Raises:
        BadInput: it is not.
    """
    if k < 1:
        raise BadInput(f"k is {k}.", "Ask for the best 1 or more.")
    if k > ranked:
        raise BadInput(f"k is {k}, but {ranked} are ranked.", f"Choose a k of at most {ranked}.")
    return k
