"""A voice against its own first minute."""

from __future__ import annotations

import pytest

from include.perception.voice.baseline import Voiced, shifts, weighted_median

pytestmark = pytest.mark.unit


def said(*values: float | None, seconds: float = 10.0) -> list[Voiced]:
    level = [None if v is None else -26.0 + v / 100 for v in values]
    return [Voiced(n * seconds, (n + 1) * seconds, v, db) for n, (v, db) in enumerate(zip(values, level, strict=True))]


def test_an_octave_up_or_down_is_the_same_distance() -> None:
    up, _ = shifts(said(*[150.0] * 6, *[300.0] * 3))
    down, _ = shifts(said(*[150.0] * 6, *[75.0] * 3))
    assert up.value == pytest.approx(12.0)
    assert down.value == pytest.approx(12.0)
    assert [i.value for i in up.intervals] == [12.0] * 3


def test_everybody_is_measured_against_the_own_voice() -> None:
    low, _ = shifts(said(*[100.0] * 6, *[110.0] * 3))
    high, _ = shifts(said(*[200.0] * 6, *[220.0] * 3))
    assert low.value == pytest.approx(high.value)


def test_too_little_speech_gives_no_number() -> None:
    assert {m.reason for m in shifts(said(*[150.0] * 5))} == {"too_little_speech"}
    assert {m.reason for m in shifts(said(*[150.0] * 8))} == {"too_little_speech"}
    assert {m.reason for m in shifts([])} == {"too_little_speech"}


def test_a_first_minute_that_was_not_measured_is_no_baseline() -> None:
    """What a new owner has not heard is not made up."""
    pitch, level = shifts(said(*[None] * 6, *[150.0] * 4))
    assert (pitch.value, pitch.reason, level.reason) == (None, "no_baseline", "no_baseline")


def test_unmeasured_utterances_lower_coverage_never_the_number() -> None:
    pitch, _ = shifts(said(*[150.0] * 6, 150.0, None, 150.0, None, 150.0))
    assert pitch.value == 0.0
    assert pitch.coverage == pytest.approx(0.6)


def test_the_weighted_median_is_reached_at_half_of_the_weight() -> None:
    assert weighted_median([(1.0, 5.0), (1.0, 1.0), (5.0, 3.0)]) == 3.0
    assert weighted_median([(1.0, 7.0)]) == 7.0
