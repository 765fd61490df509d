"""Rows of contests as records, and who had a part in a contested interview."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, select

from include.interview.contests import Contest, ContestGround, ContestStanding
from include.interview.errors import NotFound
from include.security.keys import DataKey
from include.storage.database import tables as t
from include.storage.database.unit_of_work import unseal
from include.storage.repositories.reviews import ANSWERED_ACTION, GIVEN_ACTION

TABLE, WORDS, ANSWER = "contests", "sealed_words", "sealed_answer"


def took_part(connection: Connection, interview_id: str) -> frozenset[str]:
    """Ids of the accounts that conducted, rated or reviewed the interview, as far as it is stored.

    A review that was answered in Airflow names a user of Airflow, who may have no account here.
    """
    sessions, panel, ratings, entries = t.live_sessions.c, t.panelists.c, t.ratings.c, t.audit_entries.c
    accounts = (
        select(sessions.interviewer_id).where(sessions.interview_id == interview_id),
        select(panel.account_id).where(panel.interview_id == interview_id),
        select(ratings.account_id).where(ratings.interview_id == interview_id),
    )
    found = {account for query in accounts for account in connection.execute(query).scalars()}
    reviewed = select(entries.actor).where(
        entries.subject == f"interview:{interview_id}", entries.action.in_((GIVEN_ACTION, ANSWERED_ACTION))
    )
    return frozenset(found | {account_of(actor) for actor in connection.execute(reviewed).scalars()})


def account_of(actor: str) -> str:
    """The account's id in an actor ("reviewer:<id>")."""
    return actor.partition(":")[2]


def contest_query() -> Select[Any]:
    """Contests with what of their interview stands beside them."""
    interviews, applications = t.interviews.c, t.applications.c
    return (
        select(
            t.contests,
            interviews.stage,
            interviews.status,
            interviews.application_id,
            applications.candidate_id,
            applications.opening_id,
        )
        .join_from(t.contests, t.interviews, interviews.id == t.contests.c.interview_id)
        .join(t.applications, applications.id == interviews.application_id)
    )


def contest_row(connection: Connection, contest_id: str) -> Row[Any]:
    """The contest with this id. Raises NotFound: there is none."""
    row = connection.execute(contest_query().where(t.contests.c.id == contest_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no contest {contest_id}.", "Check the id.")
    return row


def standing_of_row(row: Row[Any]) -> ContestStanding:
    """The contest of a row without its words."""
    return ContestStanding(
        id=row.id,
        interview_id=row.interview_id,
        candidate_id=row.candidate_id,
        application_id=row.application_id,
        opening_id=row.opening_id,
        stage=row.stage,
        grounds=msgspec.json.decode(row.grounds, type=tuple[ContestGround, ...]),
        language=row.language,
        state=row.state,
        opened_at=row.opened_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        answered_by=row.answered_by,
        outcome=row.outcome,
    )


def contest_of_row(key: DataKey, row: Row[Any]) -> Contest:
    """The contest of a row, opened with its candidate's key."""
    words = unseal(key, TABLE, WORDS, row.id, row.sealed_words).decode()
    sealed = row.sealed_answer
    return Contest(
        standing_of_row(row), words, None if sealed is None else unseal(key, TABLE, ANSWER, row.id, sealed).decode()
    )
