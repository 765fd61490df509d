"""Rows of accounts as the stores of accounts, logins and activation links share them."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from include.interview.errors import BadInput, NotFound
from include.interview.intake.cleaning import clean_text
from include.interview.records import Record
from include.security.access import SECOND_PERSON, AccountRole
from include.security.errors import BadPassword
from include.security.passwords import hash_password
from include.storage.database import tables as t
from include.storage.database.tables import NAME_CHARS
from include.storage.database.unit_of_work import Act, now

SYSTEM = "system"
"""Actor of the installation itself, such as its set-up: no person's."""
COMMAND = "cli:"
"""How the actor of the command line begins; the rest is a user of the machine."""


MOST_PROPOSERS = 5
"""What the column holds; links of earlier ones are worthless by then."""


class Account(Record, frozen=True):
    """A login. `candidate_id` says whom a candidate's account belongs to; all others have none.

    `active`: not closed. `activated`: it has a password. `proposed_by`: the actors whose acts on the account nobody
    else has confirmed yet; until then nobody logs in with it.
    """

    id: str
    login: str
    role: AccountRole
    candidate_id: str | None
    active: bool
    created_at: str
    activated: bool = True
    proposed_by: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether somebody can log in with it now."""
        return self.active and self.activated and not self.proposed_by

    def proposed(self, actor: str) -> bool:
        """Whether `actor` is among those who need another to confirm the account."""
        return any(same_person(one, actor) for one in self.proposed_by)


def account_of(row: Row[Any]) -> Account:
    """A row of accounts as a record."""
    created: datetime = row.created_at
    return Account(
        id=row.id,
        login=row.login,
        role=row.role,
        candidate_id=row.candidate_id,
        active=row.active,
        created_at=created.isoformat(),
        activated=row.password_hash != "",
        proposed_by=tuple((row.proposed_by or "").split()),
    )


def folded(login: str) -> str:
    """The login as it is stored and compared: NFC, lower case, without spaces around it."""
    return unicodedata.normalize("NFC", login.strip()).lower()


def login_name(login: str) -> str:
    """The folded login, when it may be somebody's.

    Raises:
        BadInput: code "bad_login_name".
    """
    found = folded(login)
    seen = clean_text(found, "The login") == found and found.isprintable()
    if not found or len(found) > NAME_CHARS or not seen or any(c.isspace() for c in found):
        raise BadInput(
            f"A login is one word of at most {NAME_CHARS} characters.", "Choose another one.", code="bad_login_name"
        )
    return found


def hashed(password: str) -> str:
    """The argon2id hash of a password.

    Raises:
        BadInput: code "weak_password".
    """
    try:
        return hash_password(password)
    except BadPassword as error:
        raise BadInput(str(error), "Choose another one.", code="weak_password") from None


def row_of(connection: Connection, account_id: str) -> Row[Any]:
    """The account's row.

    Raises:
        NotFound: no such account.
    """
    row = connection.execute(select(t.accounts).where(t.accounts.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no account {account_id}.", "Check the id.")
    return row


def change(connection: Connection, account_id: str, **values: object) -> None:
    """Set columns of the account's row."""
    connection.execute(update(t.accounts).where(t.accounts.c.id == account_id).values(**values, updated_at=now()))


def end_epoch(connection: Connection, account_id: str) -> None:
    """End every login of the account: tokens, cookies and tickets of the epoch so far prove nothing any more."""
    change(connection, account_id, epoch=t.accounts.c.epoch + 1)


def revoke_links(connection: Connection, account_id: str) -> None:
    """Make the account's activation links worthless."""
    connection.execute(delete(t.activations).where(t.activations.c.account_id == account_id))


def proposers(act: Act, role: str, account_id: str, earlier: str | None = None) -> str | None:
    """Who cannot confirm `account_id`, of `role`, after this act: the actor and `earlier` ones; None when nobody must.

    Whoever had a hand in it since it was confirmed last counts: a link made for an account that somebody else asked
    for is as good as the account. The command line may act alone while no other account could confirm it: otherwise
    the only one who may make accounts could lock themself out for good.
    """
    if role not in SECOND_PERSON or act.actor == SYSTEM:
        return earlier
    if act.actor.startswith(COMMAND) and not other_hr(act.connection, account_id):
        return earlier
    known = [*(earlier or "").split(), act.actor.replace(" ", "_")]
    return " ".join(list(dict.fromkeys(known))[-MOST_PROPOSERS:])


def other_hr(connection: Connection, account_id: str) -> bool:
    """Whether an HR account other than `account_id` can be logged in with."""
    found = connection.execute(
        select(func.count())
        .select_from(t.accounts)
        .where(
            t.accounts.c.role == "hr",
            t.accounts.c.id != account_id,
            t.accounts.c.active,
            t.accounts.c.password_hash != "",
            t.accounts.c.proposed_by.is_(None),
        )
    )
    return found.scalar_one() > 0


def same_person(one: str, other: str) -> bool:
    """Whether two actors count as one: everybody at the command line does."""
    return one == other or (one.startswith(COMMAND) and other.startswith(COMMAND))
