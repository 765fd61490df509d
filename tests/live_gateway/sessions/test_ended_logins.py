"""The look after ended logins: it closes the sockets of those that ended and no others, and outlives an outage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from include.security.keys import create_key_file
from include.settings import load_settings
from include.storage import open_stores
from live_gateway.sessions.ended_logins import EndedLogins
from live_gateway.sessions.sockets import Sockets
from tests.support.schemas import sqlite_with_schema

pytestmark = [pytest.mark.unit, pytest.mark.anyio]


class Socket:
    """One open socket, which remembers that it was told."""

    def __init__(self, login_id: str) -> None:
        self.login_id, self.told = login_id, False

    def logged_out(self) -> None:
        self.told = True


def socket_of(login_id: str) -> Any:
    return Socket(login_id)


async def test_only_ended_logins_lose_their_sockets(tmp_path: Path) -> None:
    settings = load_settings({"TRIVIEW_HOME": str(tmp_path)})
    create_key_file(settings.master_key_file)
    sqlite_with_schema(Path(settings.db_url.removeprefix("sqlite:///")))
    with open_stores(settings) as stores:
        accounts = [stores.accounts.create(f"p{n}", "a long enough password", "interviewer").id for n in range(3)]
        logins = [stores.logins.begin(account, 1000).id for account in accounts]
        old = stores.logins.begin(accounts[0], 0.0).id
        sockets = Sockets()
        watch = EndedLogins(stores, sockets)
        await watch.look()
        made = {login: socket_of(login) for login in (*logins, old)}
        for number, socket in enumerate(made.values()):
            sockets.enter(f"session-{number % 2}", socket)
        await watch.look()
        assert not any(socket.told for socket in made.values()), "one that grew too old may end its interview"
        stores.accounts.close(accounts[1])
        stores.logins.end(logins[2])
        with stores.db.begin() as connection:
            connection.execute(text("ALTER TABLE logins RENAME TO away"))
        await watch.look()
        assert not any(socket.told for socket in made.values()), "while nobody knows, nobody is thrown out"
        with stores.db.begin() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO logins"))
        await watch.look()
        assert [made[login].told for login in (*logins, old)] == [False, True, True, False]
