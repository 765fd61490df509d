"""A recording as it comes in: size and container checked while it streams, in constant memory."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, ParamSpec, Protocol, TypeVar

from litestar import Request
from litestar.exceptions import InternalServerException

from include.interview.errors import BadInput, BadMedia, QuotaExceeded, ServiceFailure
from include.perception.media.containers import SNIFF_BYTES, container_of
from live_gateway import metrics
from live_gateway.services import Services

RECORDING_CONTAINERS = frozenset({"mov", "matroska", "wav", "flac", "ogg", "mp3"})
"""What an upload may be: MP4 and MOV are "mov" to FFmpeg, WebM and MKV "matroska"."""
AUDIO_CONTAINERS = frozenset({"wav", "flac", "ogg", "mp3"})
BLOCK_BYTES = 256 * 1024
"""What is written at once, and held in memory per upload."""
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Pace:
    """How slow a sender may be."""

    stall_s: float = 60.0
    """Without a byte for so long, the sender is gone."""
    least_bytes_per_s: float = 16 * 1024
    """Over all that was sent: 128 kbit/s, a fifth of what the poorest video call takes."""
    most_s: float = 4 * 3600.0
    """One request takes no longer; a recording in chunks may take as many requests as it likes."""


PACE = Pace()
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


class Sink(Protocol):
    """What takes a recording as it comes; its calls block, and are made in threads, one after another."""

    def write(self, data: bytes, /) -> None:
        """Take more bytes."""

    def discard(self) -> None:
        """Leave nothing of what is not kept."""


S = TypeVar("S", bound=Sink)


class Incoming:
    """The request's body in blocks; nothing is read before it is asked for, so that nothing piles up.

    A sender keeps to a least rate over all that it sent, and never stops for long: else the line counts as broken.

    Args:
        limit: most bytes to take; one more raises BadMedia ("too_large").
        sha256: what the bytes must give in the end, in hex; BadInput ("wrong_hash") otherwise.
        keep_broken: True: a connection that breaks off ends the body instead of failing it.
        pace: how slow a sender may be.
    """

    def __init__(
        self,
        request: Request[Any, Any, Any],
        *,
        limit: int,
        sha256: str | None = None,
        keep_broken: bool = False,
        pace: Pace = PACE,
    ) -> None:
        self._pieces: AsyncIterator[bytes] = request.stream()
        self._limit = limit
        self._expected = sha256
        self._keep_broken = keep_broken
        self._pace = pace
        self._now = asyncio.get_running_loop().time
        self._began = self._now()
        self._digest = hashlib.sha256()
        self._rest = b""
        self._ended = False
        self.received = 0
        self.broken = False

    async def head(self) -> bytes:
        """The first bytes, as many as a container is known by; blocks begin with them all the same.

        Raises:
            BadMedia, BadInput, ServiceFailure: as `block`.
        """
        while len(self._rest) < SNIFF_BYTES and (piece := await self._next()):
            self._rest += piece
        return self._rest[:SNIFF_BYTES]

    async def block(self) -> bytes:
        """The next `BLOCK_BYTES` or a little more; fewer only at the end, and b"" behind it.

        Raises:
            BadMedia: code "too_large". BadInput: code "wrong_hash", at the end.
            ServiceFailure: code "upload_broken" or "upload_too_slow": the line broke; not with `keep_broken`.
        """
        held, self._rest = [self._rest] if self._rest else [], b""
        size = sum(map(len, held))
        while size < BLOCK_BYTES and (piece := await self._next()):
            held.append(piece)
            size += len(piece)
        return b"".join(held)

    async def _next(self) -> bytes:
        """The next bytes that came, b"" at the end."""
        while not self._ended:
            patience_s = self._patience_s()
            try:
                async with asyncio.timeout(patience_s):
                    piece: bytes | None = await anext(self._pieces, None)
            except TimeoutError:
                slow = self.received > 0 and patience_s < self._pace.stall_s
                self._broke_off("upload_too_slow" if slow else "upload_broken")
                piece = None
            except InternalServerException as error:
                if error.detail != DISCONNECTED:
                    raise
                self._broke_off("upload_broken")
                piece = None
            if piece is None:
                self._finish()
            elif piece:
                self._take(piece)
                return piece
        return b""

    def _patience_s(self) -> float:
        """How long the next byte may take, in seconds."""
        pace = self._pace
        allowed = min(pace.stall_s + self.received / pace.least_bytes_per_s, pace.most_s)
        return max(0.0, min(pace.stall_s, self._began + allowed - self._now()))

    def _take(self, piece: bytes) -> None:
        self.received += len(piece)
        if self.received > self._limit:
            raise too_large(self._limit)
        metrics.upload_bytes.inc(len(piece))
        if self._expected is not None:
            self._digest.update(piece)

    def _broke_off(self, code: str) -> None:
        self.broken = True
        if self._keep_broken and self._expected is None:
            return
        if code == "upload_too_slow":
            cause, remedy = (
                "The upload came too slowly; nothing of it was kept.",
                "Send it in chunks (/api/v1/uploads).",
            )
        else:
            cause, remedy = "The upload broke off; nothing of it was kept.", "Send it again."
        raise ServiceFailure(cause, remedy, code=code)

    def _finish(self) -> None:
        self._ended = True
        if self._expected is not None and not hmac.compare_digest(self._digest.hexdigest(), self._expected):
            raise BadInput(
                "What arrived has another SHA-256 than announced; nothing of it was kept.",
                "Send the same bytes again.",
                code="wrong_hash",
            )


async def pour(services: Services, incoming: Incoming, sink: S, keep: Callable[[S], T]) -> T:
    """Write what comes into `sink`, and return what `keep` makes of it once all has come.

    No thread waits for the sender: one is held only while there is a block to write.

    Raises:
        TriviewError: as `incoming` and `sink` say; then, and when the request is cancelled, `sink` is discarded.
    """
    try:
        while block := await incoming.block():
            await _through(services, sink.write, block)
        return await _through(services, keep, sink)
    except BaseException:
        await _through(services, sink.discard)
        raise


async def _through(services: Services, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `call` returns, run in a thread; a cancelled request waits for it, so that no two calls overlap."""
    work = asyncio.ensure_future(services.run_long(call, *args, **kwargs))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise


@contextmanager
def receiving(services: Services, account_id: str) -> Iterator[None]:
    """Within the block, one of the bodies that the account is sending to this replica.

    Raises:
        QuotaExceeded: code "too_many_uploads": it sends as many as it may already.
    """
    most = services.settings.core.limits.max_open_uploads
    if services.receiving[account_id] >= most:
        raise QuotaExceeded(
            f"This account is sending {most} recordings already.",
            "Wait until one is done.",
            code="too_many_uploads",
        )
    services.receiving[account_id] += 1
    try:
        yield
    finally:
        services.receiving[account_id] -= 1
        if not services.receiving[account_id]:
            del services.receiving[account_id]
