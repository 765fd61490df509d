"""One real Redis for these tests, emptied between them; a live store per test."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from include.security.keys import DataKey, new_data_key
from include.storage.live import LiveStore, SessionMeta, SocketClaim
from tests.support.patience import PATIENCE_S
from tests.support.services.memory import passing_folder
from tests.support.services.redis import RedisServer, redis_server


@pytest.fixture(scope="session")
def shared_server() -> Iterator[RedisServer]:
    """A server no test does anything bad to."""
    with passing_folder("tvlive-") as folder, redis_server(folder) as running:
        yield running


@pytest.fixture
def server(shared_server: RedisServer) -> RedisServer:
    """The shared server, empty."""
    raw(shared_server).flushall()
    return shared_server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A server that may be frozen, killed and emptied."""
    with redis_server(tmp_path / "redis") as running:
        yield running


@pytest.fixture
async def live(server: RedisServer, anyio_backend: str) -> AsyncIterator[LiveStore]:
    """A live store on the empty server."""
    store = await LiveStore.open(server.url)
    yield store
    await store.close()


@pytest.fixture
async def other(server: RedisServer, anyio_backend: str) -> AsyncIterator[LiveStore]:
    """Another replica's."""
    store = await LiveStore.open(server.url)
    yield store
    await store.close()


@pytest.fixture
def key() -> DataKey:
    """A candidate's key."""
    return new_data_key()


def raw(server: RedisServer) -> redis.Redis:
    """A plain client, to look behind the store."""
    return redis.Redis.from_url(server.url, socket_timeout=5.0)


def meta_of(session_id: str | None = None) -> SessionMeta:
    """A session nobody has created yet."""
    return SessionMeta(
        id=session_id or secrets.token_hex(8),
        stage="practical",
        interviewer_id="account-1",
        candidate_id="candidate-1",
        opening_id="backend",
        profile="kr",
        language="ko",
        microphones="separate",
    )


async def joined(live: LiveStore, session_id: str | None = None, channels: int = 1) -> SocketClaim:
    """A new session, and the candidate's place in it."""
    meta = await live.create(meta_of(session_id))
    return await live.claim_socket(meta.id, "candidate", channels)


async def until(condition: Callable[[], Any | Awaitable[Any]], what: str) -> Any:
    """What `condition` gives once it gives something; fails after `PATIENCE_S`."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while True:
        found = condition()
        if isinstance(found, Awaitable):
            found = await found
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline, f"Waited in vain: {what}."
        await asyncio.sleep(0.01)
