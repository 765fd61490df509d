"""Sampled observations on recording time: shares weighted by time, and the intervals behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from include.interview.records import Interval

MAX_HOLD_S = 0.5
"""A sample speaks for the time until the next one, but never longer than this: nobody knows what happened in
a longer gap. Two and a half sampling steps at 5 fps."""

MIN_INTERVAL_S = 0.4
"""Shorter stretches count in shares but are not listed: two samples."""


@dataclass(frozen=True)
class Timeline:
    """Sample times and the seconds each sample speaks for; both float arrays of shape (samples,)."""

    times: np.ndarray
    weights: np.ndarray
    duration_s: float

    @property
    def observed_s(self) -> float:
        """Seconds that all samples together speak for."""
        return float(self.weights.sum())

    @property
    def coverage(self) -> float:
        """Share of the recording that was observed, in [0, 1]; 0 for a recording without length."""
        return min(1.0, self.observed_s / self.duration_s) if self.duration_s > 0 else 0.0

    def seconds(self, mask: np.ndarray) -> float:
        """Seconds for which `mask` (bool, shape (samples,)) holds."""
        return float(self.weights[mask].sum())

    def share(self, mask: np.ndarray, among: np.ndarray | None = None) -> float:
        """Time share in [0, 1] of `mask` among the samples of `among`, both bool (samples,); all samples by default.

        0.0 when there are none.
        """
        base = self.observed_s if among is None else self.seconds(among)
        held = mask if among is None else mask & among
        return min(1.0, self.seconds(held) / base) if base > 0 else 0.0

    def intervals(self, mask: np.ndarray, kind: str, minimum_s: float = MIN_INTERVAL_S) -> tuple[Interval, ...]:
        """Stretches in seconds of consecutive samples on which `mask`, bool (samples,), holds.

        Only those at least `minimum_s` seconds long.
        """
        found: list[Interval] = []
        start: float | None = None
        end = 0.0
        for time, weight, held in zip(self.times.tolist(), self.weights.tolist(), mask.tolist(), strict=True):
            if start is not None and (not held or time > end + 1e-6):
                found.append(Interval(start, end, kind))
                start = None
            if held:
                start = time if start is None else start
                end = time + weight
        if start is not None:
            found.append(Interval(start, end, kind))
        return tuple(i for i in found if i.end_s - i.start_s >= minimum_s)

    def neighbours(self, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pairs of neighbouring samples that both lie in `mask` (bool (samples,)).

        Returns:
            (indices i whose neighbour is i + 1, int (pairs,); seconds between the two, float (pairs,)).
        """
        step = np.diff(self.times)
        first = np.flatnonzero(mask[:-1] & mask[1:] & (step <= MAX_HOLD_S))
        return first, step[first]


def timeline_of(
    times: list[float],
    start_s: float,
    end_s: float,
    duration_s: float,
    step_s: float,
    max_hold_s: float = MAX_HOLD_S,
) -> Timeline:
    """The timeline of samples at `times` (seconds, ascending) of a video track from `start_s` to `end_s`.

    No sample speaks for longer than `max_hold_s`, and the last one for at most one sampling step `step_s`.
    """
    stamps = np.asarray(times, np.float64)
    if stamps.size == 0:
        return Timeline(stamps, stamps.copy(), duration_s)
    last = max(0.0, min(step_s, end_s - stamps[-1])) or step_s
    weights = np.minimum(np.append(np.diff(stamps), last), max_hold_s)
    # the grid rounds up to the next frame: what lies between the track's start and its first sample was seen
    weights[0] = min(max_hold_s, weights[0] + max(0.0, min(stamps[0] - start_s, step_s)))
    return Timeline(stamps, weights, duration_s)
