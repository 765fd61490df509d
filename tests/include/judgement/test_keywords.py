"""Keywords of the opening in what was said: inflection, spacing, particles; and what is no use of a concept."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include import korean_morphemes
from include.interview.records import Keyword, Utterance
from include.interview.transcript.quotes import find_in_utterance
from include.judgement.keywords import KeywordMatcher, Mention
from include.judgement.particles import with_particle

pytestmark = pytest.mark.unit

KEYWORDS = (
    Keyword("쿠버네티스", ("Kubernetes", "k8s")),
    Keyword("데이터베이스", ("database", "DB")),
    Keyword("문제 해결", ("problem solving", "solve")),
    Keyword("테스트 자동화", ("test automation", "automated test")),
    Keyword("책임", ("responsibility",)),
    Keyword("소통", ("communication",)),
    Keyword("배움", ("배웠", "learn")),
    Keyword("code review", ("코드 리뷰",)),
    Keyword("Docker", ("도커",)),
    Keyword("Kafka", ("카프카",)),
    Keyword("Go"),
    Keyword("C++"),
    Keyword("API"),
    Keyword("build"),
)
MATCHER = KeywordMatcher(KEYWORDS)


def said(text: str) -> Utterance:
    return Utterance("c100", "candidate", "candidate", text)


def mentions(text: str) -> tuple[Mention, ...]:
    return MATCHER.mentions(said(text))


def used(text: str) -> dict[str, str]:
    return {m.term: m.quote for m in mentions(text) if m.use == "used"}


@pytest.mark.parametrize(
    ("text", "term", "quote"),
    [
        ("쿠버네티스로 서비스를 배포했습니다.", "쿠버네티스", "쿠버네티스"),
        ("We moved everything to Kubernetes.", "쿠버네티스", "Kubernetes"),
        ("데이터 베이스를 옮겼습니다.", "데이터베이스", "데이터 베이스"),
        ("Two databases were merged.", "데이터베이스", "databases"),
        ("고객의 문제를 해결했습니다.", "문제 해결", "문제를 해결"),
        ("문제해결 능력을 길렀습니다.", "문제 해결", "문제해결"),
        ("I solved it in a week.", "문제 해결", "solved"),
        ("It taught me problem-solving.", "문제 해결", "problem-solving"),
        ("회귀 테스트를 자동화했습니다.", "테스트 자동화", "테스트를 자동화"),
        ("I wrote automated tests for it.", "테스트 자동화", "automated tests"),
        ("끝까지 책임감을 가지고 일했습니다.", "책임", "책임감"),
        ("팀의 의사소통을 맡았습니다.", "소통", "소통"),
        ("그때 많이 배워서 좋았습니다.", "배움", "배워"),
        ("I learnt a lot there.", "배움", "learnt"),
        ("매일 코드리뷰를 했고 좋았습니다.", "code review", "코드리뷰"),
        ("I did code reviews every day.", "code review", "code reviews"),
        ("도커를 도입했습니다.", "Docker", "도커"),
        ("I built it with Go.", "Go", "Go"),
        ("It was written in C++, mostly.", "C++", "C++"),
        ("API를 설계했습니다.", "API", "API"),
    ],
)
def test_a_term_is_found_in_its_forms_with_the_exact_words(text: str, term: str, quote: str) -> None:
    assert used(text).get(term) == quote


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("무책임한 행동이었습니다.", "책임"),
        ("we go home at six", "Go"),
        ("It was a rapid change.", "API"),
        ("C is not what I know.", "C++"),
        ("dockerhub 이야기는 아닙니다", "Docker"),
    ],
)
def test_what_only_looks_like_a_term_is_none(text: str, term: str) -> None:
    assert term not in {m.term for m in mentions(text)}


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("쿠버네티스를 써 본 적이 없습니다.", "쿠버네티스"),
        ("카프카는 안 써 봤습니다.", "Kafka"),
        ("I have never used Kubernetes.", "쿠버네티스"),
        ("I don't know Docker.", "Docker"),
    ],
)
def test_a_denial_is_no_use(text: str, term: str) -> None:
    assert [m.use for m in mentions(text) if m.term == term] == ["negated"]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("I have never used Kafka, but I moved the service to Docker.", "Docker"),
        ("I did not only use Docker there.", "Docker"),
        ("소통뿐만 아니라 책임도 중요했습니다.", "소통"),
    ],
)
def test_a_negation_elsewhere_leaves_a_use(text: str, term: str) -> None:
    assert [m.use for m in mentions(text) if m.term == term] == ["used"]


@pytest.mark.parametrize("text", ["Docker, Kafka, Kubernetes and Go.", "쿠버네티스, 도커, 카프카 압니다."])
def test_a_bare_list_is_no_use(text: str) -> None:
    assert {m.use for m in mentions(text)} == {"listed"}


def test_the_same_terms_in_a_deed_are_uses() -> None:
    text = "I used Docker and Kafka to move our Kubernetes services within three weeks."
    assert {m.use for m in mentions(text)} == {"used"}


def test_hits_are_linked_to_their_utterances_in_order() -> None:
    first = Utterance("c1000", "candidate", "candidate", "도커를 도입했습니다.")
    second = Utterance("c9000", "candidate", "candidate", "Docker images were built nightly.")
    hits = MATCHER.hits([first, second])
    assert [(m.utterance_id, m.quote) for m in hits["Docker"]] == [("c1000", "도커"), ("c9000", "Docker")]
    assert hits["Kafka"] == ()
    assert set(hits) == {k.term for k in KEYWORDS}


PIECES = [
    "쿠버네티스를", "Kubernetes", "database's", "데이터 베이스", "문제를 해결했고", "C++", "c++.",
    "go", "Go,", "도커는", "안", "없습니다.",
    "never", "😀", "é", "e\u0301", "KUBERNETES", "책임감", "무책임", ",",
    "\u200b", "코드리뷰", "code-reviews", "않고", "1,000",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_every_quote_stands_in_its_utterance_where_it_says(text: str) -> None:
    utterance = said(text)
    composed = unicodedata.normalize("NFC", text)
    for mention in MATCHER.mentions(utterance):
        assert composed[mention.start : mention.end] == mention.quote
        assert mention.quote.strip()
        assert find_in_utterance(utterance, mention.quote) is not None


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("결제", "을/를", "‘결제’를"),
        ("협업", "을/를", "‘협업’을"),
        ("쿠버네티스", "은/는", "‘쿠버네티스’는"),
        ("소통", "과/와", "‘소통’과"),
        ("API", "이/가", "‘API’가"),
        ("SQL", "이/가", "‘SQL’이"),
        ("5G", "을/를", "‘5G’을(를)"),
        ("Docker", "을/를", "‘Docker’을(를)"),
        ("버전 3", "은/는", "‘버전 3’은"),
    ],
)
def test_particles_follow_the_sound_before_them(word: str, pair: str, expected: str) -> None:
    assert with_particle(word, pair) == expected


def test_english_words_are_matched_without_the_korean_analyser(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded() -> None:
        raise AssertionError("the analyser takes seconds to load")

    monkeypatch.setattr(korean_morphemes, "_kiwi", loaded)
    matcher = KeywordMatcher([Keyword(term="caching", synonyms=("임시 저장소를 겹쳐 쓰기",))])
    assert [m.quote for m in matcher.mentions(said("We added caching to the page."))] == ["caching"]
    with pytest.raises(AssertionError):
        matcher.mentions(said("임시 저장소를 겹쳐 썼습니다."))
