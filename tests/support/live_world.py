"""A small world of live sessions for tests: real stores, a real Redis, gateway replicas as processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jsonschema import ValidationError

from cli.local.gateway import LocalGateway
from cli.local.redis import LocalRedis
from cli.session import local_stores
from include.gateway_client.socket import LiveClient
from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.live import wire
from include.interview.stages import STAGES, LiveStage
from include.settings import Settings
from include.storage import Stores
from include.storage.live import LiveStore, SessionMeta
from tests.support.installation import settings_in
from tests.support.wire_schemas import check_client, check_server

NAME = "Zebulon Quill-Marker"
QUICK = {
    "TRIVIEW_SPEECH": "off",
    "TRIVIEW_DIARIZATION": "off",
    "TRIVIEW_FEEDBACK": "off",
    "TRIVIEW_LEASE_TTL_S": "1.5",
}
"""Replicas that recognise nothing start at once."""


@dataclass(frozen=True)
class Held:
    """A session that can be joined."""

    id: str
    candidate_id: str
    consent_id: str
    stage: LiveStage = "practical"
    login_id: str = ""
    """A login that goes on, for tickets."""


@dataclass
class World:
    """Stores and Redis that any number of replicas share."""

    settings: Settings
    redis: LocalRedis
    stores: Stores
    interviewer_id: str
    login_id: str
    _count: int = field(default=0)

    async def session(
        self,
        live: LiveStore,
        *,
        microphones: Literal["shared", "separate"] = "separate",
        language: Literal["ko", "en"] = "en",
        stage: LiveStage = "practical",
    ) -> Held:
        """A new session with a consenting candidate."""
        opening = general_opening()
        self.stores.openings.put(opening)
        candidate = self.stores.candidates.create(NAME)
        consent = self.stores.consents.grant(candidate.id, None, load_profile("standard").purposes, "test-text-1")
        session = self.stores.live_sessions.create(
            interviewer_id=self.interviewer_id,
            candidate_id=candidate.id,
            opening_id=opening.id,
            profile="standard",
            language=language,
            microphones=microphones,
            stage=stage,
        )
        await live.create(SessionMeta.of(session))
        return Held(session.id, candidate.id, consent.id, stage, self.login_id)

    def replica(self, **more: str) -> LocalGateway:
        """A replica that is not started yet: use it as a context manager."""
        self._count += 1
        return LocalGateway(
            self.settings, self.redis.url, name=f"replica-{self._count}", more={"TRIVIEW_CORES": "1", **QUICK, **more}
        )

    @asynccontextmanager
    async def live(self) -> AsyncIterator[LiveStore]:
        """Redis as a test reads it."""
        store = await LiveStore.open(self.redis.url)
        try:
            yield store
        finally:
            await store.close()


@contextmanager
def world_in(home: Path) -> Iterator[World]:
    """A world below `home`."""
    settings = settings_in(home)
    with LocalRedis(home) as redis, local_stores(settings) as (stores, _):
        stores.actor = "system"  # the installation's own act: no second person is asked for
        account = stores.accounts.create("interviewer", "a long enough password", "interviewer")
        yield World(settings, redis, stores, account.id, stores.logins.begin(account.id, 43_200).id)


class CheckedClient(LiveClient):
    """A client that holds every message, of either side, against the schemas of docs/asyncapi.yaml.

    A message of the server that is not as described fails the test when the client is closed.
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._not_described: list[Exception] = []

    def _decode(self, data: str | bytes) -> wire.AnyServerMessage:
        try:
            check_server(data)
        except (KeyError, ValidationError) as error:
            self._not_described.append(error)
        return super()._decode(data)

    async def close(self) -> None:
        await super().close()
        if self._not_described:
            raise self._not_described[0]

    async def say(self, message: wire.ClientMessage) -> None:
        check_client(wire.encode(message))
        await super().say(message)


def socket_url(replica: LocalGateway, session: Held) -> str:
    """Where the session's socket is on this replica."""
    return f"ws://127.0.0.1:{replica.port}{STAGES[session.stage].socket_path}{session.id}"


def client(
    live: LiveStore,
    replica: LocalGateway,
    session: Held,
    role: wire.SocketRole = "interviewer",
    **more: Any,
) -> LiveClient:
    """A client with tickets for `role`."""

    async def ticket() -> str:
        return await live.issue_ticket(session.id, role, "account", session.login_id)

    return CheckedClient(socket_url(replica, session), ticket, session.consent_id, **more)


def numbered(start: int, count: int) -> bytes:
    """PCM whose samples say their own number, so that what arrived can be checked."""
    return (np.arange(start, start + count, dtype=np.int64) % 30_000).astype("<i2").tobytes()
