"""The events of streaming speech, in order of time per session.

Every `ms` is on the session's clock, every sample count on the clock of the sender's stream. Utterance ids are
deterministic (`utterance_id`): a process that continues a track from a `TrackState` makes the same ids again, so a
listener may see `SpeechStart` or `TranscriptPartial` of an utterance twice after a takeover, but a `Final` only if it
did not keep the state that came with it.
"""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from include.interview.live.session import LiveUtterance
from include.interview.live.wire import SpeechEnd, SpeechStart, Track, TranscriptPartial


class TrackState(msgspec.Struct, frozen=True):
    """All another process needs to continue a track: replay its sound from `next_sample` on.

    The replay begins a little before what is not decided yet; utterances that were already final are not made again.
    `blob` is opaque (about 2 kB; it holds no sound and no words).
    """

    next_sample: int
    blob: bytes


class Final(msgspec.Struct, frozen=True):
    """The words of an utterance, which never change.

    Args:
        utterance: in session seconds, word probabilities as recognised. Its `role` is "unknown"; its `speaker` is the
            diarizer's label on track "room" when it is known already, else "".
        pcm: the utterance with its padding, int16 of shape (n,), 16 kHz.
        pcm_start_ms: where `pcm` begins.
        resume: from where another process goes on once this final is kept.
    """

    utterance: LiveUtterance
    pcm: np.ndarray
    pcm_start_ms: int
    resume: TrackState

    @property
    def utt(self) -> str:
        """The utterance's id."""
        return self.utterance.id


class Discarded(msgspec.Struct, frozen=True):
    """What began as an utterance held no believable words (noise, music, a cough): nothing is shown of it.

    `reason`: "noise" (not speech after all) or "unintelligible" (speech whose words cannot be believed).
    """

    track: Track
    utt: str
    resume: TrackState
    reason: Literal["noise", "unintelligible"] = "noise"


class Speaker(msgspec.Struct, frozen=True):
    """Who said these utterances of track "room": a label ("S1", "S2"), now known or changed."""

    utts: tuple[str, ...]
    label: str
    cause: Literal["diarization"] = "diarization"


SpeechEvent = SpeechStart | TranscriptPartial | SpeechEnd | Final | Discarded | Speaker
"""Bounds and partials are the wire's own messages: nothing is added to them on their way. A partial's `stable` text
only ever grows within an utterance."""


class EngineLoad(msgspec.Struct, frozen=True):
    """How the process keeps up, measured over the last seconds.

    `real_time_factor`: seconds of work per second of time and core (1.0: every core always busy).
    `queue_delay_s`: how long the oldest waiting final has waited. `level`: 0 fine, 1 partials come more seldom, 2 no
    partials while finals wait, 3 diarization and question writing should pause, 4 stalled: finals are late.
    """

    real_time_factor: float
    queue_delay_s: float
    streams: int
    asr_lag_ms: int
    diarization_lag_ms: int
    level: int
