"""The utterance being spoken, and when its next partial is due. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from include.interview.live.wire import SAMPLE_RATE, Track, TranscriptPartial
from include.perception.streaming.inference_queue import Job
from include.perception.streaming.local_agreement import LocalAgreement
from include.perception.streaming.options import SpeechOptions

NO_PARTIALS_LEVEL = 2
"""Load-shedding level from which there are none."""
_PATIENCE = 2.0
"""A partial follows no sooner than this many times what the last one took: partials slow down by themselves."""


@dataclass(eq=False)
class OpenUtterance:
    """`start`: its first sample. `abandoned`: the speculative final was begun at a hesitation that was none."""

    id: str
    start: int
    start_ms: int
    agreement: LocalAgreement = field(default_factory=LocalAgreement)
    rev: int = 0
    partial: Job | None = None
    speculative: Job | None = None
    speculative_end: int = 0
    abandoned: bool = False
    led: bool = False
    """The next partial is made with what leads to the utterance: alone, the last one found no words."""
    _next: int | None = None

    def due(self, heard: int, level: int, options: SpeechOptions) -> bool:
        """True when sample `heard` is far enough for another partial; the one after it is then put off."""
        first = self.start + round(options.first_partial_s * SAMPLE_RATE)
        if heard < (first if self._next is None else self._next):
            return False
        self._next = heard + round((options.loaded_interval_s if level else options.partial_interval_s) * SAMPLE_RATE)
        return True

    def took(self, seconds: float, heard: int, *, again: bool) -> None:
        """A partial of the sound up to `heard` took so long, waiting included; `again`: make it once more, led."""
        self.led = again and not self.led
        if self.led:
            self._next = heard
            return
        self._next = max(self._next or 0, heard + round(_PATIENCE * seconds * SAMPLE_RATE))

    def partial_of(self, track: Track, text: str, end_ms: int) -> TranscriptPartial:
        """The next revision, after one more hypothesis."""
        stable, unstable = self.agreement.hear(text)
        self.rev += 1
        speaker = None if track == "room" else track  # one voice per microphone, but for the room's
        return TranscriptPartial(self.id, self.rev, stable, unstable, self.start_ms, end_ms, speaker)
