"""Making an embedded index anew without some people: deleting leaves their numbers in Chroma's files.

The old files are read by one process and the new ones written by another, which never held what must go: Chroma's
index library writes whole memory blocks to its files, also parts it never filled.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from include.interview.errors import ServiceFailure
from include.storage.vectors.chroma import Row
from include.storage.vectors.exchange import LOCK, exchange, interrupted, mend

DATABASE = "chroma.sqlite3"
PAGE = 500
"""Rows passed between the two processes at a time: about 5 MB of text."""


class Source(Protocol):
    """An index that is read for a copy."""

    def collections(self) -> list[str]:
        """Names of the collections."""

    def page(self, collection: str, offset: int, limit: int, without: Sequence[str]) -> tuple[int, list[Row]]:
        """How many rows were looked at from `offset` on, and those kept."""


class Target(Protocol):
    """An index that is filled."""

    def restore(self, collection: str, rows: Sequence[Row]) -> None:
        """Put rows into the collection of this name."""


def copy_without(source: Source, target: Target, interview_ids: Sequence[str]) -> int:
    """Copy every collection but for the vectors of these interviews; returns how many vectors were left out.

    Raises:
        ServiceFailure: Chroma fails.
    """
    left_out = 0
    for name in source.collections():
        offset, looked_at = 0, 1
        while looked_at:
            looked_at, rows = source.page(name, offset, PAGE, interview_ids)
            target.restore(name, rows)
            offset += looked_at
            left_out += looked_at - len(rows)
    return left_out


def exists(folder: Path) -> bool:
    """True when there is an embedded index in `folder`, or one whose exchange was cut short."""
    return (folder / DATABASE).exists() or interrupted(folder)


class Rebuilding:
    """A context manager: within the block nobody else uses the index in `folder`; `exchange` swaps a new one in.

    Raises:
        ServiceFailure: the disk is full or cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.fresh = folder.with_name(f"{folder.name}.new")

    def __enter__(self) -> Rebuilding:
        with _failures():
            self._lock = (self._folder / LOCK).open("ab")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            mend(self._folder)
            shutil.rmtree(self.fresh, ignore_errors=True)
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.fresh, ignore_errors=True)
        self._lock.close()

    def exchange(self) -> None:
        """Put the files of `fresh` in the place of the old ones. A kill in between is mended by the next who comes."""
        with _failures():
            exchange(self._folder, self.fresh)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServiceFailure(
            f"The vector store's folder cannot be written ({error.strerror}).",
            "Free space below TRIVIEW_HOME and check its permissions, then try again.",
            code="vectors",
        ) from error
