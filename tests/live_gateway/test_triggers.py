"""The one queue of DAG runs to be triggered, on a real Redis: what one replica cannot start, another one does.

The queue lies in a database of its own: in the shared one, runs of sessions that other tests ended wait to be started.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from redis import Redis

from include.storage.live.dag_triggers import TriggerQueue
from live_gateway.triggers import Triggers
from tests.include.airflow_client.test_client import client_of
from tests.support.live_world import World
from tests.support.services.airflow_rest import AirflowServer, airflow_server

pytestmark = [pytest.mark.services, pytest.mark.anyio]
DAG = "practical_interview_evaluation"


@pytest.fixture
def queue_url(world: World) -> str:
    """An empty queue that only this test writes to."""
    url = world.redis.url.removesuffix("/0") + "/1"
    with Redis.from_url(url) as redis:
        redis.flushdb()
    return url


@asynccontextmanager
async def triggers(queue_url: str, server: AirflowServer | None) -> AsyncIterator[Triggers]:
    """The triggers of one replica; without a server one that has no Airflow."""
    airflow = None if server is None else client_of(server.settings)
    made = Triggers(TriggerQueue.open(queue_url), airflow)
    made.start()
    try:
        yield made
    finally:
        await made.stop()
        if airflow is not None:
            await airflow.close()


async def test_a_run_of_a_replica_without_airflow_is_started_by_one_that_has_it(queue_url: str) -> None:
    with airflow_server() as server:
        async with triggers(queue_url, None) as without, triggers(queue_url, server):
            assert await without.start_run(DAG, "practical-1", "1") == "queued"
            body = await _run_of(server, "practical-1")
    assert body["conf"] == {"interview_id": "1"}
    assert body["dag_id"] == DAG


async def test_a_run_that_was_queued_before_any_airflow_is_started_when_one_comes(queue_url: str) -> None:
    async with triggers(queue_url, None) as without:
        await without.start_run(DAG, "practical-2", "2")
    with airflow_server() as server:
        async with triggers(queue_url, server):
            await _run_of(server, "practical-2")


async def test_a_run_is_started_at_once_where_airflow_answers_and_only_once(queue_url: str) -> None:
    with airflow_server() as server:
        async with triggers(queue_url, server) as having:
            assert await having.start_run(DAG, "practical-3", "3") == "started"
            assert await having.start_run(DAG, "practical-3", "3") == "started"
        assert list(server.runs) == ["practical-3"]


async def _run_of(server: AirflowServer, run_id: str) -> dict:
    return await asyncio.to_thread(server.wait_for_run, run_id, 20.0)
