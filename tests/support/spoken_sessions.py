"""Spoken sessions for tests: lines become utterances with words in time, and the events a gateway would write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.live.session import LiveUtterance
from include.interview.live.wire import Durable, TranscriptFinal, WireWord
from include.interview.records import Bilingual, Keyword, Opening, Question, Word
from include.settings import JudgeSettings, Settings, load_settings
from live_gateway.feedback import FeedbackContext, LiveFeedback

ROLE = {"i": "interviewer", "c": "candidate"}
WORD_S, GAP_S, TURN_S = 0.3, 0.1, 0.8
RATE = 16_000

ENGLISH = (
    "i: Tell me about yourself.",
    "c: I am an engineer and I have worked on payment services for three years.",
    "c: I moved two services to Kubernetes and I wrote the tests for them.",
    "i: Tell me about a time when you solved a difficult problem.",
    "c: Last year the build of our team broke every week.",
    "c: I read every log, I rewrote the scripts and I taught two colleagues how they work.",
    "i: How old are you, by the way?",
    "c: I would rather talk about the job.",
    "i: Of course. How do you work with others?",
    "c: I listen first and then I say what I think, because people follow reasons.",
    "c: In one project we disagreed on the cache and I measured both ways for two days.",
)
KOREAN = (
    "i: 자기소개를 해 주세요.",
    "c: 저는 결제 서비스를 삼 년 동안 개발한 엔지니어입니다.",
    "c: 서비스 두 개를 쿠버네티스로 옮겼고 테스트를 직접 작성했습니다.",
    "i: 어려운 문제를 해결한 경험을 구체적으로 말씀해 주세요.",
    "c: 작년에 저희 팀의 빌드가 매주 실패했습니다.",
    "c: 제가 모든 기록을 읽고 스크립트를 다시 작성했고 동료 두 명에게 알려 주었습니다.",
    "i: 혹시 결혼은 하셨어요?",
    "c: 직무에 관한 이야기를 드리고 싶습니다.",
    "i: 네, 팀에서는 어떻게 일하시나요?",
    "c: 먼저 듣고 나서 제 생각을 이유와 함께 말합니다. 이유를 알아야 함께 움직이기 때문입니다.",
    "c: 한 프로젝트에서 캐시에 대한 의견이 달라서 이틀 동안 두 방법을 모두 측정했습니다.",
)
SESSIONS = {"en": ENGLISH, "ko": KOREAN}


def opening(language: str) -> Opening:
    general = general_opening(language)  # type: ignore[arg-type]
    keywords = (Keyword("Kubernetes", ("쿠버네티스",)), Keyword("Kafka", ("카프카",)), Keyword("test", ("테스트",)))
    extra = Question("cache", Bilingual("캐시를 설계한 방법을 설명해 주세요.", "How did you design a cache?"))
    return msgspec.structs.replace(general, keywords=keywords, questions=(*general.questions[:2], extra))


def context(language: str = "en", profile: str = "standard", *, consent: bool = True, judge: JudgeSettings | None = None, home: Path | None = None) -> FeedbackContext:  # fmt: skip  # noqa: E501
    settings: Settings = load_settings({"TRIVIEW_HOME": str(home or Path("/nonexistent"))})
    if judge is not None:
        settings = msgspec.structs.replace(settings, judge=judge)
    return FeedbackContext(
        session_id="s-1",
        opening=opening(language),
        profile=load_profile(profile),
        rubric=load_rubric("practical", "1"),
        language=language,  # type: ignore[arg-type]
        settings=settings,
        consents=frozenset({"recording", "ai_evaluation", "emotion_analysis"} if consent else {"recording"}),
    )


def utterances(lines: Sequence[str], language: str, start_s: float = 1.0) -> list[LiveUtterance]:
    """`lines` ("i: ..." or "c: ...") spoken one after the other, a third of a second per word."""
    found, at, before = [], start_s, ""
    for line in lines:
        who, text = line.split(": ", 1)
        at += TURN_S if who != before else 0.4
        begin, words = at, []
        for word in text.split():
            words.append(Word(word, round(at, 3), round(at + WORD_S, 3), 0.9))
            at += WORD_S + GAP_S
        at -= GAP_S
        role = ROLE[who]
        found.append(
            LiveUtterance(
                id=f"{who}{round(begin * 1000)}", track=role, text=text, start_s=round(begin, 3), end_s=round(at, 3),  # type: ignore[arg-type]
                words=tuple(words), speaker=role, role=role, language=language, confidence=0.9,  # type: ignore[arg-type]
            )
        )  # fmt: skip
        before = who
    return found


def final(u: LiveUtterance) -> TranscriptFinal:
    """The event that the gateway wrote for `u`."""
    words = [WireWord(w.text, round(w.start_s * 1000), round(w.end_s * 1000), w.probability) for w in u.words]
    return TranscriptFinal(
        utt=u.id, text=u.text, words=words, speaker=u.speaker, role=u.role, start_ms=round(u.start_s * 1000),
        end_ms=round(u.end_s * 1000), language=u.language, confidence=u.confidence,
    )  # fmt: skip


def voice(u: LiveUtterance, hz: float = 150.0, amplitude: float = 4_000.0) -> np.ndarray:
    """A hum as long as the utterance: int16 (n,)."""
    t = np.arange(int((u.end_s - u.start_s) * RATE)) / RATE
    hum = np.sin(2 * np.pi * hz * t) + 0.5 * np.sin(4 * np.pi * hz * t)
    return (amplitude * hum / 1.5).astype(np.int16)


async def hold(feedback: LiveFeedback, said: Iterable[LiveUtterance], sound: Any = None) -> list[Durable]:
    """Everything said in order, each followed by its judgement and by two seconds of waiting."""
    news: list[Durable] = []
    for u in said:
        end = round(u.end_s * 1000)
        news += await feedback.on_final(u, sound(u) if sound else None, end + 400)
        news += await feedback.settled()
        news += await feedback.on_tick(end + 600)
        news += await feedback.settled()
    return news
