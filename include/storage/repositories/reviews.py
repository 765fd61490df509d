"""Reviews of cards, as entries of the audit trail: that a person was asked, and the person's answer."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select

from include.interview.records import Record
from include.interview.scoring.review import ASKED
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core

ASKED_ACTION = "card.review_asked"
GIVEN_ACTION = "card.review_given"
ANSWERED_ACTION = "card.reviewed"
"""A person was asked; an answer was handed to the run that waits; the run took it."""


class ReviewAsked(Record, frozen=True):
    """A person was asked about an interview's card. `codes`: of the rules that asked; `at`: when, UTC (ISO 8601)."""

    interview_id: str
    codes: tuple[str, ...]
    at: str


class Reviews:
    """Questions and answers about the cards of interviews.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def ask(self, interview_id: str, card: str, codes: Sequence[str]) -> None:
        """Record that a person is asked about the card of artifact `card`, for the reasons `codes`."""
        detail = {"artifact": card, "reasons": ",".join(codes)}
        with self._core.act() as act:
            act.record(ASKED_ACTION, f"interview:{interview_id}", detail)

    def answer(self, interview_id: str, card: str, decision: str) -> None:
        """Record the actor's answer, "publish:<ground>" or "withhold:<ground>"."""
        with self._core.act() as act:
            act.record(ANSWERED_ACTION, f"interview:{interview_id}", {"decision": decision, "artifact": card})

    def newest(self, interview_id: str) -> str | None:
        """The answer to the newest question, "asked" while there is none, or None when nobody was ever asked."""
        entries = t.audit_entries.c
        query = (
            select(entries.action, entries.detail)
            .where(entries.subject == f"interview:{interview_id}", entries.action.in_((ASKED_ACTION, ANSWERED_ACTION)))
            .order_by(entries.seq.desc())
            .limit(1)
        )
        with self._core.look() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return ASKED if row.action == ASKED_ACTION else str(msgspec.json.decode(row.detail)["decision"])

    def given(self, interview_id: str) -> bool:
        """Whether an answer to the newest question was handed to its run, which may not have taken it yet."""
        entries = t.audit_entries.c
        query = (
            select(entries.action)
            .where(entries.subject == f"interview:{interview_id}", entries.action.in_((ASKED_ACTION, GIVEN_ACTION)))
            .order_by(entries.seq.desc())
            .limit(1)
        )
        with self._core.look() as connection:
            return connection.execute(query).scalar_one_or_none() == GIVEN_ACTION

    def waiting(self) -> tuple[ReviewAsked, ...]:
        """Every newest question that nobody has answered, oldest first; the interview may be erased meanwhile.

        An answer counts from when it was handed to the run.
        """
        entries = t.audit_entries.c
        newest = (
            select(func.max(entries.seq))
            .where(entries.action.in_((ASKED_ACTION, GIVEN_ACTION, ANSWERED_ACTION)))
            .group_by(entries.subject)
        )
        query = (
            select(entries.subject, entries.detail, entries.at)
            .where(entries.seq.in_(newest), entries.action == ASKED_ACTION)
            .order_by(entries.seq)
        )
        with self._core.look() as connection:
            rows = connection.execute(query).all()
        return tuple(
            ReviewAsked(
                row.subject.removeprefix("interview:"),
                tuple(str(msgspec.json.decode(row.detail)["reasons"]).split(",")),
                row.at,
            )
            for row in rows
        )
