"""Activation links: whoever holds one sets the account's password, once and in time. Only their hashes are stored."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, select

from include.interview.errors import BadInput
from include.interview.records import Record
from include.security.opaque_tokens import MAX_TOKEN_CHARS, new_token, token_hash
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, now
from include.storage.repositories.account_rows import (
    Account,
    account_of,
    change,
    end_epoch,
    hashed,
    proposers,
    revoke_links,
    row_of,
)

ACTIVATION_S = 72 * 3600.0
"""Seconds for which a link may be used: over a weekend."""


class Activation(Record, frozen=True):
    """A link's token, shown this once, and until when it may be used (ISO 8601, UTC)."""

    account_id: str
    token: str
    expires_at: str


class Activations:
    """Links of accounts: at most one for each. Every act is an audit entry, without the token.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def issue(self, account_id: str, *, ttl_s: float = ACTIVATION_S) -> Activation:
        """A new link for the account, good for `ttl_s` seconds and one use; a link issued before is worthless now.

        The account's password stays as it is until the link is used. For a role that needs two people the account
        waits for a second one from now on: a link is as good as the account.

        Raises:
            NotFound: no such account.
            BadInput: code "account_closed".
        """
        token, expires = new_token(), now() + timedelta(seconds=ttl_s)
        with self._core.act() as act:
            row = row_of(act.connection, account_id)
            if not row.active:
                raise BadInput("This account is closed.", "Open it first.", code="account_closed")
            revoke_links(act.connection, account_id)
            act.connection.execute(delete(t.activations).where(t.activations.c.expires_at <= now()))
            act.connection.execute(
                insert(t.activations).values(token_hash=token_hash(token), account_id=account_id, expires_at=expires)
            )
            proposed_by = proposers(act, row.role, account_id, row.proposed_by)
            if proposed_by != row.proposed_by:
                change(act.connection, account_id, proposed_by=proposed_by)
            act.record("account.link_issued", f"account:{account_id}", {"awaits_second_person": bool(proposed_by)})
        return Activation(account_id, token, expires.isoformat())

    def activate(self, token: str, password: str) -> Account:
        """Set the password of the account whose link this is, use the link up, and end every login of the account.

        Raises:
            BadInput: code "activation_unknown": never issued, used, or too old; "weak_password": the link stays good.
        """
        link = token_hash(token[: MAX_TOKEN_CHARS + 1])
        query = select(t.activations.c.account_id).where(
            t.activations.c.token_hash == link, t.activations.c.expires_at > now()
        )
        with self._core.look() as connection:  # a stranger's guess costs no hash
            if connection.execute(query).scalar_one_or_none() is None:
                raise _unknown()
        fresh = hashed(password)
        with self._core.act() as act:
            account_id = act.connection.execute(query).scalar_one_or_none()
            if account_id is None:
                raise _unknown()
            row = row_of(act.connection, account_id)
            if not row.active:
                raise _unknown()
            change(act.connection, account_id, password_hash=fresh)
            revoke_links(act.connection, account_id)
            end_epoch(act.connection, account_id)
            act.record("account.activated", f"account:{account_id}")
            return account_of(row_of(act.connection, account_id))


def _unknown() -> BadInput:
    return BadInput(
        "The activation link is unknown, was used already, or is too old.",
        "Ask whoever sent it for a new one.",
        code="activation_unknown",
    )
