"""Freed memory goes back to the system."""

from __future__ import annotations

import asyncio
import ctypes

import psutil
import pytest

from live_gateway import memory
from tests.support.expected_skips import NO_MALLOC_TRIM
from tests.support.patience import PATIENCE_S

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
BLOCK, BLOCKS, KEPT_EVERY = 60_000, 2000, 50
"""120 MB in blocks that glibc takes from its heap; one of fifty stays, so that the heap cannot just end earlier."""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason=NO_MALLOC_TRIM)
async def test_what_was_freed_in_between_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "TRIM_EVERY_S", 0.01)
    process = psutil.Process()
    blocks = [b"x" * (BLOCK + n % 7) for n in range(BLOCKS)]
    used = process.memory_info().rss
    blocks = blocks[::KEPT_EVERY]
    trimming = asyncio.create_task(memory.trim_always())
    async with asyncio.timeout(PATIENCE_S):
        while process.memory_info().rss > used - BLOCK * BLOCKS / 2:
            await asyncio.sleep(0.01)
    trimming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trimming
    assert len(blocks) == BLOCKS // KEPT_EVERY
