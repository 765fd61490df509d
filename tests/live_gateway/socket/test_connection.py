"""The protocol over real sockets, a real server process and a real Redis: every way in, and every way out."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import uuid

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from websockets.exceptions import ConnectionClosed

from cli.local.gateway import LocalGateway
from include.interview.assessment.openings import general_opening
from include.interview.live import wire
from include.storage.live import LiveStore, names
from live_gateway.sessions.overload import REPEAT_S
from live_gateway.sessions.registry import SessionRegistry
from tests.support.live_world import Held, World, numbered
from tests.support.patience import PATIENCE_S
from tests.support.raw_socket import joined, raw
from tests.support.reviewed_sessions import live_card_of

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@pytest.fixture
async def session(world: World, live: LiveStore) -> Held:
    return await world.session(live)


async def ticket(live: LiveStore, session: Held, role: wire.SocketRole = "interviewer", ttl_s: float = 60) -> str:
    return await live.issue_ticket(session.id, role, "account", session.login_id, ttl_s)


# ---------------------------------------------------------------- the way in


async def test_who_joins_later_is_told_the_status(live: LiveStore, replica: LocalGateway, session: Held) -> None:
    """It has not changed and is repeated only after `REPEAT_S`: what comes before that was not a repetition."""
    roles: list[wire.SocketRole] = ["interviewer", "candidate"]
    async with contextlib.AsyncExitStack() as sockets:
        for role in roles:
            socket = await sockets.enter_async_context(raw(replica, session, await ticket(live, session, role)))
            await socket.send(wire.Hello(v=1, consent_id=session.consent_id))
            status = await socket.until(wire.Status, within_s=REPEAT_S - 1)
            assert (status.state, status.reasons) == ("degraded", ["recognition_off"])


@pytest.mark.parametrize("case", ["none", "invented", "used", "old", "foreign"])
async def test_tickets(case: str, world: World, live: LiveStore, replica: LocalGateway, session: Held) -> None:
    given_ticket: str | None = None
    expected = "ticket_unknown"
    if case == "none":
        expected = "ticket_missing"
    elif case == "invented":
        given_ticket = "x" * 43
    elif case == "used":
        given_ticket = await ticket(live, session)
        await live.redeem_ticket(given_ticket)
    elif case == "old":
        given_ticket = await ticket(live, session, ttl_s=0.001)
        await _too_old(world, given_ticket)
    else:
        given_ticket, expected = await ticket(live, await world.session(live)), "ticket_foreign"
    async with raw(replica, session, given_ticket) as socket:
        assert await socket.closed() == (wire.BAD_TICKET, expected)


async def _too_old(world: World, given_ticket: str) -> None:
    """Wait until Redis no longer has it, by Redis' own clock."""
    kept = names.ticket(hashlib.sha256(given_ticket.encode()).hexdigest())
    async with Redis.from_url(world.redis.url) as redis, asyncio.timeout(PATIENCE_S):
        while await redis.exists(kept):
            await asyncio.sleep(0.01)


async def test_unknown_session(world: World, live: LiveStore, replica: LocalGateway) -> None:
    nobody = Held(str(uuid.uuid4()), "", "", login_id=world.login_id)
    async with raw(replica, nobody, await ticket(live, nobody)) as socket:
        assert await socket.closed() == (wire.UNKNOWN_SESSION, "session_unknown")


async def test_origins(live: LiveStore, replica: LocalGateway, session: Held) -> None:
    async with raw(replica, session, await ticket(live, session), origin="https://evil.example") as socket:
        assert await socket.closed() == (wire.FORBIDDEN, "origin_not_allowed")
    async with raw(replica, session, await ticket(live, session), origin="https://hr.example") as socket:
        assert socket.socket.subprotocol == wire.SUBPROTOCOL
        await socket.send(wire.Hello(v=1, consent_id=session.consent_id))
        await socket.until(wire.Ready)


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (None, (wire.BAD_MESSAGE, "hello_timeout")),
        (wire.frame_of(0, bytes(3200)), (wire.BAD_MESSAGE, "audio_before_ready")),
        ("no JSON", (wire.BAD_MESSAGE, "bad_message")),
        ("[" * 8000, (wire.BAD_MESSAGE, "bad_message")),
        ('{"type":"hello","v":"1","consent_id":"c"}', (wire.BAD_MESSAGE, "bad_message")),
        ('{"type":"hello","v":1,"consent_id":"c","more":1}', (wire.BAD_MESSAGE, "bad_message")),
        ('{"type":"nothing"}', (wire.BAD_MESSAGE, "bad_message")),
        (wire.Hello(v=9, consent_id="c"), (wire.BAD_MESSAGE, "unknown_version")),
        (wire.Hello(v=1, consent_id="c"), (wire.FORBIDDEN, "consent_unknown")),
    ],
)
async def test_first_messages(
    first: wire.ClientMessage | bytes | str | None,
    expected: tuple[int, str],
    live: LiveStore,
    replica: LocalGateway,
    session: Held,
) -> None:
    async with raw(replica, session, await ticket(live, session)) as socket:
        if first is not None:
            await socket.send(first)
        assert await socket.closed() == expected


async def test_consents(world: World, live: LiveStore, replica: LocalGateway, session: Held) -> None:
    another = await world.session(live)
    part = world.stores.consents.grant(session.candidate_id, None, ["recording"], "test-text-1").id
    for consent, code in ((another.consent_id, "consent_unknown"), (part, "")):
        async with raw(replica, session, await ticket(live, session)) as socket:
            await socket.send(wire.Hello(v=1, consent_id=consent))
            if code:
                assert await socket.closed() == (wire.FORBIDDEN, code)
            else:  # the older consent covers the rest
                await socket.until(wire.Ready)
    async with raw(replica, session, await ticket(live, session)) as socket:
        await socket.send(wire.Hello(v=1, consent_id=None))  # nothing lacks, and none is named
        assert await socket.closed() == (wire.FORBIDDEN, "consent_unknown")
    world.stores.consents.withdraw(session.consent_id)
    for consent, code in (
        (session.consent_id, "consent_unknown"), (part, "consent_missing"), (None, "consent_missing"),
    ):  # fmt: skip
        async with raw(replica, session, await ticket(live, session)) as socket:
            await socket.send(wire.Hello(v=1, consent_id=consent))
            assert await socket.closed() == (wire.FORBIDDEN, code)


# ---------------------------------------------------------------- frames

CUT = 1006
"""Who still sends while the server closes may lose the line before the reason arrives."""


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (bytes(wire.MAX_FRAME_BYTES + 1), (wire.TOO_BIG, "frame_too_large")),
        (wire.frame_of(0, bytes(3)), (wire.BAD_MESSAGE, "frame_odd_length")),
        (wire.frame_of(3600 * 16_000, bytes(3200)), (wire.TOO_FAST, "too_far_ahead")),
        (wire.Hello(v=1, consent_id="c"), (wire.BAD_MESSAGE, "hello_twice")),
        ('{"type":"note","text":1,"at_ms":0}', (wire.BAD_MESSAGE, "bad_message")),
    ],
)
async def test_frames_that_end_it(
    frame: bytes | wire.ClientMessage | str,
    expected: tuple[int, str],
    live: LiveStore,
    replica: LocalGateway,
    session: Held,
) -> None:
    async with joined(live, replica, session) as (socket, _):
        await socket.send(frame)
        assert await socket.closed() == expected


async def test_faster_than_real_time(live: LiveStore, replica: LocalGateway, session: Held) -> None:
    async with joined(live, replica, session) as (socket, _):
        second = 16_000
        for start in range(0, 40 * second, second):
            await socket.send(wire.frame_of(start, bytes(2 * second)))
        assert (await socket.closed())[0] == wire.TOO_FAST


async def test_a_flood_of_slivers_ends_the_socket_and_leaves_no_durable_event(
    live: LiveStore, replica: LocalGateway, session: Held
) -> None:
    async with joined(live, replica, session) as (socket, ready):
        with contextlib.suppress(ConnectionClosed):
            for start in range(200_000):
                await socket.send(wire.frame_of(start, bytes(wire.SAMPLE_BYTES)))
        assert (await socket.closed())[0] in (wire.TOO_FAST, CUT)
    async with joined(live, replica, session) as (_, again):
        assert again.last_seq == ready.last_seq
        assert 0 < again.next_sample < 5_000, "what came within the limit is kept, the flood is not"


async def test_what_is_acknowledged_is_kept_encrypted_and_in_order(
    world: World, live: LiveStore, replica: LocalGateway, session: Held
) -> None:
    async with joined(live, replica, session) as (socket, ready):
        assert (ready.next_sample, ready.recovered, ready.last_seq) == (0, True, 0)
        await socket.send(
            wire.frame_of(0, numbered(0, 1600)),
            wire.frame_of(800, numbered(800, 1600)),  # overlaps
            wire.frame_of(0, numbered(0, 100)),  # backwards: all of it is kept already
            wire.frame_of(4000, numbered(4000, 1600)),  # a hole
        )
        await socket.until(wire.AudioAck, lambda ack: ack.through_sample == 5600)
        gap = await socket.until(wire.AudioGap)
        assert (gap.track, gap.start_sample, gap.end_sample, gap.cause) == ("interviewer", 2400, 4000, "client")
    key = world.stores.candidates.live_key(session.candidate_id, session.id)
    chunks = [chunk async for chunk in live.audio(session.id, "interviewer", key)]
    heard = {c.start_sample + n: c.pcm[2 * n : 2 * n + 2] for c in chunks for n in range(len(c.pcm) // 2)}
    assert sorted(heard) == [*range(2400), *range(4000, 5600)]
    assert all(heard[n] == numbered(n, 1) for n in heard)


async def test_pause_is_no_gap_and_silence_is_idle(live: LiveStore, replica: LocalGateway, session: Held) -> None:
    async with joined(live, replica, session) as (socket, _):
        await socket.send(wire.frame_of(0, bytes(3200)), wire.Pause(), wire.Keepalive())
        await socket.until(wire.Pong)
        await socket.send(wire.Resume(), wire.frame_of(16_000, bytes(3200)))
        await socket.until(wire.AudioAck, lambda ack: ack.through_sample == 17_600)
        assert await socket.closed() == (wire.IDLE, "idle")
        assert not any(isinstance(message, wire.AudioGap) for message in socket.got)


# ---------------------------------------------------------------- more than one socket


async def test_the_newest_of_two_interviewers_wins(live: LiveStore, replica: LocalGateway, session: Held) -> None:
    async with joined(live, replica, session) as (old, _), joined(live, replica, session) as (new, _):
        assert await old.closed() == (wire.SUPERSEDED, "superseded")
        await new.send(wire.frame_of(0, bytes(3200)))
        await new.until(wire.AudioAck)


async def test_who_sees_what(live: LiveStore, replica: LocalGateway, session: Held) -> None:
    async with (
        joined(live, replica, session) as (interviewer, _),
        joined(live, replica, session, "candidate") as (candidate, _),
    ):
        await candidate.send(wire.Note(text="steering", at_ms=1))
        refusal = await candidate.until(wire.ErrorMessage)
        assert (refusal.code, refusal.close_code) == ("interviewer_only", None)
        await interviewer.send(
            wire.Note(text="A thought.", at_ms=5),
            wire.QuestionAction(id=general_opening().questions[0].id, action="used"),
            wire.Finalize(id="f"),
        )
        await interviewer.until(wire.Finalized, lambda event: event.id == "f")
        events = [event for event in interviewer.got if isinstance(event, wire.Durable)]
        assert [event.seq for event in events] == [1, 2, 3]
        assert (events[0], type(events[1])) == (wire.NoteTaken(seq=1, text="A thought.", at_ms=5), wire.QuestionActed)
        await interviewer.send(wire.End(last_sample=0), wire.End(last_sample=0))
        again = await interviewer.until(wire.ErrorMessage)
        assert (again.code, again.close_code) == ("already_ended", None)
        result = await interviewer.until(wire.Result)
        assert (result.card, result.held) == (None, "under_review"), "nothing could be judged: a rule asks for a person"
        await interviewer.until(wire.SessionEnded)
        assert (await interviewer.closed())[0] == wire.NORMAL
        notice = await candidate.until(wire.Result)
        assert (notice.card, notice.held) == (None, None)
        assert (await candidate.closed())[0] == wire.NORMAL
        theirs = {type(m) for m in candidate.got if isinstance(m, wire.Durable)}
        assert theirs == {wire.Result, wire.SessionEnded}
    after = await ticket(live, session)
    async with raw(replica, session, after) as late:
        await late.send(wire.Hello(v=1, consent_id=session.consent_id, resume=None))
        await late.until(wire.SessionEnded)
        assert (await late.closed())[0] == wire.NORMAL


# ---------------------------------------------------------------- coming back


@pytest.mark.parametrize("held", [None, "under_review", "withheld"])
async def test_who_comes_back_after_the_end_is_shown_what_the_review_lets_them_see(
    held: str | None, world: World, live: LiveStore, replica: LocalGateway, session: Held
) -> None:
    interview = world.stores.live_sessions.get(session.id)
    card = live_card_of(interview)[0]
    handle = await SessionRegistry(live, world.stores).open(session.id)
    update = wire.ScoreUpdate(criterion="answer_quality", value=0.5, insufficient=None, evidence=[])
    await handle.store.append_events([update], fence=None, once="update")
    await handle.store.append_events([wire.Result(scorecard_id="s", card=card)], fence=None, once="result")
    await handle.set_state("ended")
    await handle.store.append_events([wire.SessionEnded(dag_run_id=None)], fence=None, once="ended")
    if held:
        world.stores.reviews.ask(session.id, "artifact", ["low_coverage"])
        world.stores.interviews.set_status(session.id, "review")
    if held == "withheld":
        world.stores.reviews.answer(session.id, "artifact", "withhold:recording_unusable")
    for role in ("interviewer", "candidate"):
        async with raw(replica, session, await ticket(live, session, role)) as late:
            await late.send(wire.Hello(v=1, consent_id=session.consent_id, resume=None))
            result = await late.until(wire.Result)
            await late.until(wire.SessionEnded)
            assert (result.card == card) == (role == "interviewer" and held is None)
            assert result.held == (held if role == "interviewer" else None)
            told = any(isinstance(message, wire.ScoreUpdate) for message in late.got)
            assert told == (role == "interviewer" and held is None)


async def test_resume_is_complete_or_says_so(live: LiveStore, replica: LocalGateway, session: Held) -> None:
    async with joined(live, replica, session) as (socket, ready):
        await socket.send(*[wire.Note(text=f"note {n}", at_ms=n) for n in range(10)])
        await socket.until(wire.NoteTaken, lambda note: note.at_ms == 9)
    async with joined(live, replica, session, resume=wire.ResumeFrom(ready.epoch, 4)) as (socket, again):
        assert again.recovered
        await socket.until(wire.NoteTaken, lambda note: note.at_ms == 9)
        assert [m.seq for m in socket.got if isinstance(m, wire.Durable)] == [5, 6, 7, 8, 9, 10]
    for wrong in (wire.ResumeFrom("another", 4), wire.ResumeFrom(ready.epoch, 99), wire.ResumeFrom(ready.epoch, -1)):
        async with joined(live, replica, session, resume=wrong) as (socket, again):
            assert not again.recovered
            snapshot = await socket.until(wire.Snapshot)
            assert [event.seq for event in snapshot.events] == list(range(1, 11))


async def test_a_reader_that_does_not_read_is_cut_off_and_may_come_back(
    world: World, live: LiveStore, replica: LocalGateway, session: Held
) -> None:
    key = world.stores.candidates.live_key(session.candidate_id, session.id)
    big = [wire.Feedback(audience="interviewer", kind="test", value=n, text="x" * 200_000) for n in range(5)]
    async with joined(live, replica, session, channels=None, max_queue=1) as (socket, ready):
        socket.socket.transport.pause_reading()
        for _ in range(16):
            await live.append_events(session.id, big, fence=None, key=key)
        login = {"Authorization": f"Bearer {replica.metrics_token}"}
        async with httpx.AsyncClient(base_url=replica.url, headers=login, trust_env=False) as http:
            async with asyncio.timeout(PATIENCE_S):
                while "triview_slow_consumers_total 1.0" not in (await http.get("/metrics")).text:
                    await asyncio.sleep(0.05)
        socket.socket.transport.resume_reading()
        code, _ = await socket.closed()
        assert code in wire.RECONNECT_CODES
        last = max([0, *(m.seq for m in socket.got if isinstance(m, wire.Durable))])
        assert last < 80
    async with joined(live, replica, session, channels=None, resume=wire.ResumeFrom(ready.epoch, last)) as (
        socket,
        again,
    ):
        assert again.recovered
        await socket.until(wire.Feedback, lambda event: event.seq == 80)
        assert [m.seq for m in socket.got if isinstance(m, wire.Durable)] == list(range(last + 1, 81))


# ---------------------------------------------------------------- anything at all

ENDINGS = (wire.IDLE, wire.BAD_MESSAGE, wire.TOO_FAST, wire.TOO_BIG, wire.NORMAL)
ANYTHING = st.lists(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100),
        st.builds(
            lambda kind, more: f'{{"type":"{kind}",{more}}}',
            st.sampled_from(["hello", "pause", "resume", "finalize", "note", "end", "keepalive", "speaker.assign"]),
            st.sampled_from(
                ['"id":"x"', '"v":1,"consent_id":"c"', '"last_sample":-1', '"text":"","at_ms":0', '"from":""']
            ),
        ),
        st.builds(lambda start, count: wire.frame_of(start, bytes(count)), st.integers(0, 2**40), st.integers(0, 400)),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=ANYTHING)
def test_whatever_is_sent_the_server_closes_with_a_code_of_the_protocol(
    frames: list[bytes | str], world: World, replica: LocalGateway
) -> None:
    async def run() -> None:
        async with world.live() as live:
            session = await world.session(live)
            async with raw(replica, session, await ticket(live, session)) as socket:
                await socket.send(wire.Hello(v=1, consent_id=session.consent_id, audio=wire.AudioFormat()))
                await socket.until(wire.Ready)
                for frame in frames:
                    try:
                        await socket.send(frame)
                    except ConnectionClosed:
                        break
                code, error = await socket.closed()
                still_sending = code == 1006
                assert still_sending or code in ENDINGS, (code, error)
        replica.check()

    asyncio.run(run())
