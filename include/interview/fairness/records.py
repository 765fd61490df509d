"""What a fairness report is made of: people as group labels and outcomes, and the figures of each group."""

from __future__ import annotations

from typing import Literal

from include.interview.records import Bilingual, Record

IMPACT_THRESHOLD = 0.8
"""The four-fifths rule (EEOC Uniform Guidelines, 29 CFR 1607.4 D)."""
SIGNIFICANCE = 0.05
"""Two-sided level at which a difference counts as more than chance, after Holm's correction."""
SMALL_SHARE = 0.02
"""Groups below this share of the people with a known group are marked (NYC LL144 rules, § 5-301)."""
SMALLEST_CELL = 5
"""Counts below it are not published."""
BELOW: Literal["<5"] = "<5"
LEAST_VALUES = 3
"""How many values a count printed as "<5" must at least leave open."""

Count = int | Literal["<5"] | None
"""A published count: exact, "<5", or None where it is withheld because it would give away one that is "<5"."""


class Person(Record, frozen=True):
    """One row of the analysis: a group per attribute (None: not declared) and the outcomes; no identity.

    `selected` and `score` are None where the analysis is not about them, for everybody or for nobody.
    """

    groups: tuple[str | None, ...]
    selected: bool | None = None
    score: float | None = None


class Sample(Record, frozen=True):
    """The people of one analysis; `attributes` name the positions of `Person.groups`."""

    attributes: tuple[str, ...]
    people: tuple[Person, ...]


class Outcome(Record, frozen=True):
    """How often a group had an outcome (selected, or a score above the sample median), compared with a reference.

    `count` and `rest` add up to the group. `impact_ratio` is the group's rate over the rate of `compared_with`, the
    group with the highest rate; `interval` is its 95 % interval (Katz log); `p` Fisher's exact, two-sided; `holm_p`
    after Holm over the comparisons of this outcome of all attributes (or all intersections); `shortfall` how many more
    of the group would have needed the outcome to reach .8. None: not computable or withheld.

    For a count that is withheld, `count_between` is the range that can be worked out from what is printed anyway, and
    `impact_ratio_between`, `p` (the greatest possible) and `flag` hold for every value in it.
    """

    count: Count
    rest: Count
    rate: float | None = None
    compared_with: str | None = None
    impact_ratio: float | None = None
    interval: tuple[float, float] | None = None
    p: float | None = None
    holm_p: float | None = None
    shortfall: int | None = None
    count_between: tuple[int, int] | None = None
    impact_ratio_between: tuple[float, float] | None = None
    flag: bool = False


class GroupFigures(Record, frozen=True):
    """All figures of one group. `smd`: standardized mean difference of scores to `smd_compared_with` (Cohen's d)."""

    group: str
    n: Count
    share: float | None
    under_two_percent: bool | None
    selection: Outcome | None
    scoring: Outcome | None
    smd: float | None = None
    smd_compared_with: str | None = None


class Grouping(Record, frozen=True):
    """The groups of one attribute, or of the intersection of two. `unknown`: how many declared nothing there."""

    attributes: tuple[str, ...]
    unknown: Count
    groups: tuple[GroupFigures, ...]
    withheld: bool = False


class FairnessReport(Record, frozen=True):
    """The figures of one sample, as published or, for the analyst's own eyes, with every cell."""

    published: bool
    people: Count
    selected: Count
    median: float | None
    groupings: tuple[Grouping, ...]
    intersections: tuple[Grouping, ...]
    notes: tuple[Bilingual, ...]
    methods: dict[str, str]


class PublishedReport(Record, frozen=True):
    """A report as it was published. `opening_id` None: over all openings. `published_at`: ISO 8601, UTC.

    `subject`: "decisions", a stage ("ai"), a criterion ("ai/language") or a stage's recognition ("ai/recognition").
    """

    id: str
    opening_id: str | None
    subject: str
    published_at: str
    report: FairnessReport
