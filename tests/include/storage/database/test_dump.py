"""What is dumped from either kind of database is loaded into either, to the last byte, or not at all."""

from __future__ import annotations

import io
import itertools
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from include.interview.errors import BadInput
from include.settings import Settings
from include.storage import open_stores, upgrade
from include.storage.database import tables as t
from include.storage.database.dump import dump, load, read_head, rows_of
from include.storage.database.engine import knows_revision, make_engine, newest_revision
from include.storage.database.tables import metadata
from tests.include.storage.conftest import NAME, enrol
from tests.support.schemas import mariadb_with_schema, sqlite_with_schema
from tests.support.services.mariadb import MariaDB


def dumped(settings: Settings) -> bytes:
    with open_stores(settings) as stores:
        person = enrol(stores)
        stores.consents.grant(person.candidate.id, person.interview.id, ("recording",), "2026-11")
        stores.accounts.create("lee.reviewer", "a long enough password", "reviewer")
        stream = io.BytesIO()
        dump(stores.db, stream)
    return stream.getvalue()


@pytest.mark.services
def test_a_dump_is_the_same_behind_any_number_of_loads(local: Settings, server: MariaDB, tmp_path: Path) -> None:
    first = dumped(local)
    assert NAME.encode() not in first, "sealed columns are dumped sealed"
    for url in (mariadb_with_schema(server), sqlite_with_schema(tmp_path / "back.db")):
        engine, stream, again = make_engine(url), io.BytesIO(first), io.BytesIO()
        head = read_head(stream)
        assert load(engine, stream, head) == head.rows
        dump(engine, again)
        assert again.getvalue() == first
        engine.dispose()


@pytest.mark.unit
def test_all_tables_and_the_revision_are_in_it(local: Settings) -> None:
    head = read_head(io.BytesIO(dumped(local)))
    assert set(head.rows) == set(metadata.tables)
    assert head.revision == newest_revision()
    assert knows_revision(head.revision)
    assert not knows_revision("9999")


@pytest.mark.unit
def test_who_writes_meanwhile_is_in_it_wholly_or_not_at_all(local: Settings) -> None:
    with open_stores(local) as stores, open_stores(local) as others:
        enrol(stores)
        counter, stream = itertools.count(), io.BytesIO()

        @event.listens_for(stores.db, "after_cursor_execute")
        def meanwhile(*_: object) -> None:
            if next(counter) in (3, 60):  # after the first count of rows, and amid the tables
                others.candidates.create("somebody else")

        head = dump(stores.db, stream)
        with stores.db.connect() as connection:
            assert (
                connection.execute(select(func.count()).select_from(t.candidates)).scalar_one()
                > head.rows["candidates"]
            )
    stream.seek(0)
    assert len(list(rows_of(stream, "candidates"))) == head.rows["candidates"]
    stream.seek(0)
    last = max(row["seq"] for row in rows_of(stream, "audit_entries"))
    stream.seek(0)
    assert [row["seq"] for row in rows_of(stream, "audit_head")] == [last]


@pytest.mark.unit
@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9, 0.999])
def test_a_dump_that_was_cut_off_leaves_nothing(kept: float, local: Settings, tmp_path: Path) -> None:
    whole = dumped(local)
    stream, engine = io.BytesIO(whole[: int(len(whole) * kept)]), make_engine(sqlite_with_schema(tmp_path / "new.db"))
    with pytest.raises(BadInput, match=r"cut off|last row"):
        load(engine, stream, read_head(stream))
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(t.candidates)).scalar_one() == 0
    engine.dispose()


@pytest.mark.unit
def test_a_database_with_rows_is_never_written_over(local: Settings) -> None:
    stream, engine = io.BytesIO(dumped(local)), make_engine(local.db_url)
    with pytest.raises(BadInput, match="not empty") as caught:
        load(engine, stream, read_head(stream))
    assert caught.value.code == "not_empty"
    engine.dispose()


@pytest.mark.unit
def test_an_older_schema_is_filled_and_brought_up_to_date(local: Settings, tmp_path: Path) -> None:
    """What a restore does with a backup of an older version: its revision, its rows, then the rest."""
    engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    upgrade(engine, newest_revision())
    stream = io.BytesIO(dumped(local))
    load(engine, stream, read_head(stream))
    upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(t.candidates)).scalar_one() == 1
    engine.dispose()
