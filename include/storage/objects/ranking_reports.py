"""Reports of rankings as encrypted files: per opening the newest set, under a key of its own, or none.

The key of a set opens nothing else. It is destroyed with the rows when somebody who applied to the opening is erased,
because the files hold their name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from include.interview.errors import BadInput, NotFound, WrongKey
from include.interview.records import Record
from include.security.errors import CannotOpen
from include.security.keys import DataKey, MasterKey, new_data_key, rewrap, wrap
from include.settings import PIPELINE_VERSION
from include.storage.database import tables as t
from include.storage.database.report_marks import report_marks
from include.storage.database.unit_of_work import Core, new_id, now, refuse_mixed_keys
from include.storage.database.upsert import upsert
from include.storage.objects.sealed import SealedObjects, Stored
from include.storage.objects.store import object_name

Put = Literal["stored", "changed_meanwhile", "deleted"]


class ReportSource(Record, frozen=True):
    """What a report is made from: when any of it changes, another one is due.

    `failures`: expectation -> count, of the run that a gate stopped after the snapshot. `erased`: how many who applied
    to the opening were erased since. `shown`: hash over what is shown as it stands beside the snapshot (see
    `report_marks`).
    """

    opening_id: str
    snapshot_id: str
    failures: dict[str, int]
    erased: int
    version: str = PIPELINE_VERSION
    shown: str = ""

    def names_the_same(self, other: ReportSource) -> bool:
        """Whether snapshot, banner, people and program are the same; what else is shown may have changed."""
        return msgspec.structs.replace(other, shown=self.shown) == self


class RankingReports:
    """Stored reports of rankings. Storing and reading are audit entries.

    Every call raises ServiceFailure when the database or the storage cannot be used.
    """

    def __init__(self, core: Core, sealed: SealedObjects) -> None:
        self._core = core
        self._sealed = sealed

    def due(self) -> tuple[str, ...]:
        """Ids of the openings with a served ranking whose report is missing or made from something else."""
        with self._core.look() as connection:
            made = {row.opening_id: _made_from(row) for row in connection.execute(select(t.ranking_reports))}
            served = list(_sources(connection))
        return tuple(source.opening_id for source in served if made.get(source.opening_id) != source)

    def source(self, opening_id: str) -> ReportSource:
        """What a report of the opening would be made from now.

        Raises:
            NotFound: no such opening, or it was never ranked.
        """
        with self._core.look() as connection:
            found = next(_sources(connection, opening_id), None)
        if found is None:
            raise NotFound(f"The opening {opening_id!r} does not exist or has no ranking yet.", "Have it ranked first.")
        return found

    def is_stored(self, source: ReportSource) -> bool:
        """Whether the opening's stored report was made from `source` and all of its files are there."""
        with self._core.look() as connection:
            row = connection.execute(_report(source.opening_id)).one_or_none()
            names = connection.execute(_files(source.opening_id)).all()
        if row is None or _made_from(row) != source:
            return False
        return all(self._sealed.objects.exists(file.object_name) for file in names)

    def put(self, source: ReportSource, files: Mapping[str, bytes]) -> Put:
        """Store the files made from `source` in place of the opening's earlier ones; all of them or none.

        Nothing is stored when the opening was deleted, or another ranking, banner or people are to be shown by now.
        When only what stands beside the snapshot changed meanwhile, the files are stored and another set stays due: in
        a busy opening something always changes.

        Raises:
            WrongKey: the database is under another master key, as after a rotation this process was not restarted for.
        """
        key = new_data_key()
        stored: dict[str, Stored] = {}
        try:
            for name, data in files.items():
                stored[name] = self._sealed.put(key, object_name("ranking-reports", new_id()), [data])
            result, replaced = self._register(source, key, stored)
        except BaseException:
            self._remove(one.object_name for one in stored.values())
            raise
        self._remove(replaced if result == "stored" else (one.object_name for one in stored.values()))
        return result

    def read(self, opening_id: str, name: str) -> tuple[str, bytes]:
        """(snapshot id, bytes) of the file called `name` in the report of the ranking that is served.

        Raises:
            NotFound: the opening was never ranked, or its report has no such file.
            BadInput: code "report_not_ready": the ranking that is served has no report yet;
                "stored_bytes_damaged".
            WrongKey: another master key.
        """
        source = self.source(opening_id)
        with self._core.act() as act:
            report = act.connection.execute(_report(opening_id)).one_or_none()
            if report is None or report.snapshot_id != source.snapshot_id:
                raise BadInput(
                    "The report of the ranking that is served is not made yet.",
                    "Ask again in a minute; if it stays so, see the runs of `ranking_reports` in Airflow.",
                    code="report_not_ready",
                )
            file = act.connection.execute(_files(opening_id).where(t.ranking_report_files.c.name == name)).one_or_none()
            if file is None:
                raise NotFound(f"The report of {opening_id!r} has no file {name!r}.", "Check format and language.")
            key = self._core.unwrap(report.wrapped_key, _owner(opening_id))
            act.record("ranking.report_read", f"opening:{opening_id}", {"ranking": report.snapshot_id, "file": name})
        stored = Stored(sha256=file.sha256, size=file.size, object_name=file.object_name)
        return report.snapshot_id, b"".join(self._sealed.pieces(key, stored))

    def _register(
        self, source: ReportSource, key: DataKey, stored: Mapping[str, Stored]
    ) -> tuple[Put, tuple[str, ...]]:
        """Commit the report; returns the names of the objects it replaces beside the result."""
        master, opening = self._core.master, source.opening_id
        files = t.ranking_report_files
        row = {
            **msgspec.structs.asdict(source),
            "failures": _failures_text(source),
            "wrapped_key": wrap(master, key, _owner(opening)),
            "master_key_id": master.id,
            "made_at": now(),
        }
        with self._core.act() as act:
            refuse_mixed_keys(act.connection, master)
            present = next(_sources(act.connection, opening), None)
            if present is None:
                return "deleted", ()
            if not present.names_the_same(source):
                return "changed_meanwhile", ()
            replaced = tuple(one.object_name for one in act.connection.execute(_files(opening)))
            upsert(act.connection, t.ranking_reports, row, key=["opening_id"])
            act.connection.execute(delete(files).where(files.c.opening_id == opening))
            new = [{"opening_id": opening, "name": name} | msgspec.structs.asdict(one) for name, one in stored.items()]
            act.connection.execute(insert(files), new)
            act.record("ranking.reported", f"opening:{opening}", {"ranking": source.snapshot_id, "files": len(new)})
        return "stored", replaced

    def _remove(self, names: Iterable[str]) -> None:
        for name in names:
            self._sealed.objects.remove(name)


def forget_reports(connection: Connection, candidate_id: str) -> None:
    """Delete the reports of every opening the candidate applied to, with their keys, as erasure does."""
    theirs = select(t.applications.c.opening_id).where(t.applications.c.candidate_id == candidate_id)
    openings = connection.execute(theirs).scalars().all()
    for table in (t.ranking_report_files, t.ranking_reports):
        connection.execute(delete(table).where(table.c.opening_id.in_(openings)))


def rewrap_reports(connection: Connection, old: MasterKey, new: MasterKey) -> None:
    """Wrap every report's key by `new` within a transaction, as rotation does.

    Raises:
        WrongKey: a key does not open with `old`.
    """
    table = t.ranking_reports
    for row in connection.execute(select(table.c.opening_id, table.c.wrapped_key)).all():
        try:
            wrapped = rewrap(old, new, row.wrapped_key, _owner(row.opening_id))
        except CannotOpen as error:
            raise WrongKey(str(error), "Nothing was changed. Rotate with the key the data is under.") from None
        connection.execute(
            update(table).where(table.c.opening_id == row.opening_id).values(wrapped_key=wrapped, master_key_id=new.id)
        )


def _owner(opening_id: str) -> str:
    """To whom a report's key is bound: it opens in no other place, and no other key opens here."""
    return f"ranking_report:{opening_id}"


def _report(opening_id: str) -> Select[Any]:
    return select(t.ranking_reports).where(t.ranking_reports.c.opening_id == opening_id)


def _files(opening_id: str) -> Select[Any]:
    return select(t.ranking_report_files).where(t.ranking_report_files.c.opening_id == opening_id)


def _failures_text(source: ReportSource) -> str:
    return msgspec.json.encode(source.failures, order="sorted").decode()


def _made_from(row: Row[Any]) -> ReportSource:
    failures = msgspec.json.decode(row.failures, type=dict[str, int])
    return ReportSource(row.opening_id, row.snapshot_id, failures, row.erased, row.version, row.shown)


def _sources(connection: Connection, opening_id: str | None = None) -> Iterator[ReportSource]:
    """What reports would be made from now, of all openings with a served ranking or of one."""
    states, applications, candidates = t.ranking_states.c, t.applications.c, t.candidates.c
    query = (
        select(states.opening_id, states.served_id, states.failures)
        .join(t.openings, t.openings.c.id == states.opening_id)
        .where(states.served_id.is_not(None))
        .order_by(states.opening_id)
    )
    erased = (
        select(applications.opening_id, func.count())
        .join(t.candidates, candidates.id == applications.candidate_id)
        .where(candidates.key_destroyed_at.is_not(None))
        .group_by(applications.opening_id)
    )
    if opening_id is not None:
        query = query.where(states.opening_id == opening_id)
        erased = erased.where(applications.opening_id == opening_id)
    counts = {row[0]: row[1] for row in connection.execute(erased)}
    marks = report_marks(connection, opening_id)
    for row in connection.execute(query).all():
        failures = msgspec.json.decode(row.failures, type=dict[str, int])
        opening = row.opening_id
        shown = marks.get(opening, "")
        yield ReportSource(opening, row.served_id, failures, counts.get(opening, 0), shown=shown)
