"""Migrations on both databases: they build exactly the tables of tables.py, once, beside Airflow's."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from include.interview.errors import BadInput, ServiceFailure
from include.settings import PROJECT_ROOT, Settings, load_settings
from include.storage import make_engine, open_stores, upgrade
from include.storage.database.tables import metadata
from tests.include.storage.conftest import enrol

VERSIONS = PROJECT_ROOT / "include/storage/database/migrations/versions"


def test_migrations_build_the_declared_tables(db_url: str) -> None:
    engine = make_engine(db_url)
    upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": "triview_alembic_version", "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_upgrading_again_keeps_the_data_and_another_alembic_is_left_alone(db_url: str) -> None:
    engine = make_engine(db_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('of-airflow')"))
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE audit_head SET seq = 7"))
    upgrade(engine)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT seq FROM audit_head")).scalars().all() == [7]
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["of-airflow"]
        newest = max(path.name[:4] for path in VERSIONS.glob("[0-9]*.py"))
        assert connection.execute(text("SELECT version_num FROM triview_alembic_version")).scalars().all() == [newest]
    engine.dispose()


def test_upgrades_at_the_same_time_make_one_schema(db_url: str) -> None:
    failures: list[Exception] = []

    def run() -> None:
        engine = make_engine(db_url)
        try:
            upgrade(engine)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failures.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    engine = make_engine(db_url)
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_an_engine_of_airflows_making_is_used_and_left_open(settings: Settings) -> None:
    url = settings.db_url.replace("mysql://", "mysql+mysqldb://")
    theirs = create_engine(url if "sqlite" in url else f"{url}?charset=latin1")
    with theirs.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    with open_stores(settings, engine=theirs) as stores:
        assert stores.db is theirs
        person = enrol(stores)
        assert stores.openings.get("backend").title.ko == "서버 개발자"
        assert stores.candidates.get(person.candidate.id) == person.candidate
    with theirs.connect() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM candidates")).scalar() == 1
        assert "서버 개발자" in connection.execute(text("SELECT document FROM openings")).scalar_one()
        if theirs.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    theirs.dispose()


@pytest.mark.unit
def test_a_database_without_schema_or_server_is_a_sentence(tmp_path, local: Settings) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    with open_stores(local, engine=engine) as stores, pytest.raises(ServiceFailure, match="db upgrade"):
        stores.openings.list()
    engine.dispose()
    away = make_engine("mysql://triview:SECRETWORD@127.0.0.1:1/triview")
    with open_stores(local, engine=away) as stores, pytest.raises(ServiceFailure, match="MySQL error 2") as caught:
        stores.openings.list()
    assert "SECRETWORD" not in str(caught.value)


@pytest.mark.unit
@pytest.mark.parametrize("url", ["postgresql://u:SECRETWORD@h/d", "SECRETWORD", "oracle://h/d"])
def test_other_databases_are_refused_without_showing_the_url(url: str) -> None:
    with pytest.raises(BadInput, match="mysql://") as caught:
        make_engine(url)
    assert "SECRETWORD" not in str(caught.value)


@pytest.mark.unit
def test_settings_point_to_both_kinds() -> None:
    assert make_engine(load_settings({"TRIVIEW_DB_URL": "mysql://a:b@h/d"}).db_url).driver == "mysqldb"
