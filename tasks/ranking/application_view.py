"""One application: cards, insights and ratings of its three stages, consents, decisions, and what comes next."""

from __future__ import annotations

from typing import Literal

import msgspec

from include.interview.applications import EvidenceOpened
from include.interview.assessment.policy import load_profile
from include.interview.entities import Consent, Interview
from include.interview.errors import ConsentMissing, NotFound
from include.interview.live.session import OVER, LiveSession
from include.interview.ranking.next_steps import NextStep, next_steps
from include.interview.records import Candidate, Opening, Record, Scorecard, Stage
from include.interview.scoring.ratings import RatingSheet
from include.interview.stages import STAGES
from include.storage import Stores
from include.storage.repositories.applications import Application
from tasks.evaluation.card_standing import conducts_unrated, published_card, standing, unrated_interviews
from tasks.evaluation.consent_gate import consented_interview
from tasks.executive.insight_results import InsightLine, insights_view, login_of
from tasks.ranking.progress import opening_facts, progress_of

StageStanding = Literal[
    "none", "waiting", "running", "failed", "review", "withheld", "consent", "incomplete", "shown", "rate_first"
]
"""Where one stage stands for a reader: no interview; one that waits to be held or uploaded; evaluated now; failed; a
person is asked; a person withheld the card; a consent is missing; a card with criteria that are not judged; a card; a
card that this reader sees after having rated."""
_HELD: dict[str, StageStanding] = {
    "awaits_review": "review",
    "result_withheld": "withheld",
    "rate_first": "rate_first",
}
_BEFORE: dict[str, StageStanding] = {
    "created": "waiting",
    "uploaded": "running",
    "processing": "running",
    "failed": "failed",
}
_REVIEWED: dict[str, StageStanding] = {"under_review": "review", "withheld": "withheld", "rate_first": "rate_first"}
"""State of `standing` -> how a stage stands whose interview has the status `review`, whatever was answered."""


class StageOf(Record, frozen=True):
    """One stage: its interview, and what this reader may see of it. `reason`: code of why it failed.

    `held`: through the gateway, so that it has a result page. `ratings`: (login, what they gave), empty while the
    reader has yet to rate; `unrated`: logins of those who conducted it and have yet to rate.
    """

    stage: Stage
    standing: StageStanding
    interview: Interview | None = None
    reason: str | None = None
    card: Scorecard | None = None
    insights: tuple[InsightLine, ...] = ()
    insights_open: bool = False
    ratings: tuple[tuple[str, RatingSheet], ...] = ()
    unrated: tuple[str, ...] = ()
    held: bool = False


class DecisionLine(Record, frozen=True):
    """One decision as it is read. `by`: the login of who decided; `decided_at`: ISO 8601, UTC."""

    by: str
    before: str
    decision: str
    ground: str
    reason: str
    evidence: tuple[EvidenceOpened, ...]
    decided_at: str


class ApplicationView(Record, frozen=True):
    """What a reader sees of an application. `candidate` is None for who was erased, and where names are not read.

    `steps`: what to do next, the recommended step first; none while the reader has yet to rate an interview of the
    opening, because some tell of numbers.
    """

    application: Application
    opening: Opening
    candidate: Candidate | None
    erased: bool
    stages: tuple[StageOf, ...]
    consents: tuple[Consent, ...]
    decisions: tuple[DecisionLine, ...]
    steps: tuple[NextStep, ...]


def application_view(
    stores: Stores, application_id: str, reader: str, *, may_decide: bool, blind: bool
) -> ApplicationView:
    """The application as the account `reader` may see it. Every read of personal data is an audit entry.

    Args:
        may_decide: whether the reader's role may decide about insights.
        blind: the candidate's name is not read.

    Raises:
        NotFound: no such application. WrongKey: another master key.
    """
    application = stores.applications.get(application_id)
    opening = stores.openings.get(application.opening_id)
    if stores.candidates.is_erased(application.candidate_id):
        empty = tuple(StageOf(stage, "none") for stage in STAGES)
        return ApplicationView(application, opening, None, True, empty, (), (), ())
    interviews = stores.interviews.list(opening.id, application.candidate_id)
    stages = tuple(_stage(stores, stage, interviews, reader, may_decide) for stage in STAGES)
    rates_first = bool(unrated_interviews(stores, opening.id, reader))
    return ApplicationView(
        application=application,
        opening=opening,
        candidate=None if blind else stores.candidates.get(application.candidate_id),
        erased=False,
        stages=stages,
        consents=stores.consents.list(application.candidate_id),
        decisions=decisions_of(stores, application_id),
        steps=() if rates_first else _steps(stores, application),
    )


def _steps(stores: Stores, application: Application) -> tuple[NextStep, ...]:
    """The steps of the reports: by the same rule, beside the served ranking if there is one."""
    state = stores.rankings.state(application.opening_id)
    snapshot = None if state is None or state.served_id is None else stores.rankings.get(state.served_id)
    facts = opening_facts(stores, application.opening_id, application)
    progress = progress_of(stores, facts, snapshot, [application.id]).get(application.id)
    return () if progress is None else next_steps(progress)


def decisions_of(stores: Stores, application_id: str) -> tuple[DecisionLine, ...]:
    """The decisions about an application, newest first. The read is an audit entry.

    Raises:
        NotFound: the candidate was erased (code "erased").
    """
    return tuple(
        DecisionLine(
            login_of(stores, one.actor), one.before, one.decision, one.ground, one.reason, one.evidence, one.decided_at
        )
        for one in reversed(stores.decisions.list(application_id))
    )


def interview_of(stage: Stage, interviews: tuple[Interview, ...]) -> Interview | None:
    """The interview that stands for a stage: the newest published one, else the newest; `interviews` oldest first."""
    found = [one for one in interviews if one.stage == stage]
    published = [one for one in found if one.status == "published"]
    chosen = published or found
    return chosen[-1] if chosen else None


def _stage(stores: Stores, stage: Stage, interviews: tuple[Interview, ...], reader: str, may_decide: bool) -> StageOf:
    interview = interview_of(stage, interviews)
    if interview is None:
        return StageOf(stage, "none")
    try:
        consented_interview(stores, interview.id)
    except ConsentMissing:
        return StageOf(stage, "consent", interview)
    blind = conducts_unrated(stores, interview, reader)
    ratings = () if blind else _ratings(stores, interview.id)
    session = _session(stores, interview.id)
    unrated = _unrated(stores, interview, session)
    found = insights_view(stores, interview.id, reader, may_decide=may_decide) if STAGES[stage].has_insights else None
    shown = () if found is None else tuple(one for one in found.insights if one.status == "accepted")
    base = StageOf(
        stage, _standing(stores, interview, reader), interview, insights=shown, ratings=ratings, unrated=unrated,
        held=session is not None,
        reason=stores.interviews.reason(interview.id) if interview.status == "failed" else None,
        insights_open=found is not None and found.decides and found.state == "open",
    )  # fmt: skip
    return _with_card(stores, base, interview, reader) if interview.status == "published" else base


def _standing(stores: Stores, interview: Interview, reader: str) -> StageStanding:
    if interview.status == "review":
        return _REVIEWED[standing(stores, interview, reader=reader).state]
    return _BEFORE.get(interview.status, "shown")


def _with_card(stores: Stores, base: StageOf, interview: Interview, reader: str) -> StageOf:
    try:
        card = published_card(stores, interview.id, reader)
    except NotFound as error:
        if error.code not in _HELD:
            raise
        return msgspec.structs.replace(base, standing=_HELD[error.code])
    standing: StageStanding = "shown" if card.status == "complete" else "incomplete"
    return msgspec.structs.replace(base, standing=standing, card=card)


def _ratings(stores: Stores, interview_id: str) -> tuple[tuple[str, RatingSheet], ...]:
    return tuple((stores.accounts.get(one.rater_id).login, one) for one in stores.ratings.list(interview_id))


def _session(stores: Stores, interview_id: str) -> LiveSession | None:
    """The session that the interview was held in; None where it was evaluated from a file."""
    try:
        return stores.live_sessions.get(interview_id)
    except NotFound:
        return None


def _unrated(stores: Stores, interview: Interview, session: LiveSession | None) -> tuple[str, ...]:
    """Logins of those who conducted the interview, where the profile asks them to rate, and have not."""
    asked = session is not None and session.state in OVER
    if session is None or not asked or interview.stage not in load_profile(interview.profile).blind_first:
        return ()
    rated = stores.ratings.rater_ids(interview.id)
    return tuple(stores.accounts.get(one).login for one in session.interviewers if one not in rated)
