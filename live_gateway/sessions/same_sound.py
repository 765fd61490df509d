"""Two channels of one sender: a microphone each, or one microphone twice, as browsers and call tools send it.

Decided once, on the first half second that is not silent, before any of it is recognised: a session cannot change its
tracks later. Only channels equal up to rounding (or inverted) count as one: while one person speaks, a microphone that
also hears this person looks like a scaled copy. Other copies are found when the whole recording is heard again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from include.interview.live.wire import SAMPLE_RATE, Track
from include.perception.media.likeness import EQUAL_DB, EQUAL_RESIDUE
from include.storage.live import AudioChunk, Sender

LEAST_S = 0.5
"""Sound to decide on. The noise of two microphones differs at once."""
LONGEST_S = 60.0
"""Of silence to wait through; then they are taken for two."""
AUDIBLE = 33
"""Peak (-60 dBFS) from which a chunk is not silent."""
ROOM: tuple[Track, ...] = ("room",)
TWO: tuple[Track, ...] = ("interviewer", "candidate")


class Twins:
    """Adds up what tells whether two channels are equal, up to rounding and polarity."""

    def __init__(self) -> None:
        self.seconds = self.audible_s = 0.0
        self._products = np.zeros((2, 2))

    def add(self, frames: np.ndarray) -> None:
        """Another piece, int16 (n, 2)."""
        self.seconds += len(frames) / SAMPLE_RATE
        if len(frames) < 2 or np.abs(frames.astype(np.int32)).max() < AUDIBLE:
            return
        self.audible_s += len(frames) / SAMPLE_RATE
        # Differences leave out what two inputs of one device share: an offset, and the hum of the mains.
        steps = np.diff(frames.astype(np.float64), axis=0)
        self._products += steps.T @ steps

    @property
    def equal(self) -> bool | None:
        """None while too little was heard to say."""
        if self.audible_s < LEAST_S:
            return False if self.seconds >= LONGEST_S else None
        (xx, xy), (_, yy) = self._products
        if min(xx, yy) <= 0 or xy == 0:
            return False
        ratio = xy / xx
        residue = (yy - ratio * xy) / yy
        return bool(abs(20 * math.log10(abs(ratio))) <= EQUAL_DB and residue <= EQUAL_RESIDUE)


class Pair:
    """The tracks of a sender with two channels. `resume`: the tracks another owner left, which decide."""

    def __init__(self, resume: Iterable[Track] = ()) -> None:
        known = set(resume)
        self.tracks = ROOM if "room" in known else TWO if known else None
        self._twins = Twins()
        self._held: list[AudioChunk] = []
        self._sender: Sender | None = None

    @property
    def held_to(self) -> int:
        """The sample after the last that is held back; 0 when none is."""
        return _end(self._held[-1]) if self._held else 0

    def sorted_out(
        self, sender: Sender, chunks: Sequence[AudioChunk]
    ) -> tuple[tuple[Track, ...], Sequence[AudioChunk]]:
        """(tracks, chunks to feed to them); no chunks while it is undecided. One track takes the first channel."""
        if self.tracks is not None:
            return self.tracks, chunks
        for chunk in chunks:
            if chunk.start_sample >= self.held_to:
                self._held.append(chunk)
                self._twins.add(np.frombuffer(chunk.pcm, "<i2").reshape(-1, 2))
        self._sender = sender
        equal = self._twins.equal
        if equal is None:
            return TWO, ()
        self.tracks = ROOM if equal else TWO
        held, self._held = self._held, []
        return self.tracks, held

    def release(self) -> tuple[Sender, tuple[Track, ...], Sequence[AudioChunk]] | None:
        """What is held back, to be heard now as two tracks; None when nothing is."""
        if self._sender is None or not self._held:
            return None
        self.tracks = TWO
        held, self._held = self._held, []
        return self._sender, TWO, held


def _end(chunk: AudioChunk) -> int:
    return chunk.start_sample + len(chunk.pcm) // 4
