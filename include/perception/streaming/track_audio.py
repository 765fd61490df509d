"""One track's sound: ordered, held as long as needed, heard by the VAD, cut into utterances. No inference of words.

Everything it remembers fits into a `TrackState`; another process that continues from one comes to the same utterances.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from include.interview.errors import BadInput
from include.interview.live.wire import SAMPLE_RATE
from include.perception.speech.vad import FRAME
from include.perception.streaming.endpointing import (
    Ended,
    Endpointer,
    EndpointRules,
    EndpointState,
    Paused,
    Started,
)
from include.perception.streaming.events import TrackState
from include.perception.streaming.voice_activity import GROUP, VoiceActivity

_MAX_REPLAY = 6 * SAMPLE_RATE
"""Sound replayed for the diarizer alone: one of its windows and a step."""


class SpeechStarted(msgspec.Struct, frozen=True):
    """An utterance began at sample `at`."""

    at: int


class SpeechPaused(msgspec.Struct, frozen=True):
    """The stretch as it would be if speech stopped here."""

    stretch: Stretch


class SpeechResumed(msgspec.Struct, frozen=True):
    """Speech went on after all."""


class SpeechEnded(msgspec.Struct, frozen=True):
    """An utterance is over."""

    stretch: Stretch


class Stretch(msgspec.Struct, frozen=True, eq=False):
    """Speech in samples [start, end), its `pcm` (int16) from sample `sound_from`, one probability byte per frame."""

    start: int
    end: int
    sound_from: int
    pcm: np.ndarray
    probabilities: bytes


StreamSignal = SpeechStarted | SpeechPaused | SpeechResumed | SpeechEnded


class _Saved(msgspec.Struct):
    """A `TrackState`'s blob. `grid`: the sample at which frame 0 begins; `voices`: the diarizer's own state."""

    grid: int
    activity: bytes
    endpoint: EndpointState
    voices: bytes = b""


def voices_of(resume: TrackState | None) -> bytes:
    """The diarizer's part of a state, empty without one."""
    return msgspec.msgpack.decode(resume.blob, type=_Saved).voices if resume is not None else b""


class TrackAudio:
    """Give it sound with `accept`, then ask `advance` until it has nothing new.

    Args:
        heard: told all sound in order, with its first sample and whether somebody may be speaking.
    """

    def __init__(
        self,
        vad_session: Any,
        rules: EndpointRules,
        resume: TrackState | None = None,
        heard: Callable[[np.ndarray, int, bool], None] | None = None,
    ) -> None:
        self._tell = heard
        self._activity = VoiceActivity(vad_session)
        self._rules = rules
        self._buffer = np.zeros(0, np.int16)
        if resume is None:
            self._grid = self._base = 0
            self._ends = Endpointer(rules)
            self._fresh = True
            return
        saved = msgspec.msgpack.decode(resume.blob, type=_Saved)
        self._activity.restore(saved.activity)
        self._ends = Endpointer(rules, saved.endpoint)
        self._grid, self._base = saved.grid, resume.next_sample
        self._fresh = False

    @property
    def position(self) -> int:
        """The next sample it has not got."""
        return self._base + len(self._buffer)

    @property
    def heard(self) -> int:
        """The next sample the VAD has not heard."""
        return self._sample(self._ends.state.frame)

    @property
    def open_at(self) -> int | None:
        """Where the running utterance began."""
        start = self._ends.start
        return None if start is None else self._sample(start)

    @property
    def speech_active(self) -> bool:
        """True from the first frame that may be speech until the utterance is over, or was none."""
        return self._ends.state.first is not None

    @property
    def pausing(self) -> bool:
        """True while nobody speaks."""
        return self._ends.pausing

    def accept(self, start_sample: int, pcm: np.ndarray) -> None:
        """Add sound; what it has already is left out. A fresh track begins wherever its first sound does.

        Raises:
            BadInput: code "audio_hole": sound is missing in between; declare it with `gap` first.
        """
        if self._fresh:
            self._grid = self._base = start_sample
            self._fresh = False
        if start_sample > self.position:
            raise BadInput("Sound is missing before this piece.", "Declare the gap first.", code="audio_hole")
        new = pcm[self.position - start_sample :]
        known = max(0, min(len(new), self.heard - self.position))
        if known and self._tell is not None:
            self._tell(new[:known], self.position, True)
        if len(new):
            self._buffer = np.concatenate([self._buffer, np.asarray(new, np.int16)])

    def advance(self) -> list[StreamSignal]:
        """What the next group of frames changes; call again while `ready`."""
        if not self.ready:
            return []
        signals = self._hear(GROUP)
        self._trim()
        return signals

    @property
    def ready(self) -> bool:
        """True when a whole group of frames waits to be heard."""
        return self.position - self.heard >= GROUP * FRAME

    def flush(self) -> list[StreamSignal]:
        """Hear what whole frames are left and end the running utterance."""
        signals = []
        while self.ready:
            signals.extend(self._hear(GROUP))
        rest = (self.position - self.heard) // FRAME
        if rest:
            signals.extend(self._hear(rest))
        signals.extend(self._translate(self._ends.end_now()))
        self._trim()
        return signals

    def gap(self, to_sample: int) -> list[StreamSignal]:
        """Sound up to `to_sample` will never come: the running utterance ends, listening begins anew after it."""
        signals = self.flush()
        if to_sample > self.position or self._fresh:
            self._activity.reset()
            self._ends = Endpointer(self._rules)
            self._grid = self._base = to_sample
            self._buffer = np.zeros(0, np.int16)
            self._fresh = False
        return signals

    def open_sound(self) -> np.ndarray:
        """The running utterance's sound so far, with what precedes it: int16."""
        return self._sound(self._ends.sound_from(), self._ends.state.frame)

    def state(self, voices: bytes = b"", needs_from: int | None = None) -> TrackState:
        """Where another process can continue; `voices` and `needs_from` are the diarizer's."""
        saved = _Saved(self._grid, self._activity.save(), self._ends.state, voices)
        first = self._sample(self._ends.sound_from())
        if needs_from is not None:
            first = max(self._grid, first - _MAX_REPLAY, min(first, needs_from))
        return TrackState(first, msgspec.msgpack.encode(saved))

    def _sample(self, frame: int) -> int:
        return self._grid + frame * FRAME

    def _sound(self, first: int, last: int) -> np.ndarray:
        return self._buffer[self._sample(first) - self._base : self._sample(last) - self._base].copy()

    def _hear(self, frames: int) -> list[StreamSignal]:
        start = self.heard
        pcm = self._buffer[start - self._base :][: frames * FRAME]
        signals: list[StreamSignal] = []
        for probability in self._activity.hear(pcm):
            signals.extend(self._translate(self._ends.step(probability)))
        if self._tell is not None:
            self._tell(pcm, start, self._ends.state.first is not None)
        return signals

    def _translate(self, signals: list[Any]) -> list[StreamSignal]:
        out: list[StreamSignal] = []
        for signal in signals:
            if isinstance(signal, Started):
                out.append(SpeechStarted(self._sample(signal.start)))
            elif isinstance(signal, Paused):
                out.append(SpeechPaused(self._so_far(signal)))
            elif isinstance(signal, Ended):
                out.append(SpeechEnded(self._stretch(signal)))
            else:
                out.append(SpeechResumed())
        return out

    def _so_far(self, signal: Paused) -> Stretch:
        first = self._ends.start or 0
        known = self._ends.state.probabilities[: signal.end - first]
        return self._stretch(Ended(first, signal.end, self._ends.sound_from(), signal.sound_to, known))

    def _stretch(self, ended: Ended) -> Stretch:
        return Stretch(
            self._sample(ended.start),
            self._sample(ended.end),
            self._sample(ended.sound_from),
            self._sound(ended.sound_from, ended.sound_to),
            ended.probabilities,
        )

    def _trim(self) -> None:
        """Forget sound that no utterance can need any more."""
        spare = self._sample(self._ends.sound_from()) - self._base
        if spare > FRAME * self._rules.lead:
            self._buffer = self._buffer[spare:].copy()
            self._base += spare
