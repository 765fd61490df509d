"""Divergences between raters that people settled: reasons sealed under the candidate's key."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from include.interview.agreement.stored import Settlement
from include.interview.errors import BadInput
from include.interview.intake.cleaning import clean_text
from include.interview.scoring.ratings import MAX_REASON_CHARS
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, now, seal, unseal
from include.storage.repositories.applications import NOBODY

TABLE, COLUMN = "divergence_settlements", "sealed_reason"


class Divergences:
    """Stored settlements. Settling and reading are audit entries; neither names a level or a reason.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def settle(self, interview_id: str, entry_id: str, reason: str) -> Settlement:
        """Record that the acting person settled the entry `entry_id` of the queue, for good, and return it.

        Raises:
            BadInput: code "settlement_reason" (missing, or more than 2,000 characters) or "already_settled", or nobody
                acts (actor "system").
            NotFound: no such interview, or (code "erased") the candidate's key was destroyed.
        """
        if self._core.actor == NOBODY:
            raise BadInput("Only a person can settle a divergence.", "Act as that person.")
        reason = clean_text(reason, "The reason").strip()
        if not reason or len(reason) > MAX_REASON_CHARS:
            raise BadInput(
                f"Settling a divergence needs a reason of 1 to {MAX_REASON_CHARS} characters.",
                "Say what you looked at and what you found.",
                code="settlement_reason",
            )
        at, table = now(), t.divergence_settlements
        settled = BadInput(
            "This divergence was settled already.", "Read the queue again; it says by whom and why.",
            code="already_settled",
        )  # fmt: skip
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, interview_id)
            if act.connection.execute(select(table.c.id).where(table.c.id == entry_id)).first() is not None:
                raise settled
            row = {
                "id": entry_id,
                "interview_id": interview_id,
                "actor": act.actor,
                "sealed_reason": seal(key, TABLE, COLUMN, entry_id, reason.encode()),
                "settled_at": at,
            }
            try:
                act.connection.execute(insert(table).values(**row))
            except IntegrityError:
                raise settled from None
            act.record("divergence.settled", f"interview:{interview_id}", {"entry": entry_id})
        return Settlement(self._core.actor, reason, at.isoformat())

    def settled(self, opening_id: str) -> dict[str, Settlement]:
        """Entry id -> its settlement, in interviews of the opening; people who were erased are left out.

        Where there are any, the read is an audit entry.

        Raises:
            WrongKey: another master key.
        """
        table, applications, candidates = t.divergence_settlements, t.applications.c, t.candidates.c
        query = (
            select(table, candidates.id.label("candidate_id"), candidates.wrapped_key)
            .join(t.interviews, t.interviews.c.id == table.c.interview_id)
            .join(t.applications, applications.id == t.interviews.c.application_id)
            .join(t.candidates, candidates.id == applications.candidate_id)
            .where(applications.opening_id == opening_id, candidates.wrapped_key.is_not(None))
        )
        found = {}
        with self._core.act() as act:
            read = set()
            for row in act.connection.execute(query):
                key = self._core.unwrap(row.wrapped_key, row.candidate_id)
                reason = unseal(key, TABLE, COLUMN, row.id, row.sealed_reason).decode()
                found[row.id] = Settlement(row.actor, reason, row.settled_at.isoformat())
                read.add(row.interview_id)
            if found:
                subject = f"opening:{opening_id}"
                act.record_list("divergence.settlements_read", subject, "interviews", read)
        return found
