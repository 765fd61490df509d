"""Stretches of a recording that show, picture by picture, what it showed before: a loop is nobody seen speaking.

Nobody moves twice alike for five seconds, to the grey level. A loop that was zoomed, mirrored or filmed from a screen
is not found.
"""

from __future__ import annotations

import numpy as np

GRID = (32, 24)
"""Columns and rows of blocks a picture is reduced to."""
STRETCH_S = 5.0
"""Shortest stretch that counts as repeated, in seconds."""
LEAST_LAG_S = 2.0
"""Seconds between a picture and its repetition, at least."""
SAME_GREY = 4
"""Grey levels (of 255) by which a block may differ: what encoding a picture twice changes."""
MOVING_RANGE = 24
"""Grey levels that the block that varies most must vary by over a stretch: what stands still repeats by itself."""
_OUTLIERS = 0.02
"""Share of blocks that may differ by more: a clock, a cursor, a subtitle."""
_PROBE_SAMPLES = 5
_FIRST_BLOCKS, _FIRST_OUTLIERS = 24, 0.5
"""Samples of a stretch, and its liveliest blocks, that are compared first; and the share of these that may differ."""


class Repetition:
    """Gathers blocks of sampled frames while they pass by: 768 bytes each, 14 MB an hour."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._blocks: list[np.ndarray] = []

    def look(self, grey: np.ndarray, time_s: float) -> None:
        """Take the picture `grey`, uint8 (height, width) shown at `time_s` seconds, into account."""
        import cv2

        self._times.append(time_s)
        self._blocks.append(cv2.resize(grey, GRID, interpolation=cv2.INTER_AREA).ravel())

    def repeated(self) -> np.ndarray:
        """Samples in a stretch that is shown more than once, bool (samples,); both showings count."""
        return repeated(np.array(self._blocks, np.uint8).reshape(-1, GRID[0] * GRID[1]), np.asarray(self._times))


def repeated(blocks: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Samples that lie in stretches shown more than once: bool (n,).

    Args:
        blocks: uint8 (n, blocks), the block means of each sample.
        times: (n,), seconds, ascending.

    A sample matches another when nearly every block of the one lies between those of the other and its neighbours:
    the two showings are sampled at slightly different moments.
    """
    found = np.zeros(len(times), bool)
    if len(times) < 3:
        return found
    blocks = blocks[:, np.ptp(blocks, axis=0) > 2 * SAME_GREY]  # a wall or a black bar is alike at any time
    if not blocks.shape[1]:
        return found
    blocks = blocks[:, np.argsort(-blocks.std(axis=0), kind="stable")]  # the liveliest first
    low, high = _between(blocks)
    step = float(np.median(np.diff(times)))
    length, least = max(2, round(STRETCH_S / step)), max(1, round(LEAST_LAG_S / step))
    for start in range(0, len(times) - length - least + 1, length // 2):
        stretch = blocks[start : start + length]
        if int((stretch.max(axis=0).astype(np.int16) - stretch.min(axis=0)).max()) < MOVING_RANGE:
            continue
        later = np.arange(start + least, len(times) - length + 1)
        here = slice(start, start + length)
        for match in (*_matches(later, stretch, low, high), *_matches(later, blocks, low[here], high[here])):
            found[here] = found[match : match + length] = True
    return found


def _matches(candidates: np.ndarray, blocks: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which `candidates` (m,), first samples of later stretches, match one stretch throughout.

    Either `blocks` or the bounds `low` and `high` are of that stretch alone, (length, blocks), the others of all.
    """
    length = min(len(blocks), len(low))
    probes = np.linspace(0, length - 1, _PROBE_SAMPLES).round().astype(int)
    few = slice(None, _FIRST_BLOCKS)
    # an hour holds 18,000 candidates for each of 1,500 stretches: nearly all differ in the liveliest blocks already
    for columns, most, offsets in ((few, _FIRST_OUTLIERS, probes), (slice(None), _OUTLIERS, np.arange(length))):
        for offset in offsets:
            at = candidates + offset
            one = blocks[offset, columns][None] if len(blocks) == length else blocks[at, columns]
            bound = offset if len(low) == length else at
            outside = (one < low[bound, columns]) | (one > high[bound, columns])
            candidates = candidates[outside.mean(axis=-1) <= most]
            if not candidates.size:
                return candidates
    return candidates


def _between(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest value of each block over a sample and its two neighbours, widened by `SAME_GREY`; int16."""
    wide = np.pad(blocks.astype(np.int16), ((1, 1), (0, 0)), "edge")
    three = np.stack((wide[:-2], wide[1:-1], wide[2:]))
    return three.min(axis=0) - SAME_GREY, three.max(axis=0) + SAME_GREY
