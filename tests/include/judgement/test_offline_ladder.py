"""The offline judge against interviews whose quality was fixed by hand beforehand."""

from __future__ import annotations

from functools import cache

import pytest
from scipy.stats import spearmanr

from include.interview.records import Quote
from include.interview.rubric import load_rubric
from include.judgement.criterion_profiles import PROFILES
from include.judgement.offline import OfflineJudge
from tests.include.judgement.ladders import case_of, ladder

STAGES = ("ai", "practical", "executive")
WORD_CRITERIA = [(s, c.id) for s in STAGES for c in load_rubric(s).criteria if c.reads_words]
CLEAR_GAP = 1.4
"""Rungs whose intended qualities lie at least this far apart are a clear pair: every criterion must order them."""


@cache
def levels(language: str, stage: str, criterion: str) -> tuple[float | None, ...]:
    judge = OfflineJudge()
    rubric = load_rubric(stage)  # type: ignore[arg-type]
    return tuple(
        judge.judge(case_of(text, stage=stage), rubric.criterion(criterion), 0).level  # type: ignore[arg-type]
        for _, text in ladder(language)
    )


def _scored(language: str, stage: str, criterion: str) -> list[tuple[float, float]]:
    pairs = zip(ladder(language), levels(language, stage, criterion), strict=True)
    return [(quality, level) for (quality, _), level in pairs if level is not None]


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
def test_every_criterion_orders_the_clear_pairs(language: str, stage: str, criterion: str) -> None:
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
