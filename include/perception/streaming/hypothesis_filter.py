"""Which finals are shown: words of a voice that was heard, not what the recogniser makes of noise and music."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from include.perception.speech import gates
from include.perception.speech.recognition import Hypothesis, TimedWord
from include.perception.speech.vad import FRAME_S, SPEECH_ON
from include.perception.streaming.voice_activity import CERTAIN

MIN_VOICED_S = 0.16
"""Sound the VAD is sure of; a cough or a key stroke has less."""
MIN_MEAN_PROBABILITY = 0.35
"""Mean speech probability of an utterance; music and babble that pass the VAD hover around its threshold."""
SURE_VOICE = 0.8
"""Mean speech probability from which weak words are given the benefit of the doubt."""
MIN_WORD_PROBABILITY = 0.25
"""Mean word probability below which words are guesses, voice or not."""
FEW_WORDS = 2
MIN_DOUBTFUL_PROBABILITY = 0.4
"""... below which one or two words, or words over an unsure voice, are: a lone guess is what noise yields. Kennedy's
"Ask not", cut out of its sentence, has 0.44."""


_NO_TIME_S = 0.02
"""One step of the alignment."""
ECHO_WORDS = 3
"""As many words again at a text's end are heard a second time."""


@dataclass(frozen=True)
class Voice:
    """How sure the VAD is of an utterance. `mean` is the speech probability between its beginning and end."""

    voiced_s: float
    mean: float

    @classmethod
    def of(cls, probabilities: bytes) -> Voice:
        """From one byte per frame."""
        p = np.frombuffer(probabilities, np.uint8).astype(np.float32) / CERTAIN
        return cls(float(np.sum(p >= SPEECH_ON)) * FRAME_S, float(p.mean()) if len(p) else 0.0)

    @property
    def plausible(self) -> bool:
        """False for what needs no recogniser to be called noise."""
        return self.voiced_s >= MIN_VOICED_S and self.mean >= MIN_MEAN_PROBABILITY


def echoes(text: str) -> bool:
    """True when a text ends in words it had before, or in the middle of a letter.

    That is what a recogniser makes of the silence after speech in a short window. People repeat words too; a longer
    window tells which it was.
    """
    if text.endswith("\ufffd"):
        return True
    words = [re.sub(r"\W", "", w).casefold() for w in text.split()]
    tail = words[-ECHO_WORDS:]
    return any(words[at : at + ECHO_WORDS] == tail for at in range(len(words) - 2 * ECHO_WORDS + 1))


def with_sound(words: Sequence[TimedWord]) -> list[TimedWord]:
    """`words` without those at their end that the alignment gives no time: a loop says them over nothing."""
    kept = list(words)
    while kept and kept[-1].end_s - kept[-1].start_s < _NO_TIME_S:
        kept.pop()
    return kept


def mean_probability(words: Sequence[TimedWord]) -> float:
    """Mean word probability, 0 without words."""
    return sum(w.probability for w in words) / len(words) if words else 0.0


def invented(hypothesis: Hypothesis, words: Sequence[TimedWord], voice: Voice) -> bool:
    """True for words over noise: silence by the recogniser's own account, or weak words over a weak voice."""
    if gates.silent(hypothesis) or not words:
        return True
    sure = mean_probability(words)
    if sure < MIN_WORD_PROBABILITY:
        return True
    doubtful = len(words) <= FEW_WORDS or voice.mean < SURE_VOICE
    return doubtful and sure < MIN_DOUBTFUL_PROBABILITY
