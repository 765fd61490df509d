"""The client's ring: the last seconds of sound by their numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.gateway_client.replay_buffer import Ring

pytestmark = pytest.mark.unit


def samples(start: int, count: int) -> bytes:
    """Samples that say their own number."""
    return b"".join((number % 30_000).to_bytes(2, "little") for number in range(start, start + count))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(0, 500))
def test_what_is_kept_is_what_was_added(sizes: list[int], cursor: int) -> None:
    ring, at = Ring(1, 100), 0
    for size in sizes:
        gone_before = ring.start
        assert ring.add(samples(at, size)) == ring.start - gone_before
        at += size
    assert ring.end == at
    assert min(at, 100) <= ring.end - ring.start < 100 + 50
    frames = ring.frames(cursor)
    expected = max(cursor, ring.start)
    for start, pcm in frames:
        assert start == expected
        assert pcm == samples(start, len(pcm) // 2)
        expected += len(pcm) // 2
    assert expected == max(at, expected)


def test_a_skipped_stretch_leaves_nothing_to_replay() -> None:
    ring = Ring(2, 100)
    ring.add(bytes(40))
    ring.skip(1000)
    ring.add(bytes(8))
    assert (ring.start, ring.end) == (1010, 1012)
    assert ring.frames(0) == [(1010, bytes(8))]
