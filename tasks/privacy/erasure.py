"""Erasing a candidate from every store, and the receipt that says what was there and that it is there no more.

Order: the list outside the database, consents, key, rows, objects, vectors, live sessions, runs of workflows, their
logs. Each place is counted before anything of it is removed, and the count is kept: one that was cut short goes on with
the same figures. Nothing is signed before every place was looked at again.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from include.airflow_client import AirflowClient
from include.airflow_client.runs import delete_run, runs_of
from include.interview.errors import BadInput, ServiceFailure
from include.interview.privacy.erasure import (
    ALWAYS_KEPT,
    ErasureReceipt,
    Kept,
    SignedReceipt,
    Sink,
    SinkCount,
)
from include.interview.progress import Progress, silent
from include.storage import Stores
from include.storage.live.store import LiveStore
from include.storage.repositories.erasures import Found

log = logging.getLogger(__name__)


class Erasing(Protocol):
    """One place outside the database: how much of a person it holds, and removing it."""

    @property
    def sink(self) -> Sink:
        """Which place it is."""

    async def count(self, found: Found) -> int:
        """How many pieces there are. Raises ServiceFailure."""

    async def remove(self, found: Found) -> None:
        """Remove them; removing twice changes nothing. Raises ServiceFailure."""


@dataclass(frozen=True)
class Outside:
    """What an installation has beside its stores; None where it has none.

    `logs`: the folder below which Airflow writes its tasks' logs.
    """

    live: LiveStore | None = None
    airflow: AirflowClient | None = None
    logs: Path | None = None


@dataclass(frozen=True)
class _Objects:
    stores: Stores
    sink: Sink = "objects"

    async def count(self, found: Found) -> int:
        return await asyncio.to_thread(lambda: sum(self.stores.objects.exists(name) for name in found.objects))

    async def remove(self, found: Found) -> None:
        def all_of_them() -> None:
            for name in found.objects:
                self.stores.objects.remove(name)

        await asyncio.to_thread(all_of_them)


@dataclass(frozen=True)
class _Vectors:
    stores: Stores
    sink: Sink = "vectors"

    async def count(self, found: Found) -> int:
        return await asyncio.to_thread(self.stores.vectors.count, found.interviews)

    async def remove(self, found: Found) -> None:
        await asyncio.to_thread(self.stores.vectors.erase, found.interviews)


@dataclass(frozen=True)
class _LiveSessions:
    live: LiveStore
    sink: Sink = "live_sessions"

    async def count(self, found: Found) -> int:
        return sum([await self.live.kept(session_id) for session_id in found.sessions])

    async def remove(self, found: Found) -> None:
        for session_id in found.sessions:
            await self.live.forget(session_id)


@dataclass(frozen=True)
class _Runs:
    airflow: AirflowClient
    sink: Sink = "workflow_runs"

    async def count(self, found: Found) -> int:
        return len(await runs_of(self.airflow, found.interviews))

    async def remove(self, found: Found) -> None:
        for run in await runs_of(self.airflow, found.interviews):
            await delete_run(self.airflow, run)


@dataclass(frozen=True)
class _Logs:
    folder: Path
    sink: Sink = "workflow_logs"

    def _folders(self, found: Found) -> list[Path]:
        return [
            run
            for run in self.folder.glob("dag_id=*/run_id=*")
            if any(interview in run.name for interview in found.interviews)
        ]

    async def count(self, found: Found) -> int:
        return await asyncio.to_thread(lambda: len(self._folders(found)))

    async def remove(self, found: Found) -> None:
        def all_of_them() -> None:
            for run in self._folders(found):
                try:
                    shutil.rmtree(run)
                except FileNotFoundError:
                    continue  # a run that wrote there ended and was swept meanwhile
                except OSError as error:
                    raise ServiceFailure(
                        f"Task logs cannot be removed ({error.strerror}).",
                        f"Check the permissions below {self.folder}, then erase again.",
                        code="logs",
                    ) from error

        await asyncio.to_thread(all_of_them)


async def erase_candidate(
    stores: Stores, outside: Outside, candidate_id: str, progress: Progress = silent
) -> ErasureReceipt | SignedReceipt:
    """Erase the candidate; the signed receipt, or an unsigned one that names the places that did not answer.

    Erasing again goes on where it stopped, and gives the same receipt once there is one.

    Raises:
        NotFound: no such candidate. BadInput: on a legal hold (code "legal_hold").
        ServiceFailure: the database or the object store cannot be used; nothing is half done that a repetition
            does not finish.
    """
    done = await asyncio.to_thread(stores.erasures.receipt, candidate_id)
    if done is not None:
        return done
    if await asyncio.to_thread(stores.retention.held, candidate_id):
        raise BadInput(
            f"Candidate {candidate_id} is on a legal hold.",
            "Release it first (./triview candidates release), when it is over.",
            code="legal_hold",
        )
    found = await asyncio.to_thread(stores.erasures.begin, candidate_id)
    places = _places(stores, outside)
    unreachable: list[Sink] = []
    for place in places:
        found = await _noted(stores, found, place, unreachable)
    progress(0.1, "counted")
    await asyncio.to_thread(_forget_in_database, stores, found)
    progress(0.3, "database")
    for number, place in enumerate(places, 1):
        if place.sink not in unreachable:
            await _reached(place.sink, place.remove(found), unreachable)
        progress(0.3 + 0.6 * number / len(places), place.sink)
    receipt = await _receipt(stores, found, places, unreachable)
    progress(1.0, "done")
    return await asyncio.to_thread(stores.erasures.complete, receipt) if receipt.complete else receipt


def replay_erasures(stores: Stores) -> int:
    """Erase again who was erased and is back, as after the restore of an older backup; returns how many.

    Every entry of the list outside the database is looked at. To be done before anything is served.

    Raises:
        ServiceFailure: the list or a store cannot be used.
    """
    back = stores.erasures.standing([entry.candidate_id for entry in stores.erasure_list.entries()])
    for candidate_id in back:
        asyncio.run(erase_candidate(stores, Outside(), candidate_id))
    return len(back)


def _places(stores: Stores, outside: Outside) -> list[Erasing]:
    places: list[Erasing] = [_Objects(stores), _Vectors(stores)]
    if outside.live is not None:
        places.append(_LiveSessions(outside.live))
    if outside.airflow is not None:
        places.append(_Runs(outside.airflow))
    if outside.logs is not None:
        places.append(_Logs(outside.logs))
    return places


async def _noted(stores: Stores, found: Found, place: Erasing, unreachable: list[Sink]) -> Found:
    """`found` with what the place holds, kept before anything of it is removed."""
    if any(one.sink == place.sink for one in found.counts):
        return found
    count: list[int] = []

    async def counted() -> None:
        count.append(await place.count(found))

    if not await _reached(place.sink, counted(), unreachable):
        return found
    noted = replace(found, counts=(*found.counts, SinkCount(place.sink, count[0], count[0])))
    await asyncio.to_thread(stores.erasures.note, noted)
    return noted


async def _reached(sink: Sink, act: Awaitable[None], unreachable: list[Sink]) -> bool:
    """True when the place did what was asked; else it is named in `unreachable`, for the receipt to say so."""
    try:
        await act
    except ServiceFailure as failure:
        log.warning("An erasure could not reach %s (%s); it is to be repeated.", sink, failure.code)
        unreachable.append(sink)
        return False
    return True


def _forget_in_database(stores: Stores, found: Found) -> None:
    stores.erasure_list.add(found.candidate_id, found.requested_at)
    for consent in stores.consents.list(found.candidate_id):
        stores.consents.withdraw(consent.id)
    stores.candidates.destroy_key(found.candidate_id)
    stores.erasures.remove_rows(found)


async def _receipt(stores: Stores, found: Found, places: list[Erasing], unreachable: list[Sink]) -> ErasureReceipt:
    after: dict[Sink, int] = dict(await asyncio.to_thread(stores.erasures.left, found))
    for place in places:
        if place.sink in unreachable:
            continue

        async def counted(place: Erasing = place) -> None:
            after[place.sink] = await place.count(found)

        await _reached(place.sink, counted(), unreachable)
    kept: tuple[Kept, ...] = ALWAYS_KEPT
    if stores.vectors_served:
        kept = (*kept, "vector_server")
    return ErasureReceipt(
        erasure_id=found.erasure_id,
        candidate_id=found.candidate_id,
        requested_at=found.requested_at,
        completed_at=datetime.now(UTC).isoformat(),
        sinks=tuple(SinkCount(sink, found.before(sink), left) for sink, left in after.items()),
        kept=kept,
        unreachable=tuple(dict.fromkeys(unreachable)),
    )
