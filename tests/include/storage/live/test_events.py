"""Durable events: one numbering for all writers, with the checkpoint or not at all, and no late owner's word."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from include.interview.errors import BadInput
from include.interview.live.wire import NoteTaken, SessionEnded, Status, TranscriptFinal, WireWord
from include.security.keys import DataKey, new_data_key
from include.storage.live import Fenced, LiveStore, Notice
from tests.include.storage.live.conftest import joined, raw, until
from tests.support.services.redis import RedisServer

pytestmark = [pytest.mark.services, pytest.mark.anyio]


def note(number: int) -> NoteTaken:
    return NoteTaken(text=f"note {number}", at_ms=number)


async def test_events_are_numbered_without_a_gap_whoever_writes(
    live: LiveStore, other: LiveStore, key: DataKey
) -> None:
    session = (await joined(live)).session_id

    async def write(store: LiveStore, writer: int) -> list[int]:
        written = []
        for turn in range(5):
            events = [note(100 * writer + 10 * turn + n) for n in range(1 + turn % 2)]
            written += [
                (event.seq, event.at_ms) for event in await store.append_events(session, events, fence=None, key=key)
            ]
        return written

    told = await asyncio.gather(*(write(store, n) for n, store in enumerate([live, other] * 4)))
    events = await live.all_events(session, key)
    assert [event.seq for event in events] == list(range(1, 57))
    assert sorted(pair for each in told for pair in each) == [(event.seq, event.at_ms) for event in events]
    assert await other.read_events(session, 50, key, count=3) == events[50:53]
    assert await live.last_seq(session) == (await live.meta(session)).last_seq == 56
    assert await live.read_events(session, 56, key) == []


async def test_an_old_owner_writes_neither_events_nor_checkpoint(
    live: LiveStore, other: LiveStore, key: DataKey
) -> None:
    session = (await joined(live)).session_id
    first = await live.acquire(session, "first", 60)
    await live.append_events(session, [note(1)], fence=first, key=key, checkpoint=b"one")
    assert await live.release(session, "first", first or 0)
    second = await other.acquire(session, "second", 60)
    assert (first, second) == (1, 2)
    for events, checkpoint in (([note(2)], b"late"), ([], b"late"), ([note(2)], None)):
        with pytest.raises(Fenced):
            await live.append_events(session, events, fence=first, key=key, checkpoint=checkpoint)
    assert await other.checkpoint(session, key) == b"one"
    await other.append_events(session, [], fence=second, key=key, checkpoint=b"two")
    await other.append_events(session, [note(3)], fence=second, key=key)
    assert await live.checkpoint(session, key) == b"two"
    assert [event.at_ms for event in await live.all_events(session, key)] == [1, 3]


async def test_what_is_to_be_said_once_is_said_once(live: LiveStore, other: LiveStore, key: DataKey) -> None:
    session = (await joined(live)).session_id
    ended = SessionEnded(dag_run_id="run")
    tries = [s.append_events(session, [ended], fence=None, key=key, once="ended") for s in (live, other) for _ in "123"]
    assert sorted(map(len, await asyncio.gather(*tries))) == [0, 0, 0, 0, 0, 1]
    assert await live.all_events(session, key) == [replace(ended, seq=1)]
    assert await live.append_events(session, [note(2)], fence=None, key=key, once="other") != []


async def test_events_wake_those_who_watch_and_messages_pass_sealed(
    live: LiveStore, other: LiveStore, key: DataKey
) -> None:
    heard: list[Notice] = []
    session = (await joined(live)).session_id
    await other.watch(session, key)
    stop = other.listen(lambda notice: heard.append(notice) if notice.kind != "ownerless" else None)
    await live.append_events(session, [note(1)], fence=None, key=key)
    await live.command(session, b"x", key)
    await live.publish(session, Status(state="ok", asr_lag_ms=5), key)
    await live.publish(session, Status(state="stalled"), new_data_key())
    await live.publish(session, Status(state="degraded"), key)
    await until(lambda: len(heard) == 4, "four notices")
    assert heard == [
        Notice(session, "events"),
        Notice(session, "command"),
        Notice(session, "message", message=Status(state="ok", asr_lag_ms=5)),
        Notice(session, "message", message=Status(state="degraded")),
    ]
    await other.watch(session, key)
    await other.unwatch(session)
    await live.publish(session, Status(state="ok"), key)
    await until(lambda: len(heard) == 5, "still watched once")
    await other.unwatch(session)
    await live.publish(session, Status(state="ok"), key)
    await live.queue_handover(session)
    await until(lambda: heard[-1].kind == "handover", "what everybody is told")
    assert len(heard) == 6
    stop()
    await live.queue_handover((await joined(live)).session_id)
    await other.watch(session, key)
    assert len(heard) == 6


async def test_commands_wait_in_order_for_whoever_owns_the_session(
    live: LiveStore, other: LiveStore, key: DataKey
) -> None:
    session = (await joined(live)).session_id
    for number in range(5):
        assert await live.command(session, b"%d" % number, key)
    assert await live.command(session, b"end", key, once="end")
    assert not await other.command(session, b"end", key, once="end")
    first = await other.commands(session, "", key, count=2)
    assert [command.data for command in first] == [b"0", b"1"]
    rest = await other.commands(session, first[-1].place, key)
    assert [command.data for command in rest] == [b"2", b"3", b"4", b"end"]
    assert await other.commands(session, rest[-1].place, key) == []


async def test_a_missing_or_moved_event_is_not_passed_over(live: LiveStore, server: RedisServer, key: DataKey) -> None:
    session = (await joined(live)).session_id
    await live.append_events(session, [note(n) for n in range(4)], fence=None, key=key)
    (name,) = raw(server).keys("*events")
    entries = raw(server).xrange(name)
    raw(server).xdel(name, entries[1][0])
    with pytest.raises(BadInput) as missing:
        await live.all_events(session, key)
    assert missing.value.code == "events_missing"
    assert [event.seq for event in await live.read_events(session, 2, key)] == [3, 4]
    raw(server).delete(name)
    raw(server).xadd(name, entries[0][1], "2-0")
    with pytest.raises(BadInput) as moved:
        await live.read_events(session, 1, key)
    assert moved.value.code == "stored_bytes_damaged"


async def test_nothing_personal_is_in_redis(own_server: RedisServer, tmp_path: Path, key: DataKey) -> None:
    """Redis appends every byte it is told to its file: there the words would be found."""
    live = await LiveStore.open(own_server.url)
    claim = await joined(live)
    session, words = claim.session_id, "MARKER words"
    final = TranscriptFinal(
        utt="c1", text=words, words=[WireWord(words, 0, 1, 0.5)], speaker="candidate", role="candidate",
        start_ms=0, end_ms=1, language="en", confidence=0.5,
    )  # fmt: skip
    await live.append_audio(claim, 0, words.encode(), key)
    await live.append_events(session, [final], fence=None, key=key, checkpoint=words.encode())
    await live.command(session, words.encode(), key)
    await live.publish(session, final, key)
    await live.issue_ticket(session, "candidate", "account-1", "login-1")
    await live.close()
    own_server.stop()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert session.encode() in written
    assert b"MARKER" not in written
