"""Letting go of what has been kept for as long as was promised."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

from include.interview.assessment.policy import load_profile, profile_ids
from include.interview.errors import BadInput, ServiceFailure
from include.interview.privacy.erasure import ErasureReceipt
from include.interview.privacy.retention import Ending, due, endings
from include.interview.records import Record
from include.settings import Settings
from include.storage import Stores
from tasks.privacy.erasure import Outside, clear_interview, erase_candidate
from tasks.privacy.outside import opened_outside


class RetentionPlan(Record, frozen=True):
    """What is over and goes now, what ends later, and what is over but on a legal hold or contested.

    Each earliest first.
    """

    due: tuple[Ending, ...]
    later: tuple[Ending, ...]
    on_hold: tuple[Ending, ...]


class Done(Record, frozen=True):
    """How many people and single interviews went. `incomplete`: people whose erasure goes on the next time."""

    people: int
    interviews: int
    incomplete: tuple[str, ...]


def plan(stores: Stores, at: datetime, candidate_id: str | None = None) -> RetentionPlan:
    """What goes when, of everybody or of one candidate, as seen at `at` (UTC).

    Raises:
        ServiceFailure: the database cannot be used.
    """
    days = {profile: load_profile(profile).retention_days for profile in profile_ids()}
    found = [ending for person in stores.retention.people(candidate_id) for ending in endings(person, days)]
    by_time = sorted(found, key=lambda one: (one.ends_at, one.candidate_id, one.interview_id or ""))
    return RetentionPlan(
        due(found, at),
        tuple(one for one in by_time if one.ends_at > at),
        tuple(one for one in by_time if one.ends_at <= at and one.on_hold),
    )


async def carry_out(stores: Stores, outside: Outside, at: datetime) -> Done:
    """Let go of what is over at `at`: a person is erased as on request, an interview loses all but its id.

    Who was put on a legal hold meanwhile, or gave another interview, stays; nobody keeps the others from going.

    Raises:
        ServiceFailure: the database or the object store cannot be used; the next time goes on.
    """
    over = (await asyncio.to_thread(plan, stores, at)).due
    cleared = [one.interview_id for one in over if one.interview_id and await _cleared(stores, outside, one, at)]
    if cleared:
        await asyncio.to_thread(stores.vectors.erase, cleared)
    begun = await asyncio.to_thread(stores.erasures.pending)
    erased = 0
    incomplete: list[str] = []
    for candidate_id in begun:
        erased += await _erased(stores, outside, candidate_id, incomplete)
    for one in over:
        if one.interview_id is None and one.candidate_id not in begun and await _still_due(stores, one, at):
            erased += await _erased(stores, outside, one.candidate_id, incomplete)
    return Done(erased, len(cleared), tuple(incomplete))


async def _still_due(stores: Stores, ending: Ending, at: datetime) -> bool:
    return ending in (await asyncio.to_thread(plan, stores, at, ending.candidate_id)).due


async def _cleared(stores: Stores, outside: Outside, ending: Ending, at: datetime) -> bool:
    if ending.interview_id is None or not await _still_due(stores, ending, at):
        return False
    try:
        await clear_interview(stores, outside, ending.interview_id)
    except BadInput as error:
        if error.code != "legal_hold":
            raise
        return False
    return True


async def _erased(stores: Stores, outside: Outside, candidate_id: str, incomplete: list[str]) -> bool:
    try:
        receipt = await erase_candidate(stores, outside, candidate_id)
    except BadInput as error:
        if error.code != "legal_hold":
            raise
        return False
    if isinstance(receipt, ErasureReceipt):
        incomplete.append(candidate_id)
    return True


def let_go(stores: Stores, settings: Settings) -> Done:
    """What is over now goes, from every store that the settings and the environment name.

    Raises:
        ServiceFailure: a store cannot be used, or a place did not answer (code "erasure_incomplete"); try again.
    """

    async def now() -> Done:
        async with opened_outside(settings, os.environ) as outside:
            return await carry_out(stores, outside, datetime.now(UTC))

    done = asyncio.run(now())
    if done.incomplete:
        raise ServiceFailure(
            f"{len(done.incomplete)} erasures are not complete: a place did not answer.",
            "See that Redis, Airflow and Chroma answer; the next run goes on.",
            code="erasure_incomplete",
        )
    return done
