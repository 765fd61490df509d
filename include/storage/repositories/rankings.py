"""Snapshots of rankings: rows that are never changed, and per opening the one that is served."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Literal

import msgspec
from sqlalchemy import Connection, func, insert, select

from include.interview.errors import NotFound
from include.interview.ranking.records import Snapshot
from include.interview.records import Record
from include.security.chain import Plain
from include.storage.database import tables as t
from include.storage.database.unit_of_work import Act, Core, new_id, now
from include.storage.database.upsert import upsert
from include.storage.repositories.ranking_inputs import InputStamp, read_stamps

Swap = Literal["swapped", "unchanged", "changed_meanwhile", "deleted"]
COMPRESSION = 1
"""zlib level: half the bytes are hashes and ids, which no level makes smaller."""


class _Kept:
    """The snapshots read last, decoded: they are never changed, and hold no name."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._found: OrderedDict[str, Snapshot] = OrderedDict()

    def get(self, snapshot_id: str) -> Snapshot | None:
        with self._lock:
            if snapshot_id in self._found:
                self._found.move_to_end(snapshot_id)
            return self._found.get(snapshot_id)

    def put(self, snapshot_id: str, snapshot: Snapshot) -> None:
        with self._lock:
            self._found[snapshot_id] = snapshot
            while len(self._found) > self._most:
                self._found.popitem(last=False)


_KEPT = _Kept(most=4)
"""Two of each of two openings: of 10,000 people one is decoded in 0.1 s and takes 20 MB."""


class Offer(Record, frozen=True):
    """A snapshot to be served. `read_stamp`: of the stored inputs when they were read; `stamp`: kept with the state."""

    snapshot: Snapshot
    read_stamp: str
    stamp: str


class RankingState(Record, frozen=True):
    """What is served of an opening: the id of the snapshot (None before the first), and why no newer one is.

    `failures`: expectation -> how many rows did not meet it, of the last run that a gate stopped; empty when the last
    run went through. `checked_at`: when it ended, UTC, ISO 8601.
    """

    opening_id: str
    served_id: str | None
    stamp: str
    failures: dict[str, int]
    checked_at: str


class SnapshotHead(Record, frozen=True):
    """One line of the list of an opening's snapshots; `number` counts from 1."""

    id: str
    opening_id: str
    number: int
    version: str
    method: str
    ranked: int
    listed_apart: int
    inputs_sha256: str
    taken_at: str


class Rankings:
    """Stored snapshots.

    Every call raises ServiceFailure when the database cannot be used.
    """

    def __init__(self, core: Core) -> None:
        self._core = core

    def swap(self, offers: Sequence[Offer]) -> dict[str, Swap]:
        """Store the snapshots and serve them, all in one transaction; returns what became of each, by opening.

        An opening whose inputs changed since they were read keeps what it has. A snapshot of the same inputs as the one
        served is not stored again. Of two runs at once the later one to end finds either of both. Of an opening
        that was deleted meanwhile nothing is stored.
        """
        ids = [offer.snapshot.opening_id for offer in offers]
        packed = {offer.snapshot.opening_id: _packed(offer.snapshot) for offer in offers}
        results: dict[str, Swap] = {}
        with self._core.act() as act:
            present = set(act.connection.execute(select(t.openings.c.id).where(t.openings.c.id.in_(ids))).scalars())
            stamps, served = read_stamps(act.connection, ids), _served_hashes(act.connection, ids)
            numbers = _last_numbers(act.connection, ids)
            for offer in offers:
                opening = offer.snapshot.opening_id
                if opening not in present:
                    results[opening] = "deleted"
                    continue
                if _text(stamps, opening) != offer.read_stamp:
                    results[opening] = "changed_meanwhile"
                    continue
                served_id, served_hash = served.get(opening, (None, None))
                results[opening] = "unchanged" if served_hash == offer.snapshot.inputs_sha256 else "swapped"
                if results[opening] == "swapped":
                    served_id = _store(act, offer.snapshot, packed[opening], numbers.get(opening, 0) + 1)
                _set_state(act.connection, opening, served_id, offer.stamp, {})
        return results

    def failed(self, opening_id: str, stamp: str, failures: Mapping[str, int]) -> None:
        """Record that a gate stopped the opening's run: names of expectations and counts. What is served stays."""
        with self._core.act() as act:
            state = _state(act.connection, opening_id)
            _set_state(act.connection, opening_id, None if state is None else state.served_id, stamp, failures)
            act.record("ranking.stopped", f"opening:{opening_id}", dict(failures))

    def state(self, opening_id: str) -> RankingState | None:
        """What is served of the opening; None before its first run."""
        with self._core.look() as connection:
            return _state(connection, opening_id)

    def states(self) -> dict[str, RankingState]:
        """Opening -> what is served of it."""
        with self._core.look() as connection:
            return {row.opening_id: _as_state(row) for row in connection.execute(select(t.ranking_states))}

    def list(self, opening_id: str) -> tuple[SnapshotHead, ...]:
        """The opening's snapshots, newest first."""
        table = t.rankings.c
        columns = [c for c in t.rankings.columns if c.name != "document"]
        query = select(*columns).where(table.opening_id == opening_id).order_by(table.number.desc())
        with self._core.look() as connection:
            rows = [row._mapping for row in connection.execute(query)]
        return tuple(SnapshotHead(**{**row, "taken_at": row["taken_at"].isoformat()}) for row in rows)

    def before(self, snapshot_id: str) -> Snapshot | None:
        """The snapshot of the same opening before this one; None when there is none. The read is an audit entry."""
        one = t.rankings.alias("one")
        table = t.rankings.c
        query = (
            select(table.id)
            .join(one, one.c.opening_id == table.opening_id)
            .where(one.c.id == snapshot_id, table.number < one.c.number)
            .order_by(table.number.desc())
            .limit(1)
        )
        with self._core.look() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else self.get(found)

    def served_sizes(self, opening_ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Opening -> (how many its served snapshot ranks, when it was taken: UTC, ISO 8601), where one is served."""
        states, rankings = t.ranking_states.c, t.rankings.c
        query = (
            select(states.opening_id, rankings.ranked, rankings.taken_at)
            .join_from(t.ranking_states, t.rankings, rankings.id == states.served_id)
            .where(states.opening_id.in_(opening_ids))
        )
        with self._core.look() as connection:
            return {opening: (ranked, at.isoformat()) for opening, ranked, at in connection.execute(query)}

    def get(self, snapshot_id: str) -> Snapshot:
        """The snapshot with this id. The read is an audit entry.

        Raises:
            NotFound: no such snapshot.
        """
        table = t.rankings.c
        with self._core.act() as act:
            opening = act.connection.execute(
                select(table.opening_id).where(table.id == snapshot_id)
            ).scalar_one_or_none()
            if opening is None:
                raise NotFound(
                    f"There is no ranking {snapshot_id}.", "Check the id against the list of the opening's rankings."
                )
            act.record("ranking.read", f"opening:{opening}", {"ranking": snapshot_id})
        kept = _KEPT.get(snapshot_id)
        if kept is None:
            with self._core.look() as connection:
                document = connection.execute(select(table.document).where(table.id == snapshot_id)).scalar_one()
            kept = msgspec.msgpack.decode(zlib.decompress(document), type=Snapshot)
            _KEPT.put(snapshot_id, kept)
        return kept

    def served(self, opening_id: str) -> Snapshot:
        """The snapshot that is served of the opening. The read is an audit entry.

        Raises:
            NotFound: none is yet.
        """
        return self.get(self.served_id(opening_id))

    def served_id(self, opening_id: str) -> str:
        """Id of the snapshot that is served of the opening.

        Raises:
            NotFound: none is yet.
        """
        state = self.state(opening_id)
        if state is None or state.served_id is None:
            raise NotFound(
                f"The opening {opening_id!r} has no ranking yet.",
                "Ask for one: POST /api/v1/openings/{id}/ranking/runs, or ./triview rankings run OPENING.",
            )
        return state.served_id


def _text(stamps: Mapping[str, InputStamp], opening_id: str) -> str:
    found = stamps.get(opening_id)
    return "" if found is None else found.text


def _packed(snapshot: Snapshot) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(snapshot), COMPRESSION)


def _store(act: Act, snapshot: Snapshot, document: bytes, number: int) -> str:
    identity = new_id()
    act.connection.execute(
        insert(t.rankings).values(
            id=identity,
            opening_id=snapshot.opening_id,
            number=number,
            version=snapshot.version,
            method=snapshot.ranking.method,
            ranked=len(snapshot.ranking.candidates),
            listed_apart=len(snapshot.apart),
            inputs_sha256=snapshot.inputs_sha256,
            document=document,
            taken_at=now(),
        )
    )
    detail: dict[str, Plain] = {"ranking": identity, "number": number, "inputs": snapshot.inputs_sha256}
    act.record("ranking.served", f"opening:{snapshot.opening_id}", detail)
    return identity


def _set_state(
    connection: Connection, opening_id: str, served_id: str | None, stamp: str, failures: Mapping[str, int]
) -> None:
    row = {
        "opening_id": opening_id,
        "served_id": served_id,
        "stamp": stamp,
        "failures": msgspec.json.encode(failures).decode(),
        "checked_at": now(),
    }
    upsert(connection, t.ranking_states, row, key=["opening_id"])


def _state(connection: Connection, opening_id: str) -> RankingState | None:
    table = t.ranking_states
    row = connection.execute(select(table).where(table.c.opening_id == opening_id)).one_or_none()
    return None if row is None else _as_state(row)


def _as_state(row: object) -> RankingState:
    values = dict(row._mapping)  # type: ignore[attr-defined]
    failures = msgspec.json.decode(values["failures"], type=dict[str, int])
    return RankingState(**{**values, "failures": failures, "checked_at": values["checked_at"].isoformat()})


def _served_hashes(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, str]]:
    states, rankings = t.ranking_states.c, t.rankings.c
    query = (
        select(states.opening_id, rankings.id, rankings.inputs_sha256)
        .join_from(t.ranking_states, t.rankings, rankings.id == states.served_id)
        .where(states.opening_id.in_(ids))
    )
    return {opening: (identity, digest) for opening, identity, digest in connection.execute(query)}


def _last_numbers(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    table = t.rankings.c
    query = select(table.opening_id, func.max(table.number)).where(table.opening_id.in_(ids)).group_by(table.opening_id)
    return {row[0]: row[1] for row in connection.execute(query)}
