"""Whether sound comes faster than anybody speaks: a replay, whose finals are late by nature and say nothing of load."""

from __future__ import annotations

REPLAYING_S = 1.5
"""Seconds ahead of real time from which it is a replay; a client's hiccup is shorter."""
_MOST_S = 3.0
_DRAIN = 1.25
"""How fast the lead is forgotten, in seconds per second: a replay counts as over after six seconds in real time."""


class ReplayDetection:
    """A leaky bucket of sound."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._last: float | None = None

    def fed(self, now: float, seconds: float) -> None:
        """So much sound came."""
        elapsed = 0.0 if self._last is None else now - self._last
        self._ahead_s = min(_MOST_S, max(0.0, self._ahead_s - _DRAIN * elapsed) + seconds)
        self._last = now

    @property
    def replaying(self) -> bool:
        """True while sound comes faster than real time."""
        return self._ahead_s > REPLAYING_S
