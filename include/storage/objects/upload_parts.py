"""Incoming bytes, cut into parts that are stored one by one, or read like a file."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from include.interview.errors import BadMedia
from include.security.streams import PIECE_BYTES


class Parts:
    """Incoming bytes, cut into parts of at most `part_bytes`; more than `most` bytes in all are refused."""

    def __init__(self, chunks: Iterable[bytes], most: int, part_bytes: int) -> None:
        self._chunks = iter(chunks)
        self._left = most
        self._part_bytes = part_bytes
        self._held = b""

    def more(self) -> bool:
        """True when another part has at least one byte."""
        while not self._held:
            piece = next(self._chunks, None)
            if piece is None:
                return False
            self._held = bytes(piece)
        return True

    def part(self) -> Iterator[bytes]:
        """The bytes of the next part.

        Raises:
            BadMedia: code "too_large": more than `most` bytes came.
        """
        room = self._part_bytes
        while room and self.more():
            piece, self._held = self._held[:room], self._held[room:]
            self._left -= len(piece)
            if self._left < 0:
                raise BadMedia(
                    "More arrived than was announced; the excess was not kept.",
                    "Announce the file's real size.",
                    code="too_large",
                )
            room -= len(piece)
            yield piece


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
