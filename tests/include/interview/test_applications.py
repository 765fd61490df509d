"""The states of an application: what follows what, on which grounds, after which evidence."""

from __future__ import annotations

import pytest

from include.interview.applications import (
    ABOUT_EVIDENCE,
    GROUNDS,
    GROUNDS_OF,
    NEXT,
    STATES,
    Decision,
    EvidenceOpened,
    check_decision,
)
from include.interview.errors import BadInput

pytestmark = pytest.mark.unit
SEEN = (EvidenceOpened("scorecard", "interview-1", 60.0),)


def test_every_change_of_the_table_can_be_decided_and_no_other() -> None:
    assert set(NEXT) == set(GROUNDS_OF) == set(STATES)
    assert {ground for grounds in GROUNDS_OF.values() for ground in grounds} == set(GROUNDS)
    for state in STATES:
        for to in STATES:
            grounds = GROUNDS_OF[to] or GROUNDS[:1]
            decision = Decision(to, grounds[0], "Why", SEEN)
            if to in NEXT[state]:
                check_decision(state, decision)
            else:
                with pytest.raises(BadInput, match="cannot become"):
                    check_decision(state, decision)


def test_nobody_is_offered_a_job_straight_from_an_invitation_or_a_rejection() -> None:
    for state in ("invited", "rejected", "withdrawn"):
        with pytest.raises(BadInput, match="It can become"):
            check_decision(state, Decision("offered", "criteria_met", "Why", SEEN))


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        (Decision("rejected", "candidate_request", "Why", SEEN), "no ground for rejected"),
        (Decision("rejected", "position_filled", "  "), "reason in words"),
        (Decision("rejected", "position_filled", "x" * 4_001), "longer than"),
        (Decision("on_hold", "other", "Why", (EvidenceOpened("report", "i", 0.0),)), "for no time"),
        (Decision("on_hold", "other", "Why", (EvidenceOpened("report", "i", float("nan")),)), "for no time"),
        (Decision("on_hold", "other", "Why", (EvidenceOpened("report", "", 5.0),)), "names no interview"),
        (Decision("on_hold", "other", "Why", SEEN * 101), "pieces of evidence"),
        (Decision("advanced", "criteria_met", "Why", (EvidenceOpened("ranking", "snapshot-1", 60.0),)), "was opened"),
        *((Decision(to, g, "Why"), "nothing of them was opened") for to in STATES for g in GROUNDS_OF[to]
          if g in ABOUT_EVIDENCE and to in NEXT["in_process"]),
    ],
)  # fmt: skip
def test_what_is_missing_is_told(decision: Decision, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        check_decision("in_process", decision)


def test_a_state_that_does_not_exist_leads_nowhere() -> None:
    with pytest.raises(BadInput, match="It can become: none"):
        check_decision("open", Decision("rejected", "other", "Why"))
