"""What is stored of people and since when, and the legal holds that keep it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, get_args

from sqlalchemy import Connection, func, insert, select, update

from include.interview.errors import BadInput, NotFound
from include.interview.privacy.retention import HeldInterview, HeldPerson
from include.interview.records import Record
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, new_id, now

HoldGround = Literal["legal_claim", "discrimination_complaint", "authority_request", "audit"]
"""Why data are kept beyond their time: a claim in court, a complaint of discrimination, an authority, an audit."""
PEOPLE_AT_ONCE = 500


class LegalHold(Record, frozen=True):
    """A hold in force. `placed_at`: UTC, ISO 8601."""

    candidate_id: str
    ground: str
    placed_by: str
    placed_at: str


class Retention:
    """Dates and holds. Every call raises ServiceFailure when the database cannot be used."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def people(self, only: str | None = None) -> Iterator[HeldPerson]:
        """Everybody (or one person) who was not erased, with interviews that were not cleared; by id, in portions."""
        after = ""
        while True:
            with self._core.look() as connection:
                wanted = select(t.candidates.c.id, t.candidates.c.created_at).where(
                    t.candidates.c.wrapped_key.is_not(None), t.candidates.c.id > after
                )
                if only is not None:
                    wanted = wanted.where(t.candidates.c.id == only)
                people = connection.execute(wanted.order_by(t.candidates.c.id).limit(PEOPLE_AT_ONCE)).all()
                ids = [row.id for row in people]
                given = func.max(t.media_objects.c.created_at)
                interviews = connection.execute(
                    select(
                        t.applications.c.candidate_id,
                        t.interviews.c.id,
                        t.interviews.c.profile,
                        t.interviews.c.created_at,
                        given.label("given_at"),
                    )
                    .join(t.applications, t.applications.c.id == t.interviews.c.application_id)
                    .outerjoin(t.media_objects, t.media_objects.c.interview_id == t.interviews.c.id)
                    .where(t.applications.c.candidate_id.in_(ids), t.interviews.c.status != "erased")
                    .group_by(
                        t.applications.c.candidate_id,
                        t.interviews.c.id,
                        t.interviews.c.profile,
                        t.interviews.c.created_at,
                    )
                    .order_by(t.interviews.c.id)
                ).all()
                contested = set(
                    connection.execute(
                        select(t.contests.c.interview_id).where(
                            t.contests.c.interview_id.in_([row.id for row in interviews]), t.contests.c.state == "open"
                        )
                    ).scalars()
                )
                held = set(
                    connection.execute(
                        select(t.legal_holds.c.candidate_id).where(
                            t.legal_holds.c.candidate_id.in_(ids), t.legal_holds.c.released_at.is_(None)
                        )
                    ).scalars()
                )
            for person in people:
                yield HeldPerson(
                    person.id,
                    person.created_at,
                    tuple(
                        HeldInterview(
                            row.id,
                            row.profile,
                            max(row.created_at, row.given_at or row.created_at),
                            row.id in contested,
                        )
                        for row in interviews
                        if row.candidate_id == person.id
                    ),
                    person.id in held,
                )
            if len(people) < PEOPLE_AT_ONCE:
                return
            after = ids[-1]

    def hold(self, candidate_id: str, ground: str) -> None:
        """Keep everything of the candidate until `release`. Holding twice for the same ground changes nothing.

        Raises:
            BadInput: no such ground. NotFound: no such candidate, or erased.
        """
        if ground not in get_args(HoldGround):
            raise BadInput(f"There is no ground {ground!r}.", f"Use one of: {', '.join(get_args(HoldGround))}.")
        table = t.legal_holds
        mine = (table.c.candidate_id == candidate_id, table.c.ground == ground, table.c.released_at.is_(None))
        with self._core.act() as act:
            self._core.data_key(act.connection, candidate_id)
            if act.connection.execute(select(table.c.id).where(*mine)).first() is not None:
                return
            act.connection.execute(
                insert(table).values(
                    id=new_id(), candidate_id=candidate_id, ground=ground, placed_by=act.actor, placed_at=now()
                )
            )
            act.record("hold.placed", f"candidate:{candidate_id}", {"ground": ground})

    def release(self, candidate_id: str) -> int:
        """End all holds of the candidate; returns how many there were.

        Raises:
            NotFound: there was none.
        """
        table = t.legal_holds
        with self._core.act() as act:
            mine = (table.c.candidate_id == candidate_id, table.c.released_at.is_(None))
            count: int = act.connection.execute(update(table).where(*mine).values(released_at=now())).rowcount
            if count == 0:
                raise NotFound(f"Candidate {candidate_id} is on no legal hold.", "Check the id.")
            act.record("hold.released", f"candidate:{candidate_id}", {"holds": count})
        return count

    def holds(self) -> tuple[LegalHold, ...]:
        """All holds in force, oldest first."""
        table = t.legal_holds
        query = select(table).where(table.c.released_at.is_(None)).order_by(table.c.placed_at, table.c.id)
        with self._core.look() as connection:
            return tuple(
                LegalHold(row.candidate_id, row.ground, row.placed_by, row.placed_at.isoformat())
                for row in connection.execute(query)
            )


def on_hold(connection: Connection, candidate_id: str) -> bool:
    """True when a legal hold of the candidate is in force."""
    query = select(t.legal_holds.c.id).where(
        t.legal_holds.c.candidate_id == candidate_id, t.legal_holds.c.released_at.is_(None)
    )
    return connection.execute(query.limit(1)).first() is not None
