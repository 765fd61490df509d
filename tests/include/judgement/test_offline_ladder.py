"""The offline judge against interviews whose quality was fixed by hand beforehand."""

# ruff: noqa: E501 - spoken passages stay in one line
from __future__ import annotations

from functools import cache

import msgspec
import pytest
from scipy.stats import spearmanr

from include.interview.assessment.openings import general_opening
from include.interview.assessment.rubric import load_rubric
from include.interview.records import Document, Keyword, Quote, Stage
from include.judgement.criterion_profiles import PROFILES
from include.judgement.offline import OfflineJudge, read
from tests.support.ladders import case_of, ladder

STAGES: tuple[Stage, ...] = ("ai", "practical", "executive")
WORD_CRITERIA = [(s, c.id) for s in STAGES for c in load_rubric(s, "1").criteria if c.reads_words]
CLEAR_GAP = 1.4
"""Rungs whose intended qualities lie at least this far apart are a clear pair: every criterion must order them."""


@cache
def levels(language: str, stage: Stage) -> tuple[dict[str, float | None], ...]:
    """Per rung the level of every word criterion; one pass, so that each interview is analysed once."""
    judge, rubric = OfflineJudge(), load_rubric(stage, "1")
    found = []
    for _, text in ladder(language):
        case = case_of(text, stage=stage)
        found.append({c.id: judge.judge(case, c, 0).level for c in rubric.criteria if c.reads_words})
    return tuple(found)


def _scored(language: str, stage: Stage, criterion: str) -> list[tuple[float, float]]:
    pairs = zip(ladder(language), levels(language, stage), strict=True)
    return [(quality, level) for (quality, _), by in pairs if (level := by[criterion]) is not None]


@pytest.mark.unit
@pytest.mark.parametrize("language", ["en", "ko"])
def test_structured_answers_follow_the_intended_order(language: str) -> None:
    scored = _scored(language, "ai", "cognitive")
    assert len(scored) >= 11
    rho = spearmanr([q for q, _ in scored], [level for _, level in scored])[0]
    assert rho >= 0.9


@pytest.mark.unit
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(("stage", "criterion"), WORD_CRITERIA)
def test_every_criterion_orders_the_clear_pairs(language: str, stage: Stage, criterion: str) -> None:
    scored = _scored(language, stage, criterion)
    wrong = [(low, high) for low in scored for high in scored if high[0] - low[0] >= CLEAR_GAP and low[1] >= high[1]]
    assert wrong == []


@pytest.mark.unit
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_scale_is_used_from_poor_to_excellent(language: str) -> None:
    by_quality = dict(_scored(language, "ai", "language"))
    assert by_quality[1.4] < 2.0
    assert 2.5 < by_quality[3.0] < 4.0
    assert by_quality[5.0] > 4.2


@pytest.mark.unit
def test_every_word_criterion_of_all_rubrics_has_a_profile() -> None:
    assert {c for _, c in WORD_CRITERIA} == set(PROFILES)


@pytest.mark.unit
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_judgement_names_components_and_quotes_the_candidate(language: str) -> None:
    text = dict(ladder(language))[4.0]
    case = case_of(text)
    judgement = OfflineJudge().judge(case, case.rubric.criterion("cognitive"), 0)
    said = {u.id: u.text for u in case.candidate}
    quotes = [e for e in judgement.evidence if isinstance(e, Quote)]
    assert 1 <= len(quotes) <= 4
    assert all(q.text in said[q.utterance_id] for q in quotes)
    assert 99 <= sum(m.n for m in judgement.components) <= 101
    assert judgement.sem is not None
    assert 0.0 < judgement.sem < 1.0
    assert "Raised by" in judgement.rationale.en
    assert "수준을 올린 요소" in judgement.rationale.ko


@pytest.mark.unit
def test_the_same_case_gives_the_same_digits_after_a_fresh_analysis() -> None:
    from include.judgement import analysis, offline

    case = case_of(ladder("en")[5][1])
    criterion = case.rubric.criterion("language")
    first = OfflineJudge().judge(case, criterion, 0)
    analysis._analyses.clear()
    offline._readings.clear()
    assert OfflineJudge().judge(case, criterion, 0) == first


@pytest.mark.unit
def test_too_few_words_give_no_level() -> None:
    case = case_of("Interviewer: Tell me about yourself.\nInterviewee: I am a student.")
    judgement = OfflineJudge().judge(case, case.rubric.criterion("cognitive"), 0)
    assert judgement.level is None
    assert judgement.reason is not None
    assert judgement.reason.code == "too_few_words"


@pytest.mark.unit
def test_documents_that_agree_with_the_interview_raise_job_fit_over_documents_that_do_not() -> None:
    text = dict(ladder("en"))[4.0]
    agreeing = "President of the assistive technology club with twenty-five members. Intern at a medical device company, testing catheter prototypes. Volunteer math tutor on Saturdays."
    other = "Pastry chef in a hotel kitchen for six years. Won a national baking medal with a chocolate sculpture. Trained in Lyon."

    def found(document: str) -> tuple[float, float]:
        case = case_of(text, documents=(Document("resume", document),))
        judgement = OfflineJudge().judge(case, case.rubric.criterion("job_fit"), 0)
        part = next(m.value for m in judgement.components if m.name == "documents")
        assert judgement.level is not None
        assert part is not None
        return part, judgement.level

    assert found(agreeing)[0] > found(other)[0] + 0.2
    assert found(agreeing)[1] > found(other)[1]
    plain = case_of(text)
    names = {m.name for m in OfflineJudge().judge(plain, plain.rubric.criterion("job_fit"), 0).components}
    assert "documents" not in names


@pytest.mark.unit
def test_keywords_count_once_each_by_term_or_synonym() -> None:
    keywords = (Keyword("prototyping", ("prototypes",)), Keyword("wind turbine", weight=2.0), Keyword("accounting"))
    opening = msgspec.structs.replace(general_opening("en"), keywords=keywords)
    case = case_of(dict(ladder("en"))[4.0], stage="practical", opening=opening)
    judgement = OfflineJudge().judge(case, case.rubric.criterion("keyword_match"), 0)
    assert next(m.value for m in judgement.components if m.name == "keywords") == pytest.approx(3 / 4)


@pytest.mark.unit
def test_a_keyword_that_is_listed_or_denied_is_not_used() -> None:
    keywords = (Keyword("Docker"), Keyword("Kafka"), Keyword("Redis"))
    opening = msgspec.structs.replace(general_opening("en"), keywords=keywords)

    def share(said: str) -> float | None:
        text = (
            f"Interviewer: Which tools do you know?\nInterviewee: {said} In my last job I planned the work of the team."
        )
        found = read(case_of(text, stage="practical", opening=opening))[1].components
        return found["keywords"]

    assert share("Docker, Kafka, Redis.") == 0.0
    assert share("I have never used Docker in a project.") == 0.0
    assert share("I packed our service into Docker images and deployed them.") == pytest.approx(1 / 3)


@pytest.mark.unit
def test_no_component_has_two_homes_within_a_stage() -> None:
    for stage in STAGES:
        named = [n for c in load_rubric(stage, "1").criteria if c.id in PROFILES for n in PROFILES[c.id].weights]
        twice = {n for n in named if named.count(n) > 1}
        assert twice == set(), stage
