"""Erasing a candidate from every store, and the receipt that says what was there and that it is there no more.

Order: the list outside the database, consents, the key (from then on nothing can be added), then each place outside
the database (runs of workflows first, their logs last), then the rows. Each place is counted before anything of it is
removed, and the count is kept: one that was cut short goes on with the same figures. Nothing is signed before every
place was looked at again, those included that only an earlier try knew of.
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

from include.airflow_client import AirflowClient
from include.airflow_client.runs import delete_run, runs_of
from include.interview.errors import BadInput, NotFound, ServiceFailure
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
from include.storage.repositories.erasures import IN_DATABASE, Found

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
        if not self.folder.is_dir():
            raise ServiceFailure(
                "The folder of Airflow's task logs is not there.", "Check TRIVIEW_AIRFLOW_LOGS.", code="logs"
            )
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
    stores: Stores,
    outside: Outside,
    candidate_id: str,
    progress: Progress = silent,
    *,
    whatever_holds: bool = False,
) -> ErasureReceipt | SignedReceipt:
    """Erase the candidate; the signed receipt, or an unsigned one that names the places that did not answer.

    Erasing again goes on where it stopped, and gives the same receipt once there is one.

    Args:
        stores: of the installation.
        outside: what it has beside them.
        candidate_id: who.
        progress: told how far it is.
        whatever_holds: erase although a legal hold is in force, as when an erasure is replayed.

    Raises:
        NotFound: no such candidate. BadInput: on a legal hold (code "legal_hold").
        ServiceFailure: the database or the object store cannot be used; nothing is half done that a repetition
            does not finish.
    """
    done = await asyncio.to_thread(stores.erasures.receipt, candidate_id)
    if done is not None:
        return done
    found = await asyncio.to_thread(_without_key, stores, candidate_id, whatever_holds)
    places = _places(stores, outside)
    unreachable: list[Sink] = []
    progress(0.1, "key")
    for number, place in enumerate(places, 1):
        found = await _noted(stores, found, place, unreachable)
        if place.sink not in unreachable:
            await _reached(place.sink, place.remove(found), unreachable)
        progress(0.1 + 0.7 * number / len(places), place.sink)
    await asyncio.to_thread(stores.erasures.remove_rows, found)
    progress(0.9, "rows")
    receipt = await _receipt(stores, found, places, unreachable)
    progress(1.0, "done")
    return await asyncio.to_thread(stores.erasures.complete, receipt) if receipt.complete else receipt


async def replay_erasures(stores: Stores, outside: Outside) -> tuple[int, int]:
    """Erase again who was erased and is back, as after the restore of an older backup. To be done before serving.

    Keys and rows are gone afterwards, so nothing of them can be shown. What lies in a place that did not answer is
    removed by the next nightly run.

    Returns:
        How many were back, and for how many of them a place did not answer.

    Raises:
        ServiceFailure: the list or a store cannot be used, or an entry of somebody who is there is no erasure's (code
            "erasure_list").
    """
    back = await asyncio.to_thread(lambda: stores.erasures.standing(stores.erasure_list.ids()))
    incomplete = 0
    for candidate_id in back:
        await asyncio.to_thread(stores.erasure_list.check, candidate_id)
        receipt = await erase_candidate(stores, outside, candidate_id, whatever_holds=True)
        incomplete += isinstance(receipt, ErasureReceipt)
    return len(back), incomplete


async def clear_interview(stores: Stores, outside: Outside, interview_id: str) -> None:
    """Remove an interview's recordings, words, scores, runs and logs; its id stays. May be repeated.

    Its vectors go with those of others: `Stores.vectors.erase` makes an embedded index anew each time.

    Raises:
        NotFound: no such interview. BadInput: on a legal hold (code "legal_hold").
        ServiceFailure: a place cannot be used; repeat it later.
    """
    objects = await asyncio.to_thread(stores.erasures.interview_objects, interview_id)
    found = Found("", "", "", (interview_id,), (interview_id,), objects, (), ())
    await asyncio.to_thread(stores.erasures.require_free, interview_id)
    for place in _places(stores, outside):
        if place.sink != "vectors":
            await place.remove(found)
    await asyncio.to_thread(stores.erasures.clear_interview, interview_id)


def _places(stores: Stores, outside: Outside) -> list[Erasing]:
    places: list[Erasing] = []
    if outside.airflow is not None:
        places.append(_Runs(outside.airflow))
    if outside.live is not None:
        places.append(_LiveSessions(outside.live))
    places += [_Objects(stores), _Vectors(stores)]
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
    return await asyncio.to_thread(stores.erasures.note, found.erasure_id, SinkCount(place.sink, count[0], count[0]))


async def _reached(sink: Sink, act: Awaitable[None], unreachable: list[Sink]) -> bool:
    """True when the place did what was asked; else it is named in `unreachable`, for the receipt to say so."""
    try:
        await act
    except ServiceFailure as failure:
        log.warning("An erasure could not reach %s (%s); it is to be repeated.", sink, failure.code)
        unreachable.append(sink)
        return False
    return True


def _without_key(stores: Stores, candidate_id: str, whatever_holds: bool) -> Found:
    """The candidate's key is gone, they are on the list, and what they had is noted."""
    if not whatever_holds:
        stores.erasures.require_no_hold(candidate_id)
    found = stores.erasures.begin(candidate_id)
    try:
        stores.erasure_list.add(candidate_id, found.requested_at)
    except NotFound as error:
        if error.code != "erased":
            raise
    for consent in stores.consents.list(candidate_id):
        stores.consents.withdraw(consent.id)
    try:
        return stores.erasures.destroy_key(found, whatever_holds=whatever_holds)
    except BadInput:  # a hold was placed this very moment: nobody may take the person for erased
        stores.erasure_list.remove(candidate_id)
        stores.erasures.cancel(found)
        raise


async def _receipt(stores: Stores, found: Found, places: list[Erasing], unreachable: list[Sink]) -> ErasureReceipt:
    after: dict[Sink, int] = dict(await asyncio.to_thread(stores.erasures.left, found))
    for place in places:
        if place.sink in unreachable:
            continue

        async def counted(place: Erasing = place) -> None:
            after[place.sink] = await place.count(found)

        await _reached(place.sink, counted(), unreachable)
    known = {place.sink for place in places} | IN_DATABASE
    unreachable += [one.sink for one in found.counts if one.sink not in known]  # an earlier try knew of it
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
