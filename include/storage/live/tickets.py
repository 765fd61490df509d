"""Tickets: a secret that lets one socket in, once, soon. Redis knows only its hash."""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from include.interview.errors import BadInput
from include.interview.live.wire import SocketRole
from include.storage.live import names
from include.storage.live.link import LivePart
from include.storage.live.records import Ticket

TICKET_BYTES = 32


class Tickets(LivePart):
    """Issue and redeem."""

    async def issue_ticket(
        self, session_id: str, role: SocketRole, account_id: str, login_id: str, ttl_s: float = 60.0
    ) -> str:
        """A new ticket (43 URL-safe characters), good for `ttl_s` seconds and one use. Raises ServiceFailure."""
        secret = secrets.token_urlsafe(TICKET_BYTES)
        value = msgspec.json.encode(Ticket(session_id, role, account_id, login_id))
        await self._link.call("SET", names.ticket(_digest(secret)), value, "PX", int(ttl_s * 1000))
        return secret

    async def redeem_ticket(self, ticket: str) -> Ticket:
        """What the ticket lets in; from now on it lets nobody in.

        Raises:
            BadInput: code "ticket_unknown": never issued, used, or too old. ServiceFailure: Redis is away.
        """
        found = await self._link.call("GETDEL", names.ticket(_digest(ticket)))
        if found is None:
            raise BadInput(
                "The ticket is unknown, was used already, or is too old.", "Ask for a new one.", code="ticket_unknown"
            )
        return msgspec.json.decode(found, type=Ticket)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
