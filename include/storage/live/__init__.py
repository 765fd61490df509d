"""Live sessions in Redis: tickets, sockets, sound, durable events, ownership, hand-over, rates. Nothing in memory only.

Open it with `await LiveStore.open(redis_url)`. What is personal is sealed under the candidate's data key.
"""

from __future__ import annotations

from include.storage.live.records import (
    AudioChunk,
    AudioHole,
    Command,
    Fenced,
    LiveState,
    MicrophoneTaken,
    Notice,
    RateDecision,
    ReplicaLoad,
    Sender,
    SessionMeta,
    SocketClaim,
    StateLost,
    Superseded,
    Ticket,
)
from include.storage.live.session_store import SessionStore
from include.storage.live.store import LiveStore

__all__ = [
    "AudioChunk",
    "AudioHole",
    "Command",
    "Fenced",
    "LiveState",
    "LiveStore",
    "MicrophoneTaken",
    "Notice",
    "RateDecision",
    "ReplicaLoad",
    "Sender",
    "SessionMeta",
    "SessionStore",
    "SocketClaim",
    "StateLost",
    "Superseded",
    "Ticket",
]
