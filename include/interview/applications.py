"""Where an application stands, and the rules by which a person changes it.

A state changes by a recorded human decision only: who, on which ground, in which words, after what was looked at.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

from include.interview.errors import BadInput
from include.interview.records import Record

State = Literal["invited", "in_process", "advanced", "on_hold", "offered", "rejected", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)
FIRST_STATE: State = "invited"
WITHDRAWN: State = "withdrawn"

NEXT: dict[State, tuple[State, ...]] = {
    "invited": ("in_process", "on_hold", "rejected", "withdrawn"),
    "in_process": ("advanced", "on_hold", "offered", "rejected", "withdrawn"),
    "advanced": ("in_process", "on_hold", "offered", "rejected", "withdrawn"),
    "on_hold": ("in_process", "advanced", "offered", "rejected", "withdrawn"),
    "offered": ("on_hold", "rejected", "withdrawn"),
    "rejected": ("in_process",),
    "withdrawn": ("in_process",),
}
"""State -> those it may change to. `advanced` goes back to `in_process` when its next stage begins; a rejection or
withdrawal is taken back to `in_process` only, so that nobody is offered a job without being looked at again."""

Ground = Literal[
    "criteria_met",
    "criteria_not_met",
    "stage_begins",
    "second_rating_needed",
    "evidence_insufficient",
    "position_filled",
    "documents_missing",
    "candidate_request",
    "contested",
    "other",
]
GROUNDS: tuple[Ground, ...] = get_args(Ground)
GROUNDS_OF: dict[State, tuple[Ground, ...]] = {
    "invited": (),
    "in_process": ("stage_begins", "second_rating_needed", "contested", "candidate_request", "other"),
    "advanced": ("criteria_met", "other"),
    "on_hold": ("second_rating_needed", "evidence_insufficient", "documents_missing", "position_filled", "other"),
    "offered": ("criteria_met", "other"),
    "rejected": ("criteria_not_met", "position_filled", "documents_missing", "other"),
    "withdrawn": ("candidate_request",),
}
"""State -> the grounds on which it may be decided."""

ABOUT_EVIDENCE: tuple[Ground, ...] = ("criteria_met", "criteria_not_met", "evidence_insufficient")
"""Grounds that claim something about the interviews: what they rest on must have been opened."""

EvidenceKind = Literal["scorecard", "report", "transcript", "recording", "insight", "rating", "ranking", "documents"]
OF_AN_INTERVIEW: tuple[EvidenceKind, ...] = ("scorecard", "report", "transcript", "recording")
"""What shows an interview itself: one of these must have been opened for a ground that claims something about it."""
MAX_TEXT = 4_000
MAX_OPENED = 100
MAX_SECONDS = 24 * 3600.0


class EvidenceOpened(Record, frozen=True):
    """What the deciding person had open, of which interview or snapshot (`subject`), and for how many seconds."""

    kind: EvidenceKind
    subject: str
    seconds: float


class Decision(Record, frozen=True):
    """A decision before it is recorded."""

    to: State
    ground: Ground
    text: str
    evidence: tuple[EvidenceOpened, ...] = ()


def check_decision(state: str, decision: Decision) -> None:
    """Return normally when an application in `state` may be changed by `decision`.

    Raises:
        BadInput: the change does not exist (code "not_a_change"), or ground, text or evidence are missing or wrong.
    """
    if state not in STATES or decision.to not in NEXT[state]:
        possible = ", ".join(NEXT[state]) if state in STATES else "none"
        raise BadInput(
            f"An application that is {state} cannot become {decision.to}.",
            f"It can become: {possible}.",
            code="not_a_change",
        )
    if decision.ground not in GROUNDS_OF[decision.to]:
        raise BadInput(
            f"{decision.ground!r} is no ground for {decision.to}.",
            f"Use one of: {', '.join(GROUNDS_OF[decision.to])}.",
            code="ground",
        )
    if not decision.text.strip():
        raise BadInput("A decision needs a reason in words.", "Write why.", code="reason_missing")
    if len(decision.text) > MAX_TEXT:
        raise BadInput(f"The reason is longer than {MAX_TEXT} characters.", "Shorten it.", code="reason_long")
    _check_evidence(decision)


def _check_evidence(decision: Decision) -> None:
    if len(decision.evidence) > MAX_OPENED:
        raise BadInput(f"More than {MAX_OPENED} pieces of evidence are named.", "Sum up the time per piece.")
    for piece in decision.evidence:
        if not (math.isfinite(piece.seconds) and 0.0 < piece.seconds <= MAX_SECONDS):
            raise BadInput("Evidence was opened for no time, or longer than a day.", "Give seconds above 0.")
        if not piece.subject or len(piece.subject) > 64:
            raise BadInput("Evidence names no interview or snapshot.", "Give its id.")
    if decision.ground in ABOUT_EVIDENCE and not any(piece.kind in OF_AN_INTERVIEW for piece in decision.evidence):
        raise BadInput(
            f"The ground {decision.ground!r} is about the interviews, but nothing of them was opened.",
            "Open the card, report, transcript or recording first.",
            code="evidence_not_opened",
        )
