"""The application's user of a MySQL server may work, and may not touch the audit chain's past or the schema."""

from __future__ import annotations

import secrets

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from include.interview.errors import BadInput, ServiceFailure
from include.settings import Settings
from include.storage import open_stores, upgrade
from include.storage.database.engine import make_engine
from include.storage.database.grants import grant_application, rights
from include.storage.database.tables import metadata
from tests.include.storage.conftest import with_key
from tests.support.schemas import mariadb_with_schema
from tests.support.services.mariadb import MariaDB


@pytest.fixture
def owner_url(server: MariaDB) -> str:
    """URL of a schema for its owner, who may hand rights in it on, as the composed system makes one."""
    url, owner = mariadb_with_schema(server), f"owner_{secrets.token_hex(4)}"
    database = url.rpartition("/")[2]
    server.execute(
        f"CREATE USER '{owner}'@'%' IDENTIFIED BY 'pw'",
        f"GRANT ALL PRIVILEGES ON {database}.* TO '{owner}'@'%' WITH GRANT OPTION",
    )
    return f"mysql://{owner}:pw@127.0.0.1:{server.port}/{database}"  # pragma: allowlist secret


@pytest.fixture
def application(server: MariaDB, owner_url: str) -> tuple[str, str]:
    """(user, URL) of a user without any rights yet."""
    user, database = f"app_{secrets.token_hex(4)}", owner_url.rpartition("/")[2]
    server.execute(f"CREATE USER '{user}'@'%' IDENTIFIED BY 'pw'")
    return user, f"mysql://{user}:pw@127.0.0.1:{server.port}/{database}"  # pragma: allowlist secret


@pytest.mark.services
def test_the_application_works_with_its_rights_and_no_others(
    owner_url: str, application: tuple[str, str], local: Settings
) -> None:
    user, url = application
    owner = make_engine(owner_url)
    assert grant_application(owner, user) == rights()
    settings = with_key(msgspec.structs.replace(local, db_url=url))
    with open_stores(settings) as stores:
        upgrade(stores.db)  # as every process does at its start: nothing to do, and nothing it may not
        candidate = stores.candidates.create("김하늘")
        assert stores.candidates.get(candidate.id).name == "김하늘"
        assert stores.audit.verify().intact
        for statement in (
            "DELETE FROM audit_entries",
            "UPDATE audit_entries SET actor = 'x'",
            "DROP TABLE audit_entries",
            "CREATE TABLE more (id INT)",
            "ALTER TABLE candidates ADD COLUMN more INT",
            "DELETE FROM triview_alembic_version",
        ):
            with pytest.raises(DBAPIError, match="denied"), stores.db.begin() as connection:
                connection.execute(text(statement))
    owner.dispose()


@pytest.mark.services
def test_a_user_that_is_not_there_is_said(owner_url: str) -> None:
    owner = make_engine(owner_url)
    with pytest.raises(ServiceFailure):
        grant_application(owner, "nobody_of_this_name")
    with pytest.raises(BadInput):
        grant_application(owner, "x'; DROP TABLE candidates; --")
    owner.dispose()


@pytest.mark.unit
def test_every_table_is_named_and_sqlite_is_refused(local: Settings) -> None:
    assert set(metadata.tables) < set(rights())
    with pytest.raises(BadInput, match="MySQL"):
        grant_application(make_engine(local.db_url), "triview")
