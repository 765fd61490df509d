"""What is open after two stages: criteria, raters, pairs of statements, values; and no score of it."""

from __future__ import annotations

import msgspec
import pytest

from include.interview.assessment.openings import parse_opening
from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import load_rubric
from include.interview.preparation.open_matters import EarlierCard, Heard, open_matters
from include.interview.preparation.records import FacetHeard, HumanRating, Matter, QuestionEvidence, StatementPair
from include.interview.records import CriterionScore, Quote
from tests.support.record_builders import WHY, card

pytestmark = pytest.mark.unit

WITH_VALUES = """
title: T
description: D
values: [Candour]
competencies: [{id: c1, name: SQL, weight: 2}, {id: c2, name: Teamwork}]
"""
QUOTES = tuple(Quote(f"u000{n}", f"words {n}", 1.0 * n, 2.0 * n) for n in range(1, 4))
FACETS = tuple(
    FacetHeard(criterion, facet, anchor, told)
    for criterion in ("leadership", "strategic_thinking", "experience", "culture_fit")
    for facet, anchor, told in (("a", 3, 2), ("b", 4, 0), ("c", 5, 1))
)


def scored(criterion: str, level: float, sem: float | None = 0.25, quotes: int = 3) -> CriterionScore:
    score_sem = None if sem is None else sem / 4
    return CriterionScore(
        criterion,
        "scored",
        20,
        20,
        score=(level - 1) / 4,
        level=level,
        sem=score_sem,
        points=1,
        evidence=QUOTES[:quotes],
    )


def found(*lines: CriterionScore, stage: str = "ai", opening: str = WITH_VALUES, **more) -> dict[str, Matter]:
    earlier = EarlierCard(stage, card("i-1", 61.7, 2.0, stage=stage, criteria=lines), load_rubric(stage, "1"))  # type: ignore[arg-type]
    heard = Heard(cards=(earlier,), **{"facets": FACETS, **more})
    profile = load_profile("standard")
    return {
        m.id: m
        for m in open_matters(parse_opening(opening.encode(), "o"), load_rubric("executive", "1"), profile, heard)
    }


def test_a_criterion_that_could_not_be_judged_is_asked_about_where_least_was_told() -> None:
    matter = found(CriterionScore("job_fit", "insufficient", 10, 10, reason=WHY))["insufficient-ai-job_fit"]
    assert (matter.code, matter.criterion, matter.facet, matter.anchor) == ("insufficient", "experience", "b", 4)
    assert (matter.stage, matter.weight, matter.variance) == ("ai", 0.25, 1.0)
    assert matter.about is not None
    assert matter.about.en == "Job fit"


def test_few_quotes_or_a_large_error_are_thin_evidence_and_a_sure_level_is_not() -> None:
    assert "thin-ai-cognitive" in found(scored("cognitive", 3.0, quotes=1))
    assert "thin-ai-cognitive" in found(scored("cognitive", 3.0, sem=0.8))
    assert not any("cognitive" in name for name in found(scored("cognitive", 3.0)))


def test_what_no_question_can_settle_is_left_alone() -> None:
    names = found(*(CriterionScore(c, "insufficient", 1, 1, reason=WHY) for c in ("nonverbal", "language")))
    assert not any(name.startswith("insufficient") for name in names)
    assert not any("psych" in n for n in found(CriterionScore("psychological", "disabled", 1, 0, reason=WHY)))


@pytest.mark.parametrize(
    ("levels", "machine", "open_"), [((2, 4), 3.0, True), ((3, 3), 4.6, True), ((3, 4), 3.4, False), ((), 3.0, False)]
)
def test_raters_who_diverge(levels: tuple[int, ...], machine: float, open_: bool) -> None:
    ratings = tuple(HumanRating("ai", "cognitive", f"r{n}", level) for n, level in enumerate(levels))
    matter = found(scored("cognitive", machine), ratings=ratings).get("raters-ai-cognitive")
    assert (matter is not None) == open_
    if matter is not None and levels == (2, 4):
        assert matter.variance == 1.0


def test_two_statements_are_asked_about_with_both_of_them() -> None:
    pair = StatementPair(*(QuestionEvidence(f"team of {n}", "ai", "i-1", f"u000{n}") for n in (5, 8)))
    matter = found(scored("cognitive", 3.0), pairs=(pair,))["contradiction-0"]
    assert matter.evidence == (pair.first, pair.second)


def test_culture_is_asked_about_only_against_written_values() -> None:
    assert {m.about.en for m in found(values=("v1",)).values() if m.criterion == "culture_fit" and m.about} == {
        "Candour"
    }
    without = "title: T\ndescription: D"
    assert not any(m.criterion == "culture_fit" for m in found(opening=without).values())


def test_a_competency_nobody_asked_about_counts_by_its_weight() -> None:
    names = found(competencies=("c1", "c2"))
    assert names["competency-c1"].weight == pytest.approx(2 * names["competency-c2"].weight)


def test_every_facet_is_asked_for_once_and_what_was_told_is_less_open() -> None:
    matters = found(CriterionScore("job_fit", "insufficient", 10, 10, reason=WHY))
    asked = [(m.criterion, m.facet) for m in matters.values() if m.facet]
    assert len(asked) == len(set(asked)) == len(FACETS)
    told = {m.facet: m.variance for m in matters.values() if m.criterion == "leadership"}
    assert told["b"] > told["c"] > told["a"]


def test_no_matter_holds_a_level_a_score_or_a_total() -> None:
    text = msgspec.json.encode(tuple(found(scored("cognitive", 3.37, quotes=1), scored("job_fit", 2.41, 0.9)).values()))
    for number in (b"3.37", b"2.41", b"61.7", b"0.5925", b"0.3525"):
        assert number not in text
