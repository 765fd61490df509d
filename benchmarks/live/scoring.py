"""How a live system did on one stream, measured the same way for all: delays against an independent VAD, and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import jiwer
import numpy as np

from benchmarks.accuracy import plain
from benchmarks.live.clips import Clip

END_SLACK_S = 0.5
"""How far before a stretch's end (by the independent VAD) a final may end and still be about it."""


LAST_WORDS = 2
SAID_BEFORE_S = 1.0
"""The last words of a stretch are said in its last second; the same words on the screen before are older ones."""


@dataclass
class Heard:
    """What a system returned for one stream, with times in seconds since the stream's first sample was sent.

    `partials`: (arrived, text) whenever text that was not there yet appeared. `finals`: (text, start, end, arrived).
    `ends`: (arrived, end) of each message that somebody stopped speaking.
    """

    partials: list[tuple[float, str]] = field(default_factory=list)
    finals: list[tuple[str, float, float, float]] = field(default_factory=list)
    ends: list[tuple[float, float]] = field(default_factory=list)
    gaps: int = 0
    error: str | None = None

    @property
    def text(self) -> str:
        """All finals joined by spaces, in the order of their arrival."""
        return " ".join(text for text, *_ in self.finals)


def first_text_delays(clip: Clip, heard: Heard) -> list[float]:
    """Seconds from the start of each stretch of speech to the first text that arrived in it.

    A late final of the stretch before is not its text. Stretches without text until 10 s after their end are left out.
    """
    found = []
    for stretch in clip.speech:
        finals = [arrived for _, _, end, arrived in heard.finals if end > stretch.start_s]
        inside = sorted(a for a in [at for at, _ in heard.partials] + finals if a > stretch.start_s)
        if inside and inside[0] < stretch.end_s + 10.0:
            found.append(inside[0] - stretch.start_s)
    return found


def final_delays(clip: Clip, heard: Heard) -> list[float | None]:
    """Seconds from the end of each stretch of speech until everything of it was final; None where it never was."""
    found: list[float | None] = []
    for stretch in clip.speech:
        reached = [arrived for _, _, end, arrived in heard.finals if end >= stretch.end_s - END_SLACK_S]
        found.append(max(0.0, min(reached) - stretch.end_s) if reached else None)
    return found


def last_word_delays(clip: Clip, heard: Heard) -> list[float | None]:
    """Seconds from the end of each stretch of speech until its last words were on the screen, partial or final.

    What the last words are is what the system itself made final about the stretch's end. None where it made nothing
    final; stretches whose final goes on into the next one are left out, because their last words are not known.
    """
    shown = sorted([(at, text) for at, text in heard.partials] + [(at, text) for text, _, _, at in heard.finals])
    starts = [stretch.start_s for stretch in clip.speech[1:]] + [float("inf")]
    found: list[float | None] = []
    for stretch, next_start in zip(clip.speech, starts, strict=True):
        about = [(end, text) for text, _, end, _ in heard.finals if end >= stretch.end_s - END_SLACK_S]
        if not about:
            found.append(None)
            continue
        end, text = min(about)
        if end > next_start + END_SLACK_S:
            continue
        last = plain(text).split()[-LAST_WORDS:]
        at = next(at for at, line in shown if at >= stretch.end_s - SAID_BEFORE_S and _holds(plain(line).split(), last))
        found.append(max(0.0, at - stretch.end_s))
    return found


def _holds(words: list[str], part: list[str]) -> bool:
    return any(words[n : n + len(part)] == part for n in range(len(words) - len(part) + 1))


def error_rate(reference: str, text: str, language: str) -> float:
    """Errors per reference item: CER without spaces for Korean, WER for English; may exceed 1."""
    if language == "ko":
        return jiwer.cer(plain(reference).replace(" ", ""), plain(text).replace(" ", "") or "-")
    return jiwer.wer(plain(reference), plain(text) or "-")


def percentile(values: Sequence[float], q: float) -> float | None:
    """The `q`-th percentile (0 to 100) of `values`, or None without values."""
    return round(float(np.percentile(values, q)), 3) if values else None
