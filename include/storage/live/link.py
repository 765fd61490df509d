"""The connection to Redis: short timeouts, no retries inside, failures as sentences."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import hiredis
from redis.asyncio import Redis
from redis.asyncio.connection import Connection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ConnectionError,  # noqa: A004 - Redis' own
    NoScriptError,
    RedisError,
    TimeoutError,  # noqa: A004 - Redis' own
)
from redis.typing import EncodableT

from include.interview.errors import BadInput, ServiceFailure
from include.storage.live.awake_timeout import AwakeTimeout

ANSWER_TIMEOUT_S = 2.0
"""Above any script here by a factor of a thousand: who waits longer, waits for a Redis that is away."""
CONNECT_TIMEOUT_S = 1.0

Part = bytes | str | int | float


class Script:
    """A Lua script, known to Redis by the SHA-1 of its text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.sha = hashlib.sha1(text.encode()).hexdigest()  # noqa: S324 - Redis' name for it, not a protection


@contextmanager
def failures() -> Iterator[None]:
    """Trouble with Redis as a sentence.

    Raises:
        ServiceFailure: code "redis_away": it cannot be reached; "redis_refused": it answered with an error.
    """
    try:
        yield
    except AuthenticationError:
        raise ServiceFailure(
            "Redis refused the password.", "Check TRIVIEW_REDIS_URL, then try again.", code="redis_refused"
        ) from None
    except (ConnectionError, TimeoutError, BusyLoadingError, OSError) as error:
        raise ServiceFailure(
            f"Redis is away ({type(error).__name__}).", "Check that it runs, then try again.", code="redis_away"
        ) from None
    except RedisError as error:
        reason = str(error).split(" ", 1)[0] if str(error).isascii() else ""
        raise ServiceFailure(
            f"Redis refused ({type(error).__name__} {reason}).",
            "Check its memory, its disk and its password, then try again.",
            code="redis_refused",
        ) from None


class PackedConnection(Connection):
    """Commands are packed in C, as answers are parsed."""

    def pack_command(self, *args: EncodableT) -> list[bytes]:
        """The command's bytes."""
        return [hiredis.pack_command(args)]  # type: ignore[arg-type] # its stub allows one part only


def client_of(redis_url: str, connect_timeout_s: float | None = CONNECT_TIMEOUT_S) -> Redis:
    """A client that connects within `connect_timeout_s` or not at all, and never tries twice.

    None: however long connecting takes, for callers that limit the whole of a call themselves.

    Whoever asked decides what to do then, and how long an answer may take.
    The client's own limit on answers makes a task of every wait, which doubles what a call costs.

    Raises:
        BadInput: not a redis:// URL. The message does not repeat it, because it may hold a password.
    """
    try:
        pool = ConnectionPool.from_url(
            redis_url,
            connection_class=PackedConnection,
            socket_timeout=None,
            socket_connect_timeout=connect_timeout_s,
            retry=Retry(NoBackoff(), 0),
        )
        return Redis.from_pool(pool)
    except ValueError:
        raise BadInput("TRIVIEW_REDIS_URL is not a Redis URL.", "Use redis://:password@host:6379/0.") from None


class Link:
    """One process' way to Redis."""

    def __init__(self, redis_url: str) -> None:
        self.url = redis_url
        self.client = client_of(redis_url, connect_timeout_s=None)

    async def call(self, *command: Part) -> Any:
        """The answer to one command. Raises ServiceFailure."""
        with failures():
            async with AwakeTimeout(ANSWER_TIMEOUT_S):
                return await self.client.execute_command(*command)  # type: ignore[no-untyped-call]

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Part] = ()) -> Any:
        """What `script` returns. Raises ServiceFailure."""
        with failures():
            async with AwakeTimeout(ANSWER_TIMEOUT_S):
                try:
                    return await self.client.execute_command("EVALSHA", script.sha, len(keys), *keys, *args)  # type: ignore[no-untyped-call]
                except NoScriptError:
                    return await self.client.execute_command("EVAL", script.text, len(keys), *keys, *args)  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Close every connection."""
        await self.client.aclose()


class LivePart:
    """A part of the live store: what it does with the process' link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def close(self) -> None:
        """Stop what the part started."""
