"""Consents, and the check that every step makes before it touches a person's data."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from include.interview.assessment.policy import load_profile
from include.interview.entities import Consent, Interview
from include.interview.errors import BadInput, ConsentMissing, NotFound
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, candidate_of, new_id, now
from include.storage.repositories.candidates import require_key


class Consents:
    """Stored consents. A consent without an interview holds for all interviews of the candidate.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def grant(self, candidate_id: str, interview_id: str | None, purposes: Sequence[str], text_version: str) -> Consent:
        """Record the candidate's consent to `purposes` after reading version `text_version` of the text, and return it.

        Raises:
            BadInput: no purpose named, or the interview is another candidate's.
            NotFound: no such candidate, or (code "erased") the person was erased.
        """
        if not purposes:
            raise BadInput("A consent names at least one purpose.", "Pass the purposes of the policy profile.")
        at, identity = now(), new_id()
        row = {
            "id": identity,
            "candidate_id": candidate_id,
            "interview_id": interview_id,
            "purposes": json.dumps(sorted(set(purposes))),
            "text_version": text_version,
            "granted_at": at,
        }
        with self._core.act() as act:
            if interview_id is not None and candidate_of(act.connection, interview_id) != candidate_id:
                raise BadInput(f"Interview {interview_id} is not candidate {candidate_id}'s.", "Check both ids.")
            require_key(act.connection, candidate_id)
            act.connection.execute(insert(t.consents).values(**row))
            act.record("consent.granted", f"consent:{identity}", {"purposes": sorted(set(purposes))})
        return Consent(
            id=identity,
            candidate_id=candidate_id,
            interview_id=interview_id,
            purposes=tuple(sorted(set(purposes))),
            text_version=text_version,
            granted_at=at.isoformat(),
        )

    def withdraw(self, consent_id: str) -> None:
        """Withdraw a consent: from now on steps that need it refuse. Withdrawing twice changes nothing.

        Raises:
            NotFound: no such consent.
        """
        with self._core.act() as act:
            row = act.connection.execute(select(t.consents).where(t.consents.c.id == consent_id)).one_or_none()
            if row is None:
                raise NotFound(f"There is no consent {consent_id}.", "Check the id.")
            if row.withdrawn_at is not None:
                return
            act.connection.execute(update(t.consents).where(t.consents.c.id == consent_id).values(withdrawn_at=now()))
            act.record("consent.withdrawn", f"consent:{consent_id}", {"purposes": json.loads(row.purposes)})

    def get(self, consent_id: str) -> Consent:
        """The consent with this id.

        Raises:
            NotFound: no such consent.
        """
        with self._core.look() as connection:
            row = connection.execute(select(t.consents).where(t.consents.c.id == consent_id)).one_or_none()
        if row is None:
            raise NotFound(f"There is no consent {consent_id}.", "Check the id.")
        return _consent(row)

    def list(self, candidate_id: str) -> tuple[Consent, ...]:
        """All consents of a candidate, also withdrawn ones, oldest first."""
        query = select(t.consents).where(t.consents.c.candidate_id == candidate_id).order_by(t.consents.c.granted_at)
        with self._core.look() as connection:
            return tuple(_consent(row) for row in connection.execute(query))

    def lacking(self, interview_ids: Collection[str]) -> tuple[str, ...]:
        """Those of the interviews, sorted, that may not go on: a consent their profile needs is not in force any more.

        Interviews of somebody erased are among them; ids of none are not. Nothing is written to the audit trail.
        """
        ids = sorted(set(interview_ids))
        if not ids:
            return ()
        people = select(
            t.interviews.c.id, t.interviews.c.profile, t.applications.c.candidate_id, t.candidates.c.wrapped_key
        )
        query = (
            people.join(t.applications, t.applications.c.id == t.interviews.c.application_id)
            .join(t.candidates, t.candidates.c.id == t.applications.c.candidate_id)
            .where(t.interviews.c.id.in_(ids))
            .order_by(t.interviews.c.id)
        )
        with self._core.look() as connection:
            rows = connection.execute(query).all()
            given = connection.execute(
                select(t.consents.c.candidate_id, t.consents.c.interview_id, t.consents.c.purposes).where(
                    t.consents.c.candidate_id.in_([row.candidate_id for row in rows]),
                    t.consents.c.withdrawn_at.is_(None),
                )
            ).all()
        return tuple(row.id for row in rows if row.wrapped_key is None or not _covered(row, given))

    def require(self, interview: Interview | str, purposes: Sequence[str]) -> None:
        """Return normally when a consent in force covers every purpose. A refusal is an audit entry.

        Raises:
            ConsentMissing: names the missing purposes.
            NotFound: no such interview.
        """
        interview_id = interview if isinstance(interview, str) else interview.id
        with self._core.look() as connection:
            rows = connection.execute(
                select(t.consents.c.purposes).where(
                    t.consents.c.candidate_id == candidate_of(connection, interview_id),
                    t.consents.c.withdrawn_at.is_(None),
                    or_(t.consents.c.interview_id.is_(None), t.consents.c.interview_id == interview_id),
                )
            )
            given = {purpose for granted in rows.scalars() for purpose in json.loads(granted)}
        missing = [purpose for purpose in purposes if purpose not in given]
        if not missing:
            return
        with self._core.act() as act:
            act.record("consent.refused", f"interview:{interview_id}", {"missing": missing})
        raise ConsentMissing(
            f"Interview {interview_id} lacks the candidate's consent for: {', '.join(missing)}.",
            "Ask the candidate, record the consent, then start the run again; without it nothing is processed.",
            purposes=missing,
        )


def _covered(interview: Any, given: Sequence[Any]) -> bool:
    """True when the consents in force hold for all that the interview's profile cannot do without.

    A profile that is not known here asks for nobody knows what: nothing covers it.
    """
    try:
        needed = set(load_profile(interview.profile).consents)
    except NotFound:
        return False
    purposes = {
        purpose
        for one in given
        if one.candidate_id == interview.candidate_id and one.interview_id in (None, interview.id)
        for purpose in json.loads(one.purposes)
    }
    return needed <= purposes


def _consent(row: Row[Any]) -> Consent:
    return Consent(
        id=row.id,
        candidate_id=row.candidate_id,
        interview_id=row.interview_id,
        purposes=tuple(json.loads(row.purposes)),
        text_version=row.text_version,
        granted_at=row.granted_at.isoformat(),
        withdrawn_at=None if row.withdrawn_at is None else row.withdrawn_at.isoformat(),
    )
