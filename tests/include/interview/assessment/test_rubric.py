"""The rubrics are the product's constitution: complete, balanced, bilingual, and about behaviour only."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from include.interview import stages
from include.interview.assessment.rubric import RUBRICS_DIR, load_rubric, parse_rubric
from include.interview.errors import BadInput, NotFound

pytestmark = pytest.mark.unit

STAGES = ("ai", "practical", "executive")
# The table of the design: stage -> criterion -> points.
POINTS = {
    "ai": {"language": 30, "nonverbal": 25, "psychological": 20, "cognitive": 15, "job_fit": 10},
    "practical": {"answer_quality": 40, "keyword_match": 30, "emotion": 20, "answer_flow": 10},
    "executive": {"leadership": 25, "strategic_thinking": 25, "experience": 25, "culture_fit": 25},
}
HANGUL = re.compile(r"[가-힣]")
LATIN = re.compile(r"[A-Za-z]")
PROXIES = re.compile(
    r"\b(?:attractive|handsome|beautiful|young|old|male|female|foreign|native speaker|eye contact|confident-looking)\b"
    r"|잘생|예쁘|젊은|늙은|여성스|남자답|외국인|원어민",
    re.IGNORECASE,
)


def newest(stage):
    return load_rubric(stage, stages.STAGES[stage].rubric_version)


def texts(criterion):
    yield "name", criterion.name
    yield "subtitle", criterion.subtitle
    yield "description", criterion.description
    for anchor in criterion.anchors:
        yield f"level {anchor.level}", anchor.text


@pytest.mark.parametrize("stage", STAGES)
def test_criteria_and_points_are_those_of_the_design(stage):
    rubric = newest(stage)
    assert {c.id: c.points for c in rubric.criteria} == POINTS[stage]
    assert sum(c.points for c in rubric.criteria) == 100
    assert rubric.stage == stage


def test_criterion_ids_are_unique_across_stages():
    ids = [c.id for stage in STAGES for c in newest(stage).criteria]
    assert len(ids) == len(set(ids)) == 13


@pytest.mark.parametrize("stage", STAGES)
def test_every_text_exists_in_both_languages(stage):
    for criterion in newest(stage).criteria:
        assert [a.level for a in criterion.anchors] == [1, 2, 3, 4, 5]
        assert texts(criterion)
        for what, text in texts(criterion):
            where = f"{criterion.id} {what}"
            assert HANGUL.search(text.ko), where
            assert not LATIN.search(text.ko), where
            assert LATIN.search(text.en), where
            assert not HANGUL.search(text.en), where


@pytest.mark.parametrize("stage", STAGES)
def test_anchors_are_distinct_substantial_and_free_of_proxies(stage):
    for criterion in newest(stage).criteria:
        for language in ("ko", "en"):
            anchors = [a.text.text(language) for a in criterion.anchors]
            word_sets = [set(re.findall(r"\w+", a.lower())) for a in anchors]
            for anchor, own in zip(anchors, word_sets, strict=True):
                assert len(own) >= 10, anchor
                assert not PROXIES.search(anchor), anchor
            for lower, higher in pairwise(word_sets if criterion.judge == "model" else []):  # rules differ by figures
                shared = len(lower & higher) / len(lower | higher)
                assert shared < 0.6, f"{criterion.id}: neighbouring {language} anchors say nearly the same"


def test_everything_executive_and_cognitive_is_judged_from_words_only():
    assert all(c.word_based and c.judge == "model" for c in newest("executive").criteria)


def test_pauses_latency_and_voice_are_in_no_criterion_any_more():
    """Search time is no fault, silent blocks are stuttering, and how a voice sounds is no part of what is judged."""
    criteria = [c for stage in STAGES for c in newest(stage).criteria]
    assert [c.id for c in criteria if not c.word_based] == ["nonverbal"]
    assert [c.id for c in criteria if c.judge != "model"] == ["nonverbal"]
    assert load_rubric("ai", "2").criterion("psychological").mix == {"model": 0.8, "rules": 0.2}, "old ones stay"


def test_all_but_language_nonverbal_and_flow_read_the_answers_to_their_own_questions():
    criteria = [c for stage in STAGES for c in newest(stage).criteria]
    assert {c.id for c in criteria if c.scope == "all"} == {"language", "nonverbal", "answer_flow"}
    assert {c.min_answers for c in criteria if c.scope == "mapped"} == {2}
    old = [c for stage in STAGES for c in load_rubric(stage, "1").criteria]
    assert all((c.scope, c.min_answers) == ("all", 0) for c in old)


def test_titles_are_those_the_user_named_each_with_what_is_really_measured():
    titles = {
        "언어능력": "Language", "비언어적 행동": "Nonverbal behaviour", "심리적 특성": "Psychological traits",
        "인지능력": "Cognitive ability", "직무 적합성": "Job fit", "답변 품질": "Answer quality",
        "키워드 매칭": "Keyword match", "감정 분석": "Emotion", "답변 흐름": "Answer flow", "리더십": "Leadership",
        "전략적 사고": "Strategic thinking", "경험 분석": "Experience", "문화 적합성": "Culture fit",
    }  # fmt: skip
    criteria = [c for stage in STAGES for c in newest(stage).criteria]
    assert {c.name.ko: c.name.en for c in criteria} == titles
    assert newest("ai").criterion("psychological").subtitle.ko == "책임과 성찰"
    assert newest("practical").criterion("emotion").subtitle.en == "handling disagreement and hard questions"


def test_nonverbal_is_judged_by_rules_alone():
    nonverbal = newest("ai").criterion("nonverbal")
    assert nonverbal.judge == "rules"
    assert not nonverbal.reads_words
    assert "coverage" in nonverbal.description.en
    assert "never the score" in nonverbal.description.en


def test_unknown_names_are_errors_that_list_the_known_ones():
    with pytest.raises(NotFound, match=r"ai\.v1"):
        load_rubric("ai", "99")
    with pytest.raises(NotFound, match="ai"):
        load_rubric("../policies/eu", "1")
    with pytest.raises(NotFound, match="language"):
        load_rubric("ai", "1").criterion("charisma")
    with pytest.raises(NotFound, match="1 to 5"):
        load_rubric("ai", "1").criterion("language").anchor(6)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("points: 30", "points: 31", "101"),
        ("- level: 5", "- level: 6", "levels 1 to 5"),
        ("model: 0.8, rules: 0.2", "model: 0.8, rules: 0.3", "sum to 1"),
        ("id: cognitive", "id: language", "twice"),
        ("judge: rules", "judge: coin", "coin"),
    ],
)
def test_a_rubric_that_contradicts_itself_is_refused(before, after, message):
    source = (RUBRICS_DIR / "ai.v1.yaml").read_text(encoding="utf-8")
    assert before in source
    with pytest.raises(BadInput, match=message):
        parse_rubric(source.replace(before, after, 1).encode(), "changed.yaml")


def test_version_2_of_the_ai_rubric_says_what_nonverbal_measures_and_changes_nothing_else():
    before, now = load_rubric("ai", "1"), load_rubric("ai", "2")
    assert [c for c in before.criteria if c.id != "nonverbal"] == [c for c in now.criteria if c.id != "nonverbal"]
    nonverbal = now.criterion("nonverbal")
    assert nonverbal.points == before.criterion("nonverbal").points
    words = " ".join((nonverbal.description.en, *(a.text.en for a in nonverbal.anchors)))
    assert "towards camera or screen" in words
    assert "never the score" in words
    assert not {"steady", "intensity", "sways"} & set(words.replace(",", "").split()), "measures that left"
    assert all(a.text.ko for a in nonverbal.anchors)
