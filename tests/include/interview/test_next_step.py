"""The step that comes next: what is broken or waits for a person first, the decision last, and no word on hiring."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.applications import STATES
from include.interview.next_step import STEPS, NextStep, StageStanding, StageState, next_step
from include.interview.stages import STAGES

pytestmark = pytest.mark.unit
STANDINGS: tuple[StageStanding, ...] = get_args(StageStanding)
stages = st.tuples(
    *(
        st.builds(
            StageState, st.just(stage), st.sampled_from(STANDINGS), st.integers(min_value=0, max_value=2), st.booleans()
        )
        for stage in STAGES
    )
)


def of(*standings: StageStanding, **more: int) -> tuple[StageState, ...]:
    return tuple(StageState(stage, standing, **more) for stage, standing in zip(STAGES, standings, strict=True))


@pytest.mark.parametrize(
    ("standings", "step"),
    [
        (("shown", "shown", "shown"), NextStep("decide")),
        (("shown", "none", "none"), NextStep("hold", "practical")),
        (("shown", "running", "none"), NextStep("wait", "practical")),
        (("shown", "failed", "none"), NextStep("failure", "practical")),
        (("failed", "shown", "review"), NextStep("review", "executive")),
        (("incomplete", "shown", "shown"), NextStep("ask_again", "ai")),
        (("shown", "shown", "rate_first"), NextStep("rate", "executive")),
        (("shown", "consent", "none"), NextStep("consent", "practical")),
    ],
)
def test_the_first_thing_that_hinders_comes_first(standings, step) -> None:
    assert next_step("in_process", of(*standings)) == step


def test_missing_and_diverging_ratings_come_before_a_decision() -> None:
    assert next_step("advanced", of("shown", "shown", "shown", unrated=1)).step == "second_rating"
    assert next_step("advanced", of("shown", "shown", "shown", apart=True)).step == "second_rating"


@given(st.sampled_from(STATES), stages)
def test_there_is_always_one_and_a_decision_is_due_only_when_nothing_is_open(state, found) -> None:
    step = next_step(state, found)
    assert step.step in STEPS
    if state in ("rejected", "withdrawn"):
        assert step.step == "closed"
    if step.step == "decide":
        assert all(one.standing in ("shown", "withheld") and not one.unrated and not one.apart for one in found)
    if step.stage is not None:
        assert step.stage in STAGES
