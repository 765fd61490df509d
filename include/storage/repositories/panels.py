"""Who conducts a live session: its leader (`live_sessions.interviewer_id`) and the others on its panel."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, select, update

from include.interview.errors import BadInput, NotFound
from include.interview.live.panel import ALREADY_LED, Panel, claimed, handed_on, joined, left
from include.interview.live.session import OVER
from include.interview.records import Stage
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Act, Core, now
from include.storage.database.upsert import upsert

MAY_CONDUCT = ("interviewer", "hr")
"""Roles whose accounts may be on a panel."""


class Panels:
    """Panels of live sessions. Every change is an audit entry that names accounts by id.

    Every call raises ServiceFailure when the database cannot be used, and NotFound for a session that does not exist.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def get(self, session_id: str) -> Panel:
        """The session's panel now."""
        with self._core.look() as connection:
            return _stored(connection, session_id)[0]

    def conducted(self, session_id: str) -> frozenset[str]:
        """Ids of the accounts that conduct or conducted the session: its panel now, and who left after it began."""
        left_during = (
            select(t.panelists.c.account_id)
            .join(t.live_sessions, t.live_sessions.c.interview_id == t.panelists.c.interview_id)
            .where(t.panelists.c.interview_id == session_id)
            .where(t.panelists.c.removed_at > t.live_sessions.c.started_at)
        )
        with self._core.look() as connection:
            panel, _ = _stored(connection, session_id)
            return frozenset((*panel.members, *connection.execute(left_during).scalars()))

    def add(self, session_id: str, account_id: str) -> Panel:
        """Put an account on the panel, again or for the first time, and return the panel.

        Raises:
            NotFound: no such account. BadInput: code "panel_full", an account that conducts no interviews, or (code
                "session_over") one that took no part in a session that has ended: its ratings would not be blind.
        """
        with self._core.act() as act:
            panel, stage = _stored(act.connection, session_id)
            account = act.connection.execute(select(t.accounts).where(t.accounts.c.id == account_id)).one_or_none()
            if account is None:
                raise NotFound(f"There is no account {account_id}.", "Check the id.")
            if account.role not in MAY_CONDUCT or not account.active:
                raise BadInput("This account cannot conduct interviews.", "Name an interviewer's account.")
            _check_took_part(act.connection, session_id, account_id)
            return _change(act, session_id, panel, joined(panel, account_id, stage), "panel.joined", account_id)

    def remove(self, session_id: str, account_id: str) -> Panel:
        """Take an account off the panel and return the panel.

        Raises:
            BadInput: code "leader_leaves".
        """
        with self._core.act() as act:
            panel, _ = _stored(act.connection, session_id)
            return _change(act, session_id, panel, left(panel, account_id), "panel.left", account_id)

    def hand_on(self, session_id: str, account_id: str) -> Panel:
        """Have an account of the panel lead from now on, by the will of who leads or of HR; returns the panel.

        Raises:
            BadInput: code "not_on_panel".
        """
        return self._lead(session_id, account_id, lambda panel, _gone: handed_on(panel, account_id))

    def claim(self, session_id: str, account_id: str) -> Panel:
        """Have an account of the panel lead from now on by its own will; returns the panel.

        Raises:
            BadInput: code "already_led": the leader's account is open. Code "not_on_panel".
        """
        return self._lead(session_id, account_id, lambda panel, gone: claimed(panel, account_id, leader_gone=gone))

    def _lead(self, session_id: str, account_id: str, decide: Callable[[Panel, bool], Panel]) -> Panel:
        with self._core.act() as act:
            panel, _ = _stored(act.connection, session_id)
            active = select(t.accounts.c.active).where(t.accounts.c.id == panel.leader)
            after = decide(panel, not act.connection.execute(active).scalar_one())
            return _change(act, session_id, panel, after, "panel.led", account_id)


def _check_took_part(connection: Connection, session_id: str, account_id: str) -> None:
    query = select(t.live_sessions.c.state).where(t.live_sessions.c.interview_id == session_id)
    if connection.execute(query).scalar_one() not in OVER:
        return
    table = t.panelists.c
    before = select(table.account_id).where(table.interview_id == session_id, table.account_id == account_id)
    if connection.execute(before).first() is None:
        raise BadInput(
            "This interview is over, and the account took no part in it.",
            "Only who conducted an interview rates it.",
            code="session_over",
        )


def others_of(connection: Connection, sessions: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Session id -> account ids on its panel beside the leader, in the order in which they were added."""
    table = t.panelists.c
    query = (
        select(table.interview_id, table.account_id)
        .join(t.live_sessions, t.live_sessions.c.interview_id == table.interview_id)
        .where(table.interview_id.in_(sessions), table.removed_at.is_(None))
        .where(table.account_id != t.live_sessions.c.interviewer_id)
        .order_by(table.added_at, table.account_id)
    )
    found: dict[str, tuple[str, ...]] = {}
    for session_id, account_id in connection.execute(query) if sessions else ():
        found[session_id] = (*found.get(session_id, ()), account_id)
    return found


def _stored(connection: Connection, session_id: str) -> tuple[Panel, Stage]:
    """The panel, and the stage that says how many may be on it."""
    query = (
        select(t.live_sessions.c.interviewer_id, t.interviews.c.stage)
        .join(t.interviews, t.interviews.c.id == t.live_sessions.c.interview_id)
        .where(t.live_sessions.c.interview_id == session_id)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no session {session_id}.", "Check the id.")
    return Panel(row.interviewer_id, others_of(connection, [session_id]).get(session_id, ())), row.stage


def _change(act: Act, session_id: str, before: Panel, after: Panel, action: str, account_id: str) -> Panel:
    if before == after:
        return before
    at = now()
    for account in after.others:
        if account not in before.others:
            row = {"interview_id": session_id, "account_id": account, "added_at": at, "removed_at": None}
            upsert(act.connection, t.panelists, row, key=["interview_id", "account_id"])
    _take_off(act.connection, session_id, [account for account in before.others if account not in after.members])
    if before.leader != after.leader:
        changed = act.connection.execute(
            update(t.live_sessions)
            .where(t.live_sessions.c.interview_id == session_id, t.live_sessions.c.interviewer_id == before.leader)
            .values(interviewer_id=after.leader)
        )
        if changed.rowcount != 1:
            raise BadInput("Somebody else was given the lead meanwhile.", "Look who leads now.", code=ALREADY_LED)
    act.record(action, f"interview:{session_id}", {"account": account_id})
    return after


def _take_off(connection: Connection, session_id: str, accounts: Sequence[str]) -> None:
    if accounts:
        connection.execute(
            update(t.panelists)
            .where(t.panelists.c.interview_id == session_id, t.panelists.c.account_id.in_(accounts))
            .values(removed_at=now())
        )
