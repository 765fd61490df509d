"""Timing of answers in seconds: stretches of the candidate's speech, pauses, and response latencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from include.interview.records import Interval, Transcript, Utterance

PAUSE_S = 0.25
"""Silences from this length count as pauses (Goldman-Eisler 1968: shorter ones are articulation)."""
LONG_PAUSE_S = 1.0
"""Pauses from this length are long (Campione & Véronis 2002: the third mode of pause lengths begins here)."""
ANSWER_BREAK_S = 5.0
"""A silence of the candidate this long lies between answers, not within one (a question shown on screen)."""


@dataclass(frozen=True)
class Stretch:
    """One answer in time, with the gaps between its words."""

    start_s: float
    end_s: float
    gaps: tuple[Interval, ...]

    @property
    def seconds(self) -> float:
        """Length in seconds, pauses included."""
        return self.end_s - self.start_s

    @property
    def pauses(self) -> tuple[Interval, ...]:
        """Gaps between words of at least 250 ms, each with its length in seconds as `value`."""
        return tuple(g for g in self.gaps if (g.value or 0.0) >= PAUSE_S)


def stretches(transcript: Transcript) -> tuple[Stretch, ...]:
    """The candidate's answers: words not interrupted by another voice or by five seconds of silence."""
    found: list[list[tuple[float, float]]] = []
    open_answer = False
    for u in transcript.utterances:
        if u.role != "candidate":
            open_answer = False
            continue
        for start, end in _spans(u):
            if not open_answer or start - found[-1][-1][1] >= ANSWER_BREAK_S:
                found.append([])
                open_answer = True
            found[-1].append((start, end))
    return tuple(_stretch(spans) for spans in found)


def _spans(u: Utterance) -> list[tuple[float, float]]:
    if u.words:
        return [(w.start_s, w.end_s) for w in u.words]
    return [(u.start_s, u.end_s)] if u.start_s is not None and u.end_s is not None else []


def _stretch(spans: Sequence[tuple[float, float]]) -> Stretch:
    gaps = []
    reached = spans[0][1]
    for start, end in spans[1:]:
        if start > reached:
            gaps.append(Interval(reached, start, "pause", round(start - reached, 3)))
        reached = max(reached, end)
    return Stretch(spans[0][0], reached, tuple(gaps))


def latencies(transcript: Transcript) -> tuple[Interval, ...]:
    """Response latencies: from the end of an interviewer's turn to the candidate's first word.

    Each has its seconds as `value`, 0 when the two overlap.
    """
    found = []
    for before, after in pairwise(transcript.utterances):
        if before.role == "interviewer" and after.role == "candidate" and before.end_s is not None:
            start = after.start_s if after.start_s is not None else before.end_s
            gap = max(0.0, start - before.end_s)
            found.append(Interval(before.end_s, max(start, before.end_s), "latency", round(gap, 3)))
    return tuple(found)
