"""The load-shedding level of a session and the status sent about it. Pure.

A microphone cannot slow down, so what is given up grows by levels: 1 partials come more seldom, 2 no partials, 3 no
question writing and no diarization, 4 stalled (finals are late). Finals stay, and so does sound: it waits in Redis.
"""

from __future__ import annotations

import msgspec

from include.interview.live.wire import Status

REASONS = {1: "partials_slower", 2: "partials_paused", 3: "diarization_paused", 4: "recognition_behind"}
STALLED = 4
CALM_S = 5.0
"""A level is left only after this long without need of it, so that nothing flickers."""
TELL_EVERY_S = 5.0
"""Other lags are sent this often, and every other change at once."""
REPEAT_S = 15.0
"""What did not change is sent again this often; who joins is sent it without asking."""


class Rung(msgspec.Struct, frozen=True):
    """A session's load-shedding level, and since when a lower one would do (monotonic seconds)."""

    level: int = 0
    calm_since: float | None = None


def climb(rung: Rung, wanted: int, now: float) -> Rung:
    """Up at once, down one level after `CALM_S` of calm."""
    if wanted >= rung.level:
        return Rung(wanted)
    if rung.calm_since is None:
        return Rung(rung.level, now)
    if now - rung.calm_since < CALM_S:
        return rung
    return Rung(rung.level - 1, now)


def status_of(level: int, asr_lag_ms: int, diarization_lag_ms: int, troubles: tuple[str, ...] = ()) -> Status:
    """The status message: `troubles` are codes from elsewhere ("storage_away", "recognition_off")."""
    reasons = [REASONS[rung] for rung in range(1, min(level, STALLED) + 1)] + list(troubles)
    stalled = level >= STALLED or "storage_away" in troubles
    return Status(
        state="stalled" if stalled else "degraded" if reasons else "ok",
        reasons=reasons,
        asr_lag_ms=asr_lag_ms,
        diarization_lag_ms=diarization_lag_ms,
    )


class StatusSent(msgspec.Struct, frozen=True):
    """The status sent last, and when (monotonic seconds)."""

    status: Status | None = None
    at: float = 0.0


def due(sent: StatusSent, status: Status, now: float) -> bool:
    """Whether `status` is worth a message: it changed, or was not sent for a while."""
    if sent.status is None or (sent.status.state, sent.status.reasons) != (status.state, status.reasons):
        return True
    return now - sent.at >= (REPEAT_S if status == sent.status else TELL_EVERY_S)
