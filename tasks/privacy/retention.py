"""Letting go of what has been kept for as long as was promised."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

from include.interview.assessment.policy import load_profile, profile_ids
from include.interview.errors import ServiceFailure
from include.interview.privacy.erasure import ErasureReceipt
from include.interview.privacy.retention import Ending, due, endings
from include.interview.records import Record
from include.settings import Settings
from include.storage import Stores
from tasks.privacy.erasure import Outside, erase_candidate
from tasks.privacy.outside import opened_outside


class RetentionPlan(Record, frozen=True):
    """What is over and goes now, what ends later, and what is over but on a legal hold; earliest first."""

    due: tuple[Ending, ...]
    later: tuple[Ending, ...]
    on_hold: tuple[Ending, ...]


class Done(Record, frozen=True):
    """How many people and single interviews went. `incomplete`: people whose erasure goes on the next time."""

    people: int
    interviews: int
    incomplete: tuple[str, ...]


def plan(stores: Stores, at: datetime) -> RetentionPlan:
    """What goes when, as seen at `at` (UTC).

    Raises:
        ServiceFailure: the database cannot be used.
    """
    days = {profile: load_profile(profile).retention_days for profile in profile_ids()}
    found = [ending for person in stores.retention.people() for ending in endings(person, days)]
    by_time = sorted(found, key=lambda one: (one.ends_at, one.candidate_id, one.interview_id or ""))
    return RetentionPlan(
        due(found, at),
        tuple(one for one in by_time if one.ends_at > at),
        tuple(one for one in by_time if one.ends_at <= at and one.on_hold),
    )


async def carry_out(stores: Stores, outside: Outside, at: datetime) -> Done:
    """Let go of what is over at `at`: a person is erased as on request, an interview loses all but its id.

    Raises:
        ServiceFailure: the database or the object store cannot be used; the next time goes on.
    """
    over = (await asyncio.to_thread(plan, stores, at)).due
    cleared = [one.interview_id for one in over if one.interview_id is not None]
    for interview_id in cleared:
        await asyncio.to_thread(_clear, stores, interview_id)
    begun = await asyncio.to_thread(stores.erasures.pending)
    people = [*begun, *(one.candidate_id for one in over if one.interview_id is None)]
    incomplete = [
        candidate_id
        for candidate_id in dict.fromkeys(people)
        if isinstance(await erase_candidate(stores, outside, candidate_id), ErasureReceipt)
    ]
    return Done(len(set(people)), len(cleared), tuple(incomplete))


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


def _clear(stores: Stores, interview_id: str) -> None:
    for name in stores.erasures.interview_objects(interview_id):
        stores.objects.remove(name)
    stores.vectors.erase([interview_id])
    stores.erasures.clear_interview(interview_id)
