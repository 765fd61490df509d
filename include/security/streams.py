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


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of exactly `PIECE_BYTES`, the last one shorter (or the only one empty)."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) > PIECE_BYTES:  # keeps one piece back: the last one must carry the FINAL tag
            yield bytes(held[:PIECE_BYTES])
            del held[:PIECE_BYTES]
    yield bytes(held)


def seal_stream(key: DataKey, chunks: Iterable[bytes], *, place: str) -> Iterator[bytes]:
    """The sealed bytes of `chunks`, bound to `place` (the object's identity), piece by piece in constant memory."""
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    header = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key.derive(STREAM_PURPOSE))
    bound = place.encode()
    yield MAGIC + header
    waiting: bytes | None = None
    for piece in _pieces(chunks):
        if waiting is not None:
            yield sodium.crypto_secretstream_xchacha20poly1305_push(state, waiting, bound, _MESSAGE)
        waiting = piece
    yield sodium.crypto_secretstream_xchacha20poly1305_push(state, waiting or b"", bound, _FINAL)


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
