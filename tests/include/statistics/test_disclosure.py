"""Attacks on published fairness reports: by subtraction from totals, over intersections, and from two reports."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from include.interview.fairness.records import Person, Sample
from include.interview.fairness.succession import may_follow, may_follow_pool, may_pool
from include.statistics import disclosure
from include.statistics.fairness import fairness_report

pytestmark = pytest.mark.unit


class Attacker:
    """Knows a printed report and the totals; asks an integer program for the range of every count printed as "<5"."""

    def __init__(self, report, people, outcome):
        self.kind = ("selection", "scoring").index(outcome)
        self.outcome = outcome
        self.report = report
        attributes = [g.attributes[0] for g in report.groupings]
        self.labels = [[line.group for line in g.groups] for g in report.groupings]
        self.atoms = list(product(*([*names, None] for names in self.labels)))
        self.size = len(self.atoms)
        self.rows, self.low, self.high = [], [], []
        middle = np.median([person.score for person in people])  # not printed, but somebody may know it
        hits = {"selection": lambda p: p.selected, "scoring": lambda p: p.score > middle}[outcome]
        self.know(lambda _: True, 1, 0, len(people), len(people))
        self.know(lambda _: True, 0, 1, *[sum(map(hits, people))] * 2)
        for i in range(self.size):
            self.know(lambda atom, i=i: atom == self.atoms[i], 1, -1, 0, math.inf)
        self.targets = []
        for axis, grouping in enumerate(report.groupings):
            self.print(grouping.unknown, lambda atom, axis=axis: atom[axis] is None, 1, 0, target=False)
            for line in grouping.groups:
                self.line(line, lambda atom, axis=axis, g=line.group: atom[axis] == g)
        for grouping in report.intersections:
            axes = [attributes.index(a) for a in grouping.attributes]
            for line in grouping.groups:
                names = line.group.split(" × ")
                self.line(line, lambda atom, axes=axes, names=names: [atom[a] for a in axes] == names)

    def know(self, where, n, count, low, high):
        chosen = np.array([1.0 if where(atom) else 0.0 for atom in self.atoms])
        self.rows.append(np.concatenate([n * chosen, count * chosen]))
        self.low.append(low)
        self.high.append(high)

    def print(self, value, where, n, count, *, target=True):
        if isinstance(value, int):
            self.know(where, n, count, value, value)
        elif value == "<5":
            self.know(where, n, count, 0, 4)
            if target:
                self.targets.append(self.rows[-1])

    def line(self, line, where):
        self.print(line.n, where, 1, 0)
        outcome = getattr(line, self.outcome)
        if outcome is not None:
            self.print(outcome.count, where, 0, 1)
            self.print(outcome.rest, where, 1, -1)

    def ranges(self):
        known = LinearConstraint(np.array(self.rows), self.low, self.high)
        for target in self.targets:
            ends = []
            for sign in (1, -1):
                found = milp(
                    sign * target,
                    constraints=known,
                    integrality=np.ones(2 * self.size),
                    bounds=Bounds(0, np.inf),
                    options={"time_limit": 60.0},
                )
                assert found.status == 0, found.message
                ends.append(round(sign * found.fun))
            yield tuple(ends)


def sample(generator, *, two):
    small = float(generator.choice([0.0, 0.02, 0.05]))
    people = []
    for _ in range(int(generator.integers(30, 160))):
        sex = str(generator.choice(["F", "M", "X"], p=[0.5 - small / 2, 0.5 - small / 2, small]))
        age = str(generator.choice(["20s", "30s"]))
        groups = tuple(None if generator.random() < 0.05 else g for g in ((sex, age) if two else (sex,)))
        people.append(Person(groups, bool(generator.random() < 0.3), float(generator.normal())))
    return people


@pytest.mark.slow
@pytest.mark.parametrize("two", [False, True])
def test_no_count_under_five_can_be_worked_out_from_what_is_printed_and_the_totals(two):
    generator = np.random.default_rng(5 + two)
    attacked = compared = 0
    for _ in range(25 if not two else 8):
        people = sample(generator, two=two)
        attributes = ("sex", "age") if two else ("sex",)
        report = fairness_report(Sample(attributes, tuple(people)))
        for outcome in ("selection", "scoring"):
            for low, high in Attacker(report, people, outcome).ranges():
                assert high - low >= 2, "fewer than three values are left"
                attacked += 1
        compared += any(
            line.selection and line.selection.compared_with for grouping in report.groupings for line in grouping.groups
        )
    assert attacked > 50
    assert compared > 3, "and yet most reports say something"


def test_no_printed_count_is_between_one_and_four():
    generator = np.random.default_rng(8)
    for _ in range(10):
        report = fairness_report(Sample(("sex", "age"), tuple(sample(generator, two=True))))
        for grouping in (*report.groupings, *report.intersections):
            assert grouping.unknown in (None, 0, "<5") or grouping.unknown >= 5
            for line in grouping.groups:
                outcomes = [o for o in (line.selection, line.scoring) if o is not None]
                for count in (line.n, *(c for o in outcomes for c in (o.count, o.rest))):
                    assert count in (None, "<5") or count >= 5


def test_one_small_group_does_not_silence_the_comparison_of_the_large_ones():
    people = [
        *(Person(("F",), i < 15) for i in range(97)),
        *(Person(("M",), i < 42) for i in range(98)),
        *(Person(("X",), i < 2) for i in range(5)),
    ]
    women, men, others = fairness_report(Sample(("sex",), tuple(people))).groupings[0].groups
    assert (others.selection.count, women.selection.count, men.selection.count) == ("<5", None, 42)
    assert women.selection.count_between[0] <= 15 <= women.selection.count_between[1]
    low, high = women.selection.impact_ratio_between
    assert low <= (15 / 97) / (42 / 98) <= high < 0.8
    assert women.selection.flag


def people_of(counts):
    return tuple(Person((g,), i < s, float(i)) for g, (s, n) in counts.items() for i in range(n))


def published(counts):
    return fairness_report(Sample(("sex",), people_of(counts)))


def test_a_report_that_one_more_person_tells_apart_from_the_last_is_held():
    last = published({"F": (10, 30), "M": (12, 40)})
    one_came = published({"F": (11, 31), "M": (12, 40)})
    assert one_came.groupings[0].groups[0].n - last.groupings[0].groups[0].n == 1, "subtraction would tell"
    assert not may_follow(one_came, [last])
    assert may_follow(last, [last])
    assert not may_follow(published({"F": (10, 40), "M": (17, 50)}), [last]), "of ten women who came, none was selected"
    assert may_follow(published({"F": (20, 60), "M": (24, 80)}), [last])
    assert not may_follow(published({"F": (10, 29), "M": (12, 40)}), [last]), "an erasure counts as well"


def test_any_two_reports_that_were_published_differ_by_five_or_nothing():
    generator = np.random.default_rng(3)
    counts = {"F": [10, 30], "M": [12, 40]}
    out = []
    for _ in range(40):
        for group in counts.values():
            came = int(generator.integers(0, 9))
            group[1] += came
            group[0] += int(generator.binomial(came, 0.5))
        report = published({g: tuple(c) for g, c in counts.items()})
        if may_follow(report, out):
            out.append(report)
    assert 3 <= len(out) < 40
    for i, report in enumerate(out):
        for earlier in out[:i]:
            for a, b in zip(report.groupings[0].groups, earlier.groupings[0].groups, strict=True):
                assert a.n == b.n or abs(a.n - b.n) >= 5
                assert a.n == b.n or abs(a.selection.count - b.selection.count) >= 5


def test_a_pooled_report_does_not_give_away_the_one_opening_that_is_withheld():
    large, few = {"F": (10, 30), "M": (12, 40)}, {"F": (1, 9), "M": (6, 12)}
    pooled = published({g: (large[g][0] + few[g][0], large[g][1] + few[g][1]) for g in large})
    assert published(few).groupings[0].groups[0].selection.count == "<5"
    assert not may_pool(pooled, [published(large), published(few)])
    third = {"F": (3, 9), "M": (6, 12)}
    three = published(
        {g: (large[g][0] + few[g][0] + third[g][0], large[g][1] + few[g][1] + third[g][1]) for g in large}
    )
    assert may_pool(three, [published(large), published(few), published(third)])


def test_an_opening_published_after_the_pool_is_held_against_it():
    """Backend and design make the pool; of design nothing is printed yet, so that the pool tells its counts."""
    backend = {"F": (10, 30), "M": (12, 40)}
    pool = published({"F": (18, 50), "M": (20, 60)})
    assert may_pool(pool, [published(backend)])
    for came, ok in ((0, True), (1, False), (4, False), (5, True)):
        design = published({"F": (8 + came, 20 + came), "M": (8, 20)})
        assert may_follow_pool(design, [pool], [published(backend)]) == ok, f"{came} selected women came since"
    gone = published({"F": (8, 18), "M": (8, 20)})
    assert not may_follow_pool(gone, [pool], [published(backend)]), "two who were not selected were erased"
    assert not may_follow_pool(published({"F": (8, 22), "M": (8, 20)}), [pool, pool], [published(backend)])
    assert may_follow_pool(gone, [], [published(backend)]), "without a pool there is nothing to subtract from"


def test_a_new_opening_with_a_small_group_may_follow_a_pool_without_it():
    backend, design = {"F": (10, 30), "M": (12, 40)}, {"F": (8, 20), "M": (8, 20)}
    pool = published({"F": (18, 50), "M": (20, 60)})
    young = published({"F": (1, 9), "M": (6, 12)})
    assert young.groupings[0].groups[0].selection.count == "<5"
    assert may_follow_pool(young, [pool], [published(backend), published(design)])
    told = published({"F": (18 + 4, 50 + 4), "M": (20, 60)})
    assert not may_follow_pool(young, [told], [published(backend), published(design)]), "four selected is all it can be"


def test_what_the_solver_could_not_decide_is_not_published(monkeypatch):
    people = tuple(sample(np.random.default_rng(8), two=True))
    decided = fairness_report(Sample(("sex", "age"), people))
    assert not all(grouping.withheld for grouping in decided.groupings)
    monkeypatch.setattr(disclosure, "MOST_STEPS", 0)
    undecided = fairness_report(Sample(("sex", "age"), people))
    audited = [any("<5" in (line.n, *_counts(line)) for line in one.groups) for one in decided.groupings]
    assert any(audited)
    for was_audited, after in zip(audited, undecided.groupings, strict=True):
        assert after.withheld or not was_audited
    assert undecided.intersections
    assert all(grouping.withheld for grouping in undecided.intersections)


def _counts(line):
    return [count for one in (line.selection, line.scoring) if one for count in (one.count, one.rest)]
