"""Encrypted content in the object store: sealed with the candidate's data key, checked by SHA-256 on the way out."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from include.interview.errors import BadInput, ServiceFailure
from include.interview.records import Record
from include.security.errors import CannotOpen
from include.security.keys import DataKey
from include.security.streams import PIECE_BYTES, open_part, open_stream, seal_stream
from include.storage.objects.store import ObjectStore

MOST_CHAINS = 64
"""Objects whose chains of nonces are remembered: one of 2 GiB has 64 KiB of them."""


class Stored(Record, frozen=True):
    """A stored object: SHA-256 (hex) and size in bytes of the plaintext, and the object's name."""

    sha256: str
    size: int
    object_name: str


class SealedObjects:
    """Sealed streams over an object store."""

    def __init__(self, objects: ObjectStore) -> None:
        self.objects = objects
        self._chains: OrderedDict[str, list[bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, key: DataKey, name: str, chunks: Iterable[bytes]) -> Stored:
        """Seal `chunks` and store them under `name`, bound to that name, in constant memory.

        Raises:
            ServiceFailure: the storage is full or cannot be used; nothing half-written remains.
        """
        digest, size = hashlib.sha256(), 0

        def measured() -> Iterator[bytes]:
            nonlocal size
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                yield chunk

        self.objects.put(name, seal_stream(key, measured(), place=name))
        return Stored(sha256=digest.hexdigest(), size=size, object_name=name)

    def pieces(self, key: DataKey, stored: Stored) -> Iterator[bytes]:
        """The plaintext piece by piece; trust the whole only once the iterator has ended without an error.

        Raises:
            BadInput: code "stored_bytes_damaged": changed, cut, swapped, or not the recorded content.
            ServiceFailure: the object is missing or the storage cannot be used.
        """
        digest = hashlib.sha256()
        with self.objects.reader(stored.object_name) as stream:
            try:
                for piece in open_stream(key, stream.read, place=stored.object_name):
                    digest.update(piece)
                    yield piece
            except CannotOpen as error:
                raise _damaged(str(error)) from None
        if digest.hexdigest() != stored.sha256:
            raise _damaged("The stored object is not the recorded content.")

    def part(self, key: DataKey, stored: Stored, start: int, stop: int) -> Iterator[bytes]:
        """Bytes [start, stop) of the plaintext piece by piece; each piece is authentic when it is yielded.

        Only the pieces in which these bytes lie are decrypted. 0 <= start < stop <= `stored.size`.

        Raises:
            BadInput: code "stored_bytes_damaged": changed, cut or swapped.
            ServiceFailure: the object is missing or the storage cannot be used.
        """
        chain = self._chain(stored.object_name)
        with self.objects.reader(stored.object_name) as stream:

            def read_at(offset: int, count: int) -> bytes:
                stream.seek(offset)
                return stream.read(count)

            try:
                for piece in open_part(
                    key, read_at, place=stored.object_name, size=stored.size, start=start, stop=stop, chain=chain
                ):
                    self._remember(stored.object_name, chain)
                    yield piece
            except CannotOpen as error:
                self._forget(stored.object_name)
                raise _damaged(str(error)) from None

    def _chain(self, name: str) -> list[bytes]:
        """A copy of what is known of the object's chain: readers at the same time extend their own."""
        with self._lock:
            return list(self._chains.get(name, ()))

    def _remember(self, name: str, chain: list[bytes]) -> None:
        with self._lock:
            self._chains[name] = chain
            self._chains.move_to_end(name)
            while len(self._chains) > MOST_CHAINS:
                self._chains.popitem(last=False)

    def _forget(self, name: str) -> None:
        with self._lock:
            self._chains.pop(name, None)


def _damaged(cause: str) -> BadInput:
    return BadInput(cause, "Restore the object from a backup, or upload it again.", code="stored_bytes_damaged")


def file_pieces(source: Path | BinaryIO) -> Iterator[bytes]:
    """The bytes of a file or an open binary stream, piece by piece.

    Raises:
        BadInput: the file cannot be read.
        ServiceFailure: the stream broke off.
    """
    if isinstance(source, Path):
        try:
            with source.open("rb") as stream:
                yield from iter(lambda: stream.read(PIECE_BYTES), b"")
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise BadInput(
                f"The file cannot be read ({error.strerror}).", "Check its path and permissions.", code="unreadable"
            ) from None
        return
    while piece := _received(source):
        yield piece


def _received(stream: BinaryIO) -> bytes:
    try:
        return stream.read(PIECE_BYTES)
    except OSError as error:
        raise ServiceFailure(
            f"The upload broke off ({error.strerror or type(error).__name__}); nothing of it was kept.",
            "Send it again.",
            code="upload_broken",
        ) from error
