"""How a socket joins a session, comes back to it, and what it may do: on virtual time, without Redis."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace

from include.interview.live import wire
from live_gateway.sessions import commands
from live_gateway.sessions import handle as handles
from live_gateway.sessions.errors import JoinRefused
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.registry import SessionRegistry
from tests.support.live_store import unix_s
from tests.support.virtual_sessions import ID, RATE, VIRTUAL, VirtualWorld

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
HELLO = wire.Hello(v=1, consent_id="consent-1", audio=wire.AudioFormat())


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


@pytest.fixture(autouse=True)
def consented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Consent has tests of its own."""
    monkeypatch.setattr(handles, "check_consent", lambda *given: given[-1])


def resuming(epoch: str, last_seq: int) -> wire.Hello:
    return replace(HELLO, resume=wire.ResumeFrom(epoch, last_seq))


async def noted(handle: SessionHandle, count: int) -> None:
    """Write so many events."""
    notes = [wire.NoteTaken(text=str(number), at_ms=number) for number in range(count)]
    await handle.store.append_events(notes, fence=None)


async def test_the_clock_starts_with_the_first_socket() -> None:
    world = VirtualWorld()
    handle = await world.handle()
    await asyncio.sleep(30)
    assert (handle.started, handle.now_ms()) == (False, 0)
    join = await handle.join("candidate", HELLO)
    assert (join.recovered, join.after_seq, join.channels) == (True, 0, 1)
    await asyncio.sleep(2.5)
    assert (handle.started, handle.now_ms()) == (True, 2500)
    late = await handle.join("interviewer", replace(HELLO, audio=None))
    assert (late.claim.session_ms, late.claim.channels) == (2500, None)
    assert world.stores.live_sessions.session.consent_id == "consent-1"


async def test_who_comes_back_goes_on_after_the_last_event_it_has() -> None:
    world = VirtualWorld()
    handle = await world.handle()
    await handle.join("candidate", HELLO)
    await noted(handle, 5)
    join = await handle.join("candidate", resuming(handle.epoch, 3))
    assert (join.recovered, join.after_seq, join.snapshot, join.lost) == (True, 3, [], False)


@pytest.mark.parametrize(("epoch", "last_seq", "lost"), [("another", 3, True), ("epoch-1", 9, False)])
async def test_who_knows_another_stream_gets_everything(epoch: str, last_seq: int, lost: bool) -> None:
    world = VirtualWorld()
    handle = await world.handle()
    await handle.join("candidate", HELLO)
    await noted(handle, 5)
    join = await handle.join("candidate", resuming(epoch, last_seq))
    assert (join.recovered, join.after_seq, join.lost) == (False, 5, lost)
    assert [event.seq for event in join.snapshot] == [1, 2, 3, 4, 5]


async def test_only_the_newest_socket_of_a_role_may_send() -> None:
    world = VirtualWorld()
    handle = await world.handle()
    old = await handle.join("candidate", HELLO)
    assert await handle.append(old, 0, bytes(2 * RATE)) == RATE
    new = await handle.join("candidate", HELLO)
    assert new.claim.next_sample == RATE
    with pytest.raises(JoinRefused) as refused:
        await handle.append(old, RATE, bytes(200))
    assert refused.value.close_code == wire.SUPERSEDED
    assert await handle.append(new, RATE, bytes(200)) == RATE + 100


async def test_a_jump_is_declared_once_and_meant_silence_is_no_gap() -> None:
    world = VirtualWorld()
    handle = await world.handle()
    join = await handle.join("candidate", HELLO)
    for _ in range(2):  # a retry after an outage
        await handle.skip(join, 0, RATE, "client", rebase=False)
    await handle.skip(join, RATE, 2 * RATE, None, rebase=False)
    assert world.of(wire.AudioGap) == [
        wire.AudioGap(seq=1, track="candidate", start_sample=0, end_sample=RATE, cause="client")
    ]
    assert await handle.append(join, 2 * RATE, bytes(200)) == 2 * RATE + 100


async def test_a_stream_that_was_lost_is_placed_anew_on_the_clock() -> None:
    world = VirtualWorld()
    handle = await world.handle()
    join = await handle.join("candidate", HELLO)
    await asyncio.sleep(10)
    await handle.skip(join, 0, 4 * RATE, "lost", rebase=True)
    (sender,) = await handle.store.senders()
    assert sender.start_ms == 6_000


async def test_lost_state_closes_the_socket_for_another_try() -> None:
    world = VirtualWorld()
    handle = await world.handle()
    join = await handle.join("candidate", HELLO)
    world.live._sessions.clear()
    for attempt in (handle.append(join, 0, bytes(200)), handle.request(commands.EndNow(), once="end")):
        with pytest.raises(JoinRefused) as refused:
            await attempt
        assert (refused.value.close_code, refused.value.code) == (wire.INTERNAL, "state_lost")
    assert not await handle.current()


async def test_a_registry_opens_a_session_once_and_again_in_another_epoch() -> None:
    world = VirtualWorld()
    registry = SessionRegistry(world.live, world.stores, unix_s)  # type: ignore[arg-type]
    first, same = await asyncio.gather(registry.open(ID), registry.open(ID))
    assert first is same is registry.known(ID)
    stored = world.live._sessions[ID]
    stored.meta = replace(stored.meta, epoch="epoch-2")
    again = await registry.open(ID)
    assert again is not first
    assert (again.epoch, await first.current(), await again.current()) == ("epoch-2", False, True)
