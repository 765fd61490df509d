"""More recordings than an account or a candidate may have, a disk that is nearly full, and abandoned uploads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from include.interview.errors import QuotaExceeded, ServiceFailure, TriviewError
from include.settings import load_settings
from include.storage import Stores, open_stores
from tasks.administration import prepare_home
from tests.include.storage.conftest import Person, enrol
from tests.support.schemas import sqlite_with_schema

pytestmark = pytest.mark.unit


@contextmanager
def limited(tmp_path: Path, **limits: int) -> Iterator[tuple[Stores, Person, str]]:
    """Stores with these limits, somebody who applied, and an account that uploads."""
    named = {f"TRIVIEW_{name.upper()}": str(value) for name, value in limits.items()}
    settings = load_settings({"TRIVIEW_HOME": str(tmp_path / "home"), **named})
    prepare_home(settings)
    database = Path(settings.db_url.removeprefix("sqlite:///"))
    if not database.exists():
        sqlite_with_schema(database)
    with open_stores(settings) as stores:
        yield stores, enrol(stores), stores.accounts.create(f"u{uuid4().hex}", "a long password 1", "hr").id


def test_an_account_has_so_many_unfinished_uploads_and_no_more(tmp_path: Path) -> None:
    with limited(tmp_path, max_open_uploads=2) as (stores, person, account):
        begun = [stores.uploads.begin(person.interview.id, 10, account_id=account) for _ in range(2)]
        with pytest.raises(QuotaExceeded) as refused:
            stores.uploads.begin(person.interview.id, 10, account_id=account)
        assert refused.value.code == "too_many_uploads"
        stores.uploads.abort(begun[0].id)
        assert stores.uploads.begin(person.interview.id, 10, account_id=account).state == "open"


def test_a_candidate_fills_no_disk_by_many_interviews(tmp_path: Path) -> None:
    with limited(tmp_path, max_candidate_bytes=1_000) as (stores, person, account):
        other = stores.interviews.create(person.application_id, "ai", "standard", "ko")
        upload = stores.uploads.begin(person.interview.id, 600, account_id=account)
        for refusing in (lambda: stores.uploads.begin(other.id, 401), lambda: stores.uploads.admit(other.id, 401)):
            with pytest.raises(QuotaExceeded) as refused:
                refusing()
            assert refused.value.code == "over_quota"
        stores.uploads.admit(other.id, 400)
        stores.uploads.append(upload.id, 0, [bytes(600)])
        stores.uploads.finish(upload.id, "audio")
        with pytest.raises(QuotaExceeded):
            stores.uploads.begin(other.id, 401)
        stranger = enrol(stores, name="Quill")
        assert stores.uploads.begin(stranger.interview.id, 1_000).state == "open"


def test_under_the_floor_of_the_disk_nothing_new_is_taken_and_sound_of_running_interviews_is(tmp_path: Path) -> None:
    with limited(tmp_path) as (stores, person, _):
        upload = stores.uploads.begin(person.interview.id, 10)
    with limited(tmp_path, min_free_bytes=10**14) as (stores, other, _):
        refusing = (
            lambda: stores.uploads.begin(other.interview.id, 10),
            lambda: stores.uploads.admit(other.interview.id, 10),
            lambda: stores.uploads.append(upload.id, 0, [b"x"]),
        )
        for call in refusing:
            with pytest.raises(TriviewError) as refused:
                call()
            assert isinstance(refused.value, ServiceFailure)
            assert refused.value.code == "storage_low"
        handed_over = tmp_path / "live.wav"
        handed_over.write_bytes(b"RIFF")
        assert stores.media.add(other.interview.id, handed_over, "audio").size == 4


def test_what_nobody_goes_on_with_is_swept(tmp_path: Path) -> None:
    with limited(tmp_path) as (stores, person, _):
        left, used = (stores.uploads.begin(person.interview.id, 10) for _ in range(2))
        for one in (left, used):
            stores.uploads.append(one.id, 0, [b"begun"])
        with stores.db.begin() as connection:
            old = {"at": "2020-01-01 00:00:00.000000", "id": left.id}
            connection.execute(text("UPDATE uploads SET updated_at = :at WHERE id = :id"), old)
        assert len(stores.objects.names()) == 2
        assert stores.uploads.sweep(3600) == 1
        assert (stores.uploads.get(left.id).state, stores.uploads.get(used.id).state) == ("aborted", "open")
        assert len(stores.objects.names()) == 1
