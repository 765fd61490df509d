"""Candidates: names and contacts sealed under a key of each person's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, literal, select, update

from include.interview.errors import NotFound, WrongKey
from include.interview.intake.cleaning import clean_line, clean_text
from include.interview.records import Candidate
from include.security.errors import CannotOpen
from include.security.keys import DataKey, MasterKey, new_data_key, rewrap, wrap
from include.storage.database import tables as t
from include.storage.database.unit_of_work import (
    Act,
    Core,
    erased,
    new_id,
    now,
    refuse_mixed_keys,
    seal,
    unseal,
)
from include.storage.objects.ranking_reports import forget_reports, rewrap_reports
from include.storage.repositories.declarations import forget, rewrap_declarations
from include.storage.repositories.webhooks import rewrap_webhooks

TABLE = "candidates"
CHUNK = 500
"""Ids in one IN list."""


class Candidates:
    """Stored candidates and their keys.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def create(self, name: str, contact: str | None = None) -> Candidate:
        """Create a candidate with a new data key, and return it.

        Raises:
            BadInput: nothing of the name can be seen, or it is no text.
            WrongKey: the database was written under another master key; mixing two would lose data.
        """
        return self.create_all([(name, contact)])[0]

    def create_all(self, people: Sequence[tuple[str, str | None]]) -> tuple[Candidate, ...]:
        """Create candidates of these names and contacts, each with a new data key: all of them or none.

        Raises: as `create`.
        """
        master = self._core.master
        made = [self._new(name, contact) for name, contact in people]
        with self._core.act() as act:
            refuse_mixed_keys(act.connection, master)
            for start in range(0, len(made), CHUNK):
                act.connection.execute(insert(t.candidates), [row for _, row in made[start : start + CHUNK]])
            for candidate, _ in made:
                act.record("candidate.created", f"candidate:{candidate.id}", {"master_key": master.id})
        return tuple(candidate for candidate, _ in made)

    def _new(self, name: str, contact: str | None) -> tuple[Candidate, dict[str, Any]]:
        """A candidate and the row that holds them sealed."""
        name = clean_line(name, "The candidate's name")
        contact = None if contact is None else clean_text(contact, "The candidate's contact").strip()
        candidate = Candidate(id=new_id(), name=name, contact=contact)
        key, master = new_data_key(), self._core.master
        row = {
            "id": candidate.id,
            "sealed_name": seal(key, TABLE, "sealed_name", candidate.id, name.encode()),
            "sealed_contact": _seal_optional(key, candidate.id, contact),
            "wrapped_key": wrap(master, key, candidate.id),
            "master_key_id": master.id,
            "created_at": now(),
        }
        return candidate, row

    def get(self, candidate_id: str) -> Candidate:
        """The candidate with name and contact. The read is an audit entry.

        Raises:
            NotFound: no such candidate, or erased (code "erased").
            WrongKey: another master key.
        """
        with self._core.act() as act:
            row = act.connection.execute(select(t.candidates).where(t.candidates.c.id == candidate_id)).one_or_none()
            if row is None:
                raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.")
            candidate = self._open(row)
            act.record("candidate.read", f"candidate:{candidate_id}")
        return candidate

    def some(self, candidate_ids: Collection[str]) -> dict[str, Candidate]:
        """Those of the candidates that exist and were not erased, by id. The audit names them.

        Raises:
            WrongKey: another master key.
        """
        ids = sorted(set(candidate_ids))
        found: dict[str, Candidate] = {}
        with self._core.act() as act:
            for start in range(0, len(ids), CHUNK):
                query = select(t.candidates).where(
                    t.candidates.c.id.in_(ids[start : start + CHUNK]), t.candidates.c.wrapped_key.is_not(None)
                )
                found |= {row.id: self._open(row) for row in act.connection.execute(query)}
            act.record_list("candidate.listed", "candidates", "candidates", found)
        return found

    def count(self) -> int:
        """How many candidates were not erased."""
        query = select(func.count()).select_from(t.candidates).where(t.candidates.c.wrapped_key.is_not(None))
        with self._core.look() as connection:
            return connection.execute(query).scalar_one()

    def list(self, limit: int | None = None, offset: int = 0) -> tuple[Candidate, ...]:
        """Candidates that were not erased, oldest first: all, or `limit` from `offset` on; the audit names them.

        Raises:
            WrongKey: another master key.
        """
        query = (
            select(t.candidates)
            .where(t.candidates.c.wrapped_key.is_not(None))
            .order_by(t.candidates.c.created_at, t.candidates.c.id)
        )
        if limit is not None:
            query = query.limit(limit).offset(offset)
        with self._core.act() as act:
            found = tuple(self._open(row) for row in act.connection.execute(query))
            ids = [one.id for one in found]
            act.record_list("candidate.listed", "candidates", "candidates", ids, everybody=limit is None)
        return found

    def is_erased(self, candidate_id: str) -> bool:
        """Whether the candidate's key was destroyed; nothing personal is read.

        Raises:
            NotFound: no such candidate.
        """
        query = select(t.candidates.c.key_destroyed_at).where(t.candidates.c.id == candidate_id)
        with self._core.look() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.")
        return row.key_destroyed_at is not None

    def of_applications(self, opening_id: str, application_ids: Sequence[str] | None = None) -> dict[str, Candidate]:
        """Application -> who applied, for some applications to an opening or all of them, by one query.

        Who was erased is left out. One audit entry, which names the applications where some are asked for.

        Raises:
            WrongKey: another master key.
        """
        applications = t.applications.c
        query = (
            select(applications.id.label("application_id"), t.candidates)
            .join_from(t.applications, t.candidates, t.candidates.c.id == applications.candidate_id)
            .where(applications.opening_id == opening_id, t.candidates.c.wrapped_key.is_not(None))
        )
        if application_ids is not None:
            query = query.where(applications.id.in_(application_ids))
        with self._core.act() as act:
            found = {row.application_id: self._open(row) for row in act.connection.execute(query)}
            everybody = application_ids is None
            subject = f"opening:{opening_id}"
            act.record_list("candidate.listed", subject, "applications", found, everybody=everybody)
        return found

    def _open(self, row: Row[Any]) -> Candidate:
        if row.wrapped_key is None:
            raise erased(row.id)
        key = self._core.unwrap(row.wrapped_key, row.id)
        contact = row.sealed_contact
        return Candidate(
            id=row.id,
            name=unseal(key, TABLE, "sealed_name", row.id, row.sealed_name).decode(),
            contact=None if contact is None else unseal(key, TABLE, "sealed_contact", row.id, contact).decode(),
        )

    def require_present(self, candidate_id: str) -> None:
        """Return when there is such a candidate who was not erased. Nothing of them is read.

        Raises:
            NotFound: no such candidate, or (code "erased") the key was destroyed.
        """
        with self._core.look() as connection:
            require_key(connection, candidate_id)

    def known(self, candidate_id: str) -> str:
        """The id, when there is such a candidate, erased or not. Nothing of them is read.

        Raises:
            NotFound: no such candidate.
        """
        with self._core.look() as connection:
            query = select(t.candidates.c.id).where(t.candidates.c.id == candidate_id)
            found = connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.")
        identity: str = found
        return identity

    def live_key(self, candidate_id: str, session_id: str) -> DataKey:
        """The candidate's data key, for the live state of one session. Each use is an audit entry.

        Raises:
            NotFound: no such candidate, or erased (code "erased").
            WrongKey: another master key.
        """
        with self._core.act() as act:
            key = self._core.data_key(act.connection, candidate_id)
            act.record("candidate.key_used", f"candidate:{candidate_id}", {"session": session_id})
        return key

    def destroy_key(self, candidate_id: str) -> None:
        """Erase the candidate by destroying the key: sealed columns, media and artifacts become unreadable.

        Name and contact are removed too, and the interviews are marked erased. Doing it twice changes nothing.
        Backups made before keep the wrapped key until they expire.

        Raises:
            NotFound: no such candidate.
        """
        with self._core.act() as act:
            if destroyed(act, candidate_id):
                act.record("candidate.key_destroyed", f"candidate:{candidate_id}")
        self._core.fold_journal()

    def rotate_master_key(self, new: MasterKey) -> int:
        """Wrap every data key by `new`, all or none; returns how many. Content stays as it is.

        Afterwards configure `new`: these stores use it at once, other processes once they are restarted.

        Raises:
            WrongKey: a data key does not open with the present master key; nothing was changed.
        """
        old, count = self._core.master, 0
        query = select(t.candidates.c.id, t.candidates.c.wrapped_key).where(t.candidates.c.wrapped_key.is_not(None))
        with self._core.act() as act:
            for row in act.connection.execute(query).all():
                try:
                    wrapped = rewrap(old, new, row.wrapped_key, row.id)
                except CannotOpen as error:
                    raise WrongKey(str(error), "Nothing was changed. Rotate with the key the data is under.") from None
                act.connection.execute(
                    update(t.candidates)
                    .where(t.candidates.c.id == row.id)
                    .values(wrapped_key=wrapped, master_key_id=new.id)
                )
                count += 1
            rewrap_declarations(act.connection, old, new)
            rewrap_reports(act.connection, old, new)
            rewrap_webhooks(act.connection, old, new)
            act.record("master_key.rotated", f"master_key:{new.id}", {"from": old.id, "keys": count})
        self._core.master = new
        return count


def _seal_optional(key: DataKey, row: str, contact: str | None) -> bytes | None:
    return None if contact is None else seal(key, TABLE, "sealed_contact", row, contact.encode())


def has_key(connection: Connection, candidate_id: str) -> bool:
    """Whether the candidate's key exists.

    Raises:
        NotFound: no such candidate.
    """
    known = connection.execute(
        select(t.candidates.c.wrapped_key).where(t.candidates.c.id == candidate_id)
    ).one_or_none()
    if known is None:
        raise NotFound(f"There is no candidate {candidate_id}.", "Check the id.")
    return known.wrapped_key is not None


def require_key(connection: Connection, candidate_id: str) -> None:
    """Return when the candidate's key is there: nothing new begins for who was erased.

    Raises:
        NotFound: no such candidate, or (code "erased") the key was destroyed.
    """
    if not has_key(connection, candidate_id):
        raise erased(candidate_id)


def destroyed(act: Act, candidate_id: str) -> bool:
    """Destroy the candidate's key within a write transaction, with all that goes at once; False when it was gone.

    Raises:
        NotFound: no such candidate.
    """
    connection, at = act.connection, now()
    if not has_key(connection, candidate_id):
        return False
    connection.execute(
        update(t.candidates)
        .where(t.candidates.c.id == candidate_id)
        .values(wrapped_key=None, master_key_id=None, sealed_name=None, sealed_contact=None, key_destroyed_at=at)
    )
    theirs = select(t.applications.c.id).where(t.applications.c.candidate_id == candidate_id)
    connection.execute(
        update(t.interviews).where(t.interviews.c.application_id.in_(theirs)).values(status="erased", updated_at=at)
    )
    forget(connection, candidate_id)
    forget_reports(connection, candidate_id)
    # A login may be a name or an address: the account stays for the audit trail, closed and nameless.
    connection.execute(
        update(t.accounts)
        .where(t.accounts.c.candidate_id == candidate_id)
        .values(
            login=literal("erased-").concat(t.accounts.c.id),
            password_hash="",
            active=False,
            epoch=t.accounts.c.epoch + 1,
            updated_at=at,
        )
    )
    mine = select(t.accounts.c.id).where(t.accounts.c.candidate_id == candidate_id)
    for table in (t.logins, t.activations):
        connection.execute(delete(table).where(table.c.account_id.in_(mine)))
    return True
