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
from include.security.streams import PIECE_BYTES, StreamSealer, open_part, open_stream
from include.storage.objects.store import ObjectStore, ObjectWriter

MOST_CHAINS = 64
"""Objects whose chains of nonces are remembered: one of 2 GiB has 64 KiB of them."""


class Stored(Record, frozen=True):
    """A stored object: SHA-256 (hex) and size in bytes of the plaintext, and the object's name."""

    sha256: str
    size: int
    object_name: str


class SealedWriter:
    """A sealed object that is being written, in constant memory; either `commit` or `discard` ends it.

    Every call raises ServiceFailure when the storage is full or cannot be used. Not for two threads at once.
    """

    def __init__(self, key: DataKey, name: str, object_writer: ObjectWriter) -> None:
        self._name = name
        self._object = object_writer
        self._sealer = StreamSealer(key, name)
        self._digest = hashlib.sha256()
        self._begun = False
        self.size = 0
        """Plaintext bytes written so far."""

    def write(self, data: bytes) -> None:
        """Seal more plaintext."""
        self._digest.update(data)
        self.size += len(data)
        sealed = self._sealer.push(data)
        if not self._begun:
            sealed, self._begun = self._sealer.header + sealed, True
        if sealed:
            self._object.write(sealed)

    def commit(self) -> Stored:
        """Have the object appear, complete, and return its record."""
        if not self._begun:
            self._object.write(self._sealer.header)
        self._object.write(self._sealer.finish())
        self._object.commit()
        return Stored(sha256=self._digest.hexdigest(), size=self.size, object_name=self._name)

    def discard(self) -> None:
        """Leave nothing."""
        self._object.discard()


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
        writer = self.writer(key, name)
        try:
            for chunk in chunks:
                writer.write(chunk)
            return writer.commit()
        except BaseException:
            writer.discard()
            raise

    def writer(self, key: DataKey, name: str) -> SealedWriter:
        """A new object, bound to `name`, to which plaintext is written as it comes.

        Raises:
            ServiceFailure: the storage is full or cannot be used.
        """
        return SealedWriter(key, name, self.objects.writer(name))

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
