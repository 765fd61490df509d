"""Media: encrypted, complete or absent, opened privately, whatever goes wrong."""

from __future__ import annotations

import hashlib
import io
import random
from pathlib import Path

import pytest

from include.interview.errors import BadInput, BadMedia, NotFound, ServiceFailure, WrongKey
from include.security.keys import create_key_file
from include.settings import Settings, load_settings
from include.storage import Stores, open_stores
from tests.include.storage.conftest import NAME, enrol

ROOT = Path(__file__).parents[4]
CONTENT = random.Random(7).randbytes(700_001)  # noqa: S311 - test content, not a key
MARKER = b"MARKER-IN-THE-RECORDING"


def object_files(settings: Settings) -> list[Path]:
    return sorted(path for path in (settings.home / "objects").rglob("*") if path.is_file())


def test_a_recording_comes_back_and_leaves_no_plaintext(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    person = enrol(stores)
    source = tmp_path / f"{NAME}.mp4"
    source.write_bytes(CONTENT + MARKER)
    media = stores.media.add(person.interview.id, source, "video", 1, "q1")
    assert media.sha256 == hashlib.sha256(CONTENT + MARKER).hexdigest()
    assert (media.size, media.index, media.question_id) == (len(CONTENT) + len(MARKER), 1, "q1")
    assert stores.media.list(person.interview.id) == (media,)
    assert stores.media.get(media.id) == media
    with stores.media.open(media) as path:
        assert path.read_bytes() == CONTENT + MARKER
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not path.parent.exists()
    (stored,) = object_files(settings)
    assert MARKER not in stored.read_bytes()
    assert "Zebulon" not in str(stored)
    assert person.candidate.id not in str(stored)


@pytest.mark.unit
def test_an_error_while_a_recording_is_open_still_removes_it(local_stores: Stores) -> None:
    media = local_stores.media.add(enrol(local_stores).interview.id, io.BytesIO(CONTENT), "audio")
    with pytest.raises(ZeroDivisionError), local_stores.media.open(media) as path:
        1 / 0  # noqa: B018
    assert not path.parent.exists()


def test_the_same_upload_twice_is_one_object_and_another_is_refused(stores: Stores, settings: Settings) -> None:
    person = enrol(stores)
    first = stores.media.add(person.interview.id, io.BytesIO(CONTENT), "video")
    assert stores.media.add(person.interview.id, io.BytesIO(CONTENT), "video") == first
    with pytest.raises(BadInput, match="another video at index 0") as caught:
        stores.media.add(person.interview.id, io.BytesIO(b"other"), "video")
    assert caught.value.code == "media_exists"
    assert len(object_files(settings)) == 1


@pytest.mark.unit
def test_empty_large_and_lost_files_are_refused_without_a_trace(local: Settings, tmp_path: Path) -> None:
    small = load_settings({"TRIVIEW_HOME": str(local.home), "TRIVIEW_MAX_BYTES": "600000"})
    with open_stores(small) as stores:
        interview = enrol(stores).interview.id
        with pytest.raises(BadMedia, match="larger than 600000"):
            stores.media.add(interview, io.BytesIO(CONTENT), "video")
        with pytest.raises(BadMedia, match="empty"):
            stores.media.add(interview, io.BytesIO(), "video")
        with pytest.raises(BadInput, match="No such file"):
            stores.media.add(interview, tmp_path / "nowhere.mp4", "video")
        with pytest.raises(NotFound):
            stores.media.add("nobody", io.BytesIO(CONTENT), "video")
        with pytest.raises(BadInput, match="media kind"):
            stores.media.add(interview, io.BytesIO(CONTENT), "movie")  # type: ignore[arg-type]
        assert stores.media.list(interview) == ()
    assert object_files(local) == []


@pytest.mark.unit
@pytest.mark.parametrize("damage", ["flip", "cut", "append", "swap", "remove"])
def test_damaged_objects_are_never_handed_out(local: Settings, local_stores: Stores, damage: str) -> None:
    interview = enrol(local_stores).interview.id
    media = local_stores.media.add(interview, io.BytesIO(CONTENT), "video")
    (stored,) = object_files(local)
    other = local_stores.media.add(interview, io.BytesIO(CONTENT), "audio")
    (swapped,) = [path for path in object_files(local) if path != stored]
    sealed = bytearray(stored.read_bytes())
    if damage == "flip":
        sealed[len(sealed) // 2] ^= 1
    elif damage == "cut":
        del sealed[-100:]
    elif damage == "append":
        sealed += b"\x00"
    elif damage == "swap":
        sealed[:] = swapped.read_bytes()
    stored.write_bytes(sealed)
    if damage == "remove":
        stored.unlink()
    failure, code = (ServiceFailure, "object_missing") if damage == "remove" else (BadInput, "stored_bytes_damaged")
    with pytest.raises(failure) as caught, local_stores.media.open(media):
        pytest.fail("A damaged object was opened.")
    assert caught.value.code == code
    assert list((local.home / "open").glob("open-*")) == []
    with local_stores.media.open(other) as path:
        assert path.read_bytes() == CONTENT


@pytest.mark.unit
def test_under_another_master_key_nothing_opens(local: Settings, local_stores: Stores) -> None:
    media = local_stores.media.add(enrol(local_stores).interview.id, io.BytesIO(CONTENT), "video")
    local.master_key_file.unlink()
    create_key_file(local.master_key_file)
    with open_stores(local) as wrong, pytest.raises(WrongKey, match="master key"), wrong.media.open(media):
        pytest.fail("Opened with the wrong key.")


def test_after_erasure_media_are_unreadable(stores: Stores) -> None:
    person = enrol(stores)
    media = stores.media.add(person.interview.id, io.BytesIO(CONTENT), "video")
    stores.candidates.destroy_key(person.candidate.id)
    with pytest.raises(NotFound, match="erased"), stores.media.open(media):
        pytest.fail("Opened after erasure.")
    with pytest.raises(NotFound, match="erased"):
        stores.media.add(person.interview.id, io.BytesIO(b"more"), "video", 1)
