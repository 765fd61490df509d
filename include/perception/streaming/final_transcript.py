"""From a recognised stretch to the event a listener gets. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from include.interview.live.session import LiveUtterance
from include.interview.live.wire import SAMPLE_RATE, Track
from include.interview.records import Interval, Word
from include.perception.speech.utterances import trim_to_speech
from include.perception.speech.vad import speech_intervals
from include.perception.streaming.events import Discarded, Final, TrackState
from include.perception.streaming.recogniser import Recognised
from include.perception.streaming.track_audio import Stretch
from include.perception.streaming.voice_activity import CERTAIN

_SAMPLES_PER_MS = SAMPLE_RATE / 1000
_MIN_SPEECH_S = 0.1
"""Shorter bursts inside an utterance are not where its words are."""
_DECIMALS = 3


class Clock(msgspec.Struct):
    """A track's place on the session's clock: `origin_ms` is where its sample 0 would be."""

    origin_ms: float = 0.0

    def set(self, sample: int, at_ms: float) -> None:
        """Sample `sample` is at `at_ms`; rounded, so that the same sound always gets the same ids."""
        self.origin_ms = round(at_ms - sample / _SAMPLES_PER_MS, _DECIMALS)

    def ms(self, sample: int) -> int:
        """Where a sample is."""
        return round(self.origin_ms + sample / _SAMPLES_PER_MS)

    def s(self, sample: int) -> float:
        """The same in seconds."""
        return (self.origin_ms + sample / _SAMPLES_PER_MS) / 1000


def outcome(
    track: Track,
    utt: str,
    stretch: Stretch,
    recognised: Recognised,
    clock: Clock,
    language: Literal["ko", "en"],
    resume: TrackState,
    speaker: str | None = None,
) -> Final | Discarded:
    """What became of an utterance. Word times are trimmed to where the VAD hears speech, as in the offline pass."""
    if not recognised.words:
        reason: Literal["noise", "unintelligible"] = (
            "unintelligible" if recognised.verdict == "unintelligible" else "noise"
        )
        return Discarded(track, utt, resume, reason)
    begin = clock.s(stretch.sound_from)
    words = trim_to_speech(
        [Word(w.text, begin + w.start_s, begin + w.end_s, w.probability) for w in recognised.words],
        _speech(stretch, clock),
    )
    utterance = LiveUtterance(
        id=utt,
        track=track,
        text=" ".join(w.text for w in words),
        start_s=clock.ms(stretch.start) / 1000,
        end_s=clock.ms(stretch.end) / 1000,
        words=tuple(words),
        speaker=speaker or "",
        role="unknown",
        language=language,
        confidence=round(sum(w.probability for w in words) / len(words), 4),
    )
    return Final(utterance, stretch.pcm, clock.ms(stretch.sound_from), resume)


def _speech(stretch: Stretch, clock: Clock) -> tuple[Interval, ...]:
    begin = clock.s(stretch.start)
    probabilities = np.frombuffer(stretch.probabilities, np.uint8).astype(np.float32) / CERTAIN
    return tuple(
        Interval(begin + i.start_s, begin + i.end_s, i.kind, i.value)
        for i in speech_intervals(probabilities, min_speech_s=_MIN_SPEECH_S)
    )
