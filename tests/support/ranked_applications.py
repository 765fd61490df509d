"""Applications to one opening, stored as the flows leave them: stages, ratings, insights, and cards that wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.insight.records import Citation, ClaimKind, ClaimText, Insight
from include.interview.records import Bilingual, CriterionScore, Opening, Scorecard, Stage
from include.interview.scoring.levels import level_to_score
from include.interview.scoring.ratings import Rating
from include.interview.stages import STAGES
from include.storage import Stores
from tests.support.record_builders import WHY

OPENING = Opening(
    "ranked", Bilingual("백엔드 개발자", "Backend engineer"), Bilingual("일", "Work"), places=2,
    stage_weights={"ai": 40.0, "practical": 30.0, "executive": 30.0},
)  # fmt: skip
SEM = 0.04
"""Standard error of every criterion's score."""


def stage_card(interview: str, stage: Stage, level: float, *, unscored: tuple[str, ...] = ()) -> Scorecard:
    """A card of the stage's own rubric with one level for all of its criteria but `unscored`."""
    rubric, score = load_rubric(stage, "1"), level_to_score(level)
    lines = tuple(
        CriterionScore(c.id, "insufficient", c.points, c.points, reason=WHY)
        if c.id in unscored
        else CriterionScore(
            c.id, "scored", c.points, c.points, score=score, level=level, sem=SEM, points=score * c.points
        )
        for c in rubric.criteria
    )
    total = None if unscored else 100 * score
    sem = None if unscored else 100 * SEM * sum((c.points / 100) ** 2 for c in rubric.criteria) ** 0.5
    return Scorecard(
        interview, stage, "incomplete" if unscored else "complete", total, sem, lines, "standard", "1", "p",
        missing=unscored,
    )  # fmt: skip


@dataclass
class Applicant:
    """One person: ids of application and candidate, and the interview of each stage that was held."""

    application: str
    candidate: str
    interviews: dict[Stage, str] = field(default_factory=dict)


def apply(
    stores: Stores,
    name: str,
    levels: Mapping[Stage, float],
    *,
    unscored: Mapping[Stage, tuple[str, ...]] | None = None,
    opening: Opening = OPENING,
) -> Applicant:
    """A candidate with a published card of each stage in `levels`."""
    stores.openings.put(opening)
    candidate = stores.candidates.create(name).id
    one = Applicant(stores.applications.ensure(candidate, opening.id), candidate)
    for stage, level in levels.items():
        one.interviews[stage] = interview = stores.interviews.create(one.application, stage, "standard").id
        stores.consents.grant(candidate, interview, load_profile("standard").purposes, "1")
        stores.scorecards.publish(stage_card(interview, stage, level, unscored=(unscored or {}).get(stage, ())))
        stores.interviews.set_status(interview, "published")
    return one


def all_stages(level: float) -> dict[Stage, float]:
    """The same level in every stage."""
    return dict.fromkeys(STAGES, level)


def hold_session(stores: Stores, one: Applicant, raters: int = 2) -> list[str]:
    """An executive session of the applicant that was held by `raters` accounts, in place of the stage's interview.

    Returns:
        the account ids, the leader first.
    """
    accounts = [
        stores.accounts.create(f"rater-{n}-{one.candidate[:6]}", "a long enough password", "interviewer").id
        for n in range(raters)
    ]
    session = stores.live_sessions.create(
        interviewer_id=accounts[0], candidate_id=one.candidate, opening_id=OPENING.id, profile="standard",
        language="ko", microphones="shared", stage="executive",
    )  # fmt: skip
    for account in accounts[1:]:
        stores.panels.add(session.id, account)
    stores.live_sessions.set_state(session.id, "live")
    stores.live_sessions.set_state(session.id, "ended")
    one.interviews["executive"] = session.id
    return accounts


def publish_executive(stores: Stores, one: Applicant, level: float) -> None:
    """The card of the applicant's executive session."""
    interview = one.interviews["executive"]
    stores.consents.grant(one.candidate, interview, load_profile("standard").purposes, "1")
    stores.scorecards.publish(stage_card(interview, "executive", level))
    stores.interviews.set_status(interview, "published")


def rate(stores: Stores, one: Applicant, rater: str, level: int, **others: int) -> None:
    """One account's ratings of the executive interview: `level` for all criteria but `others`."""
    criteria = [c.id for c in load_rubric("executive", "1").criteria]
    given = [Rating(c, others.get(c, level), "as heard") for c in criteria]
    stores.ratings.submit(one.interviews["executive"], rater, given)


def add_insights(stores: Stores, one: Applicant, kinds: Mapping[str, ClaimKind], approved: tuple[str, ...]) -> None:
    """Insights of the executive interview by sentence; the `approved` ones are, the others wait for a person."""
    interview = one.interviews["executive"]
    quote = Citation("executive:u0001", "executive", "저는 그 일을 맡아 석 달 만에 끝냈습니다.", 61.0, 65.0)
    found = [
        Insight(f"i{n}", kind, ClaimText(ko=text, en=f"{text} (en)"), (quote,), "offline")
        for n, (text, kind) in enumerate(kinds.items())
    ]
    stores.insights.put(interview, found)
    for insight in found:
        if insight.text.ko in approved:
            stores.insights.approve(interview, insight.id)
