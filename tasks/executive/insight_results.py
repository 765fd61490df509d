"""The insights of an interview as a reader may see them: with quotes, what was decided about each, and by whom."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from include.interview.errors import NotFound
from include.interview.insight.approval import Decision, readable
from include.interview.insight.records import Citation, ClaimKind, ClaimText, Insight, InsightDecision, InsightStatus
from include.interview.records import Record
from include.storage import Stores
from tasks.evaluation.card_standing import conducts_unrated, standing
from tasks.executive.approval import interviewers_of

ApprovalState = Literal["not_asked", "open", "closed", "withheld"]


class InsightLine(Record, frozen=True):
    """One insight. `decided_by`: the login of who decided, or the actor as the audit trail names it.

    `before`: the sentence that an edit replaced.
    """

    id: str
    kind: ClaimKind
    text: ClaimText
    quotes: tuple[Citation, ...]
    written_by: str
    status: InsightStatus
    decision: Decision | None = None
    decided_by: str | None = None
    decided_at: str | None = None
    before: ClaimText | None = None


class InsightsView(Record, frozen=True):
    """The insights that this reader may see, and whether the reader decides about them. Times: ISO 8601, UTC.

    `state`: "not_asked" while nobody was asked (also where there is no insight), "open" while decisions count,
    "closed" afterwards, "withheld" when the interview's card was withheld.
    """

    interview_id: str
    state: ApprovalState
    decides: bool
    insights: tuple[InsightLine, ...]
    asked_at: str | None = None
    due_at: str | None = None


def insights_view(stores: Stores, interview_id: str, account_id: str, *, may_decide: bool) -> InsightsView:
    """What the account sees of the interview's insights. Every read is an audit entry.

    Who may decide and did not conduct the interview sees all of them. Everybody else sees what was approved, once the
    card is published and, where the profile asks for it, once they have rated the interview.

    Args:
        may_decide: whether the account's role may decide about insights.

    Raises:
        NotFound: no such interview, or erased (code "erased").
    """
    interview = stores.interviews.get(interview_id)
    found = stores.insights.list(interview_id)
    blind = conducts_unrated(stores, interview, account_id)
    held = standing(stores, interview)
    decides = may_decide and account_id not in interviewers_of(stores, interview_id)
    published = interview.status == "published" and held.state == "shown" and not blind
    approval = stores.insight_approvals.get(interview_id)
    now = datetime.now(UTC)
    state: ApprovalState = "not_asked" if approval is None else "open" if approval.open(now) else "closed"
    if held.state == "withheld":
        state = "withheld"
    shown = () if state == "withheld" else readable(found, decides=decides, published=published)
    return InsightsView(
        interview_id=interview_id,
        state=state,
        decides=decides,
        insights=_lines(stores, interview_id, shown),
        asked_at=None if approval is None else approval.asked_at.isoformat(timespec="minutes"),
        due_at=None if approval is None else approval.due_at.isoformat(timespec="minutes"),
    )


def awaits_decision(stores: Stores, interview_id: str, account_id: str) -> bool:
    """Whether insights of the interview wait now for somebody such as this account, which did not conduct it.

    Raises:
        NotFound: no such interview, or erased (code "erased").
    """
    approval = stores.insight_approvals.get(interview_id)
    if approval is None or not approval.open(datetime.now(UTC)) or not stores.insights.undecided(interview_id):
        return False  # Airflow ends an approval some time after the last decision
    withheld = standing(stores, stores.interviews.get(interview_id)).state == "withheld"
    return not withheld and account_id not in interviewers_of(stores, interview_id)


def insight_line(stores: Stores, interview_id: str, insight: Insight) -> InsightLine:
    """One insight with what was decided about it. The read is an audit entry."""
    return _lines(stores, interview_id, (insight,))[0]


def _lines(stores: Stores, interview_id: str, insights: tuple[Insight, ...]) -> tuple[InsightLine, ...]:
    if not insights:
        return ()
    decisions = {one.insight_id: one for one in stores.insights.decisions(interview_id)}
    return tuple(_line(stores, one, decisions.get(one.id)) for one in insights)


def _line(stores: Stores, one: Insight, decided: InsightDecision | None) -> InsightLine:
    line = InsightLine(one.id, one.kind, one.text, one.quotes, one.written_by, one.status)
    if decided is None:
        return line
    return InsightLine(
        one.id, one.kind, one.text, one.quotes, one.written_by, one.status,
        decision=decided.decision,
        decided_by=login_of(stores, decided.actor),
        decided_at=decided.decided_at,
        before=None if decided.edit is None else decided.edit.before,
    )  # fmt: skip


def login_of(stores: Stores, actor: str) -> str:
    """The login behind an actor such as "reviewer:<account id>"; any other actor as it is."""
    try:
        return stores.accounts.get(actor.partition(":")[2]).login
    except NotFound:
        return actor
