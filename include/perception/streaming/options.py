"""What one process's streaming speech does, and the figures that decide its delays. Times in seconds of sound."""

from __future__ import annotations

import msgspec


class SpeechOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults are those measured to keep a final under 0.8 s (median) after speech ends with one stream."""

    partials: bool = True
    diarization: bool = True
    speculate: bool = True
    """Begin a final before the pause is long enough to be an end."""
    beam: int = 5
    """As the offline pass."""
    loaded_beam: int = 2
    """When finals wait: error rates stay within a point of beam 5 (Korean .087/.055 against .076/.059, English
    unchanged) at two thirds of the decoder's cost in batches."""
    first_partial_s: float = 0.5
    partial_interval_s: float = 0.8
    loaded_interval_s: float = 2.0
    max_batch: int = 4
    """Windows per decoder call: the decoder is bound by memory, four cost 45 % less each than one. More would make
    the first of them wait too long."""
    max_pending_finals: int = 8
    """Per session: above it `feed` waits, which only a replay faster than real time meets."""
    max_undelivered: int = 256
    """Events per session that a slow listener may leave waiting before `feed` waits."""
