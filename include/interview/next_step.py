"""What should be done next about an application: a step of the process, never whether to take or refuse somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from include.interview.applications import State
from include.interview.records import Record, Stage

StageStanding = Literal[
    "none", "waiting", "running", "failed", "review", "withheld", "consent", "incomplete", "shown", "rate_first"
]
"""Where one stage stands for a reader: no interview; one that waits to be held or uploaded; evaluated now; failed; a
person is asked; a person withheld the card; a consent is missing; a card with criteria that are not judged; a card; a
card that this reader sees after having rated."""
Step = Literal[
    "closed", "offered", "rate", "review", "failure", "consent", "ask_again", "second_rating", "hold", "wait", "decide"
]
STEPS: tuple[Step, ...] = get_args(Step)
CLOSED: tuple[State, ...] = ("rejected", "withdrawn")


class StageState(Record, frozen=True):
    """One stage of an application. `unrated`: how many who conducted it have yet to rate; `apart`: raters diverge."""

    stage: Stage
    standing: StageStanding
    unrated: int = 0
    apart: bool = False


class NextStep(Record, frozen=True):
    """A step, and the stage it is about where it is about one."""

    step: Step
    stage: Stage | None = None


_FIRST: tuple[tuple[StageStanding, Step], ...] = (
    ("rate_first", "rate"),
    ("review", "review"),
    ("failed", "failure"),
    ("consent", "consent"),
    ("incomplete", "ask_again"),
)
"""Standings that are dealt with before anything else, in this order."""


def next_step(state: str, stages: Sequence[StageState]) -> NextStep:
    """The one step that comes next for an application in `state`, from where its stages stand, in their order.

    What is broken or waits for a person comes first; then ratings that are missing or apart; then the first stage
    that was not held; then the decision.
    """
    if state in CLOSED:
        return NextStep("closed")
    if state == "offered":
        return NextStep("offered")
    for standing, step in _FIRST:
        for one in stages:
            if one.standing == standing:
                return NextStep(step, one.stage)
    for one in stages:
        if one.unrated or one.apart:
            return NextStep("second_rating", one.stage)
    for one in stages:
        if one.standing in ("waiting", "running"):
            return NextStep("wait", one.stage)
        if one.standing == "none":
            return NextStep("hold", one.stage)
    return NextStep("decide")
