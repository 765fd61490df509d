"""Live sessions in the database: interviewer, candidate, state and results.

What happens while one runs is in Redis (include/storage/live). The database outlives a Redis that lost everything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import Connection, Row, Select, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from include.interview.errors import BadInput, NotFound
from include.interview.live.session import LiveSession
from include.interview.stages import LIVE_STAGES
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, new_id, now
from include.storage.repositories.applications import Applications
from include.storage.repositories.panels import others_of

State = Literal["created", "live", "ending", "ended", "handed_over"]
STATES: tuple[State, ...] = get_args(State)
"""In the only order they are passed through; some may be left out."""


class LiveSessions:
    """Stored live sessions. A session is an interview, so its id is the interview's.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def create(
        self,
        *,
        interviewer_id: str,
        candidate_id: str,
        opening_id: str,
        profile: str,
        language: str,
        microphones: str,
        stage: str = "practical",
        consent_id: str | None = None,
    ) -> LiveSession:
        """Create a session and the interview it becomes, as one act; the application is made when there is none.

        Raises:
            NotFound: no such account, candidate, opening or consent.
            BadInput: a stage, language or kind of microphones that does not exist.
        """
        _check("stage", stage, LIVE_STAGES)
        _check("language", language, ("ko", "en"))
        _check("kind of microphones", microphones, ("shared", "separate"))
        application = Applications(self._core).ensure(candidate_id, opening_id)
        identity, at = new_id(), now()
        interview = {
            "id": identity,
            "application_id": application,
            "stage": stage,
            "status": "created",
            "profile": profile,
            "language": language,
            "marks": "[]",
            "created_at": at,
            "updated_at": at,
        }
        session = {
            "interview_id": identity,
            "interviewer_id": interviewer_id,
            "microphones": microphones,
            "state": "created",
            "consent_id": consent_id,
            "created_at": at,
        }
        with self._core.act() as act:
            try:
                act.connection.execute(insert(t.interviews).values(**interview))
                act.connection.execute(insert(t.live_sessions).values(**session))
            except IntegrityError:
                raise NotFound(
                    "There is no such interviewer's account, or no such consent.", "Check the ids."
                ) from None
            act.record("interview.created", f"interview:{identity}", {"stage": stage, "profile": profile})
            act.record("session.created", f"interview:{identity}", {"interviewer": interviewer_id})
            return _one(act.connection, identity)

    def get(self, session_id: str) -> LiveSession:
        """The session with this id.

        Raises:
            NotFound: no such session.
        """
        with self._core.look() as connection:
            return _one(connection, session_id)

    def list(
        self,
        *,
        interviewer_id: str | None = None,
        candidate_id: str | None = None,
        state: str | None = None,
        took_part: str | None = None,
        opening_id: str | None = None,
    ) -> tuple[LiveSession, ...]:
        """Sessions, all or of an interviewer (leads, or is on the panel), candidate, state or opening; newest first.

        Args:
            took_part: an account that leads, is or was on the panel.
        """
        query = _query()
        if took_part is not None:
            ever = select(t.panelists.c.interview_id).where(t.panelists.c.account_id == took_part)
            led = t.live_sessions.c.interviewer_id == took_part
            query = query.where(or_(led, t.live_sessions.c.interview_id.in_(ever)))
        if interviewer_id is not None:
            on_panel = select(t.panelists.c.interview_id).where(
                t.panelists.c.account_id == interviewer_id, t.panelists.c.removed_at.is_(None)
            )
            leads = t.live_sessions.c.interviewer_id == interviewer_id
            query = query.where(or_(leads, t.live_sessions.c.interview_id.in_(on_panel)))
        if candidate_id is not None:
            query = query.where(t.applications.c.candidate_id == candidate_id)
        if opening_id is not None:
            query = query.where(t.applications.c.opening_id == opening_id)
        if state is not None:
            query = query.where(t.live_sessions.c.state == state)
        query = query.order_by(t.live_sessions.c.created_at.desc(), t.live_sessions.c.interview_id)
        with self._core.look() as connection:
            rows = connection.execute(query).all()
            others = others_of(connection, [row.interview_id for row in rows])
            return tuple(_session(row, others.get(row.interview_id, ())) for row in rows)

    def times(self, session_id: str) -> tuple[datetime | None, datetime | None]:
        """When the session began (somebody joined) and ended, in UTC; each None while it has not.

        Raises:
            NotFound: no such session.
        """
        with self._core.look() as connection:
            row = connection.execute(_query().where(t.live_sessions.c.interview_id == session_id)).one_or_none()
        if row is None:
            raise _absent(session_id)
        return row.started_at, row.ended_at

    def set_state(
        self,
        session_id: str,
        state: State,
        *,
        at: datetime | None = None,
        dag_run_id: str | None = None,
        scorecard_id: str | None = None,
    ) -> LiveSession:
        """Move the session to `state` and return it; a state it has passed already changes nothing.

        Args:
            at: when it began or ended, where another clock knows better than this moment.
            dag_run_id: of the offline evaluation; None leaves it as it is.
            scorecard_id: of the live card; None leaves it as it is.

        Raises:
            NotFound: no such session.
            BadInput: no such state.
        """
        _check("state", state, STATES)
        with self._core.act() as act:
            before = _one(act.connection, session_id)
            row = act.connection.execute(
                select(t.live_sessions).where(t.live_sessions.c.interview_id == session_id)
            ).one()
            changes: dict[str, object] = {}
            if STATES.index(state) > STATES.index(before.state):
                changes["state"] = state
                if state == "live" and row.started_at is None:
                    changes["started_at"] = at or now()
                if state in ("ended", "handed_over") and row.ended_at is None:
                    changes["ended_at"] = at or now()
            results = {"dag_run_id": dag_run_id, "scorecard_id": scorecard_id}
            changes |= {n: v for n, v in results.items() if v is not None and v != getattr(row, n)}
            if changes:
                statement = update(t.live_sessions).where(t.live_sessions.c.interview_id == session_id)
                act.connection.execute(statement.values(**changes))
            if "state" in changes:
                act.record("session.state", f"interview:{session_id}", {"from": before.state, "to": state})
            return _one(act.connection, session_id)

    def set_result(
        self, session_id: str, *, scorecard_id: str | None = None, dag_run_id: str | None = None
    ) -> LiveSession:
        """Record the session's card and offline run without moving its state, and return the session.

        Raises:
            NotFound: no such session.
        """
        state: State = self.get(session_id).state
        return self.set_state(session_id, state, dag_run_id=dag_run_id, scorecard_id=scorecard_id)

    def set_consent(self, session_id: str, consent_id: str) -> LiveSession:
        """Record the consent under which the session is held, and return the session.

        Raises:
            NotFound: no such session or consent.
        """
        with self._core.act() as act:
            _one(act.connection, session_id)
            try:
                act.connection.execute(
                    update(t.live_sessions)
                    .where(t.live_sessions.c.interview_id == session_id)
                    .values(consent_id=consent_id)
                )
            except IntegrityError:
                raise NotFound(f"There is no consent {consent_id}.", "Check the id.") from None
            act.record("session.consent", f"interview:{session_id}", {"consent": consent_id})
            return _one(act.connection, session_id)


def _check(what: str, value: str, accepted: tuple[str, ...]) -> None:
    if value not in accepted:
        raise BadInput(f"There is no {what} {value!r}.", f"Use one of: {', '.join(accepted)}.")


def _absent(session_id: str) -> NotFound:
    return NotFound(f"There is no session {session_id}.", "Check the id.")


def _query() -> Select[Any]:
    sessions, interviews, applications = t.live_sessions.c, t.interviews.c, t.applications.c
    return (
        select(
            sessions.interview_id,
            interviews.stage,
            sessions.interviewer_id,
            applications.candidate_id,
            applications.opening_id,
            interviews.profile,
            interviews.language,
            sessions.microphones,
            sessions.state,
            sessions.created_at,
            sessions.consent_id,
            sessions.dag_run_id,
            sessions.scorecard_id,
            sessions.started_at,
            sessions.ended_at,
        )
        .join_from(t.live_sessions, t.interviews, interviews.id == sessions.interview_id)
        .join(t.applications, applications.id == interviews.application_id)
    )


def _one(connection: Connection, session_id: str) -> LiveSession:
    row = connection.execute(_query().where(t.live_sessions.c.interview_id == session_id)).one_or_none()
    if row is None:
        raise _absent(session_id)
    return _session(row, others_of(connection, [session_id]).get(session_id, ()))


def _session(row: Row[Any], panel: tuple[str, ...]) -> LiveSession:
    return LiveSession(
        id=row.interview_id,
        stage=row.stage,
        interviewer_id=row.interviewer_id,
        candidate_id=row.candidate_id,
        opening_id=row.opening_id,
        profile=row.profile,
        language=row.language,
        microphones=row.microphones,
        state=row.state,
        created_at=row.created_at.isoformat(),
        consent_id=row.consent_id,
        dag_run_id=row.dag_run_id,
        scorecard_id=row.scorecard_id,
        panel=panel,
    )
