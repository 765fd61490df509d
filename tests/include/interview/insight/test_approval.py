"""The rules of approval: time, reminder, who decides, what an answer decides, who reads what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from include.interview.errors import BadInput, PolicyRefusal
from include.interview.insight.approval import (
    APPROVAL_TIME,
    LATEST_LOOK,
    REMIND_AFTER,
    SOONEST_LOOK,
    Approval,
    FormAnswer,
    form_answer,
    readable,
    require_open,
    require_outsider,
    undecided,
)
from include.interview.insight.records import ClaimText, Insight, InsightStatus

pytestmark = pytest.mark.unit

ASKED = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
OPEN = Approval(ASKED, ASKED + APPROVAL_TIME)


def insight(identity: str, status: InsightStatus = "draft") -> Insight:
    return Insight(identity, "risk", ClaimText(en="A sentence."), (), "offline", status)


def test_people_have_48_hours_and_are_reminded_once_half_way() -> None:
    assert timedelta(hours=48) == APPROVAL_TIME
    assert OPEN.open(ASKED + timedelta(hours=47, minutes=59))
    assert not OPEN.open(ASKED + timedelta(hours=48))
    assert not OPEN.reminder_due(ASKED + timedelta(hours=23))
    assert OPEN.reminder_due(ASKED + REMIND_AFTER)
    assert not OPEN.reminder_due(ASKED + timedelta(hours=49))
    reminded = msgspec.structs.replace(OPEN, reminded_at=ASKED + REMIND_AFTER)
    assert not reminded.reminder_due(ASKED + timedelta(hours=30))


def test_a_waiting_task_looks_soon_at_first_seldom_later_and_never_past_an_event() -> None:
    now, looks, rests = ASKED, 0, []
    passed = {REMIND_AFTER: False, APPROVAL_TIME: False}
    approval = OPEN
    while approval.open(now):
        rest = approval.next_look(now)
        rests.append(rest)
        for event in passed:
            assert not now < ASKED + event < now + rest, "it slept past an event"
        now, looks = now + rest, looks + 1
        if approval.reminder_due(now):
            approval = msgspec.structs.replace(approval, reminded_at=now)
            assert now == ASKED + REMIND_AFTER
    assert now == OPEN.due_at
    assert rests[0] == SOONEST_LOOK
    assert max(rests) == LATEST_LOOK
    assert looks < 400


def test_a_decision_counts_only_while_people_are_asked() -> None:
    require_open(OPEN, ASKED + timedelta(hours=1))
    closed = msgspec.structs.replace(OPEN, closed_at=ASKED + timedelta(hours=2))
    for approval, now in ((None, ASKED), (OPEN, OPEN.due_at), (closed, ASKED + timedelta(hours=3))):
        with pytest.raises(BadInput) as refused:
            require_open(approval, now)
        assert refused.value.code == "approval_closed"
    with pytest.raises(BadInput, match="2026-11-28 11:00 UTC"):
        require_open(closed, OPEN.due_at)


def test_who_conducted_the_interview_does_not_decide() -> None:
    require_outsider("reviewer", {"leader", "panelist"})
    with pytest.raises(PolicyRefusal) as refused:
        require_outsider("panelist", {"leader", "panelist"})
    assert refused.value.code == "own_interview"


def test_an_answer_decides_what_is_undecided_and_says_what_was_decided_before() -> None:
    found = [insight("a"), insight("b"), insight("c", "accepted"), insight("d", "rejected"), insight("e", "accepted")]
    assert undecided(found) == ("a", "b")
    assert form_answer(["b", "d", "e"], found) == FormAnswer(approve=("b",), reject=("a",), settled=("c", "d"))
    assert form_answer([], [insight("a")]) == FormAnswer(approve=(), reject=("a",), settled=())
    with pytest.raises(BadInput) as refused:
        form_answer(["a", "somebody's words"], found)
    assert refused.value.code == "unknown_insight"
    assert "somebody" not in str(refused.value)


def test_who_decides_reads_all_and_others_what_was_approved_and_published() -> None:
    found = (insight("a"), insight("b", "accepted"), insight("c", "rejected"))
    assert readable(found, decides=True, published=False) == found
    assert readable(found, decides=False, published=True) == (found[1],)
    assert readable(found, decides=False, published=False) == ()
