"""Copies are found; greetings, the question and independent answers to it are not."""

from __future__ import annotations

from itertools import combinations

import pytest

from include.interview.answer_index.likeness import LEAST_SHARED, likeness
from tests.support.ladders import case_of, middling

pytestmark = pytest.mark.slow

KO = (
    "지난해 결제 서비스에서 장애가 자주 발생했습니다. 제가 원인을 분석해 보니 데이터베이스 연결이 부족했고, "
    "연결 풀을 늘리고 느린 질의를 "
    "고쳐서 장애를 절반으로 줄였습니다. 그 뒤로는 배포 전에 부하 시험을 하도록 팀의 절차를 바꾸었고, 다음 "
    "분기에는 장애가 한 번도 없었습니다."
)
EN = (
    "Last year our payment service failed often. I analysed the cause and found that we ran out of database "
    "connections, "
    "so I enlarged the pool, fixed the slowest queries and halved the outages. After that I changed our "
    "release process "
    "so that every release is load tested, and there was no outage in the next quarter."
)


@pytest.mark.parametrize("text", [KO, EN])
def test_a_copy_with_small_changes_is_found(text: str) -> None:
    changed = text.replace("지난해", "작년").replace("절반으로", "반으로").replace("Last year", "Two years ago")
    greeted = "안녕하세요. 좋은 질문 감사합니다. " + changed if text is KO else "Good morning. Thank you. " + changed
    alike = likeness(text, greeted)
    assert alike is not None
    assert alike.nearly_identical
    assert alike.shared >= 0.8
    assert alike.edits <= 0.15


def test_the_same_account_in_other_words_is_no_copy() -> None:
    other = (
        "작년에 결제 시스템이 자주 멈췄는데 살펴보니 디비 커넥션이 모자랐습니다. 그래서 커넥션 풀을 키우고 "
        "쿼리를 최적화해서 사고가 반으로 "
        "줄었습니다. 이후에는 릴리스 전에 성능 테스트를 꼭 하게 했더니 그다음 석 달 동안은 사고가 나지 않았습니다."
    )
    alike = likeness(KO, other)
    assert alike is not None
    assert not alike.nearly_identical


def test_a_repeated_question_is_nobody_s_own() -> None:
    question = (
        "Can you tell me about a time when you had to lead a team through a difficult change, what you did yourself, "
        "and what came of it in the end?"
    )
    first = question + " It was at the library."
    second = question + " We moved our servers."
    assert likeness(first, second, [question]) is None
    assert likeness(first, second) is not None


@pytest.mark.parametrize(
    "greeting",
    [
        (
            "안녕하세요. 만나 뵙게 되어 반갑습니다. 오늘 이렇게 면접 기회를 주셔서 진심으로 감사합니다. 잘 "
            "부탁드립니다. 그럼 질문에 답변드리겠습니다. 이상입니다. 감사합니다."
        ),
        "Good morning. Thank you very much for inviting me today. It is nice to meet you. That is a good question. "
        "I am happy to answer it. Thank you so much for your time.",
    ],
)
def test_greetings_alone_are_no_sign(greeting: str) -> None:
    assert likeness(greeting, greeting) is None


def test_short_answers_are_no_sign() -> None:
    assert likeness("We agreed on the plan and kept it.", "We agreed on the plan and kept it.") is None


@pytest.mark.parametrize("language", ["ko", "en"])
def test_independent_answers_to_one_question_share_little(language: str) -> None:
    """Hand-written interviews of ordinary quality, all asked the same questions."""
    cases = [case_of(one.text) for one in middling(language)]
    shared = []
    for one, other in combinations(cases, 2):
        for first in one.answers:
            for second in other.answers:
                asked = [q for q in (first.question, second.question) if q]
                alike = likeness(first.text, second.text, asked)
                if alike is not None:
                    assert not alike.nearly_identical
                    shared.append(alike.shared)
    assert shared
    assert max(shared) < LEAST_SHARED / 2
