"""Orientation: the share of own speech with the head towards camera or screen, from head pose matrices.

Face pose from landmarks errs by up to 11°, so eye contact is not measurable here; gross turning away is. The cone below
holds camera and screen, and its own doubt is part of the error: see `Orientation.error`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from include.interview.scoring.presence import Span

HYSTERESIS_DEG = 5.0
"""A head has left the cone only when it is this much outside, so that a pose at its edge does not flicker."""
FIRST_S = 3.0
"""Seconds at the beginning of an answer that do not count: people look aside to think."""
BRIEF_S = 2.0
"""Departures shorter than this are no turning away."""
BLOCK_S = 5.0
"""Seconds of own speech with the face seen per block."""
LEAST_BLOCKS = 6
"""Blocks needed for a share: 30 s of own speech with the face seen."""
LEAST_SEEN = 0.5
"""Least share of the speech that counts during which the face must be seen."""
WIDE_BELOW_S = 60.0
"""Seconds of own speech below which the sampling error is widened, by the root of the ratio."""
CONE_DOUBT_DEG = 8.0
"""How far the cone is moved in each direction to see what the share owes to where it lies."""
_ROUNDING_S = 1e-6
"""Seconds that sums of sampling steps may be off."""
_MEDIAN_ERROR = 1.253
"""Standard error of a median over that of a mean, for normal values: sqrt(pi / 2)."""


@dataclass(frozen=True)
class Cone:
    """Head directions that count as towards, in degrees: yaw within ±`yaw`, pitch from `down` to `up`.

    Widths differ because a screen lies below its camera. `aside` and `above` move the cone as a whole.
    """

    yaw: float = 25.0
    down: float = -30.0
    up: float = 15.0
    aside: float = 0.0
    above: float = 0.0

    def holds(self, directions: np.ndarray, margin: float = 0.0) -> np.ndarray:
        """Which `directions`, (n, 2) yaw and pitch in degrees, lie in the cone widened by `margin`: bool (n,)."""
        yaw, pitch = directions[:, 0] - self.aside, directions[:, 1] - self.above
        inside = np.abs(yaw) <= self.yaw + margin
        value: np.ndarray = inside & (pitch >= self.down - margin) & (pitch <= self.up + margin)
        return value


CONE = Cone()
_MOVED = tuple(
    Cone(aside=x, above=y)
    for x, y in ((CONE_DOUBT_DEG, 0.0), (-CONE_DOUBT_DEG, 0.0), (0.0, CONE_DOUBT_DEG), (0.0, -CONE_DOUBT_DEG))
)


def head_to_camera_deg(matrix: np.ndarray) -> tuple[float, float]:
    """Yaw (to the picture's right) and pitch (up) from the line head→camera to the head's forward axis, in degrees.

    `matrix`: 4×4 pose of the head in the camera's space (x right, y up, z towards the camera, camera at the origin),
    as MediaPipe's face landmarker gives it. Zero: the nose points at the camera, wherever in the picture the head is.
    """
    forward, camera = matrix[:3, 2], -matrix[:3, 3]
    return _yaw(forward) - _yaw(camera), _pitch(forward) - _pitch(camera)


def _yaw(axis: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(axis[0], axis[2])))


def _pitch(axis: np.ndarray) -> float:
    return float(np.degrees(np.arctan2(axis[1], np.hypot(axis[0], axis[2]))))


def towards(directions: np.ndarray, seen: np.ndarray, cone: Cone = CONE) -> np.ndarray:
    """Samples at which the head points into the cone, with hysteresis: bool (n,), False where not `seen`.

    `directions` is (n, 2) in degrees, `seen` bool (n,). After a gap the state begins anew, by the cone itself.
    """
    inside, near = cone.holds(directions), cone.holds(directions, HYSTERESIS_DEG)
    found = np.zeros(len(seen), bool)
    held: bool | None = None
    for k in range(len(seen)):
        if not seen[k]:
            held = None
            continue
        held = bool(near[k]) if held else bool(inside[k])
        found[k] = held
    return found


def without_brief(held: np.ndarray, seen: np.ndarray, times: np.ndarray) -> np.ndarray:
    """`held` with departures shorter than `BRIEF_S` filled: runs of seen samples turned away, bounded by `held` ones.

    All are (n,): `held` and `seen` bool, `times` in seconds.
    """
    filled = held.copy()
    inside = np.flatnonzero(held)
    for before, after in pairwise(inside.tolist()):
        if after - before > 1 and times[after] - times[before + 1] < BRIEF_S - _ROUNDING_S:
            filled[before + 1 : after] = seen[before + 1 : after]
    return filled


@dataclass(frozen=True)
class Orientation:
    """What was found. `share` and `error` in [0, 1], None with a `reason`; `seconds`: own speech that counted.

    `error` joins the block jackknife (Efron & Stein 1981), never below what the answers' own spread gives for their
    median, with half the range of the share when the cone moves by `CONE_DOUBT_DEG`. `coverage`: share of the speech
    that counts with the face seen. `away`: bool (n,), samples of own speech turned away. `answers`: the
    share in each; `blocks`: start and end in seconds and share of each block; `direction_deg`: the median direction.
    """

    share: float | None
    error: float | None
    seconds: float
    coverage: float
    reason: str | None
    away: np.ndarray
    answers: tuple[float, ...] = ()
    blocks: tuple[tuple[float, float, float], ...] = ()
    direction_deg: tuple[float, float] | None = None


@dataclass(frozen=True)
class _Counted:
    """Samples that count: which (indices), the seconds of each, the answer and the block each belongs to."""

    at: np.ndarray
    seconds: np.ndarray
    answer: np.ndarray
    block: np.ndarray


def orientation(
    directions: np.ndarray,
    seen: np.ndarray,
    times: np.ndarray,
    weights: np.ndarray,
    speech: Sequence[Span],
    answers: Sequence[Span],
) -> Orientation:
    """The share of own speech with the head towards camera or screen: the median over answers.

    Args:
        directions: (n, 2), `head_to_camera_deg` of each sample. seen: bool (n,), the face was seen.
        times, weights: (n,), when each sample was taken and for how many seconds it stands.
        speech: spans of own speech without pauses, in seconds. answers: spans of whole answers.

    The reason is `too_little_speech_seen` below `LEAST_BLOCKS` blocks or `LEAST_SEEN`, and `camera_aside` when the
    median direction lies outside the cone: then the camera stands beside the screen, and nobody has turned away.
    """
    spoken, answer = _spoken(times, weights, speech, answers)
    counts = _counted(spoken * seen, answer)
    seconds, possible = float(counts.seconds.sum()), float(spoken.sum())
    coverage = min(1.0, seconds / possible) if possible > 0 else 0.0
    nothing = np.zeros(len(seen), bool)
    enough = counts.block.size and counts.block.max() + 1 >= LEAST_BLOCKS
    if not enough or seconds < LEAST_BLOCKS * BLOCK_S - _ROUNDING_S or coverage < LEAST_SEEN:
        return Orientation(None, None, seconds, coverage, "too_little_speech_seen", nothing)
    usual = np.median(directions[counts.at], axis=0)
    middle = (float(usual[0]), float(usual[1]))
    if not CONE.holds(usual[None])[0]:
        return Orientation(None, None, seconds, coverage, "camera_aside", nothing, direction_deg=middle)
    held = without_brief(towards(directions, seen), seen, times)[counts.at]
    shares = _shares(held, counts, np.ones(held.size, bool))
    moved = [
        float(np.median(_shares(without_brief(towards(directions, seen, c), seen, times)[counts.at], counts)))
        for c in _MOVED
    ]
    share = float(np.median(shares))
    sampling = _sampling_error(held, counts, shares) * float(np.sqrt(max(1.0, WIDE_BELOW_S / seconds)))
    doubt = (max(*moved, share) - min(*moved, share)) / 2
    away = nothing.copy()
    away[counts.at[~held]] = True
    error = float(np.hypot(sampling, doubt))
    return Orientation(share, error, seconds, coverage, None, away, tuple(shares), _blocks(held, counts, times), middle)


def _spoken(
    times: np.ndarray, weights: np.ndarray, speech: Sequence[Span], answers: Sequence[Span]
) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of counting own speech in each sample (n,), and the answer each sample lies in (n,), -1 for none."""
    answer = np.full(len(times), -1)
    seconds = np.zeros(len(times))
    ends, middles = times + weights, times + weights / 2
    for number, (start, end) in enumerate(answers):
        answer[(middles >= start) & (middles < end)] = number
        for begin, stop in speech:
            low, high = max(begin, start + FIRST_S), min(stop, end)
            if low < high:
                seconds += np.clip(np.minimum(ends, high) - np.maximum(times, low), 0.0, None)
    return np.minimum(seconds, weights), answer


def _counted(seconds: np.ndarray, answer: np.ndarray) -> _Counted:
    """The samples with counting speech; each answer is cut into blocks, a rest below half a block joins the last."""
    at = np.flatnonzero((seconds > _ROUNDING_S) & (answer >= 0))
    block = np.full(at.size, -1)
    reached = 0
    for number in np.unique(answer[at]):
        mine = answer[at] == number
        whole = int(seconds[at][mine].sum() / BLOCK_S + 0.5 + _ROUNDING_S)
        if whole == 0:
            continue  # half a block of an answer says nothing about it
        middle = np.cumsum(seconds[at][mine]) - seconds[at][mine] / 2
        block[mine] = reached + np.minimum((middle / BLOCK_S).astype(int), whole - 1)
        reached += whole
    kept = block >= 0
    return _Counted(at[kept], seconds[at][kept], answer[at][kept], block[kept])


def _pooled(held: np.ndarray, counts: _Counted, among: np.ndarray) -> float:
    whole = float(counts.seconds[among].sum())
    return float(counts.seconds[among & held].sum()) / whole if whole else 0.0


def _blocks(held: np.ndarray, counts: _Counted, times: np.ndarray) -> tuple[tuple[float, float, float], ...]:
    """Start and end in seconds, and share towards, of each block."""
    found = []
    for block in range(int(counts.block.max()) + 1):
        mine = counts.block == block
        at = counts.at[mine]
        end = float(times[at[-1]] + counts.seconds[mine][-1])
        found.append((float(times[at[0]]), end, _pooled(held, counts, mine)))
    return tuple(found)


def _shares(held: np.ndarray, counts: _Counted, among: np.ndarray | None = None) -> list[float]:
    """The share towards in each answer, over the samples `among`."""
    chosen = np.ones(held.size, bool) if among is None else among
    numbers = np.unique(counts.answer[chosen])
    return [_pooled(held, counts, chosen & (counts.answer == number)) for number in numbers]


def _sampling_error(held: np.ndarray, counts: _Counted, shares: list[float]) -> float:
    blocks = int(counts.block.max()) + 1
    without = [float(np.median(_shares(held, counts, counts.block != b))) for b in range(blocks)]
    spread = np.asarray(without) - np.mean(without)
    jackknife = float(np.sqrt((blocks - 1) / blocks * np.square(spread).sum()))
    if len(shares) < 3:
        return jackknife
    # leaving out one block of one answer hardly moves a median of many: their own spread is the least error
    return max(jackknife, _MEDIAN_ERROR * float(np.std(shares, ddof=1)) / float(np.sqrt(len(shares))))
