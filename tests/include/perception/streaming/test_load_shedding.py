from __future__ import annotations

import pytest

from include.perception.streaming.load_shedding import CALM_S, WINDOW_S, LoadShedding, WorkMeter
from include.perception.streaming.replay_detection import ReplayDetection

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("busy", "partial", "final", "level"),
    [(0.5, 0, 0, 0), (0.95, 0, 0, 1), (0.5, 0.7, 0, 1), (0.9, 1, 0.6, 2), (1, 2, 1.5, 3), (1, 9, 9, 4)],
)
def test_levels(busy: float, partial: float, final: float, level: int) -> None:
    assert LoadShedding().update(0.0, busy, partial, final) == level


def test_up_at_once_and_down_one_step_at_a_time() -> None:
    ladder = LoadShedding()
    assert ladder.update(0.0, 1.0, 0.0, 5.0) == 4
    assert ladder.update(CALM_S / 2, 0.1, 0.0, 0.0) == 4
    levels = [ladder.update(CALM_S * (n + 1) + 0.1, 0.1, 0.0, 0.0) for n in range(5)]
    assert levels == [3, 2, 1, 0, 0]


def test_a_relapse_restarts_the_wait() -> None:
    ladder = LoadShedding()
    ladder.update(0.0, 1.0, 0.0, 0.6)
    ladder.update(CALM_S - 0.1, 1.0, 0.0, 0.6)
    assert ladder.update(CALM_S + 0.1, 0.0, 0.0, 0.0) == 2


def test_work_is_forgotten_after_its_window() -> None:
    meter = WorkMeter()
    meter.add(0.0, 2.0, needed=True)
    meter.add(1.0, 1.0, needed=False)
    assert meter.busy(1.0) == pytest.approx(3.0 / WINDOW_S)
    assert meter.busy(1.0, needed_only=True) == pytest.approx(2.0 / WINDOW_S)
    assert meter.busy(WINDOW_S + 2.0) == 0.0


def test_what_finals_cost() -> None:
    meter = WorkMeter()
    assert meter.final_cost is None
    meter.final(0.12, 0.0)
    meter.final(0.28, 5.0)
    assert meter.final_cost == pytest.approx((0.95 * 0.12 + 0.28) / 5.0)


def test_a_replay_is_told_from_real_time() -> None:
    pace = ReplayDetection()
    for n in range(100):
        pace.fed(n * 0.1, 0.1)
    assert not pace.replaying
    for _ in range(20):
        pace.fed(10.0, 0.1)
    assert pace.replaying
    for n in range(80):
        pace.fed(10.0 + n * 0.1, 0.1)
    assert not pace.replaying
