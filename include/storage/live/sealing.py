"""Everything personal in Redis is sealed under the candidate's key, bound to its session, stream and place in it."""

from __future__ import annotations

from typing import Literal

from include.interview.errors import BadInput
from include.security.errors import CannotOpen
from include.security.fields import open_field, seal_field
from include.security.keys import DataKey

Stream = Literal["audio", "events", "checkpoint", "commands", "notices"]


def seal(key: DataKey, stream: Stream, kind: str, session_id: str, place: object, value: bytes) -> bytes:
    """`value` sealed for `place` of the session's stream."""
    return seal_field(key, value, table=f"live.{stream}", column=kind, row=f"{session_id}:{place}")


def unseal(key: DataKey, stream: Stream, kind: str, session_id: str, place: object, sealed: bytes) -> bytes:
    """What was sealed for that place.

    Raises:
        BadInput: code "stored_bytes_damaged": changed, moved, or under another key.
    """
    try:
        return open_field(key, sealed, table=f"live.{stream}", column=kind, row=f"{session_id}:{place}")
    except CannotOpen as error:
        raise BadInput(str(error), "The session cannot be continued.", code="stored_bytes_damaged") from None
