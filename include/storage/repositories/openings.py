"""Job openings: not personal, stored as records in the clear."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import select

from include.interview.errors import NotFound
from include.interview.intake.identifiers import checked_id
from include.interview.records import Opening
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Core, now
from include.storage.database.upsert import upsert


class Openings:
    """Stored openings.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def put(self, opening: Opening) -> None:
        """Store `opening`, replacing the one with the same id.

        Raises:
            BadInput: the id is none (`checked_id`).
        """
        checked_id(opening.id, "The opening's id")
        at = now()
        row = {
            "id": opening.id,
            "document": msgspec.json.encode(opening).decode(),
            "created_at": at,
            "updated_at": at,
        }
        with self._core.act() as act:
            upsert(act.connection, t.openings, row, key=["id"], keep=["created_at"])
            act.record("opening.stored", f"opening:{opening.id}")

    def get(self, opening_id: str) -> Opening:
        """The opening with this id.

        Raises:
            NotFound: no such opening.
        """
        with self._core.look() as connection:
            found = connection.execute(
                select(t.openings.c.document).where(t.openings.c.id == opening_id)
            ).scalar_one_or_none()
        if found is None:
            raise NotFound(
                f"There is no opening {opening_id!r}.", "Check the id against the list of openings, or add it first."
            )
        return msgspec.json.decode(found, type=Opening)

    def some(self, opening_ids: Sequence[str]) -> dict[str, Opening]:
        """Those of the openings that exist, by id."""
        table = t.openings.c
        with self._core.look() as connection:
            rows = connection.execute(select(table.id, table.document).where(table.id.in_(opening_ids)))
            return {identity: msgspec.json.decode(document, type=Opening) for identity, document in rows}

    def list(self) -> tuple[Opening, ...]:
        """All openings, oldest first."""
        with self._core.look() as connection:
            rows = connection.execute(select(t.openings.c.document).order_by(t.openings.c.created_at, t.openings.c.id))
            return tuple(msgspec.json.decode(document, type=Opening) for document in rows.scalars())
