"""Airflow's enumerations are stored by their words on MySQL: by their names they do not fit, and end the scheduler."""

from __future__ import annotations

import importlib.util
from enum import Enum
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from include.storage.database.engine import make_engine
from tests.support.services.mariadb import MariaDB

pytestmark = pytest.mark.services
SETTINGS = Path(__file__).resolve().parents[4] / "cli/local/airflow_config/airflow_local_settings.py"


class Word(str, Enum):  # noqa: UP042 - StrEnum's text is the word, that of Airflow's is the name
    """As airflow.models.callback.CallbackType."""

    EXECUTOR_OF_CALLBACKS = "executor"


def test_a_member_is_written_as_its_word(server: MariaDB) -> None:
    engine = make_engine(server.url(server.new_database()))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE callback (type VARCHAR(20))"))
    insert = text("INSERT INTO callback VALUES (:type)")
    with pytest.raises(DBAPIError, match="too long"), engine.begin() as connection:
        connection.execute(insert, {"type": Word.EXECUTOR_OF_CALLBACKS})
    spec = importlib.util.spec_from_file_location("airflow_local_settings_of_a_test", SETTINGS)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        with engine.begin() as connection:
            connection.execute(insert, {"type": Word.EXECUTOR_OF_CALLBACKS})
            connection.execute(insert, [{"type": Word.EXECUTOR_OF_CALLBACKS}, {"type": "plain"}])
            found = connection.execute(text("SELECT type FROM callback")).scalars().all()
    finally:
        event.remove(Engine, "before_cursor_execute", module.plain_words)
    engine.dispose()
    assert found == ["executor", "executor", "plain"]
