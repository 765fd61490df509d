"""Folders for the data of services that live as long as a test run: in memory, where a database waits for no disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")
ROOM_BYTES = 1 << 30
"""Free memory below which the disk is used: containers often have 64 MB of it."""


@contextmanager
def passing_folder(prefix: str) -> Iterator[Path]:
    """An empty folder with a short path, as unix sockets need it; removed with all it holds."""
    roomy = SHARED_MEMORY.is_dir() and shutil.disk_usage(SHARED_MEMORY).free >= ROOM_BYTES
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=SHARED_MEMORY if roomy else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
