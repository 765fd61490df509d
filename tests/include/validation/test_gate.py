"""Every expectation of the suites, met and not met: names and counts come back, and no value."""

from __future__ import annotations

import logging

import pytest

from include.validation.rankings import (
    INPUT_CARDS,
    INPUT_OPENINGS,
    OUTPUT_CANDIDATES,
    OUTPUT_OPENINGS,
    check_inputs,
    check_outputs,
)

pytestmark = pytest.mark.slow
CARDS = {
    "place": ["a", "b"], "total": [70.0, 60.5], "sem": [2.0, 3.0], "recomputed": [70.0, 60.5],
    "recomputing_error": [0.0, 0.0], "incomplete": [0, 0], "erased": [0, 0], "review_open": [0, 0],
    "consent_withdrawn": [0, 0],
}  # fmt: skip
OPENINGS = {
    "profiles": [1], "rubric_versions": [1], "pipeline_versions": [1], "emptied": [0], "share_of_before": [1.0],
    "other_rules": [0], "clock_behind": [0],
}  # fmt: skip
CANDIDATES = {
    "place": ["a", "b"], "rank": [1, 2], "best": [1, 1], "worst": [2, 2], "composite": [70.0, 60.0],
    "rise": [0.0, -10.0], "contribution_error": [0.0, 0.0], "p_top_k": [1.0, 0.5],
}  # fmt: skip
RANKED = {"not_ranked": [0], "weights_error": [0.0], "hash_differs": [0]}
SECRET = 4711.4711


def broken(columns, column, value, row=0):
    return {**columns, column: [value if at == row else old for at, old in enumerate(columns[column])]}


def test_sound_records_pass_and_none_are_sound() -> None:
    for result in (check_inputs(CARDS, OPENINGS), check_outputs(CANDIDATES, RANKED)):
        assert (result.critical, result.warning, result.stops) == ({}, {}, False)
    assert not check_inputs({name: [] for name in CARDS}, OPENINGS).stops


FAULTS = [
    ("cards", "place", "b", {"one_card_per_application_and_stage": 2}),
    ("cards", "total", None, {"total_present": 1}),
    ("cards", "total", SECRET, {"total_on_scale": 1}),
    ("cards", "sem", None, {"standard_error_present": 1}),
    ("cards", "sem", -1.0, {"standard_error_on_scale": 1}),
    ("cards", "recomputed", None, {"recomputed_total_present": 1}),
    ("cards", "recomputing_error", 0.5, {"total_equals_recomputed": 1}),
    ("cards", "incomplete", 1, {"card_complete": 1}),
    ("cards", "erased", 1, {"nobody_erased": 1}),
    ("cards", "review_open", 1, {"no_review_open": 1}),
    ("cards", "consent_withdrawn", 1, {"consents_in_force": 1}),
    ("openings", "profiles", 2, {"one_profile": 1}),
    ("openings", "rubric_versions", 2, {"one_rubric_version_per_stage": 1}),
    ("openings", "pipeline_versions", 2, {"one_pipeline_version_per_stage": 1}),
    ("openings", "emptied", 1, {"somebody_is_still_ranked": 1}),
    ("openings", "share_of_before", 0.2, {"volume_like_last_time": 1}),
    ("openings", "other_rules", 3, {"no_cards_of_other_rules": 1}),
    ("openings", "clock_behind", 1, {"clock_after_last_snapshot": 1}),
    ("candidates", "place", "b", {"ranked_once": 2}),
    ("candidates", "rank", 0, {"rank_not_before_set": 1}),
    ("candidates", "rank", 9, {"rank_not_after_set": 1}),
    ("candidates", "rise", 1.0, {"order_by_composite": 1}),
    ("candidates", "composite", SECRET, {"composite_on_scale": 1}),
    ("candidates", "contribution_error", 1.0, {"contributions_sum_to_composite": 1}),
    ("candidates", "p_top_k", 1.5, {"chance_is_a_chance": 1}),
    ("ranked", "not_ranked", 1, {"every_input_ranked": 1}),
    ("ranked", "weights_error", 1.0, {"weights_sum_to_100": 1}),
    ("ranked", "hash_differs", 1, {"hash_of_inputs": 1}),
]


@pytest.mark.parametrize(("table", "column", "value", "expected"), FAULTS, ids=lambda value: str(value)[:40])
def test_each_fault_is_found_by_its_name(table, column, value, expected, caplog, capsys) -> None:
    caplog.set_level(logging.DEBUG)
    given = {"cards": CARDS, "openings": OPENINGS, "candidates": CANDIDATES, "ranked": RANKED}
    given[table] = broken(given[table], column, value)
    inputs = check_inputs(given["cards"], given["openings"])
    outputs = check_outputs(given["candidates"], given["ranked"])
    assert inputs.critical | inputs.warning | outputs.critical | outputs.warning == expected
    shown = capsys.readouterr()
    assert str(SECRET) not in f"{caplog.text}{shown.out}{shown.err}{inputs}{outputs}"


def test_every_expectation_has_a_fault() -> None:
    suites = (*INPUT_CARDS, *INPUT_OPENINGS, *OUTPUT_CANDIDATES, *OUTPUT_OPENINGS)
    assert {one.name for one in suites} == {name for *_, expected in FAULTS for name in expected}
