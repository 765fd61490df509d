"""The launcher ends what it started, however its starter ends, and says when a component ends by itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from sqlalchemy import create_engine

from cli.local.environment import airflow_environment, airflow_home, connection_uri, load_secrets
from cli.local.ports import free_port
from include.settings import PROJECT_ROOT, airflow_settings, load_settings
from tests.support.local_airflow import settings_in


def launched(home: Path) -> subprocess.Popen[str]:
    """A launcher with the DAG processor as its only component, in a home without a prepared database."""
    settings = settings_in(home)
    env = airflow_environment(settings, free_port(), load_secrets(airflow_home(settings)))
    return subprocess.Popen(
        [sys.executable, "-m", "cli.local.launcher", "dag-processor"],
        env=env, cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


@pytest.mark.unit
def test_a_component_waits_a_minute_for_the_metadata_database(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    home = airflow_home(settings)
    home.mkdir(parents=True)
    env = airflow_environment(settings, 8080, load_secrets(home))
    with create_engine(env["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 60_000
        assert (home / "airflow.db").is_file(), "the option is no part of the file's name"


@pytest.mark.unit
def test_tasks_of_the_local_airflow_reach_it_and_its_logs_to_erase_people_there(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    home = airflow_home(settings)
    home.mkdir(parents=True)
    kept = load_secrets(home)
    env = airflow_environment(settings, 8081, kept)
    found = airflow_settings(env)
    assert found is not None
    assert (found.url, found.user, found.password) == ("http://127.0.0.1:8081", "admin", kept.password)
    logs = Path(env["AIRFLOW__LOGGING__BASE_LOG_FOLDER"])
    logs.mkdir()
    assert load_settings(env).airflow_logs == logs


def event(process: subprocess.Popen[str]) -> dict[str, object]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


@pytest.mark.airflow
def test_components_end_when_the_starter_goes_away(tmp_path: Path) -> None:
    with launched(tmp_path) as process:
        pid = int(str(event(process)["pid"]))
        members = [p.pid for p in psutil.Process(pid).children(recursive=True)] + [pid]
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)
    assert not [p for p in members if psutil.pid_exists(p) and psutil.Process(p).status() != psutil.STATUS_ZOMBIE]


@pytest.mark.airflow
def test_a_component_that_ends_is_reported(tmp_path: Path) -> None:
    with launched(tmp_path) as process:
        os.kill(int(str(event(process)["pid"])), signal.SIGKILL)
        assert event(process) == {"ended": "dag-processor", "status": -signal.SIGKILL}
        process.wait(30)


@pytest.mark.unit
def test_connections_name_the_database_for_both_kinds() -> None:
    assert json.loads(connection_uri("sqlite:////tmp/x/triview.db")) == {
        "conn_type": "sqlite",
        "host": "/tmp/x/triview.db",
    }
    mysql = json.loads(connection_uri("mysql://hr:p%40ss@db:3307/triview"))
    assert (mysql["login"], mysql["password"], mysql["port"], mysql["schema"]) == ("hr", "p@ss", 3307, "triview")
    with pytest.raises(ValueError, match="postgresql"):
        connection_uri("postgresql://x/y")
