"""Stores on both databases: every test that takes `stores` runs on SQLite and on a real MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from include.interview.entities import Interview
from include.interview.records import Bilingual, Candidate, Opening
from include.security.keys import create_key_file
from include.settings import Settings, load_settings
from include.storage import Stores, open_stores
from tests.support.schemas import mariadb_with_schema, sqlite_with_schema
from tests.support.services.mariadb import MariaDB, mariadb
from tests.support.services.memory import passing_folder


@pytest.fixture(scope="session")
def server() -> Iterator[MariaDB]:
    """One MariaDB for all tests of the session."""
    with passing_folder("tvdb-") as folder, mariadb(folder) as running:
        yield running


KINDS = [pytest.param("sqlite", marks=pytest.mark.unit), pytest.param("mariadb", marks=pytest.mark.services)]


@pytest.fixture(params=KINDS)
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database, on each of both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'db' / 'triview.db'}"
    running: MariaDB = request.getfixturevalue("server")
    return running.url(running.new_database())


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with a schema and a master key, on each of both kinds of database."""
    if request.param == "sqlite":
        url = sqlite_with_schema(tmp_path / "db" / "triview.db")
    else:
        url = mariadb_with_schema(request.getfixturevalue("server"))
    return with_key(load_settings({"TRIVIEW_HOME": str(tmp_path / "home"), "TRIVIEW_DB_URL": url}))


@pytest.fixture
def local(tmp_path: Path) -> Settings:
    """Settings on SQLite only, for what the kind of database cannot change."""
    made = load_settings({"TRIVIEW_HOME": str(tmp_path / "home")})
    sqlite_with_schema(Path(made.db_url.removeprefix("sqlite:///")))
    return with_key(made)


def with_key(settings: Settings) -> Settings:
    """Make the master key."""
    create_key_file(settings.master_key_file)
    return settings


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    """Open stores on both databases."""
    with open_stores(settings) as opened:
        yield opened


@pytest.fixture
def local_stores(local: Settings) -> Iterator[Stores]:
    """Open stores on SQLite."""
    with open_stores(local) as opened:
        yield opened


NAME, CONTACT = "마커이름-Zebulon Quill", "zebulon.quill@marker.example"


@dataclass(frozen=True)
class Person:
    """A candidate with one interview."""

    candidate: Candidate
    application_id: str
    interview: Interview


def enrol(stores: Stores, opening: str = "backend", name: str = NAME) -> Person:
    """An opening, a candidate with an application, and an interview of stage 1."""
    text = Bilingual(ko="서버 개발자", en="Backend engineer")
    stores.openings.put(Opening(id=opening, title=text, description=text))
    candidate = stores.candidates.create(name, CONTACT)
    application = stores.applications.ensure(candidate.id, opening)
    interview = stores.interviews.create(application, "ai", "standard", "ko")
    return Person(candidate, application, interview)
