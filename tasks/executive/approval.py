"""The approval of insights: asking people, looking at what they decided, one decision, and the end of the time.

Steps of the DAG `executive_insight`, and what every other door to a decision calls: pages, REST, the command line.
One decision per insight counts, whichever door it came through; the database says which was first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from include.interview.entities import ArtifactRef
from include.interview.errors import BadInput, NotFound, PolicyRefusal
from include.interview.insight.approval import (
    ALREADY_DECIDED,
    APPROVAL_TIME,
    OWN_INTERVIEW,
    Decision,
    form_answer,
    require_open,
    require_outsider,
    undecided,
)
from include.interview.insight.records import ClaimText, Insight
from include.interview.records import Record
from include.storage import Stores
from tasks.evaluation.card_standing import standing
from tasks.evaluation.context import StepContext
from tasks.executive.insights import store_drafts, verified_edit

DEADLINE_ACTOR = "system:deadline"
"""Who rejects what nobody decided in time, as the audit trail names it."""


class Waiting(Record, frozen=True):
    """What a waiting task finds: undecided ids, and what to do now.

    `over`: the time has passed. `withheld`: the card was withheld, so nothing of it is published and nobody needs to
    decide. `remind`: people should be reminded now. `rest_s`: when to look again, in seconds.
    """

    ids: tuple[str, ...]
    over: bool = False
    withheld: bool = False
    remind: bool = False
    rest_s: float = 0.0
    due_at: str = ""


class Settled(Record, frozen=True):
    """How an approval stands at its end, or after an answer: counts, and ids where an answer came too late."""

    accepted: int
    rejected: int
    undecided: int
    decided_elsewhere: tuple[str, ...] = ()


def store_for_approval(context: StepContext, verified: ArtifactRef) -> int:
    """Store the verified insights and ask people about those nobody decided about; returns how many. 0 asks nobody.

    Args:
        verified: the output of `verify`.

    Raises:
        ConsentMissing: a consent of this interview is missing or withdrawn; nothing is stored.
    """
    store_drafts(context, verified)
    waiting = undecided(context.stores.insights.list(context.interview_id))
    if waiting:
        context.stores.insight_approvals.ask(context.interview_id, len(waiting), APPROVAL_TIME)
    return len(waiting)


def look(context: StepContext) -> Waiting:
    """What a waiting task should do now. A reminder that is due is recorded, so that it is given once.

    Raises:
        NotFound: no such interview, or erased (code "erased").
    """
    stores, interview_id = context.stores, context.interview_id
    ids = undecided(stores.insights.list(interview_id))
    approval, now = stores.insight_approvals.get(interview_id), _now()
    if approval is None or not ids:
        return Waiting(ids)
    withheld = standing(stores, stores.interviews.get(interview_id)).state == "withheld"
    remind = not withheld and approval.reminder_due(now)
    if remind:
        stores.insight_approvals.remind(interview_id, len(ids))
        approval = stores.insight_approvals.get(interview_id) or approval
    rest = approval.next_look(now) if approval.open(now) else timedelta(0)
    return Waiting(
        ids, approval.over(now), withheld, remind, rest.total_seconds(), approval.due_at.isoformat(timespec="minutes")
    )


def record_answer(context: StepContext, approved: Sequence[str], reviewer: str) -> Settled:
    """Decide by one answer that names the approved insights; the other undecided ones are rejected.

    Args:
        approved: ids.
        reviewer: Airflow's name of who answered; an account of the same login must not have conducted the interview.

    Raises:
        BadInput: code "unknown_insight" or "approval_closed". PolicyRefusal: code "own_interview".
    """
    stores, interview_id = context.stores, context.interview_id
    if reviewer in logins_of_interviewers(stores, interview_id):
        raise PolicyRefusal(
            "The answer is of somebody who conducted this interview.",
            "Clear the task and have somebody answer who did not.",
            code=OWN_INTERVIEW,
        )
    answer = form_answer(approved, stores.insights.list(interview_id))
    settled = list(answer.settled)
    if answer.approve or answer.reject:
        require_open(stores.insight_approvals.get(interview_id), _now())
    acting = stores.acting_as(f"airflow:{reviewer}").insights
    for decide_one, ids in ((acting.approve, answer.approve), (acting.reject, answer.reject)):
        for insight_id in ids:
            try:
                decide_one(interview_id, insight_id)
            except BadInput as error:
                if error.code != ALREADY_DECIDED:
                    raise
                settled.append(insight_id)
    return end(context, tuple(settled))


def end(context: StepContext, decided_elsewhere: tuple[str, ...] = ()) -> Settled:
    """End the approval. Once its time is over, what nobody decided is rejected; returns how all stand.

    Raises:
        NotFound: no such interview, or erased (code "erased").
    """
    stores, interview_id = context.stores, context.interview_id
    approval = stores.insight_approvals.get(interview_id)
    if approval is not None and approval.over(_now()):
        late = stores.acting_as(DEADLINE_ACTOR).insights
        for insight_id in undecided(stores.insights.list(interview_id)):
            late.reject(interview_id, insight_id)
    found = stores.insights.list(interview_id)
    left = len(undecided(found))
    stores.insight_approvals.close(interview_id, left)
    accepted = sum(one.status == "accepted" for one in found)
    return Settled(accepted, len(found) - accepted - left, left, decided_elsewhere)


def decide(
    context: StepContext,
    insight_id: str,
    decision: Decision,
    text: ClaimText | None = None,
    account_id: str | None = None,
) -> Insight:
    """Approve, edit or reject one insight for the stores' actor, and return it as it is then.

    Args:
        text: the sentence an edit puts in place; it is verified against the same citations.
        account_id: the account that decides; None for who works at the command line.

    Raises:
        NotFound: no such interview or insight, or erased (code "erased").
        PolicyRefusal: code "own_interview".
        BadInput: code "already_decided", "approval_closed", "card_withheld" or "edit_without_text".
        InsightRefused: an edit that the cited words do not bear.
    """
    stores, interview_id = context.stores, context.interview_id
    before = next((one for one in stores.insights.list(interview_id) if one.id == insight_id), None)
    if before is None:
        raise NotFound(f"Interview {interview_id} has no insight of this id.", "List its insights for their ids.")
    if account_id is not None:
        require_outsider(account_id, interviewers_of(stores, interview_id))
    if before.status != "draft":
        raise _decided(stores, interview_id, before)
    require_open(stores.insight_approvals.get(interview_id), _now())
    if standing(stores, stores.interviews.get(interview_id)).state == "withheld":
        raise BadInput(
            "The card of this interview was withheld: its insights are not published.",
            "Have the card reviewed again first.",
            code="card_withheld",
        )
    if decision == "approve":
        return stores.insights.approve(interview_id, insight_id)
    if decision == "reject":
        return stores.insights.reject(interview_id, insight_id)
    if text is None or not text.given():
        raise BadInput("An edit needs a sentence.", "Give it in Korean, English, or both.", code="edit_without_text")
    return stores.insights.edit(interview_id, verified_edit(context, insight_id, text))


def interviewers_of(stores: Stores, interview_id: str) -> frozenset[str]:
    """Ids of the accounts that conduct or conducted an interview: who is on its panel, or rated it.

    Empty for an interview that was not held through the gateway.

    """
    rated = stores.ratings.rater_ids(interview_id)
    try:
        return rated | stores.panels.conducted(interview_id)
    except NotFound:
        return rated


def logins_of_interviewers(stores: Stores, interview_id: str) -> frozenset[str]:
    """Logins of `interviewers_of`; raises as it does."""
    return frozenset(stores.accounts.get(account).login for account in interviewers_of(stores, interview_id))


def answering_logins(stores: Stores, interview_id: str, configured: Sequence[str] = ()) -> tuple[str, ...]:
    """Who may answer in Airflow: the configured users, else the logins of reviewers; never who conducted it."""
    chosen = configured or [a.login for a in stores.accounts.list(role="reviewer") if a.active]
    excluded = logins_of_interviewers(stores, interview_id)
    return tuple(login for login in dict.fromkeys(chosen) if login not in excluded)


def _decided(stores: Stores, interview_id: str, before: Insight) -> BadInput:
    found = [d for d in stores.insights.decisions(interview_id) if d.insight_id == before.id]
    by = f" by {found[-1].actor} at {found[-1].decided_at[:16]} UTC" if found else ""
    return BadInput(
        f"The insight {before.id} was {before.status}{by}; the first decision counts.",
        "Reload the page to see it.",
        code=ALREADY_DECIDED,
    )


def _now() -> datetime:
    return datetime.now(UTC)
