"""When data of people have to go: pure rules over dates, per person and interview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from include.interview.records import Record


class HeldInterview(Record, frozen=True):
    """An interview that is stored. `given_at`: when the last of it came from the candidate (UTC).

    `contested`: a contest of its result waits for an answer, which nobody could give without it.
    """

    id: str
    profile: str
    given_at: datetime
    contested: bool = False


class HeldPerson(Record, frozen=True):
    """A person who is stored, with their interviews. `on_hold`: a legal hold is in force: nothing of them may go."""

    candidate_id: str
    created_at: datetime
    interviews: tuple[HeldInterview, ...] = ()
    on_hold: bool = False


class Ending(Record, frozen=True):
    """When something has to go: one interview, or with `interview_id` None everything of the person.

    `on_hold`: it stays meanwhile, for a legal hold or a contest that waits for its answer.
    """

    candidate_id: str
    interview_id: str | None
    ends_at: datetime
    on_hold: bool


def endings(person: HeldPerson, days: Mapping[str, int]) -> tuple[Ending, ...]:
    """What of the person ends when, earliest first.

    An interview ends its profile's days after the candidate gave the last of it: judging again or publishing anew
    prolongs nothing. The person ends with the last interview; without any, after the longest of `days`, counted from
    when they were added. What ends with the person is not listed on its own. An interview whose contest is open stays
    until it is answered, and so does its person.

    Args:
        person: who.
        days: profile -> retention in days; a profile that is not in it has the longest.
    """
    longest = max(days.values())
    ends = {one.id: one.given_at + timedelta(days=days.get(one.profile, longest)) for one in person.interviews}
    last = max(ends.values(), default=person.created_at + timedelta(days=longest))
    contested = {one.id for one in person.interviews if one.contested}
    earlier = [
        Ending(person.candidate_id, interview_id, at, person.on_hold or interview_id in contested)
        for interview_id, at in ends.items()
        if at < last
    ]
    return (
        *sorted(earlier, key=lambda one: (one.ends_at, one.interview_id or "")),
        Ending(person.candidate_id, None, last, person.on_hold or bool(contested)),
    )


def due(all_endings: Iterable[Ending], at: datetime) -> tuple[Ending, ...]:
    """Those over at `at` and on no hold, earliest first; what goes with its person is in there as the person."""
    over = [one for one in all_endings if one.ends_at <= at and not one.on_hold]
    whole = {one.candidate_id for one in over if one.interview_id is None}
    kept = [one for one in over if one.interview_id is None or one.candidate_id not in whole]
    return tuple(sorted(kept, key=lambda one: (one.ends_at, one.candidate_id, one.interview_id or "")))
