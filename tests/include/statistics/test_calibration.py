"""A new centre and width: found again where there is one, checked on people left out, never made of noise."""

from __future__ import annotations

import numpy as np
import pytest

from include.interview.agreement.calibration import scales_of
from include.interview.agreement.records import MACHINE, RatedLevel
from include.interview.records import Scale
from include.statistics.calibration import calibrations, correlation

pytestmark = pytest.mark.unit
SCALES = {"cognitive": Scale(centre=0.25, width=0.10)}


def rows(machine: np.ndarray, people: np.ndarray, raters: int = 2) -> list[RatedLevel]:
    found = [RatedLevel(f"c{i:02d}", MACHINE, "cognitive", float(x)) for i, x in enumerate(machine)]
    for rater in range(raters):
        found += [RatedLevel(f"c{i:02d}", f"r{rater}", "cognitive", float(x)) for i, x in enumerate(people)]
    return found


def level(mean: np.ndarray, scale: Scale) -> np.ndarray:
    return 1 + 4 / (1 + np.exp(-(mean - scale.centre) / scale.width))


def test_a_scale_that_people_use_is_found_again() -> None:
    means, theirs = np.linspace(0.05, 0.5, 30), Scale(centre=0.32, width=0.16)
    (one,) = calibrations(rows(level(means, SCALES["cognitive"]), level(means, theirs)), SCALES)
    assert one.fit is not None
    assert one.fit.scale.centre == pytest.approx(theirs.centre, abs=0.01)
    assert one.fit.scale.width == pytest.approx(theirs.width, abs=0.01)
    assert one.fit.error_unseen < 0.05 < 0.4 < one.fit.error_before
    assert one.fit.helps
    assert one.agreement is not None
    assert one.agreement.icc_2_1.interval is not None
    assert one.correlation.value == pytest.approx(1.0, abs=0.02)
    version = scales_of("4", (one,))
    assert version.version.startswith("4-")
    assert set(version.scales) == {"cognitive"}
    assert scales_of("4", (one,)) == version != scales_of("5", (one,))


def test_a_judge_that_lies_where_people_do_gains_nothing_worth_the_name() -> None:
    random = np.random.default_rng(3)
    machine = level(random.uniform(0.05, 0.5, 40), SCALES["cognitive"])
    people = np.clip(np.round(machine + random.normal(0, 0.5, 40)), 1, 5)
    (one,) = calibrations(rows(machine, people), SCALES)
    assert one.fit is not None
    assert abs(one.fit.error_unseen - one.fit.error_before) < 0.05
    assert one.fit.error_after <= one.fit.error_unseen, "who was fitted looks better than who was not"


def test_ratings_that_do_not_follow_the_judge_give_no_scale() -> None:
    machine = np.linspace(1.5, 4.5, 20)
    (one,) = calibrations(rows(machine, machine[::-1].round()), SCALES)
    assert one.fit is None
    assert one.reason is not None
    assert "눈금" in one.reason.ko
    assert not scales_of("4", (one,)).scales


def test_nine_people_are_too_few_and_their_agreement_is_told_all_the_same() -> None:
    machine = np.linspace(1.5, 4.5, 9)
    (one,) = calibrations(rows(machine, machine.round()), SCALES)
    assert one.fit is None
    assert "9 candidates" in (one.reason.en if one.reason else "")
    assert one.correlation.value is not None


def test_criteria_that_only_people_or_only_the_judge_rated_are_left_out() -> None:
    only_people = [RatedLevel("c1", "r1", "cognitive", 3.0)]
    assert calibrations(only_people, SCALES) == ()
    assert calibrations([RatedLevel("c1", MACHINE, "cognitive", 3.0)], SCALES) == ()


def test_the_interval_of_r_holds_what_is_published_for_it() -> None:
    # r = .5, n = 28: z = .5493, half = 1.96 / 5 -> .1568 .. .7349.
    first = np.array([1.0, -1.0] * 14)
    other = np.array([1.0, 1.0, -1.0, -1.0] * 7)
    second = 0.5 * first + np.sqrt(0.75) * other
    found = correlation(first, second)
    assert found.value == pytest.approx(0.5)
    assert found.interval == pytest.approx((0.1560, 0.7353), abs=0.002)
    assert correlation(first[:3], second[:3]).value is None
