"""A recording as it comes in: size and container checked while it streams, in constant memory."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
from collections.abc import AsyncIterator, Iterator
from typing import Any, Literal

from litestar import Request
from litestar.exceptions import InternalServerException

from include.interview.errors import BadInput, BadMedia, ServiceFailure
from include.perception.media.containers import SNIFF_BYTES, container_of
from live_gateway import metrics

RECORDING_CONTAINERS = frozenset({"mov", "matroska", "wav", "flac", "ogg", "mp3"})
"""What an upload may be: MP4 and MOV are "mov" to FFmpeg, WebM and MKV "matroska"."""
AUDIO_CONTAINERS = frozenset({"wav", "flac", "ogg", "mp3"})
STALL_S = 60.0
"""Without a byte for so long, the sender is gone."""
DISCONNECTED = "client disconnected prematurely"


def recording_kind(head: bytes) -> Literal["video", "audio"]:
    """The kind of a recording that begins with `head`, by its container.

    Raises:
        BadMedia: code "unsupported_container"; "empty_file" when there is nothing.
    """
    if not head:
        raise BadMedia("The recording is empty (0 bytes).", "Record or upload it again.", code="empty_file")
    container = container_of(head)
    if container not in RECORDING_CONTAINERS:
        raise BadMedia(
            "The file is not a recording of an accepted kind.",
            "Send MP4, MOV, WebM, MKV, WAV, FLAC, OGG or MP3.",
            code="unsupported_container",
        )
    return "audio" if container in AUDIO_CONTAINERS else "video"


def too_large(limit: int) -> BadMedia:
    """The error for a recording over the limit."""
    return BadMedia(f"The recording is larger than {limit} bytes.", "Send a smaller or shorter one.", code="too_large")


def announced_length(request: Request[Any, Any, Any]) -> int | None:
    """Content-Length, or None when the body comes in chunks of unknown number.

    Raises:
        BadInput: it is not a number.
    """
    raw = request.headers.get("content-length")
    if raw is None:
        return None
    if not raw.isdigit():
        raise BadInput("Content-Length is not a number.", "Say how many bytes the body has.", code="length_required")
    return int(raw)


class Incoming(io.RawIOBase):
    """The request's body as a file for one thread; whoever reads waits, so that nothing piles up.

    Args:
        limit: most bytes to take; one more raises BadMedia ("too_large").
        sha256: what the bytes must give in the end, in hex; BadInput ("wrong_hash") otherwise.
        keep_broken: True: a connection that breaks off ends the file instead of failing it.
    """

    def __init__(
        self,
        request: Request[Any, Any, Any],
        *,
        limit: int,
        sha256: str | None = None,
        keep_broken: bool = False,
    ) -> None:
        self._pieces: AsyncIterator[bytes] = request.stream()
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._expected = sha256
        self._keep_broken = keep_broken
        self._digest = hashlib.sha256()
        self._rest = b""
        self._ended = False
        self.received = 0
        self.broken = False

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, b"" at the end; called in a thread other than the event loop's."""
        if not self._rest:
            self._rest = self._next()
        piece, self._rest = (self._rest, b"") if size < 0 else (self._rest[:size], self._rest[size:])
        return piece

    def head(self) -> bytes:
        """The first bytes, as many as a container is known by; reading begins with them all the same."""
        while len(self._rest) < SNIFF_BYTES and (piece := self._next()):
            self._rest += piece
        return self._rest[:SNIFF_BYTES]

    def _next(self) -> bytes:
        """The next bytes that came, b"" at the end."""
        while not self._ended:
            try:
                piece: bytes | None = asyncio.run_coroutine_threadsafe(_one(self._pieces), self._loop).result()
            except TimeoutError:
                self._broke_off()
                piece = None
            except InternalServerException as error:
                if error.detail != DISCONNECTED:
                    raise
                self._broke_off()
                piece = None
            if piece is None:
                self._finish()
            elif piece:
                self._take(piece)
                return piece
        return b""

    def _take(self, piece: bytes) -> None:
        self.received += len(piece)
        if self.received > self._limit:
            raise too_large(self._limit)
        metrics.upload_bytes.inc(len(piece))
        if self._expected is not None:
            self._digest.update(piece)

    def _broke_off(self) -> None:
        self.broken = True
        if not self._keep_broken or self._expected is not None:
            raise ServiceFailure(
                "The upload broke off; nothing of it was kept.", "Send it again.", code="upload_broken"
            )

    def _finish(self) -> None:
        self._ended = True
        if self._expected is not None and not hmac.compare_digest(self._digest.hexdigest(), self._expected):
            raise BadInput(
                "What arrived has another SHA-256 than announced; nothing of it was kept.",
                "Send the same bytes again.",
                code="wrong_hash",
            )


def pieces_of(incoming: Incoming) -> Iterator[bytes]:
    """The pieces of `incoming`; the last one only once the end was seen and checked (its hash, for one)."""
    held = b""
    while piece := incoming.read():
        if held:
            yield held
        held = piece
    if held:
        yield held


async def _one(pieces: AsyncIterator[bytes]) -> bytes | None:
    try:
        return await asyncio.wait_for(anext(pieces), STALL_S)
    except StopAsyncIteration:
        return None
