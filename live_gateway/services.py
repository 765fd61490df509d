"""What one replica holds: stores, live state, speech, the way to Airflow. Opened and closed by the app's lifespan."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import msgspec

from include.airflow_client import AirflowClient
from include.interview.errors import ServiceFailure, TriviewError
from include.security.chain import Plain
from include.storage import Stores, open_stores
from include.storage.live import LiveStore
from include.storage.live.dag_triggers import TriggerQueue
from live_gateway import metrics
from live_gateway.memory import trim_always
from live_gateway.refusals import Refusals
from live_gateway.settings import GatewaySettings, proxied_unnamed
from live_gateway.triggers import Triggers
from live_gateway.webhooks import Webhooks, WebhookSender
from tasks.privacy.erasure import Outside, replay_erasures
from tasks.waiting_runs import waiting_runs

if TYPE_CHECKING:
    from include.perception.streaming.engine import SpeechEngine

P = ParamSpec("P")
T = TypeVar("T")
SHORT_THREADS = 10
"""With those that hash passwords below the database pool's 15 connections."""
HASH_THREADS = 2
"""Password hashes computed at once: each takes 64 MiB and four threads of its own for about a tenth of a second."""
HASH_WAITING = 32
"""Password hashes that may wait, a few seconds' worth; further ones are refused instead of waiting for longer."""
ABANDONED_UPLOAD_S = 2 * 24 * 3600.0
"""An upload that got nothing for so long is not resumed any more."""
CLOSE_S = 3.0
"""Seconds beyond `drain_s` in which a draining replica closes what is left."""
LONG_THREADS = 8
"""Recordings that are written, checked or exported at the same moment; no thread waits for a sender."""
UPKEEP_S = 3600.0
"""Between two sweeps of what was abandoned."""
log = logging.getLogger("live_gateway")


class Rate(msgspec.Struct, frozen=True):
    """At most `count` in `per_s` seconds."""

    count: int
    per_s: float


class RateLimits(msgspec.Struct, frozen=True):
    """How often something may be asked for, counted in Redis over all replicas."""

    account: Rate = Rate(600, 60.0)
    """All requests of an account together: a page that polls five times a second stays far below."""
    login_network: Rate = Rate(30, 300.0)
    """Wrong passwords from one network: a /64 of IPv6, one address of IPv4. Right ones do not count."""
    login_pair: Rate = Rate(10, 300.0)
    """Wrong passwords under one login from one network: what strangers try elsewhere slows nobody else down."""
    upload: Rate = Rate(30, 3600.0)
    """Uploads an account may begin."""
    session: Rate = Rate(120, 3600.0)
    """Live sessions an account may create."""
    ticket: Rate = Rate(60, 60.0)
    """Tickets an account may ask for: a reconnecting page needs one per try."""


class Services:
    """The parts of one replica. `live` and `triggers` are async; `stores` are not: call them through `run`."""

    def __init__(
        self,
        settings: GatewaySettings,
        stores: Stores,
        live: LiveStore,
        triggers: Triggers,
        engine: SpeechEngine | None = None,
    ) -> None:
        self.settings = settings
        self.stores = stores
        self.live = live
        self.triggers = triggers
        self.engine = engine
        self.clock: Callable[[], float] = time.time
        self.airflow: AirflowClient | None = None
        """For answering reviews; runs go through `triggers`."""
        self.limits = RateLimits()
        self.warming: asyncio.Task[None] | None = None
        self.draining = False
        self.receiving: Counter[str] = Counter()
        """Account id -> how many recordings it is sending to this replica just now."""
        self.refusals = Refusals(self.record)
        self._short = ThreadPoolExecutor(SHORT_THREADS, "stores")
        self._long = ThreadPoolExecutor(LONG_THREADS, "uploads")
        self._hashing = ThreadPoolExecutor(HASH_THREADS, "passwords")
        self._hashes = 0
        self._drains: list[Callable[[], Awaitable[None]]] = []

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the blocking `call` returns, run in a thread; for calls that end soon, as those of stores do."""
        return await asyncio.get_running_loop().run_in_executor(self._short, partial(call, *args, **kwargs))

    async def run_long(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the blocking `call` returns, run in a thread of a pool for what lasts, as checking a recording does."""
        return await asyncio.get_running_loop().run_in_executor(self._long, partial(call, *args, **kwargs))

    async def run_hashing(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the blocking `call`, which hashes a password, returns, run in a thread of a pool of its own.

        However many people log in, calls of `run` do not wait for it.

        Raises:
            ServiceFailure: code "logins_busy": more are waiting than can be answered soon.
        """
        if self._hashes >= HASH_THREADS + HASH_WAITING:
            raise ServiceFailure("Too many people are logging in just now.", "Try again.", code="logins_busy")
        self._hashes += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._hashing, partial(call, *args, **kwargs))
        finally:
            self._hashes -= 1

    def close_threads(self) -> None:
        """Close all pools of threads: no further call begins; running ones end by themselves."""
        self._short.shutdown(wait=False)
        self._hashing.shutdown(wait=False)
        self._long.shutdown(wait=False)

    async def record(self, actor: str, action: str, subject: str, detail: dict[str, Plain] | None = None) -> None:
        """Write an audit entry of `actor` ("role:account id"); `detail` holds ids, codes and counts only."""
        await self.run(self.stores.acting_as(actor).record, action, subject, detail)

    async def unready(self) -> dict[str, str]:
        """Reasons why this replica should get no new work, part -> code; empty when it is ready."""
        reasons: dict[str, str] = {}
        if self.draining:
            reasons["gateway"] = "draining"
        try:
            await self.run(self.stores.ping)
        except TriviewError as error:
            reasons["database"] = error.code
        try:
            await self.live.ping()
        except ServiceFailure as error:
            reasons["redis"] = error.code
        if self.engine is not None and not self.engine.ready:
            reasons["speech"] = "failed" if self.warming is not None and self.warming.done() else "warming"
        metrics.ready.set(not reasons)
        return reasons

    def on_drain(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Have `hook` called when the replica drains, while it still answers requests."""
        self._drains.append(hook)

    async def drain(self) -> None:
        """Stop taking new work and let every hook hand over what runs.

        Hooks wait for at most `settings.drain_s` themselves, and have `CLOSE_S` more for closing what is left.
        """
        if self.draining:
            return
        self.draining = True
        metrics.ready.set(0)
        if not self._drains:
            return
        tasks = [asyncio.ensure_future(hook()) for hook in self._drains]
        done, late = await asyncio.wait(tasks, timeout=self.settings.drain_s + CLOSE_S)
        for task in late:
            task.cancel()
        for task in done:
            if not task.cancelled() and (error := task.exception()) is not None:
                log.error("A part did not drain.", extra={"error": type(error).__name__})
        if late:
            log.warning("Not everything drained in time.", extra={"late": len(late)})


@asynccontextmanager
async def open_services(settings: GatewaySettings) -> AsyncIterator[Services]:
    """The opened services of one replica. Speech models load meanwhile: `Services.unready` says when they are ready.

    Raises:
        WrongKey, BadInput, ServiceFailure: stores or Redis cannot be used.
    """
    if proxied_unnamed(settings):
        log.warning(
            "behind a proxy that nobody named: attempts to log in are counted as if all came from one address",
            extra={"remedy": "Set TRIVIEW_TRUSTED_PROXIES to the proxy's addresses or networks."},
        )
    async with AsyncExitStack() as closing:
        try:
            stores = closing.enter_context(await asyncio.to_thread(open_stores, settings.core))
            live = await LiveStore.open(settings.redis_url)
        except TriviewError as error:
            log.error("cannot start", extra={"code": error.code, "cause": error.cause, "remedy": error.remedy})  # noqa: TRY400
            raise
        closing.push_async_callback(live.close)
        airflow = None
        if (at := settings.airflow) is not None:
            airflow = AirflowClient(at.url, at.user, at.password)
            closing.push_async_callback(airflow.close)
        try:
            again, incomplete = await replay_erasures(stores, Outside(live, airflow, settings.core.airflow_logs))
        except TriviewError as error:
            log.error("cannot start", extra={"code": error.code, "cause": error.cause, "remedy": error.remedy})  # noqa: TRY400
            raise
        if again:
            counts = {"people": again, "incomplete": incomplete}
            log.warning("people who were erased were back and were erased again", extra=counts)
        engine = _speech_engine(settings) if settings.speech else None
        triggers = Triggers(TriggerQueue.open(settings.redis_url), airflow)
        triggers.start()
        closing.push_async_callback(triggers.stop)
        services = Services(settings, stores, live, triggers, engine)
        services.airflow = airflow
        closing.callback(services.close_threads)
        closing.push_async_callback(services.refusals.close)
        webhooks = Webhooks(stores, WebhookSender(), services.run)
        webhooks.start()
        closing.push_async_callback(webhooks.stop)
        if engine is not None:
            services.warming = asyncio.create_task(_warm(engine))
            closing.push_async_callback(_stop, engine, services.warming)
        for work in (_upkeep(services), trim_always()):
            closing.push_async_callback(_end, asyncio.create_task(work))
        yield services


async def _upkeep(services: Services) -> None:
    """After the start, runs that a lost queue forgot are put in again; then and every hour, what was abandoned goes."""
    try:
        for run in await services.run(waiting_runs, services.stores):
            await services.triggers.queue_run(run.dag_id, run.run_id, run.interview_id)
    except TriviewError as error:
        log.warning("forgotten runs are put in again at the next start", extra={"code": error.code})
    while True:
        await sweep(services)
        await asyncio.sleep(UPKEEP_S)


async def sweep(services: Services) -> None:
    """Give up uploads that got nothing for long; remove what killed writers left among the objects, and old logins."""
    try:
        uploads = await services.run_long(services.stores.uploads.sweep, ABANDONED_UPLOAD_S)
        objects = await services.run_long(services.stores.sweep)
        await services.run(services.stores.logins.sweep)
    except TriviewError as error:
        log.warning("a sweep was put off", extra={"code": error.code})
        return
    if uploads or objects:
        log.info("swept", extra={"uploads": uploads, "objects": objects})


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _speech_engine(settings: GatewaySettings) -> SpeechEngine:
    from include.perception.streaming.engine import SpeechEngine
    from include.perception.streaming.options import SpeechOptions

    options = SpeechOptions(diarization=settings.diarization)
    return SpeechEngine(settings.core.models_dir, settings.core.cores, options)


async def _warm(engine: SpeechEngine) -> None:
    try:
        await engine.start()
    except Exception as error:
        log.exception("The speech models could not be loaded.", extra={"error": type(error).__name__})
        raise


async def _stop(engine: SpeechEngine, warming: asyncio.Task[None]) -> None:
    if not warming.done():
        warming.cancel()
    await asyncio.gather(warming, return_exceptions=True)
    await engine.stop()
