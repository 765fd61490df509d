"""The fairness figures against formulas written a second time and SciPy's own, over a thousand random tables."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import hypergeom
from scipy.stats.contingency import relative_risk

from include.interview.fairness.records import Person, Sample
from include.statistics.fairness import fairness_report

pytestmark = pytest.mark.unit

TABLES = 1_000


def random_people(generator):
    groups = [f"g{i}" for i in range(generator.integers(2, 6))]
    rates = generator.uniform(0.05, 0.7, len(groups))
    people = []
    for _ in range(generator.integers(12, 160)):
        if generator.random() < 0.08:
            group, rate = None, 0.3
        else:
            i = int(generator.integers(len(groups)))
            group, rate = groups[i], rates[i]
        people.append(Person((group,), bool(generator.random() < rate), float(np.round(generator.normal(50, 8), 1))))
    return people


def fisher_by_hand(a, n, c, m):
    """Two-sided: the chance, with fixed margins, of tables at most as likely as the one seen."""
    chances = hypergeom.pmf(np.arange(min(a + c, n) + 1), n + m, a + c, n)
    return min(1.0, chances[chances <= chances[a] * (1 + 1e-7)].sum())


def holm_by_hand(values):
    """By definition: the least level at which the step-down procedure rejects each."""
    ranked = sorted(values)
    steps = [(len(values) - i) * p for i, p in enumerate(ranked)]
    return [min(1.0, max(steps[: ranked.index(p) + 1])) for p in values]


def check_outcome(lines, name, members, hit):
    """One outcome of all groups against the second computation."""
    table = {g: (sum(map(hit, people)), len(people)) for g, people in members.items()}
    best = min(table, key=lambda g: (-Fraction(*table[g]), -table[g][1], g))
    c, m = table[best]
    others = [line for line in lines if line.group != best] if c and len(table) > 1 else []
    expected_holm = holm_by_hand([getattr(line, name).p for line in others])
    for line, expected in zip(others, expected_holm, strict=True):
        a, n = table[line.group]
        outcome = getattr(line, name)
        assert (outcome.count, outcome.rest, outcome.compared_with) == (a, n - a, best)
        assert outcome.rate == pytest.approx(a / n, rel=1e-12)
        second = relative_risk(a, n, c, m)
        assert outcome.impact_ratio == pytest.approx(second.relative_risk, rel=1e-12)
        if a:
            interval = second.confidence_interval(0.95)
            assert outcome.interval == pytest.approx((interval.low, interval.high), rel=1e-9)
        else:
            assert outcome.interval is None
        assert outcome.p == pytest.approx(fisher_by_hand(a, n, c, m), rel=1e-6)
        assert outcome.holm_p == pytest.approx(expected, rel=1e-9)
        assert outcome.shortfall == next(
            k for k in range(n + 1) if Fraction(a + k, n) >= Fraction(4, 5) * Fraction(c, m)
        )
        assert outcome.flag == (Fraction(a, n) / Fraction(c, m) < Fraction(4, 5) and expected < 0.05)


@pytest.mark.slow
def test_every_figure_equals_a_second_computation_on_a_thousand_tables():
    generator = np.random.default_rng(20261128)
    flags = 0
    for _ in range(TABLES):
        people = random_people(generator)
        report = fairness_report(Sample(("group",), tuple(people)), publish=False)
        (grouping,) = report.groupings
        members = {}
        for person in people:
            members.setdefault(person.groups[0], []).append(person)
        assert grouping.unknown == len(members.pop(None, []))
        assert {line.group: line.n for line in grouping.groups} == {g: len(p) for g, p in members.items()}
        known = sum(map(len, members.values()))
        middle = np.median([person.score for person in people])
        assert report.median == pytest.approx(middle)
        assert [line.under_two_percent for line in grouping.groups] == [
            line.n / known < 0.02 for line in grouping.groups
        ]
        if 0 < sum(person.selected for person in people) < len(people):
            check_outcome(grouping.groups, "selection", members, lambda p: p.selected)
        check_outcome(grouping.groups, "scoring", members, lambda p, middle=middle: p.score > middle)
        flags += sum(line.selection.flag for line in grouping.groups if line.selection)
        for line in grouping.groups:
            if line.smd is not None:
                a, b = ([p.score for p in members[g]] for g in (line.group, line.smd_compared_with))
                variance = (np.var(a, ddof=1) * (len(a) - 1) + np.var(b, ddof=1) * (len(b) - 1)) / (len(a) + len(b) - 2)
                assert line.smd == pytest.approx((np.mean(a) - np.mean(b)) / math.sqrt(variance), rel=1e-9)
    assert flags > 50, "the tables hold differences that are flagged"


def test_a_ratio_of_exactly_four_fifths_is_not_below_it():
    people = [Person(("a",), i < 40) for i in range(100)] + [Person(("b",), i < 50) for i in range(100)]
    a, _ = fairness_report(Sample(("g",), tuple(people))).groupings[0].groups
    assert (a.selection.impact_ratio, a.selection.shortfall, a.selection.flag) == (pytest.approx(0.8), 0, False)


def test_a_flag_needs_significance_and_a_low_ratio():
    def report(a, b, n):
        people = [Person(("a",), i < a) for i in range(n)] + [Person(("b",), i < b) for i in range(n)]
        return fairness_report(Sample(("g",), tuple(people))).groupings[0].groups[0].selection

    assert report(60, 120, 300).flag
    low_but_few = report(6, 12, 30)
    assert low_but_few.impact_ratio == 0.5
    assert not low_but_few.flag
    significant_but_close = report(2500, 3000, 3100)
    assert significant_but_close.holm_p < 0.001
    assert not significant_but_close.flag


@pytest.mark.parametrize(
    ("people", "sentence"),
    [
        ([Person((None,), i < 9, float(i)) for i in range(20)], "nobody declared"),
        ([Person(("a",), i < 9, float(i)) for i in range(20)], "only one group"),
        ([Person(("ab"[i % 2],), False, float(i)) for i in range(40)], "Nobody was selected"),
        ([Person(("ab"[i % 2],), True, float(i)) for i in range(40)], "Everybody was selected"),
        ([Person(("ab"[i % 2],), i < 20, 50.0) for i in range(40)], "All scores are equal"),
        ([Person(("ab"[i % 2],), i < 2, float(i)) for i in range(6)], "fewer than two groups"),
        ([], "nobody to analyse"),
    ],
)
def test_what_cannot_be_said_is_said(people, sentence):
    report = fairness_report(Sample(("g",), tuple(people)))
    assert any(sentence in note.en for note in report.notes)
    assert all(note.ko for note in report.notes)


def test_a_published_report_gives_nobodys_score():
    people = tuple(Person((group,), bool(n % 2), 60.0 + n / 7) for n, group in enumerate("ab" * 20))
    assert fairness_report(Sample(("group",), people), publish=False).median is not None
    assert fairness_report(Sample(("group",), people), publish=True).median is None
