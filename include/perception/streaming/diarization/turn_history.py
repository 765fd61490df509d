"""Who spoke before what may still change: runs of frames with the same speakers. Pure Python."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec
import numpy as np


class Run(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Frames [first, end) in which the speakers of `code` (bit s: speaker s) speak; never code 0."""

    first: int
    end: int
    code: int


def runs(first: int, codes: np.ndarray) -> Iterator[Run]:
    """The runs of an array of codes that begins at frame `first`."""
    edges = np.flatnonzero(np.diff(codes)) + 1
    for start, end in zip([0, *edges.tolist()], [*edges.tolist(), len(codes)], strict=True):
        if end > start and codes[start]:
            yield Run(first + start, first + end, int(codes[start]))


class TurnHistory:
    """Settled runs, in order of time, at most `frames` frames back."""

    def __init__(self, frames: int, known: Iterable[Run] = ()) -> None:
        self._frames = frames
        self.runs: list[Run] = list(known)

    def settle(self, first: int, codes: np.ndarray) -> None:
        """Add frames that will not be heard again; they follow those there are."""
        self.runs = [*self.runs[:-1], *_joined([*self.runs[-1:], *runs(first, codes)])]
        oldest = first + len(codes) - self._frames
        while self.runs and self.runs[0].end <= oldest:
            self.runs.pop(0)

    def merge(self, kept: int, gone: int) -> None:
        """Speaker `gone` was speaker `kept`."""
        for i, run in enumerate(self.runs):
            if run.code >> gone & 1:
                self.runs[i] = Run(run.first, run.end, run.code & ~(1 << gone) | 1 << kept)
        self.runs = _joined(self.runs)

    def paint(self, first: int, end: int, speaker: int) -> None:
        """`speaker` speaks in frames [first, end), besides whoever does."""
        pieces: list[Run] = []
        at = first
        for run in self.runs:
            if run.end <= first or run.first >= end:
                pieces.append(run)
                continue
            low, high = max(run.first, first), min(run.end, end)
            pieces.extend([Run(run.first, low, run.code), Run(at, low, 1 << speaker)])
            pieces.extend([Run(low, high, run.code | 1 << speaker), Run(high, run.end, run.code)])
            at = high
        pieces.append(Run(at, end, 1 << speaker))
        self.runs = _joined(sorted(run for run in pieces if run.end > run.first))

    def erase(self, speaker: int) -> tuple[tuple[int, int], ...]:
        """Nobody knows any more where `speaker` spoke; returns where that was thought, as (first, end)."""
        gone = tuple((run.first, run.end) for run in self.runs if run.code >> speaker & 1)
        without = [Run(run.first, run.end, run.code & ~(1 << speaker)) for run in self.runs]
        self.runs = _joined(run for run in without if run.code)
        return gone


def _joined(ordered: Iterable[Run]) -> list[Run]:
    out: list[Run] = []
    for run in ordered:
        if out and out[-1].end == run.first and out[-1].code == run.code:
            out[-1] = Run(out[-1].first, run.end, run.code)
        else:
            out.append(run)
    return out


def differences(old: list[Run], new: list[Run]) -> list[tuple[int, int]]:
    """Stretches of frames [first, end) whose speakers are not the same in two lists of runs."""
    same = set(old) & set(new)
    edges = sorted({edge for run in [*old, *new] if run not in same for edge in (run.first, run.end)})
    found: list[tuple[int, int]] = []
    for first, end in pairwise(edges):
        if _code_at(old, first) == _code_at(new, first):
            continue
        if found and found[-1][1] == first:
            found[-1] = (found[-1][0], end)
        else:
            found.append((first, end))
    return found


def _code_at(ordered: list[Run], frame: int) -> int:
    at = bisect_right(ordered, frame, key=lambda run: run.first) - 1
    return ordered[at].code if at >= 0 and ordered[at].end > frame else 0
