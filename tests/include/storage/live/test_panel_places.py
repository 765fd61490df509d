"""Places of a panel in Redis: one per account, one microphone for the role, and who is here."""

from __future__ import annotations

import math

import pytest

from include.interview.errors import BadInput
from include.security.keys import DataKey
from include.storage.live import LiveStore, MicrophoneTaken, Notice, Superseded
from tests.include.storage.live.conftest import meta_of, until

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_an_account_supersedes_its_own_socket_only(live: LiveStore, other: LiveStore, key: DataKey) -> None:
    heard: list[Notice] = []
    other.listen(heard.append)
    meta = await live.create(meta_of())
    await other.watch(meta.id, key)
    leader = await live.claim_socket(meta.id, "interviewer", 1, "a", leads=True)
    assert await live.append_audio(leader, 0, bytes(200), key) == 100
    second = await other.claim_socket(meta.id, "interviewer", None, "b")
    assert await live.append_audio(leader, 100, bytes(200), key) == 200, "another account's socket changes nothing"
    again = await other.claim_socket(meta.id, "interviewer", 1, "a", leads=True)
    assert (again.generation, again.next_sample, second.generation) == (2, 200, 1)
    with pytest.raises(Superseded):
        await live.append_audio(leader, 200, bytes(200), key)
    told = await until(lambda: [n for n in heard if n.kind == "joined"][2:], "three notices")
    assert told == [Notice(meta.id, "joined", "interviewer", 2, account="a")]


async def test_the_microphone_is_the_leaders_and_stays_until_a_new_leader_brings_one(
    live: LiveStore, key: DataKey
) -> None:
    meta = await live.create(meta_of())
    with pytest.raises(BadInput) as refused:
        await live.claim_socket(meta.id, "interviewer", 1, "b")
    assert refused.value.code == "microphone_elsewhere"
    first = await live.claim_socket(meta.id, "interviewer", 1, "a", leads=True)
    await live.append_audio(first, 0, bytes(200), key)
    await live.claim_socket(meta.id, "interviewer", None, "b", leads=True)
    assert await live.append_audio(first, 100, bytes(200), key) == 200, "who led is heard on"
    kept = await live.claim_socket(meta.id, "interviewer", 1, "a")
    assert await live.append_audio(kept, 200, bytes(200), key) == 300, "... also after a break"
    taken = await live.claim_socket(meta.id, "interviewer", 1, "b", leads=True)
    assert taken.next_sample == 300
    for work in (live.append_audio(kept, 300, bytes(200), key), live.skip_audio(kept, 900)):
        with pytest.raises(MicrophoneTaken):
            await work
    assert await live.append_audio(taken, 300, bytes(200), key) == 400


async def test_who_is_here(live: LiveStore) -> None:
    meta = await live.create(meta_of())
    await live.claim_socket(meta.id, "interviewer", None, "a")
    here, never = await live.away_s(meta.id, ["a", "b"])
    assert here < 2
    assert never == math.inf
    await live.seen({meta.id: ("b",), "nobody": ("a",)})
    assert (await live.away_s(meta.id, ["b"]))[0] < 2
    assert await live.away_s(meta.id, []) == []
