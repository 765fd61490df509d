"""Media: encrypted, complete or absent, opened privately, whatever goes wrong."""

from __future__ import annotations

import hashlib
import io
import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

import pytest

from include.interview.errors import BadInput, BadMedia, NotFound, ServiceFailure, WrongKey
from include.security.keys import create_key_file
from include.settings import Settings, load_settings
from include.storage import Stores, open_stores
from tests.include.storage.conftest import NAME, Person, enrol

ROOT = Path(__file__).parents[3]
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
    assert list((local.home / "open").iterdir()) == []
    with local_stores.media.open(other) as path:
        assert path.read_bytes() == CONTENT


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


KILLED = """
import os, signal, sys
from include.settings import load_settings
from include.storage import open_stores
class Source:
    left = 20
    def read(self, size):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return bytes(size)
settings = load_settings({"TRIVIEW_HOME": sys.argv[1]})
with open_stores(settings) as stores:
    if sys.argv[3] == "add":
        stores.media.add(sys.argv[2], Source(), "video")
    (media,) = stores.media.list(sys.argv[2])
    with stores.media.open(media):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def _killed(local: Settings, interview: str, act: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(local.home), interview, act], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


def test_a_killed_upload_leaves_nothing_that_counts(local: Settings, local_stores: Stores) -> None:
    interview = enrol(local_stores).interview.id
    _killed(local, interview, "add")
    assert local_stores.media.list(interview) == ()
    assert local_stores.objects.names() == ()
    assert len(object_files(local)) == 1
    assert local_stores.sweep() == 0
    assert local_stores.sweep(older_than_s=0) == 1
    assert object_files(local) == []


def test_the_plaintext_of_a_killed_reader_is_removed_by_the_next_process(local: Settings, local_stores: Stores) -> None:
    interview = enrol(local_stores).interview.id
    media = local_stores.media.add(interview, io.BytesIO(CONTENT), "video")
    _killed(local, interview, "open")
    assert [path.name for path in (local.home / "open").rglob("video")] == ["video"]
    with local_stores.media.open(media) as mine, open_stores(local):
        assert list((local.home / "open").rglob("video")) == [mine]


LIMITED = """
import io, resource, sys
from include.interview.errors import ServiceFailure
from include.settings import load_settings
from include.storage import open_stores
with open_stores(load_settings({"TRIVIEW_HOME": sys.argv[1]})) as stores:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    try:
        stores.media.add(sys.argv[2], io.BytesIO(bytes(2_000_000)), "video")
    except ServiceFailure as error:
        print(error.code, error)
"""


def test_a_file_size_limit_of_the_system_leaves_nothing(local: Settings, local_stores: Stores) -> None:
    interview = enrol(local_stores).interview.id
    command = [sys.executable, "-c", LIMITED, str(local.home), interview]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.startswith("storage_full The storage is full (EFBIG); nothing half-written was kept.")
    assert object_files(local) == []
    assert local_stores.media.list(interview) == ()


@pytest.fixture
def small_disk(tmp_path: Path):
    """A real file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this system does not allow mounting a tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_a_sentence_and_leaves_nothing(local: Settings, small_disk: Path) -> None:
    environment = {"TRIVIEW_HOME": str(local.home), "TRIVIEW_STORAGE_URL": f"file://{small_disk}/objects"}
    with open_stores(load_settings(environment)) as stores:
        interview = enrol(stores).interview.id
        kept = stores.media.add(interview, io.BytesIO(CONTENT), "video")
        with pytest.raises(ServiceFailure, match=r"The storage is full \(ENOSPC\)") as caught:
            stores.media.add(interview, io.BytesIO(CONTENT), "video", 1)
        assert caught.value.code == "storage_full"
        with pytest.raises(ServiceFailure, match="ENOSPC"):
            stores.artifacts.run(interview, "step", [], lambda: CONTENT)
        assert stores.media.list(interview) == (kept,)
        assert len(stores.objects.names()) == 1
        assert len([path for path in small_disk.rglob("*") if path.is_file()]) == 1
        with stores.media.open(kept) as path:
            assert path.read_bytes() == CONTENT
        ref = stores.artifacts.run(interview, "step", [], lambda: b"small")
        assert stores.artifacts.read(ref) == b"small"


def test_a_full_disk_while_decrypting_is_a_sentence(local: Settings, local_stores: Stores, small_disk: Path) -> None:
    from include.storage.private_files import PrivateFiles

    with (
        pytest.raises(ServiceFailure, match="ENOSPC"),
        PrivateFiles(small_disk / "open").folder() as folder,
    ):
        PrivateFiles(small_disk / "open").write(folder / "video", [bytes(500_000)] * 4)
    assert list((small_disk / "open").iterdir()) == []


def _document(stores: Stores, person: Person, content: bytes, index: int = 0) -> str:
    return stores.media.text(stores.media.add(person.interview.id, io.BytesIO(content), "resume", index))


def test_documents_are_read_as_text(local_stores: Stores) -> None:
    person = enrol(local_stores)
    words = "자기소개서: 저는 서버를 만듭니다.\n# Skills"
    assert _document(local_stores, person, words.encode(), 0) == words
    assert _document(local_stores, person, words.encode("cp949"), 1) == words
    assert _document(local_stores, person, b"\xef\xbb\xbf" + words.encode(), 2) == words


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x00\x01\x02\xff" * 50, "not text"),
        (b"\xff\xfe\xfd" * 50, "not text"),
        (b"%PDF-1.7 rubbish", "PDF"),
        (b"a" * (1024 * 1024 + 1), "larger than"),
    ],
)
def test_documents_that_are_no_text_say_so(local_stores: Stores, content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        _document(local_stores, enrol(local_stores), content)


def test_text_of_a_pdf_is_read(local_stores: Stores, tmp_path: Path) -> None:
    assert "Kubernetes in Seoul" in _document(local_stores, enrol(local_stores), _pdf("Kubernetes in Seoul"))
    with pytest.raises(BadInput, match="no text"):
        _document(local_stores, enrol(local_stores), _pdf(""))


def _pdf(words: str) -> bytes:
    """A PDF of one page, written by hand after ISO 32000-1."""
    stream = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode() if words else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


class Endless:
    """A stream that breaks off with an error of the network."""

    def __init__(self) -> None:
        self.left = 5

    def read(self, size: int) -> bytes:
        self.left -= 1
        if self.left == 0:
            raise ConnectionResetError("peer went away")
        return bytes(size)


def test_an_upload_that_breaks_off_leaves_nothing(local: Settings, local_stores: Stores) -> None:
    interview = enrol(local_stores).interview.id
    source: BinaryIO = Endless()  # type: ignore[assignment]
    with pytest.raises(ServiceFailure, match="The upload broke off") as caught:
        local_stores.media.add(interview, source, "video")
    assert caught.value.code == "upload_broken"
    assert object_files(local) == []
    assert local_stores.media.list(interview) == ()
