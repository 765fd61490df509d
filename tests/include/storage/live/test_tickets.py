"""Tickets: let one socket in once, soon, and are nowhere to be read."""

from __future__ import annotations

import asyncio

import pytest

from include.interview.errors import BadInput
from include.storage.live import LiveStore, Ticket
from tests.include.storage.live.conftest import raw, until
from tests.support.services.redis import RedisServer

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_of_many_who_come_with_one_ticket_one_is_let_in(live: LiveStore, other: LiveStore) -> None:
    ticket = await live.issue_ticket("s1", "candidate", "a1", "l1")
    tries = [store.redeem_ticket(ticket) for _ in range(20) for store in (live, other)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    let_in = [answer for answer in answers if isinstance(answer, Ticket)]
    assert let_in == [Ticket("s1", "candidate", "a1", "l1")]
    assert {answer.code for answer in answers if isinstance(answer, BadInput)} == {"ticket_unknown"}


async def test_tickets_are_short_lived_and_only_their_hash_is_kept(live: LiveStore, server: RedisServer) -> None:
    ticket = await live.issue_ticket("s1", "interviewer", "a1", "l1", ttl_s=0.1)
    later = await live.issue_ticket("s1", "interviewer", "a1", "l1")
    (kept,) = [k for k in raw(server).keys("*") if raw(server).pttl(k) > 1_000]
    assert ticket.encode() not in b"".join(raw(server).keys("*"))
    assert 59_000 < raw(server).pttl(kept) <= 60_000
    await until(lambda: len(raw(server).keys("*")) == 1, "the ticket runs out")
    for bad in (ticket, later + "x", "", "\ud800", "x" * 10_000):
        with pytest.raises(BadInput) as refused:
            await live.redeem_ticket(bad)
        assert refused.value.code == "ticket_unknown"
    assert (await live.redeem_ticket(later)).session_id == "s1"


async def test_tickets_differ_and_fit_a_subprotocol(live: LiveStore) -> None:
    tickets = {await live.issue_ticket("s1", "candidate", "a1", "l1") for _ in range(50)}
    assert len(tickets) == 50
    assert all(ticket.replace("-", "").replace("_", "").isalnum() and len(ticket) == 43 for ticket in tickets)
