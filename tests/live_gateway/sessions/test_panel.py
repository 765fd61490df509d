"""A panel on virtual time: who is let in, who is heard, who leads, who is here; whatever order people act in."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from include.interview.errors import BadInput
from include.interview.live import panel as panels
from include.interview.live import wire
from include.interview.live.panel import Panel
from include.storage.live import MicrophoneTaken
from live_gateway.sessions import commands
from live_gateway.sessions import handle as handles
from live_gateway.sessions.errors import JoinRefused
from live_gateway.sessions.handle import HERE_S, Join, SessionHandle
from tests.support.virtual_sessions import ID, RATE, VIRTUAL, VirtualWorld, lines
from tests.support.virtual_time import VirtualTimeLoop

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
LISTENS = wire.Hello(v=1, consent_id="consent-1")
SPEAKS = wire.Hello(v=1, consent_id="consent-1", audio=wire.AudioFormat())
LEADER, SECOND, THIRD = "interviewer-1", "interviewer-2", "interviewer-3"


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


@pytest.fixture(autouse=True)
def consented(monkeypatch: pytest.MonkeyPatch) -> None:
    """Consent has tests of its own."""
    monkeypatch.setattr(handles, "check_consent", lambda *given: given[-1])


def world_of(*panel: str, **more: Any) -> VirtualWorld:
    return VirtualWorld(stage="executive", panel=panel, **more)


def change(world: VirtualWorld, panel: Panel) -> None:
    """As HR changes the panel in the database; replicas are told by the caller."""
    sessions = world.stores.live_sessions
    sessions.session = replace(sessions.session, interviewer_id=panel.leader, panel=panel.others)


def panel_of(world: VirtualWorld) -> Panel:
    session = world.stores.live_sessions.session
    return Panel(session.interviewer_id, session.panel)


async def refused(work: Any) -> tuple[int, str]:
    with pytest.raises(JoinRefused) as caught:
        await work
    return caught.value.close_code, caught.value.code


async def test_each_of_the_panel_has_a_place_of_their_own() -> None:
    world = world_of(SECOND)
    handle = await world.handle()
    first = await handle.join("interviewer", SPEAKS, LEADER)
    second = await handle.join("interviewer", LISTENS, SECOND)
    assert (first.leads, second.leads) == (True, False)
    assert await handle.append(first, 0, bytes(3200)) == 1600
    again = await handle.join("interviewer", SPEAKS, LEADER)
    assert await refused(handle.append(first, 1600, bytes(3200))) == (wire.SUPERSEDED, "superseded")
    assert await handle.append(again, 1600, bytes(3200)) == 3200
    assert await refused(handle.join("interviewer", LISTENS, "stranger")) == (wire.FORBIDDEN, "not_on_panel")
    assert await refused(handle.join("interviewer", SPEAKS, SECOND)) == (wire.BAD_MESSAGE, "microphone_elsewhere")


async def test_a_practical_interview_knows_no_panel() -> None:
    world = VirtualWorld()
    handle = await world.handle()
    old = await handle.join("interviewer", SPEAKS, "one")
    await handle.join("interviewer", SPEAKS, "another")
    assert (old.leads, old.blind) == (True, False)
    assert await refused(handle.append(old, 0, bytes(3200))) == (wire.SUPERSEDED, "superseded")
    assert not handle.has_panel


async def test_who_has_rated_is_no_longer_blind() -> None:
    world = world_of(SECOND)
    handle = await world.handle()
    world.stores.ratings.raters.add(SECOND)
    assert (await handle.join("interviewer", LISTENS, LEADER)).blind
    assert not (await handle.join("interviewer", LISTENS, SECOND)).blind
    assert not (await handle.join("candidate", SPEAKS)).blind


async def test_the_owner_says_who_is_here_and_who_leads() -> None:
    world = world_of(SECOND)
    handle = await world.handle()
    await handle.join("interviewer", SPEAKS, LEADER)
    running = asyncio.create_task((await world.owner("a")).run())
    await asyncio.sleep(1.5)

    def told() -> list[tuple[str, bool, bool]]:
        messages = [m for m in world.published if isinstance(m, wire.PanelState)]
        return [(one.login, one.here, one.leads) for one in messages[-1].members]

    assert told() == [(LEADER, True, True), (SECOND, False, False)]
    await handle.join("interviewer", LISTENS, SECOND)
    await world.live.seen({ID: [LEADER, SECOND]})
    await asyncio.sleep(1.5)
    assert told() == [(LEADER, True, True), (SECOND, True, False)]
    await asyncio.sleep(HERE_S / 2)
    await world.live.seen({ID: [LEADER]})
    await asyncio.sleep(HERE_S / 2 + 1)
    assert told() == [(LEADER, True, True), (SECOND, False, False)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_notes_carry_their_author_into_the_record() -> None:
    world = world_of(SECOND)
    handle = await world.handle()
    await handle.join("interviewer", SPEAKS, LEADER)
    running = asyncio.create_task((await world.owner("a")).run())
    await world.command(commands.TakeNote("Bore the loss herself.", 900, SECOND))
    await asyncio.sleep(2)
    assert [(note.text, note.author) for note in world.of(wire.NoteTaken)] == [("Bore the loss herself.", SECOND)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_up_to_six_voices_are_told_apart_in_the_room() -> None:
    world = world_of(SECOND, microphones="shared", script={"room": lines("Good morning")})
    handle = await world.handle()
    join = await handle.join("interviewer", SPEAKS, LEADER)
    running = asyncio.create_task((await world.owner("a")).run())
    await world.talk(2, join.claim)
    assert world.engine.voices == 6
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


# ---------------------------------------------------------------- whatever the panel does

ACCOUNTS = [LEADER, SECOND, THIRD, "interviewer-4"]
OPS = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "lead", "listen", "speak", "sound"]), st.sampled_from(ACCOUNTS)),
    max_size=25,
)


class Room:
    """What a panel does in one session, checked at every step."""

    def __init__(self) -> None:
        self.world = world_of()
        self.joins: dict[str, Join] = {}
        self.microphone = ""
        self.kept = 0
        self.handle: SessionHandle

    async def do(self, what: str, who: str) -> None:
        panel = panel_of(self.world)
        if what in ("add", "remove", "lead"):
            self._manage(what, who, panel)
        elif what == "sound":
            await self._sound(who)
        else:
            await self._join(who, panel, speaks=what == "speak")
        assert panel_of(self.world).members.count(panel_of(self.world).leader) == 1

    def _manage(self, what: str, who: str, panel: Panel) -> None:
        work = {
            "add": lambda: panels.joined(panel, who, "executive"),
            "remove": lambda: panels.left(panel, who),
            "lead": lambda: panels.handed_on(panel, who),
        }[what]
        try:
            change(self.world, work())
        except BadInput:
            assert (what, who in panel.members) in (("remove", True), ("lead", False))

    async def _join(self, who: str, panel: Panel, *, speaks: bool) -> None:
        may_speak = who in (panel.leader, self.microphone)
        try:
            join = await self.handle.join("interviewer", SPEAKS if speaks else LISTENS, who)
        except JoinRefused as refusal:
            expected = "not_on_panel" if who not in panel.members else "microphone_elsewhere"
            if refusal.code != expected or (speaks and may_speak and who in panel.members):
                raise
            return
        assert who in panel.members
        assert join.leads == (who == panel.leader)
        if speaks:
            assert may_speak
            self.microphone = who
            assert join.claim.next_sample == self.kept, "the sound goes on where it stood, whoever brings it"
        self.joins[who] = join

    async def _sound(self, who: str) -> None:
        join = self.joins.get(who)
        if join is None or join.claim.channels is None:
            return
        try:
            self.kept = await self.handle.append(join, self.kept, bytes(2 * RATE // 10))
        except MicrophoneTaken:
            assert who != self.microphone
            return
        assert who == self.microphone, "only one microphone of the panel is heard"


@settings(max_examples=80, deadline=None)
@given(OPS)
def test_one_leads_one_is_heard_and_strangers_stay_outside(ops: list[tuple[str, str]]) -> None:
    async def run() -> None:
        room = Room()
        room.handle = await room.world.handle()
        for what, who in ops:
            await room.do(what, who)

    patched = pytest.MonkeyPatch()
    patched.setattr(handles, "check_consent", lambda *given: given[-1])
    try:
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            runner.run(run())
    finally:
        patched.undo()
