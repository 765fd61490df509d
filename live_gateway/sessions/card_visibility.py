"""Whether the live card of a concluded session may be shown to who comes back to its socket."""

from __future__ import annotations

from include.interview.errors import BadInput
from include.interview.scoring.review import Standing
from live_gateway.sessions.handle import Join, SessionHandle
from live_gateway.sessions.handover_payload import result_of


async def standing_in(handle: SessionHandle, join: Join) -> Standing | None:
    """How the session's card stands now; None while there is none yet.

    Raises:
        ServiceFailure: Redis or the database is away.
    """
    if not join.ended:
        return None
    try:
        card = result_of(await handle.store.all_events()).card
    except BadInput:
        return None  # still being made
    assert card is not None  # noqa: S101 - result_of saw to it
    return await handle.standing(card)
