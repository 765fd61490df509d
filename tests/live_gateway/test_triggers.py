"""The one queue of DAG runs to be triggered, on a real Redis: what one replica cannot start, another one does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from include.storage.live.dag_triggers import TriggerQueue
from live_gateway.triggers import Triggers
from tests.include.airflow_client.test_client import client_of
from tests.support.live_world import World
from tests.support.services.airflow_rest import AirflowServer, airflow_server

pytestmark = [pytest.mark.services, pytest.mark.anyio]
DAG = "practical_interview_evaluation"


@asynccontextmanager
async def triggers(world: World, server: AirflowServer | None) -> AsyncIterator[Triggers]:
    """The triggers of one replica; without a server one that has no Airflow."""
    airflow = None if server is None else client_of(server.settings)
    made = Triggers(TriggerQueue.open(world.redis.url), airflow)
    made.start()
    try:
        yield made
    finally:
        await made.stop()
        if airflow is not None:
            await airflow.close()


async def test_a_run_of_a_replica_without_airflow_is_started_by_one_that_has_it(world: World) -> None:
    with airflow_server() as server:
        async with triggers(world, None) as without, triggers(world, server):
            assert await without.start_run(DAG, "practical-1", "1") == "queued"
            body = await _run_of(server, "practical-1")
    assert body["conf"] == {"interview_id": "1"}
    assert body["dag_id"] == DAG


async def test_a_run_that_was_queued_before_any_airflow_is_started_when_one_comes(world: World) -> None:
    async with triggers(world, None) as without:
        await without.start_run(DAG, "practical-2", "2")
    with airflow_server() as server:
        async with triggers(world, server):
            await _run_of(server, "practical-2")


async def test_a_run_is_started_at_once_where_airflow_answers_and_only_once(world: World) -> None:
    with airflow_server() as server:
        async with triggers(world, server) as having:
            assert await having.start_run(DAG, "practical-3", "3") == "started"
            assert await having.start_run(DAG, "practical-3", "3") == "started"
        assert list(server.runs) == ["practical-3"]


async def _run_of(server: AirflowServer, run_id: str) -> dict:
    return await asyncio.to_thread(server.wait_for_run, run_id, 20.0)
