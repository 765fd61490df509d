"""Files of any size, sealed piece by piece (libsodium secretstream, XChaCha20-Poly1305).

Layout: magic (4 bytes) · secretstream header (24 bytes) · frames. A frame is one plaintext piece of at most
`PIECE_BYTES` plus 17 bytes; all frames but the last are full, the last one carries the FINAL tag. Frames chain, so
a changed, swapped, repeated or missing frame, a cut end and appended bytes are all detected.
A part is opened without what lies before it: the state at a frame is the key, the frame's number and the authenticators
of the frames before it, which are read but not decrypted.
Source: https://doc.libsodium.org/secret-key_cryptography/secretstream (the states: section "Algorithm")
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
_HEAD_BYTES = len(MAGIC) + HEADER_BYTES
_FRAME_BYTES = PIECE_BYTES + FRAME_OVERHEAD
_AUTHENTICATOR_BYTES = 16
_CHAINED_BYTES = 8
"""Bytes of a frame's authenticator that enter the nonce of the next one."""
_KEY_BYTES, _COUNTER_BYTES = 32, 4
"""`crypto_secretstream_xchacha20poly1305_state`: key · counter (little-endian, from 1) · chained nonce (8 bytes)."""

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
    state = _opened(key, _exactly(read, _HEAD_BYTES))
    bound, tag = place.encode(), _MESSAGE
    while tag != _FINAL:
        frame = _exactly(read, _FRAME_BYTES)
        if len(frame) < FRAME_OVERHEAD:
            raise CannotOpen("The stored object is cut off.")
        piece, tag = _pulled(state, frame, bound)
        yield piece
    if read(1):
        raise CannotOpen("The stored object has bytes behind its end.")


def open_part(
    key: DataKey,
    read_at: Callable[[int, int], bytes],
    *,
    place: str,
    size: int,
    start: int,
    stop: int,
    chain: list[bytes] | None = None,
) -> Iterator[bytes]:
    """Bytes [start, stop) of the plaintext of a sealed stream; only the frames they lie in are decrypted.

    Each piece is authentic, at its own place in the stream, when it is yielded. Of frames before the first one only the
    authenticators are read.

    Args:
        read_at: `read_at(offset, n)` gives the n bytes of the sealed stream from `offset` on, fewer only at its end.
        size: of the whole plaintext in bytes; 0 <= start < stop <= size.
        chain: chained nonces of the first frames, to be kept for the next call on the same object; filled here.

    Raises:
        CannotOpen: another key, another place or size, changed, reordered or cut bytes.
    """
    if not 0 <= start < stop <= size:
        raise ValueError("no part of the stream")
    head = read_at(0, _HEAD_BYTES)
    state, first, last = _opened(key, head), start // PIECE_BYTES, (size - 1) // PIECE_BYTES
    nonces = [] if chain is None else chain
    _reach(nonces, read_at, head, first)
    _move(state, nonces[first], first)
    for number in range(first, (stop - 1) // PIECE_BYTES + 1):
        frame = read_at(_HEAD_BYTES + number * _FRAME_BYTES, _FRAME_BYTES)
        if len(frame) < FRAME_OVERHEAD:
            raise CannotOpen("The stored object is cut off.")
        piece, tag = _pulled(state, frame, place.encode())
        if (tag == _FINAL) != (number == last):
            raise CannotOpen("The stored object has another length than recorded.")
        begin = number * PIECE_BYTES
        yield piece[max(0, start - begin) : stop - begin]


def _reach(nonces: list[bytes], read_at: Callable[[int, int], bytes], head: bytes, number: int) -> None:
    """Extend `nonces`, the chained nonce of each frame from the first on, as far as frame `number`."""
    if not nonces:
        nonces.append(head[-_CHAINED_BYTES:])
    while len(nonces) <= number:
        end = _HEAD_BYTES + len(nonces) * _FRAME_BYTES
        authenticator = read_at(end - _AUTHENTICATOR_BYTES, _CHAINED_BYTES)
        if len(authenticator) < _CHAINED_BYTES:
            raise CannotOpen("The stored object is cut off.")
        nonces.append(bytes(a ^ b for a, b in zip(nonces[-1], authenticator, strict=True)))


def _move(state: sodium.crypto_secretstream_xchacha20poly1305_state, nonce: bytes, number: int) -> None:
    """Bring an opened `state` to frame `number`."""
    counted = (number + 1).to_bytes(_COUNTER_BYTES, "little") + nonce
    state.statebuf[_KEY_BYTES : _KEY_BYTES + len(counted)] = counted  # type: ignore[index]  # cffi's, writable


def _opened(key: DataKey, head: bytes) -> sodium.crypto_secretstream_xchacha20poly1305_state:
    if len(head) < _HEAD_BYTES or not head.startswith(MAGIC):
        raise CannotOpen("The stored object is not a sealed stream.")
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, head[len(MAGIC) :], key.derive(STREAM_PURPOSE))
    return state


def _pulled(state: sodium.crypto_secretstream_xchacha20poly1305_state, frame: bytes, bound: bytes) -> tuple[bytes, int]:
    try:
        piece, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, frame, bound)
    except CryptoError:
        raise CannotOpen("The stored object was changed, cut, or sealed under another key.") from None
    return piece, tag


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    """`size` bytes, fewer only at the end of the input."""
    parts = bytearray()
    while len(parts) < size and (part := read(size - len(parts))):
        parts += part
    return bytes(parts)
