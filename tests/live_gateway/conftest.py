"""One Redis, one installation and one replica without recognition, shared by the tests of sessions and sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from cli.local.gateway import LocalGateway
from include.storage.live import LiveStore
from tests.support.live_world import World, world_in
from tests.support.services.memory import passing_folder


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with passing_folder("tvworld-") as home, world_in(home) as made:
        yield made


@pytest.fixture(scope="session")
def replica(world: World) -> Iterator[LocalGateway]:
    with world.replica(
        TRIVIEW_HELLO_TIMEOUT_S="1", TRIVIEW_IDLE_S="2", TRIVIEW_GATEWAY_ORIGINS="https://hr.example"
    ) as running:
        yield running


@pytest.fixture
async def live(world: World) -> AsyncIterator[LiveStore]:
    async with world.live() as store:
        yield store
