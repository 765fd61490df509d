from __future__ import annotations

import pytest

from include.perception.fluency.fillers import fillers

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("그 회사는 이제 성장합니다.", []),
        ("어, 제가 약간 긴장했습니다.", ["어"]),
        ("어 그게 저 그 저 프로젝트를 어떻게 했냐면", ["어", "저", "그", "저"]),
        ("음 저는 어 그 회사는 뭐 이제 약간 좋은 것 같아요.", ["음", "어", "뭐", "이제", "약간"]),
        ("뭐 먹었어요?", []),
        ("저 사람은 음악을 듣고 어디로 갔어요.", []),
        ("이제 막 졸업했습니다. 약간의 도움이 필요합니다.", []),
        ("음... 아 그 에 저희 팀이", ["음", "아", "그", "에"]),
        ("저는 저 프로젝트를 그 팀과 함께 했습니다.", []),
        ("뭐랄까 좀 어려웠습니다.", ["뭐랄까"]),
    ],
)
def test_korean(text: str, expected: list[str]) -> None:
    found = fillers(text, "ko")
    assert [f.text for f in found] == expected
    assert all(text[f.start : f.end] == f.text for f in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Um, I uh shipped it, er, twice. Hmm.", ["Um", "uh", "er", "Hmm"]),
        ("I like teams and I would like to work with people like you.", []),
        ("It looks like rain, it feels like home.", []),
        ("And, like, we had, like, three weeks.", ["like", "like"]),
        ("We were um like late.", ["um", "like"]),
        ("You know, it was hard, you know.", ["You know", "you know"]),
        ("Do you know what it takes? If you know the customer, you know what to do.", []),
        ("It was kind of hard, but a kind of test, this sort of thing.", ["kind of"]),
        ("I mean, it worked. That is what I mean.", ["I mean"]),
        ("The umbrella and the error were summed.", []),
    ],
)
def test_english(text: str, expected: list[str]) -> None:
    assert [f.text for f in fillers(text, "en")] == expected
