"""What waits for people: what to hold, rate, review, answer and decide, failed runs and stopped rankings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal, get_args

from include.interview.applications import State
from include.interview.contests import days_left
from include.interview.entities import Interview
from include.interview.live.session import OVER, LiveSession
from include.interview.records import Opening, Record
from include.interview.stages import STAGES
from include.storage import Stores
from tasks.evaluation.agreement import divergence_queue
from tasks.evaluation.card_review import reviews_for
from tasks.evaluation.card_standing import rates_first, unrated_interviews
from tasks.executive.insight_results import awaits_decision

WorkKind = Literal["hold", "rate", "review", "contest", "insights", "failed", "stopped", "settle", "decide"]
WORK_KINDS: tuple[WorkKind, ...] = get_args(WorkKind)
"""In the order in which they are shown."""
MOST_SHOWN = 10
TO_DECIDE: tuple[State, ...] = ("invited", "in_process", "advanced")
"""States in which an application with a card of every stage that counts waits for a decision."""
HOLDABLE = ("created", "live")


class WorkItem(Record, frozen=True):
    """One thing that waits.

    `subject`: an interview's id, a contest's for "contest", an opening's for "stopped", "settle" and "decide".
    `count`: how many of the opening, for "settle" and "decide" only. `reason`: code of why it failed. `live`: it has a
    result page. `days`: begun days until a contest must be answered; `own`: another person has to.
    """

    kind: WorkKind
    subject: str
    opening_id: str
    stage: str | None = None
    application_id: str | None = None
    candidate_id: str | None = None
    count: int = 1
    reason: str | None = None
    live: bool = False
    days: int = 0
    own: bool = False


class Work(Record, frozen=True):
    """All of one kind: at most `MOST_SHOWN` of them, and how many there are."""

    kind: WorkKind
    items: tuple[WorkItem, ...]
    count: int


def own_work(stores: Stores, account_id: str) -> tuple[Work, ...]:
    """What waits for this account alone: interviews to hold, and own ratings that were not given."""
    sessions = stores.live_sessions.list(took_part=account_id)
    hold = [one for one in sessions if one.state in HOLDABLE and account_id in one.interviewers]
    rate = [one for one in sessions if one.state in OVER and rates_first(stores, one, account_id)]
    return (
        Work("hold", tuple(_session("hold", one) for one in hold[:MOST_SHOWN]), len(hold)),
        Work("rate", tuple(_session("rate", one) for one in rate[:MOST_SHOWN]), len(rate)),
    )


def reviews_waiting(stores: Stores, account_id: str) -> Work:
    """Cards that this account, which may review, is asked about."""
    found = reviews_for(stores, account_id)
    return Work("review", tuple(_interview("review", one) for _, one in found[:MOST_SHOWN]), len(found))


def contests_waiting(stores: Stores, account_id: str) -> Work:
    """Contests that wait for an answer, those due first at the head; "own" where this account had a part in it."""
    found, at = stores.contests.list(), datetime.now(UTC)
    items = tuple(
        WorkItem(
            "contest",
            one.id,
            one.opening_id,
            one.stage,
            one.application_id,
            one.candidate_id,
            days=days_left(one.due_at, at),
            own=account_id in stores.contests.taking_part(one.interview_id),
        )
        for one in found[:MOST_SHOWN]
    )
    return Work("contest", items, len(found))


def runs_failed(stores: Stores) -> Work:
    """Interviews that could not be evaluated, with the code of the reason."""
    found, count = stores.interviews.in_state("failed", MOST_SHOWN)
    return Work("failed", tuple(_interview("failed", one, stores.interviews.reason(one.id)) for one in found), count)


def insights_waiting(stores: Stores, account_id: str) -> Work:
    """Interviews whose insights wait for somebody such as this account."""
    now = datetime.now(UTC)
    found = [one for one in stores.insight_approvals.open_at(now) if awaits_decision(stores, one, account_id)]
    items = []
    for one in found[:MOST_SHOWN]:
        items.append(_interview("insights", stores.interviews.get(one)))
    return Work("insights", tuple(items), len(found))


def rankings_stopped(stores: Stores) -> Work:
    """Openings whose newest ranking a check stopped."""
    found = sorted(opening for opening, state in stores.rankings.states().items() if state.failures)
    return Work("stopped", tuple(WorkItem("stopped", one, one) for one in found[:MOST_SHOWN]), len(found))


def divergences_waiting(stores: Stores, account_id: str) -> Work:
    """Openings with divergences between raters that nobody settled and this account may: it gave neither level.

    Openings in which it has yet to rate are left out. The count is of divergences.
    """
    counts: dict[str, int] = {}
    for opening_id in stores.ratings.openings():
        if not unrated_interviews(stores, opening_id, account_id):
            counts[opening_id] = sum(account_id not in one.raters for one in divergence_queue(stores, opening_id))
    waiting = sorted(((n, one) for one, n in counts.items() if n), key=lambda pair: (-pair[0], pair[1]))
    items = tuple(WorkItem("settle", one, one, count=n) for n, one in waiting[:MOST_SHOWN])
    return Work("settle", items, sum(n for n, _ in waiting))


def decisions_due(stores: Stores, openings: Mapping[str, Opening]) -> Work:
    """Openings with people who have a card of every stage that counts, and about whom nobody decided since.

    A card about which a person is asked, or whose candidate took consent back, is none, as in the ranking. The count is
    of people; the items are openings, those with most people first.
    """
    counts: dict[str, int] = {}
    found = stores.applications.with_cards(TO_DECIDE)
    held = stores.ranking_inputs.not_counting(list(found)) if found else {}
    for opening_id, people in found.items():
        opening = openings.get(opening_id)
        if opening is None:
            continue
        needed = {stage for stage, weight in opening.stage_weights.items() if weight > 0}
        counts[opening_id] = sum(needed <= stages - held.get(one, frozenset()) for one, stages in people.items())
    due = sorted(((n, one) for one, n in counts.items() if n), key=lambda pair: (-pair[0], pair[1]))
    items = tuple(WorkItem("decide", one, one, count=n) for n, one in due[:MOST_SHOWN])
    return Work("decide", items, sum(n for n, _ in due))


def _session(kind: WorkKind, one: LiveSession) -> WorkItem:
    return WorkItem(kind, one.id, one.opening_id, one.stage, None, one.candidate_id, live=True)


def _interview(kind: WorkKind, one: Interview, reason: str | None = None) -> WorkItem:
    return WorkItem(
        kind,
        one.id,
        one.opening_id,
        one.stage,
        one.application_id,
        one.candidate_id,
        reason=reason,
        live=STAGES[one.stage].live,
    )
