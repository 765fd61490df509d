"""Senders that send slowly, too much, or at too many places at once; and a disk that is nearly full."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar
from typing import cast as typed
from urllib.parse import urlencode

import httpx
import pytest
from litestar import Request

from include.interview.errors import ServiceFailure
from include.storage.objects.store import UNFINISHED
from live_gateway.http.upload_stream import BLOCK_BYTES, Incoming
from tests.live_gateway.http.conftest import Cast
from tests.support.gateway_thread import Gateway
from tests.support.patience import PATIENCE_S
from tests.support.upload_sounds import tone
from tests.support.virtual_time import VirtualTimeLoop

T = TypeVar("T")
UPLOADS, SINGLE = "/api/v1/uploads", "/api/v1/ai-interview/upload"
SLOW = 32
WITHIN_S = 10.0
"""Far below what a slow sender may take, far above what a second of sound needs."""


def until(look: Any) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found


@contextmanager
def sending(gateway: Gateway, client: httpx.Client, place: str, size: int, sound: bytes) -> Iterator[socket.socket]:
    """A chunk of which the beginning was sent, and that does not end."""
    with socket.create_connection(("127.0.0.1", gateway.settings.port), timeout=20) as line:
        head = (
            f"PATCH {place} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n"
            f"Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: {size}\r\n\r\n"
        )
        line.sendall(head.encode() + sound[:20_000])
        yield line


@pytest.mark.services
def test_32_slow_uploads_leave_the_33rd_unharmed(gateway: Gateway, cast: Cast) -> None:
    client, account, sound = cast.of("hr"), cast.account_ids["hr"], tone(pitch_hz=410)
    body = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id, "size": 10_000_000}
    with ExitStack() as lines:
        places = [client.post(UPLOADS, json=body).headers["location"] for _ in range(SLOW)]
        for place in places:
            lines.enter_context(sending(gateway, client, place, 10_000_000, sound))
        until(lambda: gateway.services.receiving[account] == SLOW)
        began = time.monotonic()
        query = {"candidate_id": cast.candidate_id, "opening_id": cast.opening_id}
        answer = cast.of("service").post(SINGLE, params=query, content=tone(pitch_hz=420))
        assert answer.status_code == 202, answer.text
        assert time.monotonic() - began < WITHIN_S
        assert gateway.services.receiving[account] == SLOW, "they are still sending"
        for refused in (client.post(UPLOADS, json=body), client.post(SINGLE, params=query, content=sound)):
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_uploads")
    until(lambda: not gateway.services.receiving[account])
    kept = {client.head(place).headers["upload-offset"] for place in places[::8]}
    assert kept == {"20000"}, "what came of a broken line is kept"
    for place in places:
        assert client.delete(place).status_code == 204


@pytest.mark.services
def test_a_broken_single_upload_leaves_no_object(gateway: Gateway, cast: Cast) -> None:
    client, sound, objects = cast.of("hr"), tone(pitch_hz=430), gateway.stores.objects
    before = set(objects.names())
    query = urlencode({"candidate_id": cast.candidate_id, "opening_id": cast.opening_id})
    with socket.create_connection(("127.0.0.1", gateway.settings.port), timeout=20) as line:
        head = f"POST {SINGLE}?{query} HTTP/1.1\r\nHost: x\r\nAuthorization: {client.headers['Authorization']}\r\n"
        line.sendall(f"{head}Content-Length: 9000000\r\n\r\n".encode() + sound[:200_000])
        until(lambda: gateway.services.receiving[cast.account_ids["hr"]])
    until(lambda: not gateway.services.receiving[cast.account_ids["hr"]])
    assert set(objects.names()) == before
    assert objects.names_in(UNFINISHED) == ()


class Sender:
    """A request whose body is `pieces`, one each `every_s` seconds."""

    def __init__(self, pieces: int, size: int, every_s: float) -> None:
        self._pieces, self._size, self._every_s = pieces, size, every_s

    async def stream(self) -> AsyncIterator[bytes]:
        for _ in range(self._pieces):
            await asyncio.sleep(self._every_s)
            yield bytes(self._size)


async def taken(sender: Sender, *, keep_broken: bool) -> tuple[int, bool, float]:
    """Bytes taken, whether the line counts as broken, and after how many seconds it ended."""
    began = asyncio.get_running_loop().time()
    incoming = Incoming(typed("Request[Any, Any, Any]", sender), limit=10**12, keep_broken=keep_broken)
    size = 0
    while block := await incoming.block():
        assert len(block) < BLOCK_BYTES + sender._size
        size += len(block)
    return size, incoming.broken, asyncio.get_running_loop().time() - began


def virtually(work: Coroutine[Any, Any, T]) -> T:
    loop = VirtualTimeLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


@pytest.mark.unit
@pytest.mark.parametrize(
    ("pieces", "size", "every_s", "whole", "most_s"),
    [
        (10_000, 1, 50.0, False, 61.0),  # a byte a minute
        (10_000, 100_000, 30.0, False, 90.0),  # large pieces, but 3.3 KB a second
        (3, 10**6, 59.0, True, 180.0),  # pauses alone harm nobody
        (1_000, 40_000, 2.0, True, 2_001.0),  # 20 KB a second, for half an hour
        (10**6, 20_000, 1.0, False, 4 * 3600.0 + 1),  # for ever
    ],
)
def test_a_sender_keeps_to_a_least_rate(pieces: int, size: int, every_s: float, whole: bool, most_s: float) -> None:
    got, broken, took_s = virtually(taken(Sender(pieces, size, every_s), keep_broken=True))
    assert (broken, got == pieces * size) == (not whole, whole)
    assert took_s <= most_s
    if not whole:
        with pytest.raises(ServiceFailure) as refused:
            virtually(taken(Sender(pieces, size, every_s), keep_broken=False))
        assert refused.value.code in ("upload_too_slow", "upload_broken")
