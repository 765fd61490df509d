"""The doctor finds what is wrong, says the remedy, and changes nothing."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from include.security.keys import create_key_file
from include.settings import Settings, load_settings
from include.storage import open_stores
from include.storage.database.engine import make_engine, newest_revision
from tasks.doctor import here, services, stored
from tasks.doctor.findings import Finding
from tests.include.storage.conftest import enrol
from tests.support.schemas import sqlite_with_schema


def settings_of(home: Path, **more: str) -> Settings:
    return load_settings({"TRIVIEW_HOME": str(home), **more})


@pytest.fixture
def healthy(tmp_path: Path) -> Settings:
    settings = settings_of(tmp_path / "home")
    sqlite_with_schema(settings.home / "triview.db")
    create_key_file(settings.master_key_file)
    with open_stores(settings) as stores:
        enrol(stores)
    return settings


def states(found: list[Finding], part: str) -> set[str]:
    return {one.state for one in found if one.part == part}


def what(found: list[Finding]) -> str:
    assert all(one.remedy for one in found if one.state != "ok"), "every fault names its remedy"
    return " ".join(one.what for one in found if one.state == "wrong")


@pytest.mark.unit
def test_a_healthy_database_is_called_so_and_stays_as_it_is(healthy: Settings) -> None:
    file = Path(healthy.db_url.removeprefix("sqlite:///"))
    before = sorted((one.name, one.stat().st_size) for one in healthy.home.rglob("*") if one.is_file())
    content = file.read_bytes()
    found = list(stored.database(healthy))
    assert what(found) == ""
    assert states(found, "migrations") == {"ok"}
    assert states(found, "keys") == {"ok"}
    assert file.read_bytes() == content
    after = sorted((one.name, one.stat().st_size) for one in healthy.home.rglob("*") if one.is_file())
    assert [one for one in after if not one[0].endswith(("-wal", "-shm"))] == before


@pytest.mark.unit
def test_nothing_is_made_where_nothing_is(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "home")
    found = list(stored.database(settings)) + asyncio.run(services.objects(settings)) + list(here.permissions(settings))
    assert "There is no database" in what(found)
    assert not (tmp_path / "home").exists()


@pytest.mark.unit
def test_an_old_a_new_and_no_schema_are_told_apart() -> None:
    assert stored.migrations(newest_revision()).state == "ok"
    assert "no schema" in stored.migrations("").what
    assert "newer than this version" in stored.migrations("9999").what
    assert "this version needs" in stored.migrations("0001").what
    assert all(stored.migrations(one).remedy for one in ("", "9999", "0001"))


@pytest.mark.unit
def test_keys_under_another_master_key_are_found(healthy: Settings, tmp_path: Path) -> None:
    other = msgspec.structs.replace(healthy, master_key_file=tmp_path / "other.key")
    create_key_file(other.master_key_file)
    assert "another master key" in what(list(stored.database(other)))
    other.master_key_file.chmod(0o644)
    assert "can be read by other users" in what(list(here.master_key(other)))


@pytest.mark.unit
def test_a_chain_that_lost_its_end_is_found(healthy: Settings) -> None:
    engine = make_engine(healthy.db_url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE seq = (SELECT MAX(seq) FROM audit_entries)"))
    engine.dispose()
    assert "entries; " in what(list(stored.database(healthy)))


@pytest.mark.unit
def test_missing_weights_and_other_packages_are_named(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, TRIVIEW_MODELS=str(tmp_path / "none"))
    assert "is missing" in what(list(here.models(settings)))
    pins = tmp_path / "requirements.txt"
    pins.write_text("litestar[standard]==0.0.1  # MIT\nno-such-package-here==1.0\n# a comment==3\n")
    found = what(list(here.versions(pins)))
    assert "(pinned 0.0.1)" in found
    assert "no-such-package-here missing" in found


@pytest.mark.unit
def test_a_disk_that_is_full_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "LEAST_FREE_BYTES", 2**62)
    found = list(here.disk(settings_of(tmp_path)))
    assert {one.state for one in found} == {"wrong"}
    assert all(one.remedy for one in found)


@pytest.mark.unit
@pytest.mark.parametrize(("ahead", "state"), [(0.3, "ok"), (-0.9, "ok"), (1.5, "wrong"), (-3600.0, "wrong")])
def test_clocks_may_differ_by_less_than_a_lease(ahead: float, state: str) -> None:
    assert stored.clock_finding("Redis", ahead).state == state


@pytest.mark.unit
def test_what_does_not_answer_is_named(tmp_path: Path) -> None:
    env = {"TRIVIEW_REDIS_URL": "redis://127.0.0.1:1/0", "TRIVIEW_CHROMA_URL": "http://127.0.0.1:1"}
    settings = settings_of(tmp_path, **env)
    away = {"TRIVIEW_AIRFLOW_URL": "http://127.0.0.1:1", "TRIVIEW_AIRFLOW_USER": "u", "TRIVIEW_AIRFLOW_PASSWORD": "p"}
    for asked in (services.redis(settings), services.chroma(settings), services.airflow(away)):
        assert what(asyncio.run(asked))
    unfinished = {name: value for name, value in away.items() if "PASSWORD" not in name}
    assert "PASSWORD" in what(asyncio.run(services.airflow(unfinished)))


@pytest.mark.slow
@pytest.mark.unit
def test_by_command(healthy: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from cli.app import app

    for name in [one for one in os.environ if one.startswith("TRIVIEW_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TRIVIEW_HOME", str(healthy.home))
    monkeypatch.setenv("TRIVIEW_MODELS", str(tmp_path / "none"))
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == 1
    shown = json.loads(done.stdout)
    assert not shown["healthy"]
    parts = {one["part"] for one in shown["findings"]}
    assert {"versions", "migrations", "keys", "models", "disk", "permissions", "reachability", "audit"} <= parts
    wrong = {one["part"] for one in shown["findings"] if one["state"] == "wrong"}
    assert wrong == {"models"}
