"""Whether the face that is measured is the one that speaks: mouth movement against the candidate's speech over time.

A photograph, a poster and a listener are faces whose mouth rests while the candidate speaks; in a view that shows
whoever talks, the mouth moves while others do. Neither is the candidate, and neither gets a level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from include.interview.scoring.presence import Span

WINDOW_S = 1.0
"""Seconds over which mouth movement is averaged: several syllables, so that the sampling of five pictures a second,
which meets some syllables at the same opening, evens out."""
MOVING_PER_S = 0.06
"""Mean change of the lip distance (in face heights per second) from which a mouth moves as in speech. Measured: faces
at rest 0.003 to 0.03, a mouth that talks 0.18 (seven clips); a lip opening of 5 % of the face four times a second, met
at five pictures a second, gives 0.09."""
MARGIN_S = 0.4
"""Seconds around speech that are neither speech nor rest: lips open before the voice and close after it."""
LEAST_SPEECH_S = 10.0
"""Own speech with the face seen below which nothing is said about who speaks."""
LEAST_REST_S = 5.0
"""Time with the face seen and without own speech below which movement in speech cannot be compared with rest."""
LEAST_MOVING = 0.6
"""Share of own speech during which the mouth must move. Measured: lips that follow a voice 0.93; a drawing in flat
colours whose outlines flicker, so that the landmarks shake, 0.47."""
LEAST_CONTRAST = 0.6
"""Least probability that the mouth moves more at a moment of own speech than at one without (0.5: unrelated)."""


@dataclass(frozen=True)
class Mouth:
    """How one face's mouth goes with the candidate's speech.

    `moving`: share in [0, 1] of own speech during which it moves. `contrast`: probability that it moves more in own
    speech than outside, None with too little of either. `speech_s`, `rest_s`: seconds compared. `speaks`: None when
    there is too little speech to say.
    """

    moving: float
    contrast: float | None
    speech_s: float
    rest_s: float

    @property
    def speaks(self) -> bool | None:
        """True when the mouth moves with the speech, False when it does not, None when too little was seen."""
        if self.speech_s < LEAST_SPEECH_S:
            return None
        follows = self.contrast is None or self.contrast >= LEAST_CONTRAST
        return self.moving >= LEAST_MOVING and follows


def mouth_rate(mouth: np.ndarray, seen: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Mouth movement around each sample, in face heights per second: mean |change| within `WINDOW_S`, (n,).

    `mouth` is the lip distance over the face height, `seen` bool, `times` seconds, each (n,). NaN where no two
    neighbouring samples of the window show the face.
    """
    change, step = np.abs(np.diff(mouth)), np.diff(times)
    pair = seen[:-1] & seen[1:] & (step < WINDOW_S)
    middle = (times[:-1] + times[1:]) / 2
    change, step, middle = change[pair], step[pair], middle[pair]
    moved, lasted = np.append(0.0, np.cumsum(change)), np.append(0.0, np.cumsum(step))
    low = np.searchsorted(middle, times - WINDOW_S / 2 - 1e-9)
    high = np.searchsorted(middle, times + WINDOW_S / 2 + 1e-9)
    length = lasted[high] - lasted[low]
    rate = np.full(len(times), np.nan)
    known = (length > 0) & seen
    rate[known] = (moved[high] - moved[low])[known] / length[known]
    return rate


def within(times: np.ndarray, spans: Sequence[Span], margin_s: float = 0.0) -> np.ndarray:
    """Which `times` (n,) lie in one of `spans`, each widened by `margin_s` seconds on both sides: bool (n,)."""
    found = np.zeros(len(times), bool)
    for start, end in spans:
        found |= (times >= start - margin_s) & (times < end + margin_s)
    return found


def mouth_in_speech(
    mouth: np.ndarray, seen: np.ndarray, times: np.ndarray, weights: np.ndarray, speech: Sequence[Span]
) -> Mouth:
    """How the mouth of one face goes with `speech`, spans of the candidate's own speech in seconds.

    `mouth`, `seen`, `times` as in `mouth_rate`; `weights` (n,): seconds each sample stands for. The contrast is the
    area under the ROC curve (Mann & Whitney 1947), which no scale of movement changes.
    """
    rate = mouth_rate(mouth, seen, times)
    known = ~np.isnan(rate)
    middles = times + weights / 2
    talking = known & within(middles, speech)
    resting = known & ~within(middles, speech, MARGIN_S)
    speech_s, rest_s = float(weights[talking].sum()), float(weights[resting].sum())
    moving = float(weights[talking & (np.nan_to_num(rate) >= MOVING_PER_S)].sum()) / speech_s if speech_s else 0.0
    contrast = None
    if speech_s >= LEAST_SPEECH_S and rest_s >= LEAST_REST_S:
        contrast = _above(rate[talking], rate[resting])
    return Mouth(moving, contrast, speech_s, rest_s)


def _above(one: np.ndarray, other: np.ndarray) -> float:
    """P(a value of `one` is above one of `other`), ties half."""
    ordered = np.sort(other)
    below = np.searchsorted(ordered, one, "left") + np.searchsorted(ordered, one, "right")
    return float(below.mean()) / (2 * len(other))
