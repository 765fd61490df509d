"""Which of the session's speakers each local speaker of a window is, by incremental centroids. Pure NumPy.

Coria et al. 2021, section 2.3, and one rule more: centroids that turn out to be one voice are merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import msgspec
import numpy as np

NOBODY = -1


class ClusteringConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Limits by which a local speaker is matched, is somebody new, or takes another voice's place.

    `tau`: activity a local speaker must reach somewhere in the window to count. `rho`: mean activity over a window
    from which it may change a centroid or become one. `delta`: cosine distance (0 to 2) to every centroid from which it
    is somebody new. `merge`: distance below which two centroids are one voice.
    `firm`: embeddings of long speech from which a voice keeps its place whoever comes; one with fewer leaves it to a
    stranger, and one without any to everybody with more to say. `speakers`: places, 8 at most.

    `delta` is 1.0 in the paper, for embeddings in which different voices are orthogonal. WeSpeaker's lie nearer: the
    same voice at 0.05 to 0.35, different ones at 0.53 to 0.95 (English and Korean recordings). With 1.0 a second
    person is only noticed while the first is heard in the same window: of seven pairs of voices with a pause of 8 s in
    between, four were taken for one person with 1.0, one with 0.7.
    """

    tau: float = 0.6
    rho: float = 0.3
    delta: float = 0.7
    merge: float = 0.3
    firm: int = 3
    speakers: int = 2


class Assignment(msgspec.Struct, frozen=True):
    """Which centroid each local speaker of one window is, and what the window changed among the centroids.

    `speakers`: per local speaker the centroid's index or `NOBODY`. `begun`: places that hold a new voice from now
    on. `left`: the unit-length centroid of a shortly heard voice that had to leave such a place, by place. `merged`:
    (kept, gone) when two became one.
    """

    speakers: tuple[int, ...]
    begun: tuple[int, ...] = ()
    left: dict[int, np.ndarray] = {}
    merged: tuple[int, int] | None = None


class ClusteringState(msgspec.Struct, frozen=True):
    """The centroids as they are stored, one entry per place.

    `sums`: float32 bytes of shape (speakers, dimension); `counts`: embeddings in each sum, 0 for a free place;
    `long`: those of them from speech long enough (`rho`); a voice with few may lose its place to another one.
    """

    sums: bytes
    counts: tuple[int, ...]
    long: tuple[int, ...]


class Clustering:
    """Centroids of at most `config.speakers` voices, each the sum of its unit-length embeddings."""

    def __init__(self, config: ClusteringConfig | None = None) -> None:
        self.config = config or ClusteringConfig()
        self._sums: np.ndarray | None = None
        self._counts = [0] * self.config.speakers
        self._long = [0] * self.config.speakers

    @property
    def known(self) -> list[int]:
        """Indices of the voices met so far."""
        return [i for i, count in enumerate(self._counts) if count]

    def assign(
        self, activity: np.ndarray, embeddings: Sequence[np.ndarray | None], fresh: Sequence[bool]
    ) -> Assignment:
        """Find each active local speaker's voice; long ones teach their centroid or become a new one.

        Args:
            activity: mean and greatest activity per local speaker, float32 of shape (2, locals).
            embeddings: unit-length, shape (dimension,), or None where there is none.
            fresh: False where an embedding has been counted before; it is not counted again.
        """
        config = self.config
        mean, greatest = activity
        active = [i for i in range(len(mean)) if greatest[i] >= config.tau and embeddings[i] is not None]
        found = [NOBODY] * len(mean)
        distances = {(i, j): self._distance(embeddings[i], j) for i in active for j in self.known}
        for i, j in _closest(active, self.known, distances):
            if distances[i, j] < config.delta:
                found[i] = j
        matched = [i for i in active if found[i] != NOBODY]
        begun, left = [], {}
        for i in sorted((i for i in active if found[i] == NOBODY), key=lambda i: -mean[i]):
            found[i], place = self._newcomer(embeddings[i], found, long=mean[i] >= config.rho)
            if place is None:
                continue
            if self._counts[place]:
                left[place] = self._centroid(place)
            self._clear(place)
            self._add(place, embeddings[i], long=bool(mean[i] >= config.rho))
            begun.append(place)
        for i in matched:
            if mean[i] >= config.rho and fresh[i]:
                self._add(found[i], embeddings[i], long=True)
        merged = self._merge()
        if merged is not None:
            found = [merged[0] if j == merged[1] else j for j in found]
        return Assignment(tuple(found), tuple(begun), left, merged)

    def nearest(self, embedding: np.ndarray) -> int:
        """The voice within `delta` of an embedding, or `NOBODY`."""
        distance = {j: self._distance(embedding, j) for j in self.known}
        best = min(distance, key=distance.__getitem__, default=NOBODY)
        return best if best != NOBODY and distance[best] < self.config.delta else NOBODY

    def state(self) -> ClusteringState:
        """The centroids. They are biometric: whoever keeps them seals them."""
        sums = b"" if self._sums is None else self._sums.tobytes()
        return ClusteringState(sums, tuple(self._counts), tuple(self._long))

    def restore(self, state: ClusteringState) -> None:
        """Become the clustering that `state` was taken from."""
        self._counts, self._long = list(state.counts), list(state.long)
        self._sums = None
        if state.sums:
            self._sums = np.frombuffer(state.sums, np.float32).reshape(len(self._counts), -1).copy()

    def _newcomer(self, embedding: np.ndarray | None, found: Sequence[int], *, long: bool) -> tuple[int, int | None]:
        """The voice of a local speaker that no centroid was found for, and the place it takes when it is a new one."""
        distance = {j: self._distance(embedding, j) for j in self.known}
        nearest = min(distance, key=distance.__getitem__, default=NOBODY)
        if nearest != NOBODY and distance[nearest] < self.config.merge:
            return nearest, None
        places = [j for j, count in enumerate(self._counts) if not count]
        stranger = nearest == NOBODY or distance[nearest] >= self.config.delta
        evidence = self.config.firm if stranger else 1
        places += [j for j in self.known if self._long[j] < evidence and j not in found]
        if places and (long or not self.known):
            return places[0], places[0]
        free = [j for j in self.known if j not in found]
        return min(free, key=distance.__getitem__) if free else NOBODY, None

    def _distance(self, embedding: np.ndarray | None, voice: int) -> float:
        if embedding is None or self._sums is None:
            return 2.0
        return float(1.0 - embedding @ self._centroid(voice))

    def _centroid(self, voice: int) -> np.ndarray:
        if self._sums is None:
            raise ValueError("There are no centroids yet.")
        centroid: np.ndarray = self._sums[voice] / max(float(np.linalg.norm(self._sums[voice])), 1e-9)
        return centroid

    def _clear(self, voice: int) -> None:
        self._counts[voice], self._long[voice] = 0, 0
        if self._sums is not None:
            self._sums[voice] = 0.0

    def _add(self, voice: int, embedding: np.ndarray | None, *, long: bool) -> None:
        if embedding is None:
            return
        self._long[voice] += long
        if self._sums is None:
            self._sums = np.zeros((len(self._counts), len(embedding)), np.float32)
        self._sums[voice] += embedding
        self._counts[voice] += 1

    def _merge(self) -> tuple[int, int] | None:
        """Join the two closest centroids when they are one voice; the older keeps its place."""
        pairs = [(i, j) for i in self.known for j in self.known if i < j]
        if not pairs or self._sums is None:
            return None
        kept, gone = min(pairs, key=lambda pair: self._distance(self._centroid(pair[1]), pair[0]))
        if self._distance(self._centroid(gone), kept) >= self.config.merge:
            return None
        self._sums[kept] += self._sums[gone]
        self._counts[kept] += self._counts[gone]
        self._long[kept] += self._long[gone]
        self._clear(gone)
        return kept, gone


def _closest(
    local: Sequence[int], known: Sequence[int], distances: dict[tuple[int, int], float]
) -> list[tuple[int, int]]:
    """Pairs (local, known), each used once, as many as possible, with the least sum of distances."""
    size = min(len(local), len(known))
    if not size:
        return []
    candidates = (
        list(zip(chosen, places, strict=True))
        for chosen in permutations(local, size)
        for places in [tuple(known[:size])]
    )
    if len(known) > len(local):
        candidates = (list(zip(local, chosen, strict=True)) for chosen in permutations(known, size))
    return min(candidates, key=lambda pairs: sum(distances[p] for p in pairs))
