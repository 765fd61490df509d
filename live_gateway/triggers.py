"""Triggering DAG runs: every run goes through one queue in Redis, so none is lost while Airflow is away."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Literal

from include.airflow_client import AirflowClient
from include.interview.errors import ServiceFailure
from include.storage.live.dag_triggers import Trigger, TriggerQueue
from live_gateway import metrics

POLL_S = 1.0
"""Seconds between two looks at an empty queue; what this replica queued itself is tried at once."""
VISIBILITY_S = 60
"""Above the longest time one try takes (airflow_client.client.TIMEOUT_S, twice for a login on the way), in seconds."""
FIRST_TRY_S = 30
"""How long a run is kept for the replica that puts it in, if it has an Airflow: TIMEOUT_S, twice for a login."""
MAX_DELAY_S = 60
log = logging.getLogger("live_gateway.triggers")


def delay_s(failures: int) -> int:
    """Seconds to wait before the next try after `failures` earlier ones: 1, 2, 4 … 60."""
    return int(min(2 ** min(failures, 10), MAX_DELAY_S))


class Triggers:
    """Queues DAG runs and triggers them. Without an Airflow here they wait for a replica that has one."""

    def __init__(self, queue: TriggerQueue, airflow: AirflowClient | None) -> None:
        self._queue = queue
        self._airflow = airflow
        self._wake = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start the worker, which triggers what is due; does nothing without an Airflow."""
        if self._airflow is not None:
            self._worker = asyncio.create_task(self._work(self._airflow))

    async def stop(self) -> None:
        """Stop the worker and close the queue's connections; what was not triggered stays queued."""
        if self._worker is not None:
            self._worker.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._worker
        await self._queue.close()

    async def start_run(
        self, dag_id: str, run_id: str, subject: str, about: Literal["interview_id", "opening_id"] = "interview_id"
    ) -> Literal["started", "queued"]:
        """Trigger the run: "started" when Airflow took it at once, else "queued", to be tried until it does.

        Raises:
            ServiceFailure: Redis is away (code "redis_away"): nothing was queued.
        """
        trigger = Trigger(dag_id, run_id, subject, about)
        if self._airflow is None:
            await self._queue.put(trigger)
            return "queued"
        await self._queue.put(trigger, FIRST_TRY_S)
        return "started" if await self._try(self._airflow, trigger, 0) else "queued"

    async def queue_run(self, dag_id: str, run_id: str, interview_id: str) -> None:
        """Queue the run, to be triggered by the worker; a run that Airflow has already stays as it is.

        Raises:
            ServiceFailure: Redis is away.
        """
        await self._queue.put(Trigger(dag_id, run_id, interview_id))
        self._wake.set()

    async def _work(self, airflow: AirflowClient) -> None:
        while True:
            try:
                idle = not await self._trigger_next(airflow)
                metrics.triggers_waiting.set(await self._queue.waiting())
            except ServiceFailure as error:
                log.warning("the queue cannot be read", extra={"code": error.code})
                idle = True
            if idle:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_S)
                self._wake.clear()

    async def _trigger_next(self, airflow: AirflowClient) -> bool:
        """Try one run that is due; False when there is none."""
        found = await self._queue.take(VISIBILITY_S)
        if found is None:
            return False
        await self._try(airflow, *found)
        return True

    async def _try(self, airflow: AirflowClient, trigger: Trigger, failures: int) -> bool:
        """Try once; False when it was put off."""
        try:
            new = await airflow.trigger(trigger.dag_id, trigger.run_id, {trigger.about: trigger.interview_id})
        except Exception as error:  # noqa: BLE001 - a worker that died of one run would start none any more
            metrics.triggers.labels(trigger.dag_id, "failed").inc()
            wait, code = delay_s(failures), getattr(error, "code", type(error).__name__)
            log.warning("run not started yet", extra={"run": trigger.run_id, "code": code, "again_in_s": wait})
            await self._queue.retry(trigger, wait)
            return False
        metrics.triggers.labels(trigger.dag_id, "new" if new else "present").inc()
        await self._queue.done(trigger)
        log.info("run started", extra={"run": trigger.run_id})
        return True
