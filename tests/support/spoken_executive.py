"""Spoken executive sessions for tests: prepared questions, and answers that leave something open."""

from __future__ import annotations

import msgspec

from include.interview.assessment.rubric import load_rubric
from include.interview.preparation.records import PreparedQuestion, QuestionReason
from include.interview.records import Bilingual
from live_gateway.feedback import FeedbackContext
from tests.support import spoken_sessions
from tests.support.executive_sessions import opening

ENGLISH = (
    "i: Tell me about a time when you took a decision against the opposition of people you worked with.",
    "c: Last year our payment team wanted to keep the old ledger and the audit was two months away.",
    "c: I listened to both sides, I compared the two designs by cost and risk and I decided for the new ledger.",
    "i: What came of it in the end?",
    "c: We passed the audit in time and I saved the company thirty percent of the running costs.",
    "i: Tell me about a time when a colleague who saw things differently made you change your way of working.",
    "c: In my last company there were a lot of things going on between the departments during that winter.",
    "c: We talked to each other and we changed the weekly meeting and we shared the plans.",
    "i: Thank you. What else matters to you at work?",
    "c: I am always somebody who works hard and people like to work with me, and it usually works out somehow.",
)
KOREAN = (
    "i: 함께 일하는 사람들의 반대 속에서 결정을 내리셨던 경험을 말씀해 주세요.",
    "c: 작년에 결제 팀은 기존 원장을 유지하자고 했고 감사까지 두 달이 남아 있었습니다.",
    "c: 제가 양쪽의 의견을 듣고 두 가지 설계를 비용과 위험으로 비교해서 새 원장으로 결정했습니다.",
    "i: 그 일이 어떤 결과로 이어졌는지 말씀해 주세요.",
    "c: 감사를 제때 통과했고 제가 운영 비용을 30퍼센트 줄였습니다.",
    "i: 관점이 다른 동료의 의견을 받아들여 일하는 방식을 바꾸셨던 경험을 말씀해 주세요.",
    "c: 전 직장에서 그해 겨울에 부서 사이에 이것저것 일이 많았습니다.",
    "c: 저희는 서로 이야기를 나누었고 저희가 주간 회의를 바꾸었고 계획을 공유했습니다.",
    "i: 감사합니다. 일하면서 또 무엇을 중요하게 생각하시나요?",
    "c: 저는 항상 최선을 다하는 사람이고 다들 저와 일하는 것을 좋아해서 어떻게든 다 잘되는 편입니다.",
)
SESSIONS = {"en": ENGLISH, "ko": KOREAN}
PREPARED = ("leadership-1", "culture_fit-2", "experience-3")
"""Ids of the prepared questions; the first two are asked in the sessions, word for word."""
NEVER_ASKED = {
    "en": "Tell me about a time when you used the lesson of a failure in later work.",
    "ko": "실패에서 배운 것을 나중의 일에 적용하셨던 경험을 말씀해 주세요.",
}


def prepared(language: str) -> tuple[PreparedQuestion, ...]:
    """Three accepted questions."""
    lines = [line.split(": ", 1)[1] for line in SESSIONS[language]]
    texts = (lines[0], lines[5], NEVER_ASKED[language])
    why = QuestionReason("untold", Bilingual("아직 듣지 못했습니다.", "Not heard yet."))
    return tuple(
        PreparedQuestion(id_, text, language, id_.split("-")[0], 4, why, "past_behaviour", n, state="accepted")  # type: ignore[arg-type]
        for n, (id_, text) in enumerate(zip(PREPARED, texts, strict=True))
    )


def context(language: str = "en") -> FeedbackContext:
    """An executive session whose opening names a written value, under the profile that hears no voice."""
    return msgspec.structs.replace(
        spoken_sessions.context(language, "text_only"),
        opening=opening(language),
        rubric=load_rubric("executive", "1"),
        prepared=prepared(language),
    )
