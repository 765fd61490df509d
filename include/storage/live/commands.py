"""What is asked of a session's owner: kept until it is done, so that nothing is lost when the owner dies."""

from __future__ import annotations

import secrets
from typing import Any

from include.security.keys import DataKey
from include.storage.live import names
from include.storage.live.link import LivePart, Script
from include.storage.live.records import Command
from include.storage.live.sealing import seal, unseal
from include.storage.live.sessions import lost

PAGE = 100
FIRST = "0-0"
"""The place before all commands."""

PUT = Script(
    """
if redis.call('EXISTS', KEYS[1]) == 0 then return 'lost' end
if ARGV[1] ~= '' and redis.call('SADD', KEYS[3], ARGV[1]) == 0 then return 'once' end
redis.call('XADD', KEYS[2], '*', 'i', ARGV[2], 'c', ARGV[3])
redis.call('PUBLISH', ARGV[4], 'c')
return 'ok'
"""
)


class Commands(LivePart):
    """Put and read commands."""

    async def command(self, session_id: str, data: bytes, key: DataKey, *, once: str | None = None) -> bool:
        """Keep `data` for the session's owner, sealed, and tell it. Durable when this returns.

        Args:
            once: a name under which this is kept only the first time (a retry after ServiceFailure is then safe).

        Returns:
            False when it was kept under that name before.

        Raises:
            StateLost: Redis does not know the session. ServiceFailure: Redis is away.
        """
        identity = secrets.token_hex(8)
        sealed = seal(key, "commands", "command", session_id, identity, data)
        keys = [names.meta(session_id), names.commands(session_id), names.once(session_id)]
        name = "" if once is None else f"command {once}"
        answer = await self._link.run(PUT, keys, [name, identity, sealed, names.channel(session_id)])
        if answer == b"lost":
            raise lost(session_id)
        return bool(answer == b"ok")

    async def commands(self, session_id: str, after: str, key: DataKey, count: int = PAGE) -> list[Command]:
        """At most `count` commands behind place `after` ("" or `FIRST`: from the beginning), in order.

        Raises:
            BadInput: code "stored_bytes_damaged". ServiceFailure: Redis is away.
        """
        start = f"({after or FIRST}"
        entries = await self._link.call("XRANGE", names.commands(session_id), start, "+", "COUNT", count)
        return [_command(session_id, key, entry) for entry in entries]


def _command(session_id: str, key: DataKey, entry: Any) -> Command:
    identity, fields = entry
    named = fields if isinstance(fields, dict) else dict(zip(fields[::2], fields[1::2], strict=True))
    place = named[b"i"].decode()
    return Command(identity.decode(), unseal(key, "commands", "command", session_id, place, named[b"c"]))
