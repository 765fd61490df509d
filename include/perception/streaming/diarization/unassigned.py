"""Speech whose voice had no centroid yet: a short "yes" before its speaker has said more. Pure NumPy."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np

from include.perception.streaming.diarization.clustering import NOBODY
from include.perception.streaming.diarization.turn_history import Run

_MOST = 16
"""Remembered at once; the oldest gives way."""


class Unplaced(msgspec.Struct, frozen=True, array_like=True):
    """Frames of one unknown voice and its unit-length embedding, float32 bytes."""

    spans: tuple[tuple[int, int], ...]
    embedding: bytes


class Unassigned:
    """What may be named later."""

    def __init__(self) -> None:
        self.waiting: list[Unplaced] = []

    def add(self, spans: tuple[tuple[int, int], ...], embedding: np.ndarray) -> None:
        """Remember; the same speech heard again by the next window replaces what was remembered of it."""
        if spans:
            self.waiting = [known for known in self.waiting if not _overlap(known.spans, spans)]
            self.waiting = [*self.waiting, Unplaced(spans, np.asarray(embedding, np.float32).tobytes())][-_MOST:]

    def resolve(self, nearest: Callable[[np.ndarray], int]) -> list[tuple[Run, int]]:
        """Runs whose voice is known now, with its index; `nearest` says which voice an embedding is."""
        found: list[tuple[Run, int]] = []
        left = []
        for known in self.waiting:
            voice = nearest(np.frombuffer(known.embedding, np.float32))
            if voice == NOBODY:
                left.append(known)
            else:
                found.extend((Run(first, end, 1 << voice), voice) for first, end in known.spans)
        self.waiting = left
        return found


def _overlap(old: tuple[tuple[int, int], ...], new: tuple[tuple[int, int], ...]) -> bool:
    return any(a < d and c < b for a, b in old for c, d in new)
