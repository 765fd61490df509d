"""A real gateway in a thread: granian on loopback, an event loop of its own, real Redis and SQLite stores."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar import Litestar

from include.security.access import INVITED, Role
from include.security.keys import create_key_file
from include.security.tokens import issue_token
from include.settings import load_settings
from include.storage import Stores
from live_gateway.app import create_app
from live_gateway.services import Services, open_services
from live_gateway.settings import GatewaySettings
from tests.support.described_answers import check_answer
from tests.support.patience import PATIENCE_S
from tests.support.schemas import sqlite_with_schema
from tests.support.services.ports import free_port

T = TypeVar("T")
PASSWORD = "a long enough password"


@dataclass
class Gateway:
    """A running gateway and its insides."""

    app: Litestar
    settings: GatewaySettings
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` returns, run on the gateway's own event loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    @property
    def services(self) -> Services:
        return self.app.state.services

    @property
    def stores(self) -> Stores:
        return self.services.stores

    def token(self, account_id: str, role: Role, candidate_id: str | None = None) -> str:
        """A bearer token as logging in would give."""
        login_id = "" if role == INVITED else self.stores.logins.begin(account_id, 43_200).id
        now = self.services.clock()
        return issue_token(
            self.settings.secret, account_id, role, login_id=login_id, now=now, ttl_s=900, candidate_id=candidate_id
        )

    def client(self, token: str | None = None, **headers: str) -> httpx.Client:
        """An HTTP client, logged in by `token`; every answer is held against the interface's description."""
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        hooks = {"response": [check_answer]}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30.0, trust_env=False, event_hooks=hooks)


def gateway_settings(home: Path, redis_url: str, **more: object) -> GatewaySettings:
    """Settings over a fresh SQLite database below `home`; the secret keeps its rate limits apart from others'."""
    core = load_settings({"TRIVIEW_HOME": str(home), "TRIVIEW_REDIS_URL": redis_url})
    create_key_file(core.master_key_file)
    sqlite_with_schema(Path(core.db_url.removeprefix("sqlite:///")))
    base = GatewaySettings(
        core=core, redis_url=redis_url, secret=secrets.token_hex(20), port=free_port(), speech=False, diarization=False
    )
    return msgspec.structs.replace(base, **more)


@contextmanager
def running_gateway(settings: GatewaySettings, **services: object) -> Iterator[Gateway]:
    """The gateway, answering; `services` replaces fields of its `Services`."""

    @asynccontextmanager
    async def factory(given: GatewaySettings) -> AsyncIterator[Services]:
        async with open_services(given) as opened:
            for name, value in services.items():
                setattr(opened, name, value)
            yield opened

    app = create_app(settings, services_factory=factory)
    running = _Running(app, settings)
    running.start()
    try:
        yield Gateway(app, settings, running.loop)
    finally:
        running.stop()


class _Running:
    def __init__(self, app: Litestar, settings: GatewaySettings) -> None:
        self._app, self._settings = app, settings
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._server: Server | None = None
        self._error: BaseException | None = None

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_until_complete(self._serve())
        except BaseException as error:  # noqa: BLE001 - shown by whoever waits for the start
            self._error = error
        finally:
            self.loop.close()

    async def _serve(self) -> None:
        self._server = Server(
            self._app,
            address=self._settings.host,
            port=self._settings.port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            log_level=LogLevels.error,
        )
        await self._server.serve()

    def start(self) -> None:
        self._thread.start()
        url = f"http://127.0.0.1:{self._settings.port}/health/live"
        transport = httpx.HTTPTransport(retries=20)
        with httpx.Client(transport=transport, timeout=PATIENCE_S, trust_env=False) as client:
            answer = client.get(url)
        assert answer.status_code == 200, (answer.text, self._error)

    def stop(self) -> None:
        if self._server is not None and self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._server.stop)
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()
