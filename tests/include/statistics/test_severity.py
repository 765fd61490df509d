"""Severities against a general mixed-model routine, against known ones by simulation, and their conditions."""

from __future__ import annotations

import time

import numpy as np
import pytest

from include.interview.agreement.records import RatedLevel
from include.interview.agreement.rules import why_no_severity
from include.statistics.severity import analyse_ratings, severities

pytestmark = pytest.mark.unit

DESIGN = """
kim     33 42 24 53 .. 44 32 .. 21 43
lee     22 .. 13 42 33 .. 21 34 .. 32
park    44 53 .. 54 55 54 .. 45 32 54
machine 33 43 23 44 43 44 32 33 22 43
"""
"""Levels of ten candidates on two criteria; `..`: not rated."""


def rows_of(design):
    found = []
    for line in design.strip().splitlines():
        rater, *cells = line.split()
        for i, cell in enumerate(cells):
            found += [
                RatedLevel(f"c{i}", rater, criterion, float(level))
                for criterion, level in zip("xy", cell, strict=True)
                if level != "."
            ]
    return found


def simulated(severity, *, candidates, seed, noise=0.5):
    generator = np.random.default_rng(seed)
    raters = sorted(severity)
    found = []
    for c in range(candidates):
        chosen = generator.choice(len(raters), 3, replace=False)
        for criterion in "wxyz":
            true = generator.uniform(2.5, 3.5)
            found += [
                RatedLevel(f"c{c}", raters[r], criterion, true - severity[raters[r]] + generator.normal(0, noise))
                for r in chosen
            ]
    return found


def test_severities_equal_those_of_a_general_mixed_model_routine():
    """Reference: statsmodels 0.15.0, MixedLM, a fixed effect per item, restricted maximum likelihood."""
    found = severities(rows_of(DESIGN))
    assert found.rater_variance == pytest.approx(0.43912702, rel=1e-4)
    assert found.residual_variance == pytest.approx(0.15993651, rel=1e-4)
    assert {r.rater: r.severity for r in found.raters} == pytest.approx(
        {"kim": -0.00263014, "lee": 0.77862878, "machine": 0.04716444, "park": -0.82316308}, abs=1e-5
    )
    for one in found.adjusted:
        assert one.adjusted - one.level == pytest.approx(next(r.severity for r in found.raters if r.rater == one.rater))


def test_known_severities_are_found_within_their_errors():
    severity = {"a": 0.8, "b": 0.4, "c": 0.0, "d": -0.3, "e": -0.9}
    inside = total = 0
    for seed in range(40):
        for one in severities(simulated(severity, candidates=20, seed=seed)).raters:
            inside += abs(one.severity - severity[one.rater]) <= 1.96 * one.standard_error
            total += 1
    assert 0.90 <= inside / total <= 0.99


def test_raters_who_do_not_differ_are_shrunk_to_nothing():
    found = severities(simulated(dict.fromkeys("abcd", 0.0), candidates=30, seed=4))
    assert max(abs(one.severity) for one in found.raters) < 0.1


def test_perfect_agreement_is_no_severity_at_all():
    rows = [RatedLevel(f"c{i}", rater, "x", float(1 + i % 5)) for i in range(9) for rater in "ab"]
    found = severities(rows)
    assert [one.severity for one in found.raters] == [0.0, 0.0]


def test_ten_thousand_ratings_take_well_under_a_second():
    rows = simulated({f"r{i}": (i - 10) / 10 for i in range(20)}, candidates=850, seed=1)
    started = time.process_time()
    severities(rows)
    assert len(rows) > 10_000
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([RatedLevel(f"c{i}", "a", "x", 3.0) for i in range(9)], "only one rater"),
        ([RatedLevel(f"c{i}", r, "x", 3.0) for r, n in (("a", 9), ("b", 7)) for i in range(n)], "at least 8 ratings"),
        ([RatedLevel(f"{r}{i}", r, "x", 3.0) for r in "ab" for i in range(9)], "not linked"),
        (
            [RatedLevel(f"{r}{i}", r, "x", 3.0) for r in "ab" for i in range(9)]
            + [RatedLevel("both", r, "x", 3.0) for r in "ab"],
            "Too few candidates",
        ),
    ],
)
def test_a_sentence_says_why_there_is_no_severity(rows, sentence):
    analysis = analyse_ratings(rows)
    assert analysis.severity is None
    assert sentence in analysis.why_not.en
    assert analysis.why_not.ko


def test_raters_linked_through_a_third_are_connected():
    rows = [RatedLevel(f"c{i}", r, "x", 3.0) for i in range(10) for r in ("ab" if i % 2 else "bc")]
    rows += [RatedLevel(f"d{i}", r, "x", 3.0) for i in range(6) for r in ("ab" if i % 2 else "bc")]
    assert why_no_severity(rows) is None


def test_the_queue_holds_who_is_apart_and_nobody_else():
    rows = [
        RatedLevel("c1", "a", "x", 2.0), RatedLevel("c1", "b", "x", 4.0), RatedLevel("c1", "machine", "x", 3.0),
        RatedLevel("c2", "a", "x", 3.0), RatedLevel("c2", "b", "x", 4.0), RatedLevel("c2", "machine", "x", 2.5),
        RatedLevel("c3", "a", "x", 3.0), RatedLevel("c3", "b", "x", 3.0), RatedLevel("c3", "machine", "x", 4.4),
    ]  # fmt: skip
    queue = analyse_ratings(rows).divergence
    assert [(d.candidate, d.kind, d.raters, d.difference) for d in queue] == [
        ("c1", "raters", ("a", "b"), 2.0),
        ("c2", "machine", ("b", "machine"), 1.5),
    ]
