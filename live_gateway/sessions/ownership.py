"""Which sessions this replica owns: it claims what has no owner, keeps the leases, and gives them up to drain.

A lease that cannot be renewed before it runs out is lost: its owner is stopped at once, and whoever claims the
session next continues from the checkpoint. Redis being away looks the same, so that nothing is written twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from include.interview.errors import ServiceFailure, TriviewError
from include.storage.live.awake_timeout import AwakeTimeout
from live_gateway import metrics
from live_gateway.sessions.handle import SessionHandle
from live_gateway.sessions.owner import SessionOwner

SCANS_PER_LEASE = 6
RENEWALS_PER_LEASE = 3
AGAIN_S = 5.0
"""A session whose owner failed for a reason of its own waits this long; then any replica may try."""

log = logging.getLogger("live_gateway.sessions")


@dataclass(eq=False)
class _Owned:
    handle: SessionHandle
    owner: SessionOwner
    fence: int
    task: asyncio.Task[None]
    renewed: float


class Ownership:
    """The sessions one replica owns."""

    def __init__(
        self,
        name: str,
        lease_s: float,
        ownerless: Callable[[], Awaitable[list[str]]],
        renew: Callable[[dict[str, int]], Awaitable[set[str]]],
        open_session: Callable[[str], Awaitable[SessionHandle]],
        make_owner: Callable[[SessionHandle, int], SessionOwner],
        *,
        able: Callable[[], bool] = lambda: True,
    ) -> None:
        self._name, self._lease_s, self._able = name, lease_s, able
        self._ownerless, self._renew = ownerless, renew
        self._open_session, self._make_owner = open_session, make_owner
        self._owned: dict[str, _Owned] = {}
        self._failed: dict[str, float] = {}
        self._look = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    def __len__(self) -> int:
        return len(self._owned)

    def __contains__(self, session_id: str) -> bool:
        return session_id in self._owned

    def ids(self) -> list[str]:
        """Which sessions are owned here."""
        return list(self._owned)

    def owner(self, session_id: str) -> SessionOwner | None:
        """The owner of a session owned here."""
        owned = self._owned.get(session_id)
        return None if owned is None else owned.owner

    def look(self) -> None:
        """A session may have no owner: look now instead of at the next scan."""
        self._look.set()

    def start(self) -> None:
        """Begin to claim and renew."""
        self._tasks = [asyncio.create_task(self._claim_all()), asyncio.create_task(self._renew_all())]

    def hold(self) -> None:
        """Claim nothing more; what is owned stays owned until it is given up."""
        self._stopping = True

    async def give_up(self, session_id: str) -> None:
        """Give one session up, if it is owned here, so that another replica continues at once."""
        owned = self._owned.get(session_id)
        if owned is not None:
            owned.task.cancel()
            await asyncio.gather(owned.task, return_exceptions=True)

    async def stop(self) -> None:
        """Give every session up, so that another replica continues at once."""
        self.hold()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        owned = list(self._owned.values())
        for one in owned:
            one.task.cancel()
        await asyncio.gather(*(one.task for one in owned), return_exceptions=True)

    # ------------------------------------------------------------ claiming

    async def _claim_all(self) -> None:
        while True:
            self._look.clear()
            try:
                for session_id in await self._ownerless() if self._able() else ():
                    await self._claim(session_id)
            except ServiceFailure:
                log.warning("Redis cannot be asked for sessions without an owner.")
            try:
                async with asyncio.timeout(self._lease_s / SCANS_PER_LEASE):
                    await self._look.wait()
            except TimeoutError:
                pass

    async def _claim(self, session_id: str) -> None:
        if session_id in self._owned or self._stopping:
            return
        if _now() - self._failed.get(session_id, -AGAIN_S) < AGAIN_S:
            return
        try:
            handle = await self._open_session(session_id)
            fence = await handle.store.acquire(self._name, self._lease_s)
        except ServiceFailure:
            raise
        except TriviewError as error:
            self._failed[session_id] = _now()
            log.warning("A session cannot be owned.", extra={"session": session_id, "code": error.code})
            return
        if fence is None:
            return
        owner = self._make_owner(handle, fence)
        task = asyncio.create_task(self._own(handle, owner, fence))
        self._owned[session_id] = _Owned(handle, owner, fence, task, _now())
        metrics.sessions_owned.set(len(self._owned))
        if fence > 1:
            metrics.takeovers.inc()
        else:
            metrics.sessions.labels("started").inc()
        log.info("A session is owned here.", extra={"session": session_id, "fence": fence})

    async def _own(self, handle: SessionHandle, owner: SessionOwner, fence: int) -> None:
        outcome = "concluded"
        try:
            await owner.run()
        except asyncio.CancelledError:
            outcome = "given_up"
            raise
        except TriviewError as error:
            outcome = error.code
            if _fails_again(error):
                self._failed[handle.id] = _now()
        except Exception as error:
            outcome = type(error).__name__
            self._failed[handle.id] = _now()
            log.exception("The owner of a session failed.", extra={"session": handle.id})
        finally:
            self._owned.pop(handle.id, None)
            metrics.sessions_owned.set(len(self._owned))
            log.info("A session is no longer owned here.", extra={"session": handle.id, "outcome": outcome})
            await asyncio.shield(self._release(handle, fence))

    async def _release(self, handle: SessionHandle, fence: int) -> None:
        try:
            await handle.store.release(self._name, fence)
        except TriviewError as error:
            log.info("A lease was left to run out.", extra={"session": handle.id, "code": error.code})

    # ------------------------------------------------------------ renewing

    async def _renew_all(self) -> None:
        while True:
            await self._sleep(self._lease_s / RENEWALS_PER_LEASE)
            asked = _now()
            fences = {session_id: owned.fence for session_id, owned in self._owned.items()}
            kept: set[str] | None = None
            try:
                async with AwakeTimeout(self._lease_s):
                    kept = await self._renew(fences)
            except (ServiceFailure, TimeoutError):
                log.warning("Leases could not be renewed.")
            for session_id in fences:
                self._renewed(session_id, asked, kept)

    async def _sleep(self, seconds: float) -> None:
        """Sleep; what it took longer, this process did not run, and that counts against no lease.

        Redis gave such a lease up meanwhile, perhaps to somebody else: the next renewal finds out, and the fencing
        token keeps what is written in order.
        """
        due = _now() + seconds
        await asyncio.sleep(seconds)
        starved_s = _now() - due
        if starved_s > 0.0:
            for owned in self._owned.values():
                owned.renewed += starved_s

    def _renewed(self, session_id: str, asked: float, kept: set[str] | None) -> None:
        """What the answer means for one session; `kept` is None when there was none."""
        owned = self._owned.get(session_id)
        if owned is None or owned.task.done():
            return
        if kept is not None and session_id in kept:
            owned.renewed = asked
        elif kept is not None or _now() - owned.renewed > self._lease_s:
            log.warning("A lease was lost.", extra={"session": session_id})
            owned.task.cancel()


def _fails_again(error: TriviewError) -> bool:
    """Whether the next try would fail alike: not where a store was away. A recogniser that fails by itself would."""
    if isinstance(error, ServiceFailure):
        return error.code == "speech_failed" and not isinstance(error.__cause__, TriviewError)
    return True


def _now() -> float:
    """Monotonic seconds of the event loop's clock, which tests replace by a virtual one."""
    return asyncio.get_running_loop().time()
