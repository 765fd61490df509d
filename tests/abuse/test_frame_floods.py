"""A socket that sends sound in slivers: 200,000 frames of two bytes, with and without holes between them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import cast

import pytest

from include.interview.live import wire
from live_gateway.sessions.handle import SessionHandle
from live_gateway.socket import events as i
from live_gateway.socket.ingest_queue import IngestQueue
from live_gateway.socket.protocol import opened, step
from live_gateway.socket.send_queue import SendQueue

pytestmark = pytest.mark.unit

FRAMES = 200_000
SLIVER = bytes(wire.SAMPLE_BYTES)
RULES = i.Rules()
MOST_BYTES = 5_000_000


def joined(ahead_s: float = 0.0) -> i.SocketState:
    hello = wire.Hello(v=1, consent_id="c", audio=wire.AudioFormat())
    state, _ = step(RULES, opened("interviewer", "separate", 0), i.TextReceived(hello), 0)
    state, _ = step(RULES, state, i.Joined(0, ahead_s), 0)
    return state


def flooded(
    start_of: Callable[[int], int], pcm: bytes, every_s: float, frames: int = 20_000
) -> tuple[list[i.Close], int, int]:
    """What `frames` frames lead to, one each `every_s`, while nothing that waits is worked off (Redis is away).

    Returns:
        The closes, declared gaps, and jumps of the sender's clock.
    """
    state, closes, gaps, jumps = joined(), [], 0, 0
    queue = IngestQueue(cast("SessionHandle", None), SendQueue(), lambda _: None, "account")
    for number in range(frames):
        frame = wire.frame_of(start_of(number), pcm)
        state, effects = step(RULES, state, i.AudioReceived(frame), number * every_s)
        for effect in effects:
            if isinstance(effect, i.Close):
                closes.append(effect)
                continue
            assert isinstance(effect, i.Store | i.Skip)
            queue.add(effect)
            jumps += isinstance(effect, i.Skip)
            gaps += isinstance(effect, i.Skip) and effect.cause is not None
    return closes, gaps, jumps


@pytest.mark.slow
def test_200_000_two_byte_frames_cost_less_than_5_mb_and_no_durable_event() -> None:
    tracemalloc.start()
    try:
        closes, gaps, jumps = flooded(lambda number: number, SLIVER, 0.0, FRAMES)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [(one.close_code, one.code) for one in closes] == [(wire.TOO_FAST, "too_many_frames")]
    assert (gaps, jumps) == (0, 0)
    assert most < MOST_BYTES


def test_two_byte_frames_with_holes_cost_no_durable_event() -> None:
    closes, gaps, _ = flooded(lambda number: 2 * number, SLIVER, 0.0)
    assert [(one.close_code, one.code) for one in closes] == [(wire.BAD_MESSAGE, "frame_too_short")]
    assert gaps == 0


@pytest.mark.parametrize("every_s", [0.0, 0.007])
def test_frames_faster_than_their_least_length_end_the_socket(every_s: float) -> None:
    closes, *_ = flooded(lambda _: 0, SLIVER, every_s)
    assert [one.code for one in closes] == ["too_many_frames"], "what was heard before costs its time too"


def test_holes_without_end_close_the_socket_after_a_few_durable_events() -> None:
    """Frames that are long enough, in real time, each after a hole."""
    closes, gaps, jumps = flooded(lambda number: number * 400, bytes(2 * 320), 400 / wire.SAMPLE_RATE)
    assert [(one.close_code, one.code) for one in closes] == [(wire.TOO_FAST, "too_many_gaps")]
    assert gaps == jumps <= 30


def test_a_client_that_ended_is_not_free_to_flood() -> None:
    state, _ = step(RULES, joined(), i.TextReceived(wire.End(last_sample=0)), 0)
    frame, codes = wire.frame_of(0, SLIVER), []
    for _ in range(4_000):
        state, effects = step(RULES, state, i.AudioReceived(frame), 0)
        codes += [one.code for one in effects if isinstance(one, i.Close)]
    assert codes == ["too_many_frames"]


@pytest.mark.parametrize("frame_s", [0.01, 0.02, 0.1])
def test_who_sends_a_ring_of_30_s_again_and_goes_on_is_not_stopped(frame_s: float) -> None:
    """What a client may have kept while its line was broken comes at once, in frames as short as they may be."""
    count, state = round(frame_s * wire.SAMPLE_RATE), joined(ahead_s=wire.RING_S)
    ring = round(wire.RING_S / frame_s)
    for number in range(ring + round(20 / frame_s)):
        now = max(0.0, (number - ring) * frame_s)
        state, effects = step(RULES, state, i.AudioReceived(wire.frame_of(number * count, bytes(2 * count))), now)
        assert all(isinstance(one, i.Store) for one in effects), effects
