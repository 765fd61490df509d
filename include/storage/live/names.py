"""Names of the keys in Redis. Everything of one session begins alike, so that it can expire and be erased as one."""

from __future__ import annotations

from typing import get_args

from include.interview.live.wire import SocketRole

PREFIX = "triview:live:"
ROLES: tuple[SocketRole, ...] = get_args(SocketRole)
RUNNING = f"{PREFIX}running"
"""Set of sessions somebody joined and nobody concluded."""
HANDOVER = f"{PREFIX}handover"
"""Sorted set: concluded session -> unix ms from which a worker may take it."""
HANDOVER_WORKERS = f"{PREFIX}handover:workers"
FLEET = f"{PREFIX}fleet"
EVERYBODY = f"{PREFIX}everybody"
"""Channel all replicas listen to."""


def meta(session_id: str) -> str:
    """Hash: what the session is and where its streams stand."""
    return f"{PREFIX}{session_id}:meta"


def events(session_id: str) -> str:
    """Stream of durable events; the id of an entry is `<seq>-0`."""
    return f"{PREFIX}{session_id}:events"


def checkpoint(session_id: str) -> str:
    """The owner's sealed checkpoint."""
    return f"{PREFIX}{session_id}:checkpoint"


def audio(session_id: str, role: str) -> str:
    """Stream of a sender's sound; the id of an entry is `<first sample behind it>-0`, so it is read by sample."""
    return f"{PREFIX}{session_id}:audio:{role}"


def commands(session_id: str) -> str:
    """Stream of commands to the owner."""
    return f"{PREFIX}{session_id}:commands"


def once(session_id: str) -> str:
    """Set of names of what must happen once and has."""
    return f"{PREFIX}{session_id}:once"


def lease(session_id: str) -> str:
    """`<owner> <fencing token>`, for as long as the lease holds."""
    return f"{PREFIX}{session_id}:lease"


def channel(session_id: str) -> str:
    """Channel of the session's notices."""
    return f"{PREFIX}{session_id}:notices"


def ticket(digest: str) -> str:
    """A ticket, by the hash of its secret."""
    return f"{PREFIX}ticket:{digest}"


def idempotency(key: str) -> str:
    """An idempotency key, by its hash."""
    return f"{PREFIX}idempotency:{key}"


def rate(bucket: str) -> str:
    """A rate limit's bucket."""
    return f"{PREFIX}rate:{bucket}"


def all_of(session_id: str) -> list[str]:
    """Every key a session may have, but for its lease; its meta first."""
    return [
        meta(session_id),
        events(session_id),
        checkpoint(session_id),
        commands(session_id),
        once(session_id),
        *(audio(session_id, role) for role in ROLES),
    ]
