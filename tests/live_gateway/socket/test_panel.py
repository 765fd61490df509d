"""An executive interview over real sockets: two of a panel and the candidate, through a real server and Redis."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from websockets.exceptions import ConnectionClosed

from cli.local.gateway import LocalGateway
from include.interview.live import wire
from include.storage.live import LiveStore
from tests.support.live_world import Held, World, numbered
from tests.support.raw_socket import Raw, joined, raw

pytestmark = [pytest.mark.services, pytest.mark.anyio]
FRAME = numbered(0, 1600)


@dataclass(frozen=True)
class Room:
    """An executive session with a panel of two, both connected, and its candidate."""

    session: Held
    leader: Raw
    second: Raw
    candidate: Raw
    leader_id: str
    second_id: str


async def keep_alive(socket: Raw) -> None:
    """As pages do: this replica closes a socket that says nothing for 2 s."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            await socket.send(wire.Keepalive())
            await asyncio.sleep(0.5)


@pytest.fixture
async def room(world: World, live: LiveStore, replica: LocalGateway) -> AsyncIterator[Room]:
    session = await world.session(live, stage="executive")
    second = world.stores.accounts.create(f"second-{uuid.uuid4().hex[:8]}", "a long enough password", "interviewer").id
    world.stores.panels.add(session.id, second)
    async with contextlib.AsyncExitStack() as stack:

        async def enter(role: wire.SocketRole, account: str, channels: int | None) -> Raw:
            joining = joined(live, replica, session, role, channels=channels, account=account)
            socket = (await stack.enter_async_context(joining))[0]
            alive = asyncio.create_task(keep_alive(socket))
            stack.callback(alive.cancel)
            return socket

        yield Room(
            session,
            await enter("interviewer", world.interviewer_id, 1),
            await enter("interviewer", second, None),
            await enter("candidate", "candidate", 1),
            world.interviewer_id,
            second,
        )


async def test_a_panel_meets_leads_is_heard_and_ends(
    room: Room, world: World, live: LiveStore, replica: LocalGateway
) -> None:
    both = await room.second.until(wire.PanelState, lambda m: all(one.here for one in m.members))
    assert [(one.account_id, one.leads) for one in both.members] == [(room.leader_id, True), (room.second_id, False)]
    await room.leader.send(wire.frame_of(0, FRAME))
    assert (await room.leader.until(wire.AudioAck)).through_sample == 1600

    await room.second.send(wire.Note(text="Mine alone.", at_ms=5), wire.End(last_sample=0))
    assert (await room.second.until(wire.ErrorMessage)).code == "leader_only"
    await room.second.until(wire.NoteTaken)
    await room.leader.send(wire.Note(text="The leader's.", at_ms=6), wire.Finalize(id="f"))
    await room.leader.until(wire.Finalized)
    await room.second.until(wire.Finalized)
    assert [m.text for m in room.leader.got if isinstance(m, wire.NoteTaken)] == ["The leader's."]
    assert [m.text for m in room.second.got if isinstance(m, wire.NoteTaken)] == ["Mine alone."]

    world.stores.panels.hand_on(room.session.id, room.second_id)
    await live.tell_panel(room.session.id)
    await room.second.until(wire.PanelState, lambda m: m.members[0].account_id == room.second_id)
    await room.leader.send(wire.frame_of(1600, FRAME))
    await room.leader.until(wire.AudioAck, lambda ack: ack.through_sample == 3200)
    async with joined(live, replica, room.session, account=room.second_id) as (microphone, ready):
        assert ready.next_sample == 3200, "the new leader's sound goes on where the old one's stood"
        assert await room.second.closed() == (wire.SUPERSEDED, "superseded")
        await room.leader.send(wire.frame_of(3200, FRAME))
        taken = await room.leader.until(wire.ErrorMessage, lambda m: m.code == "microphone_taken")
        assert taken.close_code is None
        await microphone.send(wire.frame_of(3200, FRAME), wire.End(last_sample=4800))
        result = await microphone.until(wire.Result)
        assert (result.card, result.held) == (None, "rate_first")
        await room.candidate.until(wire.SessionEnded)
    for socket in (room.leader, microphone):
        assert not any(isinstance(message, wire.ScoreUpdate) for message in socket.got)
    assert not any(isinstance(message, wire.PanelState | wire.NoteTaken) for message in room.candidate.got)


async def test_who_is_taken_off_is_closed_and_may_come_back_when_added_again(
    room: Room, world: World, live: LiveStore, replica: LocalGateway
) -> None:
    await room.second.until(wire.PanelState)
    world.stores.panels.remove(room.session.id, room.second_id)
    await live.tell_panel(room.session.id)
    assert await room.second.closed() == (wire.FORBIDDEN, "removed")
    hello = wire.Hello(v=1, consent_id=room.session.consent_id)
    ticket = await live.issue_ticket(room.session.id, "interviewer", room.second_id, room.session.login_id)
    async with raw(replica, room.session, ticket) as socket:
        await socket.send(hello)
        assert await socket.closed() == (wire.FORBIDDEN, "not_on_panel")
    world.stores.panels.add(room.session.id, room.second_id)
    async with joined(live, replica, room.session, channels=None, account=room.second_id) as (again, _):
        await again.until(wire.PanelState, lambda m: len(m.members) == 2)


async def test_a_panelist_brings_no_sound_and_a_session_has_one_address(
    room: Room, live: LiveStore, replica: LocalGateway
) -> None:
    ticket = await live.issue_ticket(room.session.id, "interviewer", room.second_id, room.session.login_id)
    async with raw(replica, room.session, ticket) as socket:
        await socket.send(wire.Hello(v=1, consent_id=room.session.consent_id, audio=wire.AudioFormat()))
        assert await socket.closed() == (wire.BAD_MESSAGE, "microphone_elsewhere")
    elsewhere = Held(
        room.session.id, room.session.candidate_id, room.session.consent_id, "practical", room.session.login_id
    )
    ticket = await live.issue_ticket(elsewhere.id, "candidate", "candidate", elsewhere.login_id)
    async with raw(replica, elsewhere, ticket) as socket:
        assert await socket.closed() == (wire.UNKNOWN_SESSION, "session_unknown")
