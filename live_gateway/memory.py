"""Memory that nobody uses goes back to the system: a replica lives for weeks.

glibc keeps freed memory in an arena per thread. Speech inference allocates and frees windows of many sizes in several
threads, so arenas would hold about as much again as is in use (measured on the speech engine alone: 482 MiB resident,
274 after trimming).
"""

from __future__ import annotations

import asyncio
import ctypes

TRIM_EVERY_S = 30.0


async def trim_always() -> None:
    """Give freed memory back to the system at intervals until cancelled. Returns where the C library cannot."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return
    while True:
        await asyncio.sleep(TRIM_EVERY_S)
        await asyncio.to_thread(trim, 0)
