"""Storing concluded sessions, outside any socket: from a queue in Redis, tried again until it is done, once.

What is stored is evaluated by a DAG run; starting that run is the trigger queue's part, here it is only put there.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal, Protocol

from include.interview.errors import ServiceFailure
from include.interview.live.wire import SessionEnded
from include.interview.stages import flow_of
from include.storage import Stores
from include.storage.live import LiveStore
from live_gateway import metrics
from live_gateway.sessions.checkpoint import decode_checkpoint
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.handover_payload import record_of, result_of, sound_of
from live_gateway.sessions.owner import MakeFeedback
from live_gateway.sessions.withdrawals import end_without_consent
from tasks.live.handover import hand_over

VISIBILITY_S = 300.0
"""A worker that is not done after this long has died; another one begins anew. An hour of sound takes seconds."""
LOOK_S = 1.0
FIRST_DELAY_S = 1.0
LONGEST_DELAY_S = 60.0
ACTOR = "service:gateway"

log = logging.getLogger("live_gateway.sessions")


class StartsRuns(Protocol):
    """The queue of DAG runs to be triggered, as far as the hand-over needs it."""

    async def start_run(self, dag_id: str, run_id: str, interview_id: str) -> Literal["started", "queued"]:
        """Have the run started: at once where Airflow answers, else later; it cannot be lost any more.

        Raises:
            ServiceFailure: the run could not be queued.
        """
        ...


class HandoverWorker:
    """One worker of one replica."""

    def __init__(
        self,
        name: str,
        live: LiveStore,
        stores: Stores,
        runs: StartsRuns,
        open_session: Callable[[str], Awaitable[SessionHandle]],
        make_feedback: MakeFeedback,
        keep_s: float,
    ) -> None:
        self._name, self._live, self._stores, self._runs = name, live, stores.acting_as(ACTOR), runs
        self._open_session, self._make_feedback, self._keep_s = open_session, make_feedback, keep_s
        self._failures: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work the queue off."""
        self._task = asyncio.create_task(self._work())

    def look(self) -> None:
        """Something was queued here: look now."""
        self._wake.set()

    async def stop(self) -> None:
        """Stop; what was not done stays in the queue."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                while (session_id := await self._live.next_handover(self._name, VISIBILITY_S)) is not None:
                    await self._one(session_id)
            except ServiceFailure:
                log.warning("The queue of hand-overs cannot be read.")
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()
            except TimeoutError:
                pass

    async def _one(self, session_id: str) -> None:
        try:
            if await asyncio.to_thread(self._stores.consents.lacking, [session_id]):
                await asyncio.to_thread(end_without_consent, self._stores, session_id)
                await self._live.forget(session_id)
                return
            await self._hand_over(await self._open_session(session_id))
        except asyncio.CancelledError:
            with suppress(ServiceFailure):  # this replica stops: another one need not wait until it counts as dead
                await self._live.retry_handover(session_id, 0.0)
            raise
        except Exception as error:  # noqa: BLE001 - a worker that died of one session would hand over none any more
            failures = self._failures[session_id] = self._failures.get(session_id, 0) + 1
            delay = min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** min(failures - 1, 10))
            log.warning(
                "A session was not handed over yet.",
                extra={
                    "session": session_id,
                    "code": getattr(error, "code", type(error).__name__),
                    "again_in_s": delay,
                },
            )
            metrics.handovers.labels("failed").inc()
            await self._live.retry_handover(session_id, delay)
            return
        self._failures.pop(session_id, None)
        metrics.handovers.labels("done").inc()
        await self._live.done_handover(session_id)

    async def _hand_over(self, handle: SessionHandle) -> None:
        events = await handle.store.all_events()
        feedback = await self._make_feedback(handle)
        await asyncio.to_thread(feedback.restore, events)
        senders = await handle.store.senders()
        session = await handle.live_session()
        record = record_of(session, events, senders, feedback.transcript(), feedback.marks())
        sounds = [sound for sender in senders if (sound := await sound_of(handle, sender)) is not None]
        run_id = await asyncio.to_thread(hand_over, self._stores, record, sounds)
        state = await self._runs.start_run(flow_of(session.stage).dag_id, run_id, handle.id)
        await handle.handed_over(run_id, result_of(events).scorecard_id)
        await self._append_ended(handle, run_id if state == "started" else None)
        await handle.store.expire(self._keep_s)

    async def _append_ended(self, handle: SessionHandle, run_id: str | None) -> None:
        """Once: nobody is kept waiting for an Airflow that is away."""
        checkpoint = decode_checkpoint(await handle.store.checkpoint())
        ended = SessionEnded(dag_run_id=run_id, reason=checkpoint.reason)
        await handle.store.append_events([ended], fence=None, once="session.ended")
