"""The overload ladder: up at once, down slowly, told when it changes."""

from __future__ import annotations

import pytest

from include.interview.live.wire import Status
from live_gateway.sessions.overload import Rung, StatusSent, climb, due, status_of

pytestmark = pytest.mark.unit


def test_up_at_once_and_down_by_one_rung_after_calm() -> None:
    rung = climb(Rung(), 3, 10)
    assert rung.level == 3
    rung = climb(rung, 0, 11)
    assert climb(rung, 0, 15.9).level == 3
    rung = climb(rung, 0, 16)
    assert rung.level == 2
    assert climb(rung, 2, 17) == Rung(2)
    assert climb(climb(rung, 1, 17), 1, 21.1).level == 1


@pytest.mark.parametrize(
    ("level", "troubles", "state", "reasons"),
    [
        (0, (), "ok", []),
        (1, (), "degraded", ["partials_slower"]),
        (3, (), "degraded", ["partials_slower", "partials_paused", "diarization_paused"]),
        (4, (), "stalled", ["partials_slower", "partials_paused", "diarization_paused", "recognition_behind"]),
        (0, ("recognition_off",), "degraded", ["recognition_off"]),
        (0, ("storage_away",), "stalled", ["storage_away"]),
    ],
)
def test_what_people_are_told(level: int, troubles: tuple[str, ...], state: str, reasons: list[str]) -> None:
    status = status_of(level, 10, 20, troubles)
    assert (status.state, status.reasons, status.asr_lag_ms, status.diarization_lag_ms) == (state, reasons, 10, 20)


def test_told_on_change_and_now_and_then() -> None:
    status = Status(state="ok", asr_lag_ms=5)
    assert due(StatusSent(), status, 0)
    sent = StatusSent(status, 10)
    assert not due(sent, Status(state="ok", asr_lag_ms=900), 14.9)
    assert due(sent, Status(state="ok", asr_lag_ms=900), 15)
    assert due(sent, Status(state="degraded", reasons=["partials_slower"]), 10.1)
    assert not due(sent, status, 24.9)
    assert due(sent, status, 25)
