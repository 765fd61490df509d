"""What a client of the live interview keeps for a replay, and what it counts on the way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from include.interview.live import wire

KEPT_DELAYS = 100_000


@dataclass
class Figures:
    """What happened on the way, for measurements."""

    connections: int = 0
    duplicates: int = 0
    """Durable events that came again and were dropped."""
    dropped_samples: int = 0
    """Samples that left the ring before they were acknowledged."""
    close_codes: list[int] = field(default_factory=list)
    ack_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_DELAYS))
    """Seconds from sending a frame to its acknowledgement."""


class Ring:
    """The last `capacity` samples of a sender, by their numbers."""

    def __init__(self, channels: int, capacity: int) -> None:
        self.width = wire.SAMPLE_BYTES * channels
        self.start = self.end = 0
        self._capacity = capacity
        self._chunks: deque[bytes] = deque()

    def add(self, pcm: bytes) -> int:
        """Append whole samples; returns how many old ones were let go."""
        self._chunks.append(pcm)
        self.end += len(pcm) // self.width
        gone = 0
        while self._chunks and self.end - self.start - len(self._chunks[0]) // self.width >= self._capacity:
            count = len(self._chunks.popleft()) // self.width
            self.start += count
            gone += count
        return gone

    def skip(self, count: int) -> None:
        """Let the clock run on without sound."""
        self._chunks.clear()
        self.end += count
        self.start = self.end

    def frames(self, cursor: int) -> list[tuple[int, bytes]]:
        """(start sample, PCM) of everything from `cursor` on."""
        found: list[tuple[int, bytes]] = []
        at = self.end
        for chunk in reversed(self._chunks):
            if at <= cursor:
                break
            at -= len(chunk) // self.width
            behind = max(0, cursor - at)
            found.append((at + behind, chunk[behind * self.width :] if behind else chunk))
        found.reverse()
        return found
