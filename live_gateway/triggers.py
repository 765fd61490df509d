"""Starting DAG runs even when Airflow is away: every run goes through a queue in Redis that outlives this process."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Literal

from include.airflow_client import AirflowClient
from include.interview.errors import ServiceFailure
from include.storage.live.dag_triggers import Trigger, TriggerQueue
from live_gateway import metrics

LOOK_S = 1.0
"""How often the queue is looked at; what this replica put in itself is done at once."""
VISIBILITY_S = 60
"""Above the longest time one try takes (airflow_client.client.TIMEOUT_S, twice for a login on the way), in seconds."""
FIRST_TRY_S = 30
"""How long a run is kept for the replica that puts it in, if it has an Airflow: TIMEOUT_S, twice for a login."""
MAX_DELAY_S = 60
log = logging.getLogger("live_gateway.triggers")


def delay_s(failures: int) -> int:
    """Seconds to wait after so many failures: 1, 2, 4 … 60."""
    return int(min(2 ** min(failures, 10), MAX_DELAY_S))


class Triggers:
    """Puts runs into the queue and works it off. Without Airflow they wait for a replica that has one."""

    def __init__(self, queue: TriggerQueue, airflow: AirflowClient | None) -> None:
        self._queue = queue
        self._airflow = airflow
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work the queue off."""
        if self._airflow is not None:
            self._worker = asyncio.create_task(self._work(self._airflow))

    async def stop(self) -> None:
        """Stop; what was not done stays in the queue."""
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker
        await self._queue.close()

    async def start_run(self, dag_id: str, run_id: str, interview_id: str) -> Literal["started", "queued"]:
        """Have the run started: at once when Airflow answers, else as soon as it does. It cannot be lost any more.

        Raises:
            ServiceFailure: Redis is away (code "redis_away"): nothing was kept.
        """
        trigger = Trigger(dag_id, run_id, interview_id)
        if self._airflow is None:
            await self._queue.put(trigger)
            return "queued"
        await self._queue.put(trigger, FIRST_TRY_S)
        return "started" if await self._try(self._airflow, trigger, 0) else "queued"

    async def keep(self, dag_id: str, run_id: str, interview_id: str) -> None:
        """Have the run started some time soon. One that Airflow has already stays as it is.

        Raises:
            ServiceFailure: Redis is away.
        """
        await self._queue.put(Trigger(dag_id, run_id, interview_id))
        self._wake.set()

    async def _work(self, airflow: AirflowClient) -> None:
        while True:
            try:
                idle = not await self._one(airflow)
                metrics.triggers_waiting.set(await self._queue.waiting())
            except ServiceFailure as error:
                log.warning("the queue cannot be read", extra={"code": error.code})
                idle = True
            if idle:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), LOOK_S)
                self._wake.clear()

    async def _one(self, airflow: AirflowClient) -> bool:
        """Work off one run that is due; False when there is none."""
        found = await self._queue.take(VISIBILITY_S)
        if found is None:
            return False
        await self._try(airflow, *found)
        return True

    async def _try(self, airflow: AirflowClient, trigger: Trigger, failures: int) -> bool:
        """Try once; False when it was put off."""
        try:
            new = await airflow.trigger(trigger.dag_id, trigger.run_id, {"interview_id": trigger.interview_id})
        except Exception as error:  # noqa: BLE001 - a worker that died of one run would start none any more
            metrics.triggers.labels(trigger.dag_id, "failed").inc()
            wait, code = delay_s(failures), getattr(error, "code", type(error).__name__)
            log.warning("run not started yet", extra={"run": trigger.run_id, "code": code, "again_in_s": wait})
            await self._queue.later(trigger, wait)
            return False
        metrics.triggers.labels(trigger.dag_id, "new" if new else "present").inc()
        await self._queue.done(trigger)
        log.info("run started", extra={"run": trigger.run_id})
        return True
