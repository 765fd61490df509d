"""Stretches in which the picture stands still: a photograph or a frozen camera is not somebody seen speaking.

Only a picture in which nothing moves is found. A loop is found by `repetition`, a photograph that is moved about or a
moving drawing by its mouth (`speaking`).
"""

from __future__ import annotations

from collections import deque

import numpy as np

GRID = (64, 48)
"""Columns and rows of blocks a picture is reduced to: in a block of about 10 pixels a moving mouth or a breath shows,
while the noise of camera and compression averages out."""

WINDOW_S = 5.0
"""Shortest stretch that can stand still, in seconds: long enough for a person to move. A shorter recording is looked
at as a whole."""

HOP_S = 1.0
"""Seconds from one look at the last `WINDOW_S` to the next."""

STILL_RANGE = 8
"""Grey levels (of 255) by which every block of a picture that stands still may vary over a stretch.
Measured: a photograph in six codecs, also under camera noise, 0 to 6 once the encoder has settled; people who are
near, far or in the dark, down to 40 kbit/s, 29 to 204 in the block that varies most."""

_TAIL = 0.1
"""Share of samples left out at either end of that range: key frames repaint even a photograph now and then."""


class Stillness:
    """Finds still stretches while sampled frames pass by; keeps the blocks of the last `WINDOW_S` only."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._recent: deque[tuple[float, np.ndarray]] = deque()
        self._still: list[tuple[float, float]] = []
        self._due = 0.0

    def look(self, grey: np.ndarray, time_s: float) -> None:
        """Take the picture `grey`, uint8 (height, width) shown at `time_s` seconds, into account."""
        import cv2

        if not self.times:
            self._due = time_s + WINDOW_S
        self.times.append(time_s)
        self._recent.append((time_s, cv2.resize(grey, GRID, interpolation=cv2.INTER_AREA)))
        while self._recent[0][0] < time_s - WINDOW_S - 1e-6:
            self._recent.popleft()
        if time_s >= self._due - 1e-6:
            self._due = time_s + HOP_S
            self._judge()

    def _judge(self) -> None:
        if len(self._recent) > 1 and most_varied([blocks for _, blocks in self._recent]) <= STILL_RANGE:
            self._still.append((self._recent[0][0], self._recent[-1][0]))

    def still(self) -> np.ndarray:
        """Samples that lie in a still stretch, bool (samples,); a single picture alone shows nothing."""
        self._judge()  # the last seconds, and recordings shorter than a stretch
        stamps = np.asarray(self.times)
        found = np.zeros(stamps.size, bool)
        for start, end in self._still:
            found |= (stamps >= start) & (stamps <= end)
        return found


def most_varied(pictures: list[np.ndarray]) -> int:
    """Grey levels between the lowest and highest tenth of samples, in the block that varies most.

    `pictures` are arrays of block means, all of one shape, in order of time.
    """
    ordered = np.sort(np.stack(pictures), axis=0)
    out = int(_TAIL * (len(pictures) - 1))
    return int((ordered[-1 - out].astype(np.int16) - ordered[out]).max())
