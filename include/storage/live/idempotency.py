"""What was made under an idempotency key: hashes and ids, for a while."""

from __future__ import annotations

import msgspec

from include.interview.errors import BadInput
from include.storage.live import names
from include.storage.live.link import LivePart


class Kept(msgspec.Struct, frozen=True):
    """A key's request, by the hash of its body, and the ids of what it made; none while it is still being answered."""

    body: str
    made: tuple[str, ...] = ()


class Idempotency(LivePart):
    """Keys by hash: neither key, body nor answer is stored."""

    async def claim_key(self, key: str, body: str, ttl_s: float) -> Kept | None:
        """Claim `key` (a hash) for the request of `body` (a hash) for `ttl_s` seconds.

        Returns:
            None when the key is the caller's now, who calls `keep_key` or `free_key`; else what it was used for.

        Raises:
            BadInput: code "idempotency_busy": it was freed at this moment. ServiceFailure: Redis is away.
        """
        place, value = names.idempotency(key), msgspec.json.encode(Kept(body))
        if await self._link.call("SET", place, value, "NX", "PX", int(ttl_s * 1000)):
            return None
        found = await self._link.call("GET", place)
        if found is None:
            raise BadInput("The first request under this key just ended.", "Send it again.", code="idempotency_busy")
        return msgspec.json.decode(found, type=Kept)

    async def keep_key(self, key: str, body: str, made: tuple[str, ...], ttl_s: float) -> None:
        """Keep the ids of what the request made for `ttl_s` seconds. Raises ServiceFailure."""
        value = msgspec.json.encode(Kept(body, made))
        await self._link.call("SET", names.idempotency(key), value, "PX", int(ttl_s * 1000))

    async def free_key(self, key: str) -> None:
        """Forget the key of a request that made nothing. Raises ServiceFailure."""
        await self._link.call("DEL", names.idempotency(key))
