"""An opening whose applicants have published cards in all three stages and have been ranked, as its pages meet it."""

from __future__ import annotations

from dataclasses import dataclass

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.records import (
    Bilingual,
    CriterionScore,
    JudgeIdentity,
    Judgement,
    Opening,
    Quote,
    Scorecard,
    Stage,
)
from include.interview.stages import STAGES
from include.storage import Stores
from tasks.ranking.flow import rank_openings

OPENING = Opening(
    "payments-2026",
    Bilingual("결제 서버 개발자", "Payments engineer"),
    Bilingual("결제 서비스를 만듭니다.", "Builds our payment service."),
    values=(Bilingual("불리한 사실도 먼저 알립니다.", "We are the first to report bad news."),),
    places=3,
)
NAMES = (
    "김하늘", "이서준", "박지우", "최민서", "정도윤", "강예은", "조시우", "윤수아", "장하준", "임지민", "한유진",
    "Ann <b>O'Neil</b>",
)  # fmt: skip
WORDS = "제가 직접 이중 기록 장치를 만들었습니다."
JUDGE = JudgeIdentity("offline", "offline", "encoder", "1")
SEM_POINTS = 2.5


@dataclass(frozen=True)
class Ranked:
    """One applicant: the application, the name, and the interview of each stage."""

    application_id: str
    candidate_id: str
    name: str
    interviews: dict[Stage, str]


def publish(stores: Stores, interview_id: str, stage: Stage, score: float) -> None:
    """Publish a complete card whose criteria all have `score` of 0 to 1."""
    rubric = load_rubric(stage, "1")
    lines = []
    for criterion in rubric.criteria:
        words = Quote("u1", WORDS, 7.0, 9.0)
        level = 1.0 + 4.0 * score
        rationale = Bilingual("자신이 한 일을 말하였습니다.", "Says what was done by themselves.")
        judged = Judgement(criterion.id, 0, level, JUDGE, rationale, evidence=(words,))
        weights = (criterion.points, criterion.points)
        points = score * criterion.points
        lines.append(CriterionScore(criterion.id, "scored", *weights, score, level, 0.05, points, (words,), (judged,)))
    total = sum(line.points or 0.0 for line in lines)
    stores.scorecards.publish(
        Scorecard(
            interview_id, stage, "complete", total, SEM_POINTS, tuple(lines), "standard", rubric.version, "p1",
            judges=(JUDGE,),
        )
    )  # fmt: skip
    stores.interviews.set_status(interview_id, "published")


def ranked_opening(stores: Stores, count: int = len(NAMES)) -> list[Ranked]:
    """`count` people, best first and 2 points apart, ranked twice; one more who lacks every stage is listed apart.

    Between the two rankings the third got a new card, so that there is a change to be told.
    """
    stores.openings.put(OPENING)
    people = []
    for place in range(count):
        name = NAMES[place % len(NAMES)] + (f" {place}" if place >= len(NAMES) else "")
        candidate = stores.candidates.create(name)
        stores.consents.grant(candidate.id, None, load_profile("standard").purposes, "2026-11")
        application = stores.applications.ensure(candidate.id, OPENING.id)
        interviews = {stage: stores.interviews.create(application, stage, "standard").id for stage in STAGES}
        for stage, interview in interviews.items():
            publish(stores, interview, stage, 0.9 - 0.02 * place)
        people.append(Ranked(application, candidate.id, name, interviews))
    stores.applications.ensure(stores.candidates.create("서류만 낸 사람").id, OPENING.id)
    rank_openings(stores, [OPENING.id])
    publish(stores, people[2].interviews["ai"], "ai", 0.87)
    (outcome,) = rank_openings(stores, [OPENING.id])
    assert outcome.result == "swapped"
    return people
