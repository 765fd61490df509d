"""What is worth knowing at once: one subscription of the process, shared by all sessions it watches.

Notices may be lost (a connection breaks): they only say that there is something to read, or are ephemeral anyhow.
After a break every watched session gets a "resync".
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import msgspec
from redis.exceptions import RedisError

from include.interview.errors import BadInput, ServiceFailure
from include.interview.live.wire import ServerMessage, SocketRole, decode_server, encode
from include.security.keys import DataKey
from include.storage.live import names
from include.storage.live.awake_timeout import AwakeTimeout
from include.storage.live.link import Link, LivePart, client_of, failures
from include.storage.live.records import Notice, NoticeKind
from include.storage.live.sealing import seal, unseal

RECONNECT_S = 0.1
LOOK_S = 1.0
"""The longest a read waits, so that a silent connection is probed."""
CONFIRM_S = 2.0
Listener = Callable[[Notice], None]
_KINDS: dict[bytes, NoticeKind] = {b"e": "events", b"c": "command", b"p": "panel", b"o": "ownerless", b"h": "handover"}

log = logging.getLogger("triview.live")


class Notices(LivePart):
    """Publish to sessions; hear of those that are watched."""

    def __init__(self, link: Link) -> None:
        super().__init__(link)
        self._listeners: list[Listener] = []
        self._watchers: Counter[str] = Counter()
        self._keys: dict[str, DataKey] = {}
        self._confirmed: dict[str, asyncio.Event] = {}
        self._hears = asyncio.Event()
        self._pubsub: Any = None
        self._reader: asyncio.Task[None] | None = None

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every notice of this process, in the event loop; it must not block or raise.

        Returns:
            A function that ends it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def watch(self, session_id: str, key: DataKey) -> None:
        """Hear of this session from now on; counted, so that as many `unwatch` end it.

        Raises:
            ServiceFailure: Redis is away; the session is not watched.
        """
        self._keys[session_id] = key
        self._watchers[session_id] += 1
        confirmed = self._confirmed.setdefault(session_id, asyncio.Event())
        try:
            if not confirmed.is_set() and self._pubsub is not None:
                with failures():
                    await self._pubsub.subscribe(names.channel(session_id))
            await _confirmation(confirmed)
        except (ServiceFailure, asyncio.CancelledError):
            await self.unwatch(session_id)
            raise

    async def unwatch(self, session_id: str) -> None:
        """One watcher less. Never fails: a subscription that cannot be ended now ends with its connection."""
        self._watchers[session_id] -= 1
        if self._watchers[session_id] > 0:
            return
        for kept in (self._watchers, self._keys, self._confirmed):
            kept.pop(session_id, None)
        if self._pubsub is not None:
            with contextlib.suppress(ServiceFailure), failures():
                await self._pubsub.unsubscribe(names.channel(session_id))

    async def publish(self, session_id: str, message: ServerMessage, key: DataKey) -> None:
        """Send an ephemeral message, sealed, to every replica that watches the session. Raises ServiceFailure."""
        sealed = seal(key, "notices", "message", session_id, "", encode(message))
        await self._link.call("PUBLISH", names.channel(session_id), b"m" + sealed)

    async def tell_panel(self, session_id: str) -> None:
        """Have every replica with sockets of the session read its panel anew. Raises ServiceFailure."""
        await self._link.call("PUBLISH", names.channel(session_id), b"p")

    # ------------------------------------------------------------ hearing

    async def start_hearing(self) -> None:
        """Begin to hear: what happens after this returns is told. `LiveStore.open` does this. Raises ServiceFailure."""
        self._reader = asyncio.create_task(self._hear_always())
        await _confirmation(self._hears)

    async def close(self) -> None:
        """Stop hearing."""
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None
        await super().close()

    async def _hear_always(self) -> None:
        broken = False
        while True:
            client = client_of(self._link.url)
            try:
                async with client.pubsub() as pubsub:
                    await self._hear(pubsub, resync=broken)
            except (RedisError, OSError) as error:
                if not broken:
                    log.warning("The subscription to Redis broke.", extra={"error": type(error).__name__})
            finally:
                self._pubsub = None
                for confirmed in self._confirmed.values():
                    confirmed.clear()
                await client.aclose()
            broken = True
            await asyncio.sleep(RECONNECT_S)

    async def _hear(self, pubsub: Any, *, resync: bool) -> None:
        channels = {names.EVERYBODY, *map(names.channel, self._watchers)}
        await pubsub.subscribe(*channels)
        self._pubsub = pubsub
        if late := set(map(names.channel, self._watchers)) - channels:  # watched while this connected
            await pubsub.subscribe(*late)
        while True:
            message = await pubsub.get_message(timeout=LOOK_S)
            if message is None:
                continue
            session_id = _session_of(message["channel"].decode())
            if message["type"] == "subscribe":
                self._confirm(session_id, resync=resync)
            elif message["type"] == "message":
                notice = self._notice(session_id, message["data"])
                if notice is not None:
                    self._tell(notice)

    def _confirm(self, session_id: str, *, resync: bool) -> None:
        if not session_id:
            self._hears.set()
        elif session_id in self._confirmed:
            self._confirmed[session_id].set()
            if resync:
                self._tell(Notice(session_id, "resync"))

    def _notice(self, session_id: str, data: bytes) -> Notice | None:
        kind, rest = data[:1], data[1:]
        if kind == b"m":
            key = self._keys.get(session_id)
            if key is None:
                return None
            try:
                message = decode_server(unseal(key, "notices", "message", session_id, "", rest))
            except (BadInput, msgspec.MsgspecError):
                log.warning("A message of a session could not be opened.", extra={"session": session_id})
                return None
            return Notice(session_id, "message", message=message)
        if kind == b"j":
            place, generation = rest.decode().split()
            role, _, account = place.partition(":")
            return Notice(session_id, "joined", cast("SocketRole", role), int(generation), account=account)
        if kind in (b"o", b"h"):
            session_id = rest.decode().strip()
        return Notice(session_id, _KINDS[kind]) if kind in _KINDS else None

    def _tell(self, notice: Notice) -> None:
        for listener in tuple(self._listeners):
            listener(notice)


async def _confirmation(confirmed: asyncio.Event) -> None:
    try:
        async with AwakeTimeout(CONFIRM_S):
            await confirmed.wait()
    except TimeoutError:
        raise ServiceFailure(
            "Redis is away (no subscription).", "Check that it runs, then try again.", code="redis_away"
        ) from None


_CUT = len(names.PREFIX), len(names.channel("")) - len(names.PREFIX)


def _session_of(channel: str) -> str:
    return channel[_CUT[0] : -_CUT[1]] if channel != names.EVERYBODY else ""
