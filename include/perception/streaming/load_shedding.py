"""How far behind the process is, and what it therefore stops doing. Pure: the time comes in."""

from __future__ import annotations

from collections import deque

import msgspec

WINDOW_S = 5.0
"""Over which work is measured."""
CALM_S = 5.0
"""A level is left, one step at a time, after this long below it."""


class LoadSheddingRules(msgspec.Struct, frozen=True):
    """Thresholds. A final's wait counts from the end of its utterance being certain."""

    busy: float = 0.9
    """Share of the cores' time in use from which partials come more seldom."""
    partial_wait_s: float = 0.6
    final_wait_s: float = 0.5
    """Finals wait this long: no partials, and a narrower beam."""
    diarization_wait_s: float = 1.2
    stalled_wait_s: float = 4.0


class LoadShedding:
    """The load-shedding level, 0 to 4; up at once, down slowly."""

    def __init__(self, rules: LoadSheddingRules | None = None) -> None:
        self._rules = rules or LoadSheddingRules()
        self._since = 0.0
        self.level = 0

    def update(self, now: float, busy: float, partial_wait_s: float, final_wait_s: float) -> int:
        """The level after one more measurement."""
        wanted = self._wanted(busy, partial_wait_s, final_wait_s)
        if wanted >= self.level:
            self.level, self._since = wanted, now
        elif now - self._since >= CALM_S:
            self.level, self._since = self.level - 1, now
        return self.level

    def _wanted(self, busy: float, partial_wait_s: float, final_wait_s: float) -> int:
        rules = self._rules
        steps = (
            final_wait_s >= rules.stalled_wait_s,
            final_wait_s >= rules.diarization_wait_s,
            final_wait_s >= rules.final_wait_s,
            busy >= rules.busy or partial_wait_s >= rules.partial_wait_s,
        )
        return next((4 - k for k, reached in enumerate(steps) if reached), 0)


class WorkMeter:
    """Seconds of work within the last `WINDOW_S`, in all and of finals alone."""

    def __init__(self) -> None:
        self._done: deque[tuple[float, float, bool]] = deque()
        self._final_s = 0.0
        self._final_sound_s = 0.0

    def add(self, now: float, seconds: float, *, needed: bool) -> None:
        """A piece of work took `seconds` until `now`; `needed` when it cannot be shed."""
        self._done.append((now, seconds, needed))

    def final(self, seconds: float, sound_s: float) -> None:
        """A final over `sound_s` of sound cost `seconds`; older ones count ever less."""
        self._final_s = 0.95 * self._final_s + seconds
        self._final_sound_s = 0.95 * self._final_sound_s + sound_s

    @property
    def final_cost(self) -> float | None:
        """Seconds of work per second of speech, for finals alone; None before the first."""
        return self._final_s / self._final_sound_s if self._final_sound_s else None

    def busy(self, now: float, *, needed_only: bool = False) -> float:
        """Seconds of work per second."""
        while self._done and self._done[0][0] < now - WINDOW_S:
            self._done.popleft()
        return sum(s for _, s, needed in self._done if needed or not needed_only) / WINDOW_S
