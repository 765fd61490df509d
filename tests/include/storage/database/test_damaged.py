"""Databases that are damaged, cut off, no database, or newer than the program: sentences, and nothing written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from include.interview.errors import ServiceFailure
from include.storage.database.engine import VERSION_TABLE, make_engine, reading, upgrade, writing

pytestmark = [pytest.mark.services, pytest.mark.slow]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("good") / "triview.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["no database", "cut off", "no header", "noise inside"])
def test_a_damaged_file_is_a_sentence_with_the_way_back(tmp_path: Path, good: bytes, kind: str) -> None:
    data = {
        "no database": b"minutes of the meeting " * 400,
        "cut off": good[: len(good) // 3],
        "no header": bytes(100) + good[100:],
        "noise inside": good[:4096] + bytes(range(256)) * 32 + good[4096 + 8192 :],
    }[kind]
    path = tmp_path / "triview.db"
    path.write_bytes(data)
    engine = make_engine(f"sqlite:///{path}")
    with pytest.raises(ServiceFailure, match=r"damaged.*Restore the newest backup") as refused:
        upgrade(engine)
    engine.dispose()
    assert refused.value.code == "database"
    assert "SELECT" not in str(refused.value)
    assert path.read_bytes()[100:] == data[100:], "nothing is mended or overwritten"


@pytest.mark.parametrize("use", [reading, writing])
def test_reading_and_writing_say_the_same(tmp_path: Path, use) -> None:
    path = tmp_path / "triview.db"
    path.write_bytes(b"minutes of the meeting " * 400)
    engine = make_engine(f"sqlite:///{path}")
    with pytest.raises(ServiceFailure, match="damaged"), use(engine) as connection:
        connection.execute(text("SELECT count(*) FROM candidates"))
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path, good: bytes) -> None:
    path = tmp_path / "triview.db"
    path.write_bytes(good)
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")  # noqa: S608
    connection.close()
    engine = make_engine(f"sqlite:///{path}")
    with pytest.raises(ServiceFailure, match=r"newer version.*Use that version again"):
        upgrade(engine)
    engine.dispose()
