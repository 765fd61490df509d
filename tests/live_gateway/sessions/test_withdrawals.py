"""Sessions whose consent is gone: their end is tried again until it is recorded, and no failure ends the watch."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import pytest

from include.interview.errors import BadInput, NotFound, ServiceFailure, TriviewError
from live_gateway.sessions.withdrawals import Withdrawals, end_without_consent
from tests.support.virtual_sessions import VIRTUAL

pytestmark = [pytest.mark.unit, pytest.mark.anyio]
AWAY = ServiceFailure("The database is away.", "", code="database")


@pytest.fixture
def anyio_backend() -> Any:
    return VIRTUAL


class World:
    """Two sessions that are owned here and lack consent; what is asked of the stores may fail as the test says."""

    def __init__(self, *, look: list[TriviewError] | None = None, record: dict[str, list[TriviewError]] | None = None):
        self.owned = ["a", "b"]
        self.failures, self.unrecorded = list(look or ()), dict(record or {})
        self.ended: list[str] = []
        self.status: list[tuple[str, str, str]] = []
        self.forgotten: list[str] = []

    def lacking(self, ids: Collection[str]) -> tuple[str, ...]:
        if self.failures:
            raise self.failures.pop(0)
        return tuple(sorted(ids))

    def set_state(self, session_id: str, state: str) -> None:
        if self.unrecorded.get(session_id):
            raise self.unrecorded[session_id].pop(0)
        self.ended.append(session_id)

    async def live_state(self, session_id: str, state: str) -> None:
        assert state == "ended"

    async def forget(self, session_id: str) -> None:
        self.forgotten.append(session_id)

    async def give_up(self, session_id: str) -> None:
        if session_id in self.owned:
            self.owned.remove(session_id)

    def watch(self) -> asyncio.Task[None]:
        """The watch over all of it, which runs."""
        stores = SimpleNamespace(
            consents=SimpleNamespace(lacking=self.lacking),
            live_sessions=SimpleNamespace(set_state=self.set_state),
            interviews=SimpleNamespace(set_status=lambda *told: self.status.append(told)),
        )
        live = SimpleNamespace(set_state=self.live_state, forget=self.forget)
        sockets = SimpleNamespace(sessions=set, of=lambda _: ())
        ownership = SimpleNamespace(ids=lambda: list(self.owned), give_up=self.give_up)
        watched: Any = (stores, live, sockets, ownership)
        return asyncio.create_task(Withdrawals(*watched).watch())


async def test_an_end_that_could_not_be_recorded_is_recorded_at_a_later_look() -> None:
    world = World(record={"a": [AWAY, AWAY]})
    watching = world.watch()
    await asyncio.sleep(1.5)
    assert world.owned == [], "nobody hears either of them any more"
    assert world.ended == ["b"], "one that fails keeps no other waiting"
    await asyncio.sleep(3.0)
    assert world.ended == ["b", "a"]
    assert ("a", "failed", "consent_withdrawn") in world.status
    assert set(world.forgotten) == {"a", "b"}
    watching.cancel()


async def test_a_look_that_is_refused_does_not_end_the_watch() -> None:
    world = World(look=[BadInput("kr.yaml: no profile.", ""), AWAY])
    watching = world.watch()
    await asyncio.sleep(2.5)
    assert world.ended == []
    await asyncio.sleep(1.0)
    assert sorted(world.ended) == ["a", "b"]
    assert not watching.done()
    watching.cancel()


async def test_somebody_erased_is_not_tried_for_ever() -> None:
    def gone(*_: object) -> None:
        raise NotFound("No such session.", "")

    stores: Any = SimpleNamespace(
        live_sessions=SimpleNamespace(set_state=gone), interviews=SimpleNamespace(set_status=gone)
    )
    end_without_consent(stores, "a")
