"""Sockets of ended logins: closed within two seconds, whichever way the login ended."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import pytest

from cli.local.gateway import LocalGateway
from include.interview.live import wire
from include.storage import Stores
from include.storage.live import LiveStore
from tests.support.live_world import World
from tests.support.raw_socket import joined, raw

pytestmark = [pytest.mark.services, pytest.mark.anyio]
PASSWORD = "a long enough password"
MOST_S = 2.0


def close(stores: Stores, account_id: str) -> None:
    stores.accounts.close(account_id)


def log_out_everywhere(stores: Stores, account_id: str) -> None:
    stores.accounts.end_logins(account_id)


def change_password(stores: Stores, account_id: str) -> None:
    stores.accounts.change_password(account_id, PASSWORD, "another long password")


@pytest.mark.parametrize("end", [close, log_out_everywhere, change_password])
async def test_an_ended_login_closes_its_sockets_and_lets_no_ticket_in(
    world: World, live: LiveStore, replica: LocalGateway, end: Callable[[Stores, str], None]
) -> None:
    stores = world.stores
    account = stores.accounts.create(f"goes-{uuid.uuid4().hex[:8]}", PASSWORD, "interviewer").id
    login = stores.logins.begin(account, 1000).id
    session = await world.session(live)
    given = await live.issue_ticket(session.id, "interviewer", account, login)
    later = await live.issue_ticket(session.id, "interviewer", account, login)
    async with raw(replica, session, given) as socket:
        await socket.send(wire.Hello(v=1, consent_id=session.consent_id))
        await socket.until(wire.Ready)
        begun = time.monotonic()
        end(stores, account)
        assert await socket.closed() == (wire.BAD_TICKET, "logged_out")
        took = time.monotonic() - begun
        async with raw(replica, session, later) as refused:
            assert await refused.closed() == (wire.BAD_TICKET, "logged_out")
        async with joined(live, replica, session):
            pass  # by another login, into the same session
    assert took < MOST_S + 1.0, f"closed after {took:.1f} s; a second is left to a machine that is busy"
