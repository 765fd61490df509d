"""Distributions and shares of variance against values worked out by hand."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from include.interview.assessment.distributions import (
    PERCENTILES,
    distributions,
    odd_even,
    percentiles,
    variance_shares,
)
from include.interview.records import Interval, Measure, Measurements
from tests.support.scorecard_samples import sample

pytestmark = pytest.mark.unit


def recording(value: float | None, reason: str | None = None) -> tuple[tuple[Measurements, ...], str]:
    return (Measurements("voice", 1.0, (Measure("pitch_variation", value, "semitones", reason=reason),)),), "en"


def test_percentiles_are_numpys() -> None:
    values = [0.3, 1.2, 1.9, 2.2, 2.8, 4.0, 7.5]
    assert percentiles(values) == pytest.approx(np.percentile(values, PERCENTILES))
    assert percentiles([2.0]) == (2.0,) * 5
    assert percentiles([]) == ()


def test_values_reasons_and_the_ceiling_are_counted() -> None:
    given = [recording(v) for v in (3.0, 1.0, 2.0, 5.0)] + [recording(None, "low_snr"), recording(None, "low_snr")]
    (one,) = distributions(given, lambda _name, value, _language: value)
    assert (one.values, one.withheld, one.ceiling) == ((1.0, 2.0, 3.0, 5.0), {"low_snr": 2}, 0.25)


def test_a_measure_that_is_not_scored_has_no_ceiling() -> None:
    (one,) = distributions([recording(3.0)], lambda *_: None)
    assert one.ceiling is None


def test_shares_of_variance_sum_to_one_and_follow_the_spread() -> None:
    card, _ = sample("en")
    names = [line.criterion for line in card.criteria]
    points = np.random.default_rng(4).normal(0, np.arange(1, len(names) + 1), (20, len(names)))
    cards = [
        msgspec.structs.replace(
            card,
            criteria=tuple(
                msgspec.structs.replace(c, points=float(p)) for c, p in zip(card.criteria, row, strict=True)
            ),
        )
        for row in points
    ]
    shares = variance_shares(cards)
    total = points.sum(axis=1)
    expected = {n: np.cov(points[:, k], total)[0, 1] / np.var(total, ddof=1) for k, n in enumerate(names)}
    assert shares == pytest.approx(expected)
    assert sum(shares.values()) == pytest.approx(1.0)


def test_too_few_or_equal_cards_give_no_shares() -> None:
    card, _ = sample("en")
    assert variance_shares([card] * 2) == {}
    assert variance_shares([card] * 5) == {}


def parts(*values: float) -> Measure:
    intervals = tuple(Interval(float(k), k + 1.0, "utterance", v) for k, v in enumerate(values))
    return Measure("pitch_variation", 2.0, "semitones", intervals=intervals)


def test_odd_even_reliability_is_spearman_brown_of_the_halves() -> None:
    rng = np.random.default_rng(5)
    rows = rng.normal(0, 1, (12, 1)) + rng.normal(0, 1, (12, 6))
    r = np.corrcoef(rows[:, ::2].mean(axis=1), rows[:, 1::2].mean(axis=1))[0, 1]
    assert odd_even([parts(*map(float, row)) for row in rows]) == pytest.approx(2 * r / (1 + r))


def test_few_recordings_short_ones_and_equal_halves_have_no_reliability() -> None:
    assert odd_even([parts(1.0, 2.0, float(k), 4.0) for k in range(9)]) is None
    assert odd_even([parts(1.0, 2.0, float(k)) for k in range(20)]) is None
    assert odd_even([parts(1.0, 2.0, 1.0, float(k)) for k in range(20)]) is None
