"""Applications whose first two stages are published, and the executive session that follows: stored for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from include.interview.assessment.openings import parse_opening
from include.interview.assessment.policy import load_profile
from include.interview.live.session import LiveSession
from include.interview.records import Document, Opening, Scorecard, Stage
from include.settings import Settings, load_settings
from include.storage import Stores
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, save
from tasks.typed_transcript import judge_transcript
from tests.support.ladders import ladder

SETTINGS = load_settings({"TRIVIEW_HOME": "/nonexistent"})
NAME = "Zebulon Quill-Marker"
OPENING = """
id: payments-{language}
title: {{ko: 결제 본부장, en: Head of payments}}
description: {{ko: 결제 서비스를 이끕니다., en: Leads our payment services.}}
language: {language}
competencies:
  - {{id: persuading, name: {{ko: 이해관계자 설득, en: Persuading stakeholders}}}}
values:
  - {{ko: 나쁜 소식을 먼저 알립니다., en: We share bad news first.}}
"""
CLAIM = {
    "ko": "은행 40곳이 쓰는 정산 서비스를 구축했습니다",
    "en": "Built the settlement service used by 40 banks",
}
RESUME = {
    "ko": f"홍길동 hong@example.org 010-1234-5678\n기혼이며 자녀 2명이 있습니다.\n{CLAIM['ko']}.",
    "en": f"Jane Roe, jane@example.org\nMarried with 2 children since 2015.\n{CLAIM['en']}.",
}
SHORT = {
    "ko": "면접관: 리더십을 발휘했던 경험을 말씀해 주세요.\n지원자: 동아리 회장을 했습니다.",
    "en": "Interviewer: Tell me about a time when you demonstrated leadership.\nInterviewee: I was club president.",
}
"""Too few words to judge anything by."""


def opening(language: str) -> Opening:
    """An opening with one competency and one written value."""
    return parse_opening(OPENING.format(language=language).encode(), "opening.yaml")


def good_interview(language: str) -> str:
    """A full typed interview of good quality."""
    return ladder(language)[-1][1]


@dataclass(frozen=True)
class Application:
    """A candidate with published earlier stages and an executive session. `cards`: stage -> its card."""

    session: LiveSession
    interviews: dict[Stage, str]
    cards: dict[Stage, Scorecard]


@dataclass(frozen=True)
class Earlier:
    """A candidate's published interviews for an opening. `interviews`: stage -> id; `cards`: stage -> card."""

    candidate_id: str
    opening: Opening
    interviews: dict[Stage, str]
    cards: dict[Stage, Scorecard]


def published_stages(
    stores: Stores,
    language: str,
    transcripts: Sequence[tuple[Stage, str]],
    *,
    candidate_id: str | None = None,
    settings: Settings = SETTINGS,
) -> Earlier:
    """An opening, and a candidate (a new one when none is named) with `transcripts` judged and published for it."""
    asked = opening(language)
    stores.openings.put(asked)
    candidate = candidate_id or stores.candidates.create(NAME).id
    found = Earlier(candidate, asked, {}, {})
    applied = stores.applications.ensure(candidate, asked.id)
    for stage, text in transcripts:
        interview = stores.interviews.create(applied, stage, "text_only", language)
        stores.consents.grant(candidate, interview.id, load_profile("text_only").purposes, "1")
        documents = (Document("resume", RESUME[language]),) if stage == "ai" else ()
        one = judge_transcript(text.encode(), stage, asked, settings, stage=stage, documents=documents)
        case = msgspec.structs.replace(one.case, interview_id=interview.id)
        card = msgspec.structs.replace(one.card, interview_id=interview.id)
        prepared = PreparedCase(case, {}, (), ())
        context = StepContext(stores, settings, interview.id)
        ref = save(context, "case", [stage], lambda p=prepared: p)  # type: ignore[misc]
        save(context, "score", [ref], lambda c=card, r=ref: ScoredInterview(c, r))  # type: ignore[misc]
        stores.scorecards.publish(card)
        stores.interviews.set_status(interview.id, "published")
        found.interviews[stage], found.cards[stage] = interview.id, card
    return found


def application(
    stores: Stores,
    language: str = "en",
    transcripts: Sequence[tuple[Stage, str]] = (),
    *,
    leader_id: str | None = None,
    candidate_id: str | None = None,
    settings: Settings = SETTINGS,
    profile: str = "text_only",
) -> Application:
    """An application with `transcripts` (stage, text) judged and published, and a planned executive session."""
    found = published_stages(stores, language, transcripts, candidate_id=candidate_id, settings=settings)
    candidate = found.candidate_id
    leader = leader_id or stores.accounts.create(f"l-{candidate[:8]}", "a long enough password", "interviewer").id
    session = stores.live_sessions.create(
        interviewer_id=leader, candidate_id=candidate, opening_id=found.opening.id, profile=profile, language=language,
        microphones="shared", stage="executive",
    )  # fmt: skip
    return Application(session, found.interviews, found.cards)
