"""The suites of a ranking: what must hold of the cards before it, and of the order after it."""

from __future__ import annotations

from typing import Any

from include.interview.ranking.records import GateResult
from include.validation.gate import Expectation, check

ROUNDING = 1e-6
"""In points: what sums of the same numbers in another order may differ by."""
LEAST_SHARE_OF_BEFORE = 0.5
"""Share of the last snapshot's candidates below which something other than daily business happened."""


def between(name: str, column: str, low: float | None, high: float | None, **more: Any) -> Expectation:
    """Every value of `column` lies in [low, high]; an empty one counts as met."""
    arguments = {"column": column, "min_value": low, "max_value": high}
    return Expectation(name, "ValuesToBeBetween", arguments=arguments, **more)


def present(name: str, column: str) -> Expectation:
    """No value of `column` is empty."""
    return Expectation(name, "ValuesToNotBeNull", arguments={"column": column})


def unique(name: str, column: str) -> Expectation:
    """No value of `column` occurs twice."""
    return Expectation(name, "ValuesToBeUnique", arguments={"column": column})


def at_least(name: str, larger: str, smaller: str) -> Expectation:
    """In every row the value of `larger` is not below that of `smaller`."""
    arguments = {"column_A": larger, "column_B": smaller, "or_equal": True}
    return Expectation(name, "PairValuesAToBeGreaterThanB", arguments=arguments)


INPUT_CARDS = (
    unique("one_card_per_application_and_stage", "place"),
    present("total_present", "total"),
    between("total_on_scale", "total", 0.0, 100.0),
    present("standard_error_present", "sem"),
    between("standard_error_on_scale", "sem", 0.0, 100.0),
    present("recomputed_total_present", "recomputed"),
    between("total_equals_recomputed", "recomputing_error", 0.0, ROUNDING),
    between("card_complete", "incomplete", 0, 0),
    between("nobody_erased", "erased", 0, 0),
    between("no_review_open", "review_open", 0, 0),
    between("consents_in_force", "consent_withdrawn", 0, 0),
)
"""Columns, one row per card that enters: place, total, sem, recomputed, recomputing_error, incomplete, erased,
review_open, consent_withdrawn (0 or 1)."""

INPUT_OPENINGS = (
    between("one_profile", "profiles", None, 1),
    between("one_rubric_version_per_stage", "rubric_versions", None, 1),
    between("one_pipeline_version_per_stage", "pipeline_versions", None, 1),
    between("somebody_is_still_ranked", "emptied", 0, 0),
    between("volume_like_last_time", "share_of_before", LEAST_SHARE_OF_BEFORE, None, severity="warning"),
    between("no_cards_of_other_rules", "other_rules", 0, 0, severity="warning"),
    between("clock_after_last_snapshot", "clock_behind", 0, 0, severity="warning"),
)
"""Columns, one row per opening: profiles, rubric_versions and pipeline_versions (most versions in one stage) among the
cards that enter, emptied (1 when nobody enters though more were ranked than were erased, withdrew, took consent back or
are under review), share_of_before, other_rules (applicants apart for profile, rubric or pipeline), clock_behind (1 when
the last snapshot is of a later time)."""

OUTPUT_CANDIDATES = (
    unique("ranked_once", "place"),
    at_least("rank_not_before_set", "rank", "best"),
    at_least("rank_not_after_set", "worst", "rank"),
    between("order_by_composite", "rise", None, 0.0),
    between("composite_on_scale", "composite", -ROUNDING, 100.0 + ROUNDING),
    between("contributions_sum_to_composite", "contribution_error", 0.0, ROUNDING),
    between("chance_is_a_chance", "p_top_k", 0.0, 1.0),
)
"""Columns, one row per ranked candidate: place, rank, best, worst, composite, rise (above the candidate before),
contribution_error, p_top_k."""

OUTPUT_OPENINGS = (
    between("every_input_ranked", "not_ranked", 0, 0),
    between("weights_sum_to_100", "weights_error", 0.0, ROUNDING),
    between("hash_of_inputs", "hash_differs", 0, 0),
)
"""Columns, one row per opening: not_ranked (entrants missing or added), weights_error, hash_differs (0 or 1)."""


def check_inputs(cards: dict[str, list[Any]], openings: dict[str, list[Any]]) -> GateResult:
    """The gate before ranking; see `INPUT_CARDS` and `INPUT_OPENINGS` for the columns. Raises as `gate.check`."""
    return _both(check(INPUT_CARDS, cards), check(INPUT_OPENINGS, openings))


def check_outputs(candidates: dict[str, list[Any]], openings: dict[str, list[Any]]) -> GateResult:
    """The gate after ranking; see `OUTPUT_CANDIDATES` and `OUTPUT_OPENINGS`. Raises as `gate.check`."""
    return _both(check(OUTPUT_CANDIDATES, candidates), check(OUTPUT_OPENINGS, openings))


def _both(first: GateResult, second: GateResult) -> GateResult:
    return GateResult(first.critical | second.critical, first.warning | second.warning)
