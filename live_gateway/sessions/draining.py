"""Moving sessions off a replica that stops: each between two utterances, the last ones when the time said is over."""

from __future__ import annotations

import asyncio

from live_gateway.sessions.ownership import Ownership
from live_gateway.sessions.sockets import Sockets

LOOK_S = 0.05
"""Between two looks at who is speaking."""


async def move_away(sockets: Sockets, ownership: Ownership, within_s: float) -> None:
    """Give up every session owned here and send every socket elsewhere, within `within_s` seconds.

    A session moves once nobody in it is speaking, as its sockets here know; one without a socket here moves at once.
    """
    ownership.hold()
    for socket in sockets:
        socket.going_away("drain", round(within_s * 1000))
    clock = asyncio.get_running_loop().time
    end = clock() + within_s
    waiting = {*sockets.sessions(), *ownership.ids()}
    while waiting:
        late = clock() >= end
        quiet = {one for one in waiting if late or not any(socket.speaking for socket in sockets.of(one))}
        await asyncio.gather(*(_move(sockets, ownership, one) for one in quiet))
        waiting -= quiet
        if waiting:
            await asyncio.sleep(min(LOOK_S, max(0.0, end - clock())))
    for socket in sockets:  # those that came in meanwhile
        socket.drain()


async def _move(sockets: Sockets, ownership: Ownership, session_id: str) -> None:
    """The next owner first, so that who connects again finds the session owned."""
    await ownership.give_up(session_id)
    for socket in sockets.of(session_id):
        socket.drain()
