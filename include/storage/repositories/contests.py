"""Contests of published results: the candidate's words and a person's answer, sealed under the candidate's key."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from include.interview.contests import (
    Contest,
    ContestAnswer,
    ContestStanding,
    ContestState,
    Objection,
    check_answer,
    check_contest,
    due_of,
)
from include.interview.errors import BadInput, NotFound
from include.interview.ranking.next_steps import ContestMatter
from include.interview.scoring.review import WITHHOLD
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Act, Core, new_id, now, seal
from include.storage.repositories.applications import NOBODY
from include.storage.repositories.contest_rows import (
    ANSWER,
    TABLE,
    WORDS,
    account_of,
    contest_of_row,
    contest_query,
    contest_row,
    standing_of_row,
    took_part,
)
from include.storage.repositories.interviews import STATUS_ACTION
from include.storage.repositories.reviews import ANSWERED_ACTION

WITHHELD_GROUND = "candidate_contested"
"""The ground, among those of reviews, on which an answered contest withholds a card."""


class Contests:
    """Stored contests. Opening, withdrawing, answering and reading them are audit entries without words.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def open(self, interview_id: str, candidate_id: str, objection: Objection) -> Contest:
        """Record the candidate's contest of the interview's published result, and return it.

        Raises:
            BadInput: as `check_contest`; nothing is published (code "nothing_to_contest"), or a contest of this
                interview is open already ("contest_open").
            NotFound: no such interview of this candidate, or (code "erased") the key is gone.
        """
        check_contest(objection)
        opened_at, identity = now(), new_id()
        with self._core.act() as act:
            status = _own_interview(act.connection, interview_id, candidate_id)
            key = self._core.data_key(act.connection, candidate_id)
            if status != "published":
                raise BadInput(
                    "No result of this interview is published, so there is none to contest.",
                    "Wait until it is published, or write to the person who invited you.",
                    code="nothing_to_contest",
                )
            if _open_one(act.connection, interview_id) is not None:
                raise BadInput(
                    "A contest of this interview is open already.",
                    "Wait for its answer, or withdraw it first.",
                    code="contest_open",
                )
            due_at = due_of(opened_at)
            row = {
                "id": identity,
                "interview_id": interview_id,
                "grounds": msgspec.json.encode(objection.grounds).decode(),
                "language": objection.language,
                "sealed_words": seal(key, TABLE, WORDS, identity, objection.words.encode()),
                "state": "open",
                "opened_at": opened_at,
                "due_at": due_at,
            }
            act.connection.execute(insert(t.contests).values(**row))
            detail = {"id": identity, "grounds": ",".join(objection.grounds), "due": due_at.isoformat()}
            act.record("contest.opened", f"interview:{interview_id}", detail)
            return Contest(standing_of_row(contest_row(act.connection, identity)), objection.words)

    def withdraw(self, interview_id: str, candidate_id: str) -> ContestStanding:
        """End the candidate's open contest of the interview without an answer, and return it.

        Raises:
            NotFound: no such interview of this candidate, or no contest of it that is open (code "no_contest").
        """
        with self._core.act() as act:
            _own_interview(act.connection, interview_id, candidate_id)
            identity = _open_one(act.connection, interview_id)
            if identity is None:
                raise _none(interview_id)
            closed = update(t.contests).where(t.contests.c.id == identity)
            act.connection.execute(closed.values(state="withdrawn", closed_at=now()))
            act.record("contest.withdrawn", f"interview:{interview_id}", {"id": identity})
            return standing_of_row(contest_row(act.connection, identity))

    def answer(self, contest_id: str, answer: ContestAnswer, criteria: Collection[str]) -> Contest:
        """Record the acting person's answer, and return the contest. "withheld" withholds the card in the same act.

        No score changes. A card that is withheld is shown to nobody, as after a review.

        Args:
            contest_id: the contest.
            answer: what that person answers.
            criteria: ids of the criteria that the interview is judged by.

        Raises:
            BadInput: as `check_answer`; nobody acts (actor "system"); the person conducted, rated or reviewed the
                interview (code "contest_not_independent"); a card is to be withheld while another is made or reviewed
                ("interview_status").
            NotFound: no such contest, or (code "erased") the key is gone.
        """
        if self._core.actor == NOBODY:
            raise BadInput("Only a person can answer a contest.", "Act as that person.")
        with self._core.act() as act:
            row = contest_row(act.connection, contest_id)
            key = self._core.data_key(act.connection, row.candidate_id)
            check_answer(row.state, answer, criteria)
            if account_of(self._core.actor) in took_part(act.connection, row.interview_id):
                raise BadInput(
                    "You conducted, rated or reviewed this interview, so that another person must answer its contest.",
                    "Ask a colleague who had no part in it.",
                    code="contest_not_independent",
                )
            if answer.outcome == "withheld":
                _withhold(act, row.interview_id, row.status)
            changed = update(t.contests).where(t.contests.c.id == contest_id)
            act.connection.execute(
                changed.values(
                    state="answered",
                    closed_at=now(),
                    answered_by=act.actor,
                    outcome=answer.outcome,
                    sealed_answer=seal(key, TABLE, ANSWER, contest_id, answer.text.encode()),
                )
            )
            detail = {"id": contest_id, "outcome": answer.outcome, "evidence": ",".join(answer.evidence)}
            act.record("contest.answered", f"interview:{row.interview_id}", detail)
            return contest_of_row(key, contest_row(act.connection, contest_id))

    def get(self, contest_id: str) -> Contest:
        """The contest with its words. The read is an audit entry.

        Raises:
            NotFound: no such contest, or (code "erased") the key is gone.
        """
        with self._core.act() as act:
            return self._read(act, contest_row(act.connection, contest_id))

    def standing(self, contest_id: str) -> ContestStanding:
        """The contest without its words.

        Raises:
            NotFound: no such contest.
        """
        with self._core.look() as connection:
            return standing_of_row(contest_row(connection, contest_id))

    def of_interview(self, interview_id: str) -> tuple[Contest, ...]:
        """All contests of the interview with their words, newest first. The read is an audit entry where there are any.

        Raises:
            NotFound: code "erased": the key is gone.
        """
        query = contest_query().where(t.contests.c.interview_id == interview_id)
        with self._core.act() as act:
            rows = act.connection.execute(query.order_by(t.contests.c.opened_at.desc(), t.contests.c.id)).all()
            return tuple(self._read(act, row) for row in rows)

    def list(self, state: ContestState | None = "open") -> tuple[ContestStanding, ...]:
        """Contests without their words, those due first at the head; None: in whatever state."""
        query = contest_query().order_by(t.contests.c.due_at, t.contests.c.id)
        if state is not None:
            query = query.where(t.contests.c.state == state)
        with self._core.look() as connection:
            return tuple(standing_of_row(row) for row in connection.execute(query))

    def newest(self, interview_ids: Sequence[str]) -> dict[str, ContestStanding]:
        """Interview -> its newest contest, without words; interviews that were never contested are left out."""
        query = contest_query().where(t.contests.c.interview_id.in_(interview_ids)).order_by(t.contests.c.opened_at)
        with self._core.look() as connection:
            return {row.interview_id: standing_of_row(row) for row in connection.execute(query)}

    def matters(self, opening_id: str, application_id: str | None = None) -> dict[str, ContestMatter]:
        """Interview of the opening (or of one application to it) -> what a contest of it leaves to do.

        "open": a person has to answer; "evaluated_again": so it was answered, and no card was published since.
        """
        contests, applications = t.contests.c, t.applications.c
        newer = (
            select(t.card_totals.c.scorecard_id)
            .where(t.card_totals.c.interview_id == contests.interview_id)
            .where(t.card_totals.c.updated_at > contests.closed_at)
        )
        query = (
            select(contests.interview_id, contests.state)
            .join_from(t.contests, t.interviews, t.interviews.c.id == contests.interview_id)
            .join(t.applications, applications.id == t.interviews.c.application_id)
            .where(applications.opening_id == opening_id)
            .where(or_(contests.state == "open", and_(contests.outcome == "evaluated_again", ~newer.exists())))
        )
        if application_id is not None:
            query = query.where(applications.id == application_id)
        found: dict[str, ContestMatter] = {}
        with self._core.look() as connection:
            for interview, state in connection.execute(query):
                found[interview] = "open" if "open" in (state, found.get(interview)) else "evaluated_again"
        return found

    def taking_part(self, interview_id: str) -> frozenset[str]:
        """Ids of the accounts that conducted, rated or reviewed the interview: none of them answers its contests."""
        with self._core.look() as connection:
            return took_part(connection, interview_id)

    def _read(self, act: Act, row: Row[Any]) -> Contest:
        key = self._core.data_key(act.connection, row.candidate_id)
        act.record("contest.read", f"interview:{row.interview_id}", {"id": row.id})
        return contest_of_row(key, row)


def _own_interview(connection: Connection, interview_id: str, candidate_id: str) -> str:
    """The status of the candidate's own interview. Raises NotFound: there is none, or it is another's."""
    query = (
        select(t.interviews.c.status)
        .join(t.applications, t.applications.c.id == t.interviews.c.application_id)
        .where(t.interviews.c.id == interview_id, t.applications.c.candidate_id == candidate_id)
    )
    status = connection.execute(query).scalar_one_or_none()
    if status is None:
        raise NotFound(f"There is no interview {interview_id}.", "Check the id.")
    found: str = status
    return found


def _open_one(connection: Connection, interview_id: str) -> str | None:
    """The id of the interview's open contest. Acts follow one another, so there is one at most."""
    contests = t.contests.c
    query = select(contests.id).where(contests.interview_id == interview_id, contests.state == "open")
    return connection.execute(query).scalar_one_or_none()


def _withhold(act: Act, interview_id: str, status: str) -> None:
    """Withhold the published card, as a reviewer would."""
    if status != "published":
        raise BadInput(
            f"The interview is {status}: there is no published card to withhold.",
            "Wait until its evaluation or review is done, or answer otherwise.",
            code="interview_status",
        )
    changed = update(t.interviews).where(t.interviews.c.id == interview_id)
    act.connection.execute(changed.values(status="review", updated_at=now()))
    act.record(STATUS_ACTION, f"interview:{interview_id}", {"from": status, "to": "review"})
    decision = {"decision": f"{WITHHOLD}:{WITHHELD_GROUND}"}
    act.record(ANSWERED_ACTION, f"interview:{interview_id}", decision)


def _none(interview_id: str) -> NotFound:
    return NotFound(f"No contest of interview {interview_id} is open.", "Read the interview.", code="no_contest")
