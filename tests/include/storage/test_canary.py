"""Nothing personal lies readable anywhere: neither in files of the database, nor objects, vectors or errors."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import insert

from include.interview.applications import Decision
from include.interview.errors import TriviewError
from include.interview.records import Transcript, Utterance
from include.settings import Settings
from include.storage import Stores, open_stores
from include.storage.database import tables as t
from tests.include.storage.conftest import CONTACT, NAME, enrol
from tests.include.storage.repositories.test_scorecards import WORDS, card_for

MARKERS = [text.encode() for text in (NAME, "Zebulon", CONTACT, "MARKER", WORDS)]


def marked_files(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path for path in files if any(marker in path.read_bytes() for marker in MARKERS)]


def fill(stores: Stores) -> None:
    person = enrol(stores)
    interview = person.interview.id
    stores.media.add(interview, io.BytesIO(WORDS.encode() * 9), "resume")
    transcript = Transcript("text", "ko", None, (Utterance("u1", "A", "candidate", WORDS),))
    stores.artifacts.run(interview, "speech", [], lambda: repr(transcript).encode())
    stores.scorecards.publish(card_for(interview))
    stores.acting_as("hr:1").decisions.record(person.application_id, Decision("in_process", "stage_begins", WORDS))
    stores.vectors.put_answers(interview, [("u1", [0.5] * 512)])


def test_no_marker_lies_on_disk(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with open_stores(settings) as stores:
        fill(stores)
    assert marked_files(tmp_path) == []
    if "mariadb" in request.node.name:
        server = request.getfixturevalue("server")
        assert any(b"Backend engineer" in path.read_bytes() for path in server.folder.rglob("ib*") if path.is_file())
        assert marked_files(server.folder) == []


@pytest.mark.slow
def test_the_search_itself_finds_markers(tmp_path: Path) -> None:
    (tmp_path / "leak").write_bytes(b"..." + MARKERS[0])
    assert marked_files(tmp_path) == [tmp_path / "leak"]


@pytest.mark.slow
def test_the_wrapped_key_is_gone_from_the_file_after_erasure(local: Settings) -> None:
    with open_stores(local) as stores:
        person = enrol(stores)
        with stores.db.connect() as connection:
            wrapped = connection.execute(t.candidates.select()).one().wrapped_key
        files = [path for path in local.home.iterdir() if path.name.startswith("triview.db")]
        assert any(wrapped in path.read_bytes() for path in files)
        stores.candidates.destroy_key(person.candidate.id)
        assert not any(wrapped in path.read_bytes() for path in files if path.exists())


def test_database_errors_show_no_values(stores: Stores) -> None:
    from sqlalchemy.exc import DBAPIError

    person = enrol(stores)
    with pytest.raises((DBAPIError, TriviewError)) as caught, stores.db.begin() as connection:
        connection.execute(
            insert(t.candidates).values(id=person.candidate.id, sealed_name=NAME.encode(), created_at=None)
        )
    assert "Zebulon" not in str(caught.value)
