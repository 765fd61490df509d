"""What was said just before a short utterance, recognised together with it. Pure.

Two words cut out of their sentence are easily misrecognised ("Ask not" alone becomes "Is not").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from include.interview.live.wire import SAMPLE_RATE
from include.perception.speech.recognition import TimedWord

SHORT_S = 3.0
"""Longer utterances carry their own context."""
LEAD_S = 4.5
"""Sound that may precede one: together they stay within the shortest window, so hearing it costs the decoder little
and the encoder nothing."""
FRESH_S = 3.0
"""A longer pause parts what belongs together."""
_MARGIN_S = 0.1
"""Kept before a first word whose beginning the alignment only estimates."""
_FULL_SCALE = np.float32(32_768.0)


@dataclass(frozen=True)
class Lead:
    """Known words and their sound: float32 in [-1, 1) of shape (n,)."""

    sound: np.ndarray
    text: str


@dataclass(frozen=True)
class LeftContext:
    """A finished utterance: its `pcm` (int16) and words in seconds of that; it ended at sample `end`."""

    pcm: np.ndarray
    words: tuple[TimedWord, ...]
    end: int

    def lead(self, start: int, sound: np.ndarray) -> Lead | None:
        """What of it is heard before `sound`, an utterance that began at sample `start`; None when that has no use."""
        fresh = 0 <= start - self.end <= FRESH_S * SAMPLE_RATE
        if not fresh or len(sound) > SHORT_S * SAMPLE_RATE:
            return None
        words = _last(self.words, len(self.pcm) / SAMPLE_RATE - LEAD_S)
        if not words:
            return None
        whole = len(words) == len(self.words)
        begin = 0 if whole else max(0, round((words[0].start_s - _MARGIN_S) * SAMPLE_RATE))
        return Lead(self.pcm[begin:].astype(np.float32) / _FULL_SCALE, " ".join(w.text for w in words))


def _last(words: Sequence[TimedWord], from_s: float) -> Sequence[TimedWord]:
    """The words that begin no sooner than `from_s`."""
    return words if from_s <= 0 else [w for w in words if w.start_s - _MARGIN_S >= from_s]
