"""Published interviews for the index of past answers: typed ones, judged offline, without a run of the flow."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.records import Stage
from include.settings import Settings
from include.storage import Stores
from tasks.evaluation.answers import index_answers
from tasks.evaluation.context import StepContext
from tasks.evaluation.judge_and_score import judge_case, score_case
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, save
from tests.support.ladders import case_of

CONSENT = "test-text-1"
QUESTION = {"ko": "어려운 문제를 해결한 경험을 말씀해 주세요.", "en": "Tell me about a hard problem that you solved."}


def publish_answers(
    stores: Stores,
    settings: Settings,
    answers: Sequence[str],
    *,
    name: str = "Quill",
    candidate_id: str | None = None,
    profile: str = "standard",
    stage: Stage = "executive",
    language: str = "ko",
    opening_id: str | None = None,
) -> str:
    """The id of a published interview in which the question was asked once per answer; its answers are indexed."""
    opening = general_opening()
    opening = msgspec.structs.replace(opening, id=opening_id or opening.id)
    stores.openings.put(opening)
    person = candidate_id or stores.candidates.create(name).id
    interview = stores.interviews.create(stores.applications.ensure(person, opening.id), stage, profile, language)
    stores.consents.grant(person, interview.id, load_profile(profile).purposes, CONSENT)
    asks, says = ("면접관", "지원자") if language == "ko" else ("Interviewer", "Interviewee")
    text = "\n".join(f"{asks}: {QUESTION[language]}\n{says}: {answer}" for answer in answers)
    case = case_of(text, stage=stage, opening=opening, profile=profile)
    case = msgspec.structs.replace(case, interview_id=interview.id)
    context = StepContext(stores, settings, interview.id)
    prepared = save(context, "case", ["typed"], lambda: PreparedCase(case, {}, (), ()))
    card = score_case(case, judge_case(case, case.criteria, settings), inputs={})
    scored = save(context, "score", [prepared], lambda: ScoredInterview(card, prepared))
    index_answers(context, scored)
    stores.interviews.set_status(interview.id, "published")
    return interview.id
