"""Accounts of the gateway. Logins go into no log and no audit entry: accounts are named by id there."""

from __future__ import annotations

from sqlalchemy import Connection, func, insert, select

from include.interview.errors import BadInput, NotFound
from include.security.access import ROLES
from include.security.passwords import needs_rehash, verify_password
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Act, Core, new_id, now
from include.storage.repositories.account_rows import (
    Account,
    account_of,
    change,
    end_epoch,
    folded,
    hashed,
    login_name,
    other_hr,
    proposers,
    revoke_links,
    row_of,
)
from include.storage.repositories.candidates import require_key

__all__ = ["Account", "Accounts"]


class Accounts:
    """Stored accounts. Every act is an audit entry.

    What makes an account of `include.security.access.SECOND_PERSON` usable (making it, opening it again, giving it a
    password) waits until another person has confirmed it. Every call raises ServiceFailure when the database cannot be
    used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def create(self, login: str, password: str | None, role: str, candidate_id: str | None = None) -> Account:
        """Create an account and return it; without a password it waits for its activation link.

        Logins are compared without regard to case.

        Raises:
            BadInput: no usable login, code "login_taken", "weak_password" or "candidate_has_account", or a role that
                does not fit.
            NotFound: no such candidate, or (code "erased") it was erased.
        """
        login, at, identity = login_name(login), now(), new_id()
        if role not in ROLES:
            raise BadInput(f"There is no role {role!r}.", f"Use one of: {', '.join(ROLES)}.")
        if (role == "candidate") != (candidate_id is not None):
            raise BadInput("A candidate's account names its candidate, others name none.", "Check role and candidate.")
        row = {
            "id": identity,
            "login": login,
            "password_hash": "" if password is None else hashed(password),
            "role": role,
            "candidate_id": candidate_id,
            "active": True,
            "created_at": at,
            "updated_at": at,
        }
        with self._core.act() as act:
            if _taken(act.connection, login):
                raise _login_taken()
            if candidate_id is not None:
                _check_candidate(act.connection, candidate_id, open_only=False)
            proposed_by = proposers(act, role, identity)
            act.connection.execute(insert(t.accounts).values(**row, proposed_by=proposed_by))
            awaits = proposed_by is not None
            act.record("account.created", f"account:{identity}", {"role": role, "awaits_second_person": awaits})
            return account_of(row_of(act.connection, identity))

    def check_free(self, login: str) -> None:
        """Return normally when nobody has this login.

        Raises:
            BadInput: code "login_taken", or no usable login.
        """
        with self._core.look() as connection:
            if _taken(connection, login_name(login)):
                raise _login_taken()

    def authenticate(self, login: str, password: str) -> Account | None:
        """The usable account with this login and password; None for everything else, after the same work.

        A hash of other costs than today's is renewed on the way.
        """
        with self._core.look() as connection:
            row = connection.execute(select(t.accounts).where(t.accounts.c.login == folded(login))).one_or_none()
        usable = row is not None and account_of(row).usable
        fits = verify_password(row.password_hash if usable else None, password)  # type: ignore[union-attr]
        if row is None:
            return None
        with self._core.act() as act:
            if fits and needs_rehash(row.password_hash):
                change(act.connection, row.id, password_hash=hashed(password))
            act.record("account.login" if fits else "account.login_refused", f"account:{row.id}")
        return account_of(row) if fits else None

    def get(self, account_id: str) -> Account:
        """The account with this id.

        Raises:
            NotFound: no such account.
        """
        with self._core.look() as connection:
            return account_of(row_of(connection, account_id))

    def by_login(self, login: str) -> Account:
        """The account with this login.

        Raises:
            NotFound: nobody has it.
        """
        with self._core.look() as connection:
            row = connection.execute(select(t.accounts).where(t.accounts.c.login == folded(login))).one_or_none()
        if row is None:
            raise NotFound("There is no account with this login.", "Check the login.")
        return account_of(row)

    def list(self, *, role: str | None = None, candidate_id: str | None = None) -> tuple[Account, ...]:
        """All accounts, or those of a role or candidate, oldest first."""
        query = select(t.accounts).order_by(t.accounts.c.created_at, t.accounts.c.id)
        if role is not None:
            query = query.where(t.accounts.c.role == role)
        if candidate_id is not None:
            query = query.where(t.accounts.c.candidate_id == candidate_id)
        with self._core.look() as connection:
            return tuple(account_of(row) for row in connection.execute(query))

    def count(self) -> int:
        """How many accounts there are."""
        with self._core.look() as connection:
            return connection.execute(select(func.count()).select_from(t.accounts)).scalar_one()

    def set_password(self, account_id: str, password: str) -> Account:
        """Replace the account's password without knowing the old one; every login of the account ends.

        Raises:
            BadInput: code "weak_password".
            NotFound: no such account.
        """
        fresh = hashed(password)
        with self._core.act() as act:
            row = row_of(act.connection, account_id)
            change(
                act.connection,
                account_id,
                password_hash=fresh,
                proposed_by=proposers(act, row.role, account_id, row.proposed_by),
            )
            return _renewed(act, account_id, "account.password_set")

    def change_password(self, account_id: str, old: str, new: str) -> Account:
        """Replace the password of somebody who knows it; every login of the account ends.

        Raises:
            BadInput: `old` is not the password (code "wrong_password"), `new` may be nobody's ("weak_password"), or
                they are equal ("same_password").
            NotFound: no such account.
        """
        with self._core.look() as connection:
            row = row_of(connection, account_id)
        if not verify_password(row.password_hash or None, old):
            with self._core.act() as act:
                act.record("account.password_refused", f"account:{account_id}")
            raise _wrong_password()
        if old == new:
            raise BadInput("The new password is the old one.", "Choose another one.", code="same_password")
        fresh = hashed(new)
        with self._core.act() as act:
            if row_of(act.connection, account_id).password_hash != row.password_hash:  # changed meanwhile
                raise _wrong_password()
            change(act.connection, account_id, password_hash=fresh)
            return _renewed(act, account_id, "account.password_changed")

    def end_logins(self, account_id: str) -> None:
        """End every login of the account, wherever it is; the account stays open.

        Raises:
            NotFound: no such account.
        """
        with self._core.act() as act:
            row_of(act.connection, account_id)
            end_epoch(act.connection, account_id)
            act.record("account.logins_ended", f"account:{account_id}")

    def close(self, account_id: str) -> Account:
        """Close the account: its logins and links end, nobody logs in with it. Doing it twice changes nothing.

        Raises:
            NotFound: no such account.
            BadInput: code "last_hr": nobody else could make and open accounts.
        """
        with self._core.act() as act:
            row = row_of(act.connection, account_id)
            if not row.active:
                return account_of(row)
            if account_of(row).usable and row.role == "hr" and not other_hr(act.connection, account_id):
                raise BadInput(
                    "This is the last HR account: nobody could make or open accounts any more.",
                    "Make another HR account first.",
                    code="last_hr",
                )
            change(act.connection, account_id, active=False)
            end_epoch(act.connection, account_id)
            revoke_links(act.connection, account_id)
            act.record("account.closed", f"account:{account_id}")
            return account_of(row_of(act.connection, account_id))

    def open(self, account_id: str) -> Account:
        """Open a closed account again; its old logins stay ended. Doing it twice changes nothing.

        Raises:
            NotFound: no such account, or (code "erased") its candidate was erased.
            BadInput: code "candidate_has_account": the candidate has another open account.
        """
        with self._core.act() as act:
            row = row_of(act.connection, account_id)
            if row.active:
                return account_of(row)
            if row.candidate_id is not None:
                _check_candidate(act.connection, row.candidate_id, open_only=True)
            proposed_by = proposers(act, row.role, account_id, row.proposed_by)
            change(act.connection, account_id, active=True, proposed_by=proposed_by)
            detail = {"awaits_second_person": proposed_by is not None}
            act.record("account.opened", f"account:{account_id}", detail)
            return account_of(row_of(act.connection, account_id))

    def confirm(self, account_id: str) -> Account:
        """Be the second person for an account that waits for one. What needs none is left as it is.

        Raises:
            NotFound: no such account.
            BadInput: code "second_person": the actor is who proposed it.
        """
        with self._core.act() as act:
            row = row_of(act.connection, account_id)
            if row.proposed_by is None:
                return account_of(row)
            if account_of(row).proposed(act.actor):
                raise BadInput(
                    "Whoever asked for this account cannot confirm it as well.",
                    "Let another HR account confirm it, or `./triview accounts confirm` at the command line.",
                    code="second_person",
                )
            change(act.connection, account_id, proposed_by=None)
            act.record("account.confirmed", f"account:{account_id}", {"proposed_by": row.proposed_by})
            return account_of(row_of(act.connection, account_id))


def _renewed(act: Act, account_id: str, action: str) -> Account:
    """The account after its password was replaced: nothing that rested on the old one goes on."""
    end_epoch(act.connection, account_id)
    revoke_links(act.connection, account_id)
    act.record(action, f"account:{account_id}")
    return account_of(row_of(act.connection, account_id))


def _check_candidate(connection: Connection, candidate_id: str, *, open_only: bool) -> None:
    """Return when the candidate may get an account: not erased, and without one (an open one)."""
    require_key(connection, candidate_id)
    query = select(func.count()).select_from(t.accounts).where(t.accounts.c.candidate_id == candidate_id)
    if connection.execute(query.where(t.accounts.c.active) if open_only else query).scalar_one():
        raise _second_login()


def _wrong_password() -> BadInput:
    return BadInput("The present password is not right.", "Check it and try again.", code="wrong_password")


def _second_login() -> BadInput:
    return BadInput(
        "This candidate has an account already.",
        "Open that account again if it is closed, or make a new activation link for it.",
        code="candidate_has_account",
    )


def _login_taken() -> BadInput:
    return BadInput("Another account has this login.", "Choose another one.", code="login_taken")


def _taken(connection: Connection, login: str) -> bool:
    return connection.execute(select(t.accounts.c.id).where(t.accounts.c.login == login)).first() is not None
