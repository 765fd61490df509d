"""Approval of insights: how long people have, when they are reminded, what an answer decides, who reads what. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Literal

from include.interview.errors import BadInput, PolicyRefusal
from include.interview.insight.records import Insight
from include.interview.records import Record

APPROVAL_TIME = timedelta(hours=48)
"""How long people have; what nobody decided by then is rejected."""
REMIND_AFTER = timedelta(hours=24)
SOONEST_LOOK, LATEST_LOOK = timedelta(seconds=20), timedelta(minutes=10)
"""Least and greatest time between two looks of a waiting task at what was decided elsewhere."""
LOOK_SHARE = 0.1
"""Share of the time waited so far after which a waiting task looks again: soon at first, seldom later."""
APPROVAL_CLOSED, ALREADY_DECIDED, OWN_INTERVIEW = "approval_closed", "already_decided", "own_interview"
Decision = Literal["approve", "edit", "reject"]


class Approval(Record, frozen=True):
    """That people are asked about the insights of an interview, and until when. Times are aware, in UTC.

    `closed_at`: when no more decision was waited for, because everything was decided, the time was over, or the card
    was withheld. None while people are asked.
    """

    asked_at: datetime
    due_at: datetime
    reminded_at: datetime | None = None
    closed_at: datetime | None = None

    def over(self, now: datetime) -> bool:
        """Whether the time to decide has passed."""
        return now >= self.due_at

    def open(self, now: datetime) -> bool:
        """Whether a decision still counts."""
        return self.closed_at is None and not self.over(now)

    def reminder_due(self, now: datetime) -> bool:
        """Whether people who have not decided should be reminded now, once."""
        return self.reminded_at is None and self.open(now) and now >= self.asked_at + REMIND_AFTER

    def next_look(self, now: datetime) -> timedelta:
        """How long a waiting task may rest before it looks again; it never sleeps past the reminder or the end."""
        rest = min(max(LOOK_SHARE * (now - self.asked_at), SOONEST_LOOK), LATEST_LOOK)
        events = [self.due_at] if self.reminded_at is not None else [self.asked_at + REMIND_AFTER, self.due_at]
        ahead = [moment - now for moment in events if moment > now]
        return max(min([rest, *ahead]), timedelta(seconds=1))


def require_open(approval: Approval | None, now: datetime) -> None:
    """Return when a decision about an insight counts now.

    Raises:
        BadInput: code "approval_closed": nobody is asked, or the time is over.
    """
    if approval is None:
        raise BadInput(
            "Nobody is asked about insights of this interview.",
            "Wait until its evaluation has come that far.",
            code=APPROVAL_CLOSED,
        )
    if not approval.open(now):
        ended = min(approval.due_at, approval.closed_at or approval.due_at)
        raise BadInput(
            f"The time to decide about the insights of this interview ended at {ended:%Y-%m-%d %H:%M} UTC.",
            "What nobody had decided by then is not used. A note or a decision can still be written.",
            code=APPROVAL_CLOSED,
        )


def require_outsider(account_id: str, interviewers: Collection[str]) -> None:
    """Return when the account did not conduct the interview.

    Raises:
        PolicyRefusal: code "own_interview": who conducted it does not decide what is said about it.
    """
    if account_id in interviewers:
        raise PolicyRefusal(
            "Whoever conducted an interview does not decide about its insights.",
            "Ask a reviewer or somebody of HR who was not on the panel.",
            code=OWN_INTERVIEW,
        )


def undecided(insights: Sequence[Insight]) -> tuple[str, ...]:
    """Ids of the insights that no person has decided about, in order."""
    return tuple(one.id for one in insights if one.status == "draft")


class FormAnswer(Record, frozen=True):
    """What an answer that names the approved insights decides: ids in the insights' order.

    `settled`: decided elsewhere before, the other way round; the earlier decision counts.
    """

    approve: tuple[str, ...]
    reject: tuple[str, ...]
    settled: tuple[str, ...]


def form_answer(approved: Collection[str], insights: Sequence[Insight]) -> FormAnswer:
    """Read an answer that names the approved insights: the undecided ones that it does not name are rejected.

    Raises:
        BadInput: code "unknown_insight": it names one that is not there. The text names none, for an answer may hold
            anything.
    """
    if set(approved) - {one.id for one in insights}:
        raise BadInput(
            "The answer names an insight that this interview does not have.",
            "Clear the task and choose among the ids that the form offers.",
            code="unknown_insight",
        )
    open_ids = undecided(insights)
    return FormAnswer(
        approve=tuple(one for one in open_ids if one in approved),
        reject=tuple(one for one in open_ids if one not in approved),
        settled=tuple(one.id for one in insights if one.status == ("rejected" if one.id in approved else "accepted")),
    )


def readable(insights: Sequence[Insight], *, decides: bool, published: bool) -> tuple[Insight, ...]:
    """The insights that somebody may read.

    Args:
        decides: the reader may decide about them, and reads all.
        published: the interview's card is published and shown to the reader; others read approved ones after that.
    """
    if decides:
        return tuple(insights)
    return tuple(one for one in insights if one.status == "accepted") if published else ()
