"""Incoming bytes, cut into parts that are stored one by one, or read like a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from include.interview.errors import BadMedia
from include.security.streams import PIECE_BYTES
from include.storage.objects.sealed import SealedWriter, Stored


class UploadReceiver:
    """Incoming bytes, sealed as they come and cut into parts of at most `part_bytes` that are made durable one by one.

    Every call raises ServiceFailure when the storage is full or cannot be used. Not for two threads at once.
    """

    def __init__(
        self,
        offset: int,
        size: int,
        part_bytes: int,
        begin: Callable[[], SealedWriter],
        count: Callable[[int, Stored], None],
    ) -> None:
        """Expects the bytes [`offset`, `size`); `count(start, stored)` has a part count that begins at `start`."""
        self.offset = offset
        """Bytes of the upload that are durable."""
        self._size = size
        self._part_bytes = part_bytes
        self._begin = begin
        self._count = count
        self._part: SealedWriter | None = None

    def write(self, data: bytes) -> None:
        """Take more bytes. A full part is made durable when the next byte comes: the last one is not before `keep`.

        Raises:
            BadMedia: code "too_large": more than was announced came; `discard` leaves out the part with the excess.
        """
        while data:
            if self._part is not None and self._part.size == self._part_bytes:
                self.keep()
            if self._part is None:
                self._part = self._begin()
            piece = data[: self._part_bytes - self._part.size]
            if self.offset + self._part.size + len(piece) > self._size:
                raise BadMedia(
                    "More arrived than was announced; the excess was not kept.",
                    "Announce the file's real size.",
                    code="too_large",
                )
            self._part.write(piece)
            data = data[len(piece) :]

    def keep(self) -> int:
        """Make durable what came; returns the upload's new offset.

        Raises:
            BadInput: code "offset_conflict": another sender was faster; "upload_closed". NotFound: erased meanwhile.
        """
        part, self._part = self._part, None
        if part is None:
            return self.offset
        try:
            stored = part.commit()
        except BaseException:
            part.discard()
            raise
        self._count(self.offset, stored)
        self.offset += stored.size
        return self.offset

    def discard(self) -> None:
        """Leave out the part that is not durable yet."""
        part, self._part = self._part, None
        if part is not None:
            part.discard()


class PieceStream(io.RawIOBase):
    """A readable binary stream over pieces of bytes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """True: the stream can be read."""
        return True

    def read(self, size: int = PIECE_BYTES) -> bytes:
        """At most `size` bytes; b"" at the end."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece
