"""Accounts of the gateway. Logins go into no log and no audit entry: accounts are named by id there."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from include.interview.errors import BadInput, NotFound
from include.interview.intake.cleaning import clean_text
from include.interview.records import Record
from include.security.access import ROLES, Role
from include.security.errors import BadPassword
from include.security.passwords import hash_password, needs_rehash, verify_password
from include.storage.database import tables as t
from include.storage.database.tables import NAME_CHARS
from include.storage.database.unit_of_work import Core, new_id, now


class Account(Record, frozen=True):
    """A login. `candidate_id` says whom a candidate's account belongs to; all others have none."""

    id: str
    login: str
    role: Role
    candidate_id: str | None
    active: bool
    created_at: str


class Accounts:
    """Stored accounts. Every act is an audit entry.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def create(self, login: str, password: str, role: str, candidate_id: str | None = None) -> Account:
        """Create an account and return it. Logins are compared without regard to case.

        Raises:
            BadInput: no usable login, code "login_taken" or "weak_password", or a role that does not fit.
            NotFound: no such candidate.
        """
        login, at, identity = _login(login), now(), new_id()
        if role not in ROLES:
            raise BadInput(f"There is no role {role!r}.", f"Use one of: {', '.join(ROLES)}.")
        if (role == "candidate") != (candidate_id is not None):
            raise BadInput("A candidate's account names its candidate, others name none.", "Check role and candidate.")
        row = {
            "id": identity,
            "login": login,
            "password_hash": _hash(password),
            "role": role,
            "candidate_id": candidate_id,
            "active": True,
            "created_at": at,
            "updated_at": at,
        }
        with self._core.act() as act:
            if _taken(act.connection, login):
                raise _login_taken()
            try:
                act.connection.execute(insert(t.accounts).values(**row))
            except IntegrityError:
                raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.") from None
            act.record("account.created", f"account:{identity}", {"role": role})
            return _account(_row(act.connection, identity))

    def check_free(self, login: str) -> None:
        """Return normally when nobody has this login.

        Raises:
            BadInput: code "login_taken", or no usable login.
        """
        with self._core.look() as connection:
            if _taken(connection, _login(login)):
                raise _login_taken()

    def authenticate(self, login: str, password: str) -> Account | None:
        """The active account with this login and password; None for everything else, after the same work.

        A hash of other costs than today's is renewed on the way.
        """
        with self._core.look() as connection:
            row = connection.execute(select(t.accounts).where(t.accounts.c.login == _folded(login))).one_or_none()
        usable = row is not None and row.active
        fits = verify_password(row.password_hash if usable else None, password)  # type: ignore[union-attr]
        if row is None:
            return None
        with self._core.act() as act:
            if fits and needs_rehash(row.password_hash):
                _change(act.connection, row.id, password_hash=_hash(password))
            act.record("account.login" if fits else "account.login_refused", f"account:{row.id}")
        return _account(row) if fits else None

    def get(self, account_id: str) -> Account:
        """The account with this id.

        Raises:
            NotFound: no such account.
        """
        with self._core.look() as connection:
            return _account(_row(connection, account_id))

    def by_login(self, login: str) -> Account:
        """The account with this login.

        Raises:
            NotFound: nobody has it.
        """
        with self._core.look() as connection:
            row = connection.execute(select(t.accounts).where(t.accounts.c.login == _folded(login))).one_or_none()
        if row is None:
            raise NotFound("There is no account with this login.", "Check the login.")
        return _account(row)

    def list(self, *, role: str | None = None, candidate_id: str | None = None) -> tuple[Account, ...]:
        """All accounts, or those of a role or candidate, oldest first."""
        query = select(t.accounts).order_by(t.accounts.c.created_at, t.accounts.c.id)
        if role is not None:
            query = query.where(t.accounts.c.role == role)
        if candidate_id is not None:
            query = query.where(t.accounts.c.candidate_id == candidate_id)
        with self._core.look() as connection:
            return tuple(_account(row) for row in connection.execute(query))

    def count(self) -> int:
        """How many accounts there are."""
        with self._core.look() as connection:
            return connection.execute(select(func.count()).select_from(t.accounts)).scalar_one()

    def set_password(self, account_id: str, password: str) -> None:
        """Replace the account's password.

        Raises:
            BadInput: code "weak_password".
            NotFound: no such account.
        """
        hashed = _hash(password)
        with self._core.act() as act:
            _row(act.connection, account_id)
            _change(act.connection, account_id, password_hash=hashed)
            act.record("account.password_set", f"account:{account_id}")

    def deactivate(self, account_id: str) -> None:
        """Deactivate the account: nobody logs in with it any more. Doing it twice changes nothing.

        Raises:
            NotFound: no such account.
        """
        with self._core.act() as act:
            if _row(act.connection, account_id).active:
                _change(act.connection, account_id, active=False)
                act.record("account.deactivated", f"account:{account_id}")


def _folded(login: str) -> str:
    return unicodedata.normalize("NFC", login.strip()).lower()


def _login(login: str) -> str:
    folded = _folded(login)
    seen = clean_text(folded, "The login") == folded and folded.isprintable()
    if not folded or len(folded) > NAME_CHARS or not seen or any(c.isspace() for c in folded):
        raise BadInput(
            f"A login is one word of at most {NAME_CHARS} characters.", "Choose another one.", code="bad_login_name"
        )
    return folded


def _hash(password: str) -> str:
    try:
        return hash_password(password)
    except BadPassword as error:
        raise BadInput(str(error), "Choose another one.", code="weak_password") from None


def _login_taken() -> BadInput:
    return BadInput("Another account has this login.", "Choose another one.", code="login_taken")


def _taken(connection: Connection, login: str) -> bool:
    return connection.execute(select(t.accounts.c.id).where(t.accounts.c.login == login)).first() is not None


def _change(connection: Connection, account_id: str, **values: object) -> None:
    connection.execute(update(t.accounts).where(t.accounts.c.id == account_id).values(**values, updated_at=now()))


def _row(connection: Connection, account_id: str) -> Row[Any]:
    row = connection.execute(select(t.accounts).where(t.accounts.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no account {account_id}.", "Check the id.")
    return row


def _account(row: Row[Any]) -> Account:
    created: datetime = row.created_at
    return Account(row.id, row.login, row.role, row.candidate_id, row.active, created.isoformat())
