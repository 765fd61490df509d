"""What overlapping windows say together: weighted means of the session's speakers on the stream's grid. Pure NumPy.

Coria et al. 2021, section 2.4: a frame's score is the mean over all windows that have seen it so far, each window
weighted by a Hamming window, so that a better guess replaces an early one until `latency_s` has passed.
"""

from __future__ import annotations

import msgspec
import numpy as np

from include.perception.streaming.diarization import frames


class AggregationConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How long a frame may change, and from which activity somebody speaks in it.

    `latency_s`: how long a frame's speakers may change by newer windows (at most the window's length). `threshold`:
    mean activity from which somebody speaks. An answer is there after the first window, whatever the latency.
    """

    latency_s: float = 5.0
    threshold: float = 0.5


class AggregationState(msgspec.Struct, frozen=True):
    """`sums`, `weights`: float32 bytes of shapes (frames, speakers) and (frames,) from frame `first` on."""

    first: int
    sums: bytes
    weights: bytes


class Aggregation:
    """The frames that may still change. `first` is the oldest of them."""

    def __init__(self, speakers: int, config: AggregationConfig | None = None) -> None:
        self._config = config or AggregationConfig()
        self._speakers = speakers
        self._clear(0)

    def _clear(self, first: int) -> None:
        self.first = first
        self._sums = np.zeros((0, self._speakers), np.float32)
        self._weights = np.zeros(0, np.float32)

    @property
    def end(self) -> int:
        """The first frame no window has seen."""
        return self.first + len(self._weights)

    def add(self, first: int, scores: np.ndarray) -> None:
        """Hear one window: scores of shape (frames, speakers) from frame `first` on; settled frames stay."""
        if not len(self._weights):
            self._clear(max(first, self.first))
        weights = np.hamming(len(scores) + 2)[1:-1].astype(np.float32)
        late = max(0, self.first - first)
        scores, weights, first = scores[late:], weights[late:], first + late
        grown = first + len(scores) - self.end
        if grown > 0:
            self._sums = np.concatenate([self._sums, np.zeros((grown, self._speakers), np.float32)])
            self._weights = np.concatenate([self._weights, np.zeros(grown, np.float32)])
        at = slice(first - self.first, first - self.first + len(scores))
        self._sums[at] += weights[:, None] * scores
        self._weights[at] += weights

    def codes(self) -> np.ndarray:
        """Who speaks in each frame from `first` to `end`: bit s set for speaker s. uint8 of shape (frames,)."""
        mean = self._sums / np.maximum(self._weights, 1e-9)[:, None]
        bits = (mean >= self._config.threshold).astype(np.uint8) << np.arange(self._speakers, dtype=np.uint8)
        codes: np.ndarray = bits.sum(axis=1, dtype=np.uint8)
        return codes

    def settle(self) -> np.ndarray:
        """Forget frames older than the latency; returns their codes."""
        keep = round(self._config.latency_s / frames.FRAME_S)
        count = max(0, len(self._weights) - keep)
        codes = self.codes()[:count]
        self._sums, self._weights = self._sums[count:], self._weights[count:]
        self.first += count
        return codes

    def merge(self, kept: int, gone: int) -> None:
        """Two speakers were one."""
        self._sums[:, kept] = np.minimum(self._sums[:, kept] + self._sums[:, gone], self._weights)
        self._sums[:, gone] = 0.0

    def paint(self, first: int, end: int, speaker: int) -> None:
        """All windows so far have heard `speaker` in frames [first, end)."""
        at = slice(max(0, first - self.first), max(0, end - self.first))
        self._sums[at, speaker] = self._weights[at]

    def erase(self, speaker: int) -> None:
        """No window has heard `speaker`."""
        self._sums[:, speaker] = 0.0

    def state(self) -> AggregationState:
        """All of it."""
        return AggregationState(self.first, self._sums.tobytes(), self._weights.tobytes())

    def restore(self, state: AggregationState) -> None:
        """Become the aggregation that `state` was taken from."""
        self.first = state.first
        self._sums = np.frombuffer(state.sums, np.float32).reshape(-1, self._speakers).copy()
        self._weights = np.frombuffer(state.weights, np.float32).copy()
