"""Everything live on one replica: its sockets, the sessions it owns, the hand-over, and draining."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Coroutine
from typing import Any

from include.interview.errors import ServiceFailure
from include.perception.streaming.streaming_engine import StreamingEngine
from include.storage import Stores
from include.storage.live import LiveStore, Notice, ReplicaLoad
from live_gateway import metrics
from live_gateway.sessions.draining import move_away
from live_gateway.sessions.ended_logins import EndedLogins
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.handover_worker import HandoverWorker, StartsRuns
from live_gateway.sessions.owner import MakeFeedback, SessionOwner
from live_gateway.sessions.ownership import Ownership
from live_gateway.sessions.registry import SessionRegistry
from live_gateway.sessions.sockets import Listener, Sockets
from live_gateway.sessions.withdrawals import Withdrawals
from live_gateway.settings import GatewaySettings

TICK_S = 0.25
REPORT_S = 1.0
REPORT_TTL_S = 5.0

log = logging.getLogger("live_gateway.sessions")


class Replica:
    """One per process. `start` it when the services are open, `drain` it before they close.

    `clock`: unix seconds. `tell_heard`: called with whether a session is heard here, again and again;
    its OSError is logged once.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        stores: Stores,
        live: LiveStore,
        engine: StreamingEngine | None,
        runs: StartsRuns,
        make_feedback: MakeFeedback,
        clock: Callable[[], float] = time.time,
        tell_heard: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self.settings, self._live, self._engine = settings, live, engine
        self.name = secrets.token_hex(8)
        self.registry = SessionRegistry(live, stores, clock)
        self.sockets = Sockets()
        self.ownership = Ownership(
            self.name,
            settings.lease_ttl_s,
            live.ownerless,
            lambda fences: live.renew_all(fences, self.name, settings.lease_ttl_s),
            self.registry.open,
            lambda handle, fence: SessionOwner(handle, fence, engine, make_feedback, settings),
            able=self._may_own,
        )
        self.handover_worker = HandoverWorker(
            self.name, live, stores, runs, self.registry.open, make_feedback, settings.keep_after_handover_s
        )
        self._withdrawals = Withdrawals(stores, live, self.sockets, self.ownership)
        self._ended_logins = EndedLogins(stores, self.sockets)
        self.draining = False
        self._tasks: list[asyncio.Task[None]] = []
        self._background: set[asyncio.Task[None]] = set()
        self._others: list[ReplicaLoad] = []
        self._tell_heard, self._told = tell_heard, False
        self._deaf: Callable[[], None] = lambda: None

    async def start(self) -> None:
        """Begin to own, to listen and to hand over."""
        self._deaf = self._live.listen(self._noticed)
        watching = [asyncio.create_task(each.watch()) for each in (self._withdrawals, self._ended_logins)]
        self._tasks = [asyncio.create_task(self._tick()), asyncio.create_task(self._report()), *watching]
        self.ownership.start()
        self.handover_worker.start()

    async def drain(self) -> None:
        """Give sessions up so that another replica continues, and send their sockets there, between utterances."""
        if self.draining:
            return
        self.draining = True
        try:
            await self._live.withdraw_load(self.name)
        except ServiceFailure:
            log.info("This replica's load report was left to run out.")
        await move_away(self.sockets, self.ownership, self.settings.drain_s)
        await self.ownership.stop()
        await self.sockets.empty()
        await self.handover_worker.stop()

    async def stop(self) -> None:
        """After `drain`: nothing is left running."""
        await self.drain()
        self._deaf()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._say_heard(False)

    # ------------------------------------------------------------ for sockets

    def admits(self, handle: SessionHandle) -> bool:
        """Whether a socket may come in: always to a running session, to a new one while there is room."""
        if handle.started:
            return True
        busy = {*self.sockets.sessions(), *self.ownership.ids()} - {handle.id}
        room_left = len(busy) < self.settings.max_sessions and (self._fits_another())
        if not room_left:
            metrics.sessions.labels("refused").inc()
        return room_left

    async def enter(self, handle: SessionHandle, listener: Listener) -> None:
        """A socket was opened here. Raises ServiceFailure."""
        await handle.store.watch()
        self.sockets.enter(handle.id, listener)
        metrics.sockets.labels(listener.role).inc()

    async def leave(self, handle: SessionHandle, listener: Listener) -> None:
        """... and closed."""
        self.sockets.leave(handle.id, listener)
        metrics.sockets.labels(listener.role).dec()
        await handle.store.unwatch()

    # ------------------------------------------------------------ what goes on

    def _noticed(self, notice: Notice) -> None:
        """What the store tells this process, passed to whom it concerns."""
        session_id, kind = notice.session_id, notice.kind
        if kind == "ownerless":
            self.ownership.look()
        elif kind == "handover":
            self.handover_worker.look()
        elif kind == "resync":
            self._in_background(self._resync(session_id))
        elif kind == "panel":
            self._in_background(self._panel_changed(session_id))
        elif kind in ("sound", "command"):
            owner = self.ownership.owner(session_id)
            if owner is not None:
                (owner.sound_came if kind == "sound" else owner.command_came)()
        else:
            if kind == "joined" and (owner := self.ownership.owner(session_id)) is not None:
                owner.tell_status()
            self._to_sockets(notice)

    def _to_sockets(self, notice: Notice) -> None:
        for socket in self.sockets.of(notice.session_id):
            if notice.kind == "events":
                socket.wake()
            elif notice.kind == "message" and notice.message is not None:
                socket.tell(notice.message)
            elif notice.kind == "joined" and (notice.role, notice.account) == (socket.role, socket.account):
                socket.superseded(notice.generation)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _panel_changed(self, session_id: str) -> None:
        """Who conducts a session has changed: its sockets here learn what that means for them."""
        handle = self.registry.known(session_id)
        while handle is not None:
            try:
                session = await handle.refresh()
                break
            except ServiceFailure:
                await asyncio.sleep(TICK_S)
        else:
            return
        for socket in self.sockets.of(session_id):
            socket.panel_changed(session)
        if (owner := self.ownership.owner(session_id)) is not None:
            owner.tell_panel()

    async def _resync(self, session_id: str) -> None:
        """The connection to Redis was lost for a while: look at everything, and whether the stream is still there."""
        owner = self.ownership.owner(session_id)
        if owner is not None:
            owner.sound_came()
            owner.command_came()
            owner.tell_status()
        handle = self.registry.known(session_id)
        lost = False
        while handle is not None and self.sockets.of(session_id):
            try:
                lost = not await handle.current()
                break
            except ServiceFailure:  # the subscription may be back before the other connections are
                await asyncio.sleep(TICK_S)
        if handle is not None and handle.has_panel:
            self._in_background(self._panel_changed(session_id))
        for socket in self.sockets.of(session_id):
            if lost and handle is not None and socket.epoch == handle.epoch:
                socket.lost()
            else:
                socket.wake()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            for socket in self.sockets:
                socket.tick()

    async def _report(self) -> None:
        """Say every second who is here and how much more would fit; learn what the others say."""
        while True:
            self._say_heard(self._engine is not None and len(self.ownership) > 0)
            try:
                await self._live.seen(self.sockets.present())
                await self._live.report_load(self._load(), REPORT_TTL_S)
                fleet = await self._live.fleet()
                metrics.handovers_waiting.set(await self._live.waiting_handovers())
                metrics.handover_due_seconds.set(await self._live.handover_due_s(await self._live.time()))
            except ServiceFailure:
                fleet = []
            self._others = [each for each in fleet if each.replica != self.name and not each.draining]
            await asyncio.sleep(REPORT_S)

    def _say_heard(self, heard: bool) -> None:
        try:
            self._tell_heard(heard)
        except OSError as error:  # the session matters more than who gives way to it
            if not self._told:
                log.warning("The marker of live sessions cannot be set.", extra={"error": error.strerror})
            self._told = True
        else:
            self._told = False

    def _load(self) -> ReplicaLoad:
        load = None if self._engine is None else self._engine.load()
        if load is not None:
            metrics.overload_level.set(load.level)
            metrics.realtime_factor.set(load.real_time_factor)
            metrics.speech_streams.set(load.streams)
            metrics.diarization_lag.set(load.diarization_lag_ms / 1000)
        room = self.settings.max_sessions - len({*self.sockets.sessions(), *self.ownership.ids()})
        return ReplicaLoad(
            replica=self.name,
            sessions=len(self.ownership),
            room=room if self._fits_another() else 0,
            level=0 if load is None else load.level,
            real_time_factor=0.0 if load is None else load.real_time_factor,
            speech=self._engine is not None,
            draining=self.draining,
        )

    def _fits_another(self) -> bool:
        if self._engine is None or not self.settings.admission:
            return True
        return self._engine.room_for_another()

    def _may_own(self) -> bool:
        """Whether to claim what has no owner: not while warming, nor what another replica can do better."""
        if self._engine is None:
            return not any(each.speech for each in self._others)
        if not self._engine.ready:
            return False
        return self._fits_another() or not any(each.speech and each.room > 0 for each in self._others)
