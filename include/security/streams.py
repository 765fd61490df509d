"""Files of any size, sealed piece by piece (libsodium secretstream, XChaCha20-Poly1305).

Layout: magic (4 bytes) · secretstream header (24 bytes) · frames. A frame is one plaintext piece of at most
`PIECE_BYTES` plus 17 bytes; all frames but the last are full, the last one carries the FINAL tag. Frames chain, so
a changed, swapped, repeated or missing frame, a cut end and appended bytes are all detected.
Source: https://doc.libsodium.org/secret-key_cryptography/secretstream
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nacl import bindings as sodium
from nacl.exceptions import CryptoError

from include.security.errors import CannotOpen
from include.security.keys import DataKey

PIECE_BYTES = 256 * 1024
"""Plaintext bytes per frame: what a reader or writer holds in memory."""

MAGIC = b"TRV\x01"
FRAME_OVERHEAD = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
HEADER_BYTES = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
STREAM_PURPOSE = b"triview-stream"

_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE


class StreamSealer:
    """Seals a stream whose bytes come bit by bit, bound to `place` (the object's identity), in constant memory.

    The sealed stream is `header`, then what every `push` gives, then what `finish` gives.
    """

    def __init__(self, key: DataKey, place: str) -> None:
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        self.header = MAGIC + sodium.crypto_secretstream_xchacha20poly1305_init_push(
            self._state, key.derive(STREAM_PURPOSE)
        )
        self._bound = place.encode()
        self._held = bytearray()

    def push(self, data: bytes) -> bytes:
        """The full frames that `data` completes; b"" while there is none."""
        self._held += data
        frames = bytearray()
        while len(self._held) > PIECE_BYTES:  # keeps the last piece back: it must carry the FINAL tag
            frames += self._sealed(bytes(self._held[:PIECE_BYTES]), _MESSAGE)
            del self._held[:PIECE_BYTES]
        return bytes(frames)

    def finish(self) -> bytes:
        """The last frame. Nothing is pushed afterwards."""
        return self._sealed(bytes(self._held), _FINAL)

    def _sealed(self, piece: bytes, tag: int) -> bytes:
        sealed: bytes = sodium.crypto_secretstream_xchacha20poly1305_push(self._state, piece, self._bound, tag)
        return sealed


def seal_stream(key: DataKey, chunks: Iterable[bytes], *, place: str) -> Iterator[bytes]:
    """The sealed bytes of `chunks`, bound to `place` (the object's identity), piece by piece in constant memory."""
    sealer = StreamSealer(key, place)
    yield sealer.header
    for chunk in chunks:
        if frames := sealer.push(chunk):
            yield frames
    yield sealer.finish()


def open_stream(key: DataKey, read: Callable[[int], bytes], *, place: str) -> Iterator[bytes]:
    """The plaintext of a sealed stream, piece by piece; `read(n)` gives at most n bytes and b"" at the end.

    A piece is authentic when it is yielded, but the whole is only once the iterator ends without an error: keep
    what you write in a temporary place until then.

    Raises:
        CannotOpen: another key, another place, changed, reordered, cut or extended bytes.
    """
    head = _exactly(read, len(MAGIC) + HEADER_BYTES)
    if len(head) < len(MAGIC) + HEADER_BYTES or not head.startswith(MAGIC):
        raise CannotOpen("The stored object is not a sealed stream.")
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, head[len(MAGIC) :], key.derive(STREAM_PURPOSE))
    bound, tag = place.encode(), _MESSAGE
    while tag != _FINAL:
        frame = _exactly(read, PIECE_BYTES + FRAME_OVERHEAD)
        if len(frame) < FRAME_OVERHEAD:
            raise CannotOpen("The stored object is cut off.")
        try:
            piece, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, frame, bound)
        except CryptoError:
            raise CannotOpen("The stored object was changed, cut, or sealed under another key.") from None
        yield piece
    if read(1):
        raise CannotOpen("The stored object has bytes behind its end.")


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end of the input."""
    parts = bytearray()
    while len(parts) < size and (part := read(size - len(parts))):
        parts += part
    return bytes(parts)
