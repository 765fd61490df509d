"""The replay buffer of a client of the live interview: sound kept until it is acknowledged, and counters."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from include.interview.live import wire

KEPT_DELAYS = 100_000


@dataclass
class Figures:
    """Counters and delays of one client's connection, for measurements."""

    connections: int = 0
    duplicates: int = 0
    """Durable events that came again and were dropped."""
    dropped_samples: int = 0
    """Samples that left the ring before they were acknowledged."""
    close_codes: list[int] = field(default_factory=list)
    ack_s: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_DELAYS))
    """Seconds from sending a frame to its acknowledgement."""


class Ring:
    """A ring buffer of the last `capacity` samples sent, addressed by sample number.

    `start` and `end` are the numbers of the first sample kept and of the one after the last; `width` is bytes per
    sample over all channels.
    """

    def __init__(self, channels: int, capacity: int) -> None:
        self.width = wire.SAMPLE_BYTES * channels
        self.start = self.end = 0
        self._capacity = capacity
        self._chunks: deque[bytes] = deque()

    def add(self, pcm: bytes) -> int:
        """Append whole interleaved 16-bit samples; returns how many old ones were dropped to keep `capacity`."""
        self._chunks.append(pcm)
        self.end += len(pcm) // self.width
        gone = 0
        while self._chunks and self.end - self.start - len(self._chunks[0]) // self.width >= self._capacity:
            count = len(self._chunks.popleft()) // self.width
            self.start += count
            gone += count
        return gone

    def skip(self, count: int) -> None:
        """Advance by `count` samples for which there is no sound, and drop everything kept."""
        self._chunks.clear()
        self.end += count
        self.start = self.end

    def frames(self, cursor: int) -> list[tuple[int, bytes]]:
        """The frames from sample `cursor` on, as (number of the first sample, PCM bytes), in order."""
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
