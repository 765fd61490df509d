"""Where utterances begin and end: a state machine over speech probabilities, pure and exactly repeatable.

An utterance begins with `onset` voiced frames and ends with a pause. The longer it already is, the shorter the pause
that ends it, and one that never pauses is cut at its least speech-like moment: the recogniser's windows must not be
filled to the brim (include/perception/speech/packing.py).
"""

from __future__ import annotations

import msgspec
import numpy as np

from include.perception.speech.vad import SPEECH_OFF, SPEECH_ON
from include.perception.streaming.voice_activity import CERTAIN

_ON = round(SPEECH_ON * CERTAIN)
_OFF = round(SPEECH_OFF * CERTAIN)
_SMOOTHING = 5
"""Frames (160 ms) over which the least speech-like moment is sought."""


class EndpointRules(msgspec.Struct, frozen=True):
    """All in frames of 32 ms."""

    onset: int = 4
    """Voiced frames (128 ms) that make a beginning: a click is shorter, a Korean "yes" is not. The first must reach
    the upper threshold, those after it the lower one."""
    onset_gap: int = 10
    """Unvoiced frames in a row (320 ms) that make a beginning void. Weak voices waver around the threshold: with 3
    frames the "Ask" of Kennedy's "Ask not …" was lost."""
    short_pause: int = 4
    """A pause (128 ms) after which a final is begun speculatively; also the sound kept after speech."""
    pause: int = 17
    """A pause (544 ms) that ends an utterance. Measured: with 12 frames Korean read speech lost 1.7 points of accuracy
    (cut phrases lack context), above 18 nothing is gained but delay."""
    long: int = 219
    """From 7 s on …"""
    long_pause: int = 8
    """… a breath (256 ms) is enough."""
    longest: int = 375
    """12 s: cut whether there is a pause or not …"""
    cut_from: float = 0.6
    """… at the least speech-like moment after this share of it."""
    lead: int = 8
    """Sound kept before speech (256 ms)."""


class Started(msgspec.Struct, frozen=True):
    """An utterance began at frame `start`."""

    start: int


class Paused(msgspec.Struct, frozen=True):
    """Speech stopped at frame `end`; it may go on. `sound_to` is where its sound would end."""

    end: int
    sound_to: int


class Resumed(msgspec.Struct, frozen=True):
    """… and did go on."""


class Ended(msgspec.Struct, frozen=True):
    """An utterance is over: speech in frames [start, end), sound worth hearing in [sound_from, sound_to).

    `probabilities`: one byte per frame from `start` to `end`.
    """

    start: int
    end: int
    sound_from: int
    sound_to: int
    probabilities: bytes


Signal = Started | Paused | Resumed | Ended


class EndpointState(msgspec.Struct):
    """Everything the machine remembers. `first` is where the (possible) utterance began, None in silence."""

    frame: int = 0
    floor: int = 0
    """Sound before this frame belongs to an earlier utterance."""
    first: int | None = None
    open: bool = False
    voiced: int = 0
    quiet: int = 0
    probabilities: bytes = b""
    """One byte per frame since `first`."""


class Endpointer:
    """Feed `step` every frame's probability (0 to 255) in order."""

    def __init__(self, rules: EndpointRules, state: EndpointState | None = None) -> None:
        self.rules = rules
        self.state = state or EndpointState()

    @property
    def start(self) -> int | None:
        """First frame of the running utterance."""
        return self.state.first if self.state.open else None

    @property
    def pausing(self) -> bool:
        """True while the running utterance is silent."""
        return self.state.quiet > 1

    def sound_from(self) -> int:
        """First frame whose sound is still needed."""
        s = self.state
        return max(s.floor, (s.frame if s.first is None else s.first) - self.rules.lead)

    def step(self, probability: int) -> list[Signal]:
        """What the next frame changes."""
        s = self.state
        s.frame += 1
        if s.first is None and probability < _ON:
            return []
        if s.first is None:
            s.first, s.voiced, s.quiet, s.probabilities = s.frame - 1, 0, 0, b""
        s.probabilities += bytes((probability,))
        return self._speaking(probability) if s.open else self._beginning(probability)

    def _beginning(self, probability: int) -> list[Signal]:
        s = self.state
        if probability >= _OFF:
            s.voiced, s.quiet = s.voiced + 1, 0
        else:
            s.quiet += 1
        if s.voiced >= self.rules.onset and s.first is not None:
            s.open = True
            return [Started(s.first)]
        if s.quiet >= self.rules.onset_gap:
            s.first = None
        return []

    def _speaking(self, probability: int) -> list[Signal]:
        s, rules = self.state, self.rules
        before = s.quiet
        if probability >= _ON:
            s.quiet = 0
        elif probability < _OFF or s.quiet:
            s.quiet += 1
        length = len(s.probabilities)
        if s.quiet >= (rules.long_pause if length >= rules.long else rules.pause):
            return [self._end(s.frame - s.quiet)]
        if length >= rules.longest:
            return self._cut()
        if s.quiet == rules.short_pause:
            end = s.frame - s.quiet
            return [Paused(end, end + rules.short_pause)]
        return [Resumed()] if before >= rules.short_pause and not s.quiet else []

    def end_now(self) -> list[Signal]:
        """End the running utterance now (the stream pauses or breaks off)."""
        s = self.state
        signals: list[Signal] = [self._end(s.frame - s.quiet)] if s.open else []
        s.first = None
        return signals

    def _end(self, end: int) -> Ended:
        """The utterance with the sound after it that has been heard already; then silence again."""
        s = self.state
        ended = self._ended(end, min(end + self.rules.short_pause, s.frame))
        s.first, s.open, s.quiet, s.voiced, s.probabilities = None, False, 0, 0, b""
        return ended

    def _ended(self, end: int, sound_to: int) -> Ended:
        s = self.state
        first = s.first if s.first is not None else end
        ended = Ended(first, end, max(s.floor, first - self.rules.lead), sound_to, s.probabilities[: end - first])
        s.floor = sound_to
        return ended

    def _cut(self) -> list[Signal]:
        s, first = self.state, self.state.first or 0
        begin = int(self.rules.cut_from * self.rules.longest)
        part = np.frombuffer(s.probabilities, np.uint8)[begin:].astype(np.float32)
        smooth = np.convolve(part, np.ones(_SMOOTHING) / _SMOOTHING, mode="valid")
        cut = first + begin + _SMOOTHING // 2 + int(np.argmin(smooth))
        if cut >= s.frame - s.quiet:
            return [self._end(s.frame - s.quiet)]
        rest = s.probabilities[cut - first :]
        ended = self._ended(cut, cut)
        s.first, s.probabilities = cut, rest
        return [ended, Started(cut)]
