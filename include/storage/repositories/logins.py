"""Logins: each is a family of refresh tokens, of which only the newest may be exchanged, with a greatest age.

After RFC 9700 (4.14.2): a token of the family that comes a second time says that somebody else has it, so the family
ends. The access tokens of a family are worth nothing once it has ended.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, delete, insert, or_, select, update

from include.interview.errors import BadInput
from include.interview.records import Record
from include.security.access import Caller
from include.security.opaque_tokens import MAX_TOKEN_CHARS, matches, new_token, next_token, token_hash
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, new_id, now
from include.storage.repositories.account_rows import Account, account_of, row_of

KEPT = timedelta(days=1)
"""How long an ended login's row stays: a running socket asks for it."""
MARK = "."
"""Between the id and the secret of a refresh token."""


class Login(Record, frozen=True):
    """A login, its newest refresh token (shown this once), and until when it lasts at most (ISO 8601, UTC)."""

    id: str
    account: Account
    refresh_token: str
    ends_at: str


class Logins:
    """Stored logins. Every call raises ServiceFailure when the database cannot be used."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def begin(self, account_id: str, max_age_s: float) -> Login:
        """A new login of the account, which ends after `max_age_s` seconds at the latest.

        Raises:
            NotFound: no such account.
            BadInput: code "account_closed": nobody may log in with it now.
        """
        identity, secret, at = new_id(), new_token(), now()
        ends = at + timedelta(seconds=max_age_s)
        with self._core.act() as act:
            row = row_of(act.connection, account_id)
            account = account_of(row)
            if not account.usable:
                raise BadInput("This account is closed.", "Ask HR.", code="account_closed")
            act.connection.execute(
                delete(t.logins).where(t.logins.c.account_id == account_id, t.logins.c.ends_at < at - KEPT)
            )
            act.connection.execute(
                insert(t.logins).values(
                    id=identity,
                    account_id=account_id,
                    epoch=row.epoch,
                    token_hash=token_hash(secret),
                    started_at=at,
                    refreshed_at=at,
                    ends_at=ends,
                )
            )
        return Login(identity, account, f"{identity}{MARK}{secret}", ends.isoformat())

    def refresh(self, token: str, idle_s: float, key: str | None = None) -> Login | None:
        """The login with a new refresh token in place of `token`; None when it proves nothing.

        A token that was exchanged before ends the login, unless it comes with the `key` of that exchange, as when the
        answer was lost: then the same new token is returned. A login unused for `idle_s` seconds has ended.
        """
        identity, secret = _parts(token)
        at = now()
        with self._core.look() as connection:  # a guess holds nobody up
            if connection.execute(select(t.logins.c.id).where(t.logins.c.id == identity)).one_or_none() is None:
                return None
        with self._core.act() as act:
            row = act.connection.execute(_joined().where(t.logins.c.id == identity)).one_or_none()
            if row is None or not _alive(row, at) or row.refreshed_at + timedelta(seconds=idle_s) <= at:
                return None
            account = account_of(row_of(act.connection, row.account_id))
            fresh = next_token(secret, key)
            if matches(secret, row.token_hash):
                changed = {"token_hash": token_hash(fresh), "refreshed_at": at}
                act.connection.execute(update(t.logins).where(t.logins.c.id == identity).values(**changed))
            elif key is None or not matches(fresh, row.token_hash):
                act.connection.execute(update(t.logins).where(t.logins.c.id == identity).values(ended_at=at))
                act.record("account.login_reused", f"account:{row.account_id}", {"login": identity})
                return None
            ends: datetime = row.ends_at
            return Login(identity, account, f"{identity}{MARK}{fresh}", ends.isoformat())

    def caller(self, login_id: str) -> Caller | None:
        """Who acts by this login; None when it has ended, or its account is closed or waits for a second person."""
        with self._core.look() as connection:
            row = connection.execute(_joined().where(t.logins.c.id == login_id)).one_or_none()
        if row is None or not _alive(row, now()):
            return None
        return Caller(row.account_id, row.role, row.candidate_id, login_id)

    def end(self, login_id: str) -> None:
        """End this login and leave others of its account. One that is unknown or over stays so."""
        with self._core.act() as act:
            row = act.connection.execute(_joined().where(t.logins.c.id == login_id)).one_or_none()
            if row is None or row.ended_at is not None:
                return
            act.connection.execute(update(t.logins).where(t.logins.c.id == login_id).values(ended_at=now()))
            act.record("account.logout", f"account:{row.account_id}")

    def end_by_token(self, token: str) -> None:
        """End the login whose newest refresh token this is; another token ends nothing."""
        identity, secret = _parts(token)
        with self._core.look() as connection:
            stored = connection.execute(select(t.logins.c.token_hash).where(t.logins.c.id == identity)).scalar()
        if stored is not None and matches(secret, stored):
            self.end(identity)

    def ended(self, login_ids: Collection[str]) -> frozenset[str]:
        """Those of `login_ids` that were ended: by logging out, by a later epoch, or with their account.

        A login that has only reached its greatest age is not among them: what runs by it may come to its end.
        """
        if not login_ids:
            return frozenset()
        going_on = _joined().where(
            t.logins.c.id.in_(login_ids),
            t.logins.c.ended_at.is_(None),
            t.logins.c.epoch == t.accounts.c.epoch,
            t.accounts.c.active,
            t.accounts.c.proposed_by.is_(None),
        )
        with self._core.look() as connection:
            return frozenset(login_ids) - {row.id for row in connection.execute(going_on)}

    def open_of(self, account_id: str) -> int:
        """How many logins of the account have not ended."""
        alive = and_(t.logins.c.account_id == account_id, t.logins.c.ended_at.is_(None), t.logins.c.ends_at > now())
        with self._core.look() as connection:
            return sum(_alive(row, now()) for row in connection.execute(_joined().where(alive)))

    def sweep(self) -> int:
        """Remove logins that ended longer than a day ago; how many."""
        before = now() - KEPT
        with self._core.act() as act:
            over = or_(t.logins.c.ends_at < before, t.logins.c.ended_at < before)
            return int(act.connection.execute(delete(t.logins).where(over)).rowcount)


def _parts(token: str) -> tuple[str, str]:
    """(login id, secret); of what was never issued, names that nothing has."""
    if len(token) > MAX_TOKEN_CHARS or not token.isascii():
        return "", ""
    identity, _, secret = token.partition(MARK)
    return identity, secret


def _joined() -> Any:
    account = t.accounts.c
    columns = (account.role, account.candidate_id, account.active, account.proposed_by)
    return select(t.logins, *columns, account.epoch.label("account_epoch")).join(
        t.accounts, t.accounts.c.id == t.logins.c.account_id
    )


def _alive(row: Row[Any], at: datetime) -> bool:
    current: bool = row.epoch == row.account_epoch and row.active and row.proposed_by is None
    return current and row.ended_at is None and row.ends_at > at
