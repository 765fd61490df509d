"""Ratings that people gave of an interview: levels in the clear, reasons sealed under the candidate's key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.exc import IntegrityError

from include.interview.agreement.stored import StoredLevel
from include.interview.errors import BadInput, NotFound
from include.interview.scoring.ratings import Rating, RatingSheet
from include.security.keys import DataKey
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, now, seal, unseal

TABLE, COLUMN = "ratings", "sealed_reason"


class Ratings:
    """Stored ratings. Giving and reading them are audit entries; neither names a level.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def submit(self, interview_id: str, rater_id: str, ratings: Sequence[Rating]) -> RatingSheet:
        """Store one account's ratings of an interview, all at once and for good, and return them.

        Raises:
            BadInput: code "already_rated". NotFound: no such interview or account, or (code "erased") its key is gone.
        """
        at = now()
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, interview_id)
            if act.connection.execute(_of(interview_id).where(t.ratings.c.account_id == rater_id)).first() is not None:
                raise BadInput(
                    "This account has rated the interview already.",
                    "Ratings do not change once they are given; write a note or a decision instead.",
                    code="already_rated",
                )
            rows = [_row(key, interview_id, rater_id, rating) | {"rated_at": at} for rating in ratings]
            try:
                act.connection.execute(insert(t.ratings), rows)
            except IntegrityError:
                raise NotFound(f"There is no account {rater_id}.", "Check the id.") from None
            act.record("interview.rated", f"interview:{interview_id}", {"rater": rater_id, "criteria": len(rows)})
        return RatingSheet(rater_id, tuple(ratings), at.isoformat())

    def rated(self, interview_id: str, rater_id: str) -> bool:
        """Whether this account has rated the interview."""
        with self._core.look() as connection:
            return connection.execute(_of(interview_id).where(t.ratings.c.account_id == rater_id)).first() is not None

    def rater_ids(self, interview_id: str) -> frozenset[str]:
        """Ids of the accounts that have rated the interview; no rating is read."""
        query = select(t.ratings.c.account_id).where(t.ratings.c.interview_id == interview_id)
        with self._core.look() as connection:
            return frozenset(connection.execute(query).scalars())

    def levels(self, opening_id: str, reason: str, application_id: str | None = None) -> tuple[StoredLevel, ...]:
        """All levels given in interviews of the opening, or of one application to it, without their reasons.

        People who were erased are left out.

        No key is used. The read is an audit entry, with `reason` and the interviews' ids.
        """
        given, interviews, applications = t.ratings.c, t.interviews.c, t.applications.c
        query = (
            select(
                given.interview_id, applications.id, interviews.stage, given.account_id, given.criterion, given.level
            )
            .join_from(t.ratings, t.interviews, interviews.id == given.interview_id)
            .join(t.applications, applications.id == interviews.application_id)
            .join(t.candidates, t.candidates.c.id == applications.candidate_id)
            .where(applications.opening_id == opening_id, t.candidates.c.key_destroyed_at.is_(None))
            .order_by(given.interview_id, given.account_id, given.criterion)
        )
        if application_id is not None:
            query = query.where(applications.id == application_id)
        with self._core.act() as act:
            found = tuple(StoredLevel(*row) for row in act.connection.execute(query))
            read = {one.interview_id for one in found}
            act.record_list("rating.analysed", f"opening:{opening_id}", "interviews", read, {"reason": reason})
        return found

    def openings(self) -> tuple[str, ...]:
        """Ids of the openings in which somebody rated an interview, sorted."""
        query = (
            select(t.applications.c.opening_id)
            .join(t.interviews, t.interviews.c.application_id == t.applications.c.id)
            .join(t.ratings, t.ratings.c.interview_id == t.interviews.c.id)
            .distinct()
            .order_by(t.applications.c.opening_id)
        )
        with self._core.look() as connection:
            return tuple(connection.execute(query).scalars())

    def list(self, interview_id: str, rater_id: str | None = None) -> tuple[RatingSheet, ...]:
        """Everybody's ratings of an interview, or one account's; oldest first. The read is an audit entry.

        Raises:
            NotFound: no such interview, or (code "erased") the key was destroyed.
        """
        query = _of(interview_id)
        if rater_id is not None:
            query = query.where(t.ratings.c.account_id == rater_id)
        with self._core.act() as act:
            key = self._core.interview_key(act.connection, interview_id)
            sheets: dict[str, list[Row[Any]]] = {}
            for row in act.connection.execute(query):
                sheets.setdefault(row.account_id, []).append(row)
            act.record("rating.read", f"interview:{interview_id}", {"sheets": len(sheets)})
        return tuple(_sheet(key, rows) for rows in sheets.values())


def _of(interview_id: str) -> Any:
    table = t.ratings.c
    return (
        select(t.ratings)
        .where(table.interview_id == interview_id)
        .order_by(table.rated_at, table.account_id, table.criterion)
    )


def _row(key: DataKey, interview_id: str, rater_id: str, rating: Rating) -> dict[str, Any]:
    row_id = _row_id(interview_id, rater_id, rating.criterion)
    return {
        "interview_id": interview_id,
        "account_id": rater_id,
        "criterion": rating.criterion,
        "level": rating.level,
        "sealed_reason": seal(key, TABLE, COLUMN, row_id, rating.reason.encode()),
    }


def _row_id(interview_id: str, rater_id: str, criterion: str) -> str:
    """The identity a sealed reason is bound to: one criterion of one rater of one interview."""
    return f"{interview_id}/{rater_id}/{criterion}"


def _rating(key: DataKey, row: Row[Any]) -> Rating:
    row_id = _row_id(row.interview_id, row.account_id, row.criterion)
    return Rating(row.criterion, row.level, unseal(key, TABLE, COLUMN, row_id, row.sealed_reason).decode())


def _sheet(key: DataKey, rows: Sequence[Row[Any]]) -> RatingSheet:
    ratings = tuple(_rating(key, row) for row in rows)
    return RatingSheet(rows[0].account_id, ratings, rows[0].rated_at.isoformat())
