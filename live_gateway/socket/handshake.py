"""Before a socket is a connection: subprotocols, origin, ticket, session. Pure but for what it is handed."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from include.interview.live import wire

MAX_TICKET_CHARS = 200


class Offer(msgspec.Struct, frozen=True):
    """What a client offers as subprotocols: ours, and a ticket ("" when there is none)."""

    speaks: bool
    ticket: str


def offer_of(subprotocols: Sequence[str]) -> Offer:
    """`interview.v1` and `ticket.<…>` in whatever order; more than one ticket is none."""
    tickets = [p.removeprefix(wire.TICKET_PREFIX) for p in subprotocols if p.startswith(wire.TICKET_PREFIX)]
    ticket = tickets[0] if len(tickets) == 1 and len(tickets[0]) <= MAX_TICKET_CHARS else ""
    return Offer(wire.SUBPROTOCOL in subprotocols, ticket)


def origin_allowed(origin: str | None, host: str, allowed: Sequence[str]) -> bool:
    """Whether a page of `origin` may open a socket: one on the list, or, without a list, our own host.

    Programs send no origin; it is the ticket that lets them in.
    """
    if origin is None:
        return True
    origin = origin.rstrip("/").lower()
    if allowed:
        return origin in {each.rstrip("/").lower() for each in allowed}
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc != "" and parts.netloc == host.lower()
