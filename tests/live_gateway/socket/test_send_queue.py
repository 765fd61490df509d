"""What waits for a reader: order of what is kept, the latest of what is not."""

from __future__ import annotations

import asyncio

import pytest

from live_gateway.socket.send_queue import Outbox

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


async def test_durable_in_order_and_only_the_latest_of_the_rest() -> None:
    outbox = Outbox()
    outbox.put("ack", "1")
    outbox.put(1, "final 1")
    outbox.put("ack", "22")
    outbox.put("partial:c1", "partial")
    outbox.drop("partial:c1")
    outbox.put(2, "final 2")
    assert outbox.waiting == len("final 1") + len("22") + len("final 2")
    assert [await outbox.next() for _ in range(3)] == ["final 1", "22", "final 2"]


async def test_what_is_being_sent_still_counts_until_the_next_is_asked_for() -> None:
    outbox = Outbox()
    outbox.put(1, "x" * 100)
    await outbox.next()
    assert outbox.waiting == 100
    drained = asyncio.create_task(outbox.drained())
    asking = asyncio.create_task(outbox.next())
    await drained
    assert outbox.waiting == 0
    outbox.put("ack", "1")
    assert await asking == "1"
