from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.interview.transcript.syllables import syllables
from include.perception.fluency import tokens
from include.perception.fluency.diversity import mattr, repetitions
from include.perception.fluency.lexicon import lemma

pytestmark = pytest.mark.unit


def test_mattr_against_a_hand_count() -> None:
    # windows of 3 over a b a c c: {a b}, {a b c}, {a c} -> (2 + 3 + 2) / 9
    assert mattr(["a", "b", "a", "c", "c"], 3) == pytest.approx(7 / 9)
    assert mattr(["a"] * 60) == pytest.approx(1 / 50)
    assert mattr([str(i) for i in range(50)]) == 1.0
    assert mattr(["a"] * 49) is None


@given(st.lists(st.sampled_from("abcdefg"), min_size=5, max_size=60))
def test_mattr_equals_its_definition(said: list[str]) -> None:
    windows = [said[i : i + 5] for i in range(len(said) - 4)]
    assert mattr(said, 5) == pytest.approx(sum(len(set(w)) / 5 for w in windows) / len(windows))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("I I think we we should go", 2),
        ("I was I was going home", 1),
        ("it was very very good, no no", 0),
        ("w- we pro- produced it", 2),
        ("제가 제가 그 일을 맡았습니다", 1),
        ("정말 정말 좋았고 네 네", 0),
        ("그 일은 그 일은 어려웠습니다", 1),
        ("ask not what you can do ask what you can do", 0),
        ("the the the plan", 2),
    ],
)
def test_repetitions(text: str, count: int) -> None:
    assert repetitions(text) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("안녕하세요", 5),
        ("저는 API를 씁니다", 9),
        ("회사에서 일했습니다.", 9),
        ("We finished the project", 6),
        ("4개", 2),
        ("", 0),
    ],
)
def test_syllables(text: str, count: int) -> None:
    assert syllables(text) == count


@pytest.mark.parametrize(
    ("forms", "headword"),
    [
        ("work works worked working", "work"),
        ("plan plans planned planning", "plan"),
        ("make makes made making", "make"),
        ("study studies studied studying", "study"),
        ("create creates created creating", "create"),
        ("team teams", "team"),
        ("box boxes", "box"),
        ("customer customers customer's", "customer"),
        ("solve solves solved solving", "solve"),
        ("process", "process"),
        ("thing things", "thing"),
        ("analysis", "analysis"),
    ],
)
def test_forms_of_a_word_share_a_lemma(forms: str, headword: str) -> None:
    assert {lemma(f) for f in forms.split()} == {headword}


def test_korean_tokens_are_lexical_morphemes() -> None:
    assert tokens("프로젝트를 성공적으로 마쳤습니다. 프로젝트가 컸다.", "ko").count("프로젝트") == 2
    assert "를" not in tokens("프로젝트를 마쳤습니다.", "ko")
    assert tokens("먹었어요 먹습니다", "ko") == ("먹다", "먹다")


def test_english_tokens_are_lemmas() -> None:
    assert tokens("We worked; they're working.", "en") == ("we", "work", "be", "work")
