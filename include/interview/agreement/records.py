"""Rating rows and what is computed from them."""

from __future__ import annotations

from typing import Literal

from include.interview.records import Bilingual, Record

MACHINE = "machine"
"""The name under which the program's levels stand among the raters'."""


class RatedLevel(Record, frozen=True):
    """The level that one rater gave one candidate on one criterion, 1 to 5; the program's may lie between levels."""

    candidate: str
    rater: str
    criterion: str
    level: float


class Estimate(Record, frozen=True):
    """A coefficient with its 95 % interval; None where the ratings do not define it."""

    value: float | None
    interval: tuple[float, float] | None = None


class PairAgreement(Record, frozen=True):
    """Quadratic weighted kappa of two raters over the `candidates` that both rated."""

    raters: tuple[str, str]
    candidates: int
    kappa: float | None


class Agreement(Record, frozen=True):
    """Agreement on one criterion, among people or among people and the program.

    The intraclass correlations (two-way random, absolute agreement) rest on the `candidates` that every one of
    `raters` rated: `icc_2_1` of one rater, `icc_2_k` of the mean of them. `kappa` is the mean over `pairs`, weighted by
    their candidates. `reason` says why something is missing.
    """

    criterion: str
    among: Literal["people", "people and machine"]
    raters: tuple[str, ...]
    candidates: int
    icc_2_1: Estimate
    icc_2_k: Estimate
    kappa: Estimate
    pairs: tuple[PairAgreement, ...]
    reason: Bilingual | None = None


class Divergence(Record, frozen=True):
    """A candidate and criterion on which two raters are so far apart that a person must look."""

    candidate: str
    criterion: str
    kind: Literal["raters", "machine"]
    raters: tuple[str, str]
    levels: tuple[float, float]
    difference: float


class RaterSeverity(Record, frozen=True):
    """How much stricter than the average rater one is, in levels (negative: more lenient), shrunk towards 0."""

    rater: str
    ratings: int
    severity: float
    standard_error: float


class AdjustedLevel(Record, frozen=True):
    """A level as given, and beside it with the rater's severity added; the latter replaces nothing."""

    candidate: str
    rater: str
    criterion: str
    level: float
    adjusted: float


class Severity(Record, frozen=True):
    """Severities of all raters by a mixed model, its variances in levels squared, and the levels adjusted by it."""

    raters: tuple[RaterSeverity, ...]
    rater_variance: float
    residual_variance: float
    adjusted: tuple[AdjustedLevel, ...]
    method: str


class RatingAnalysis(Record, frozen=True):
    """Everything about a set of ratings. `severity` is None where its conditions do not hold; `why_not` says which."""

    agreement: tuple[Agreement, ...]
    divergence: tuple[Divergence, ...]
    severity: Severity | None
    why_not: Bilingual | None
    methods: dict[str, str]
