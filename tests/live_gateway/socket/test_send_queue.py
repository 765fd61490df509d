"""What waits for a reader: order of what is kept, the latest of what is not."""

from __future__ import annotations

import asyncio

import pytest

from live_gateway.socket.send_queue import SendQueue

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


async def test_durable_in_order_and_only_the_latest_of_the_rest() -> None:
    send_queue = SendQueue()
    send_queue.put("ack", "1")
    send_queue.put(1, "final 1")
    send_queue.put("ack", "22")
    send_queue.put("partial:c1", "partial")
    send_queue.drop("partial:c1")
    send_queue.put(2, "final 2")
    assert send_queue.waiting == len("final 1") + len("22") + len("final 2")
    assert [await send_queue.next() for _ in range(3)] == ["final 1", "22", "final 2"]


async def test_what_is_being_sent_still_counts_until_the_next_is_asked_for() -> None:
    send_queue = SendQueue()
    send_queue.put(1, "x" * 100)
    await send_queue.next()
    assert send_queue.waiting == 100
    drained = asyncio.create_task(send_queue.drained())
    asking = asyncio.create_task(send_queue.next())
    await drained
    assert send_queue.waiting == 0
    send_queue.put("ack", "1")
    assert await asking == "1"
