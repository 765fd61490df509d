"""Media when things go wrong: killed processes, full disks, broken uploads. Nothing half-written remains."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import BinaryIO

import pytest

from include.interview.errors import ServiceFailure
from include.settings import Settings, load_settings
from include.storage import Stores, open_stores
from include.storage.objects.scratch import PrivateFiles
from tests.include.storage.conftest import enrol
from tests.include.storage.objects.test_media import CONTENT, object_files
from tests.support.expected_skips import NO_MOUNTING, NOT_ROOT

ROOT = Path(__file__).parents[4]


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


@pytest.mark.unit
def test_a_killed_upload_leaves_nothing_that_counts(local: Settings, local_stores: Stores) -> None:
    interview = enrol(local_stores).interview.id
    _killed(local, interview, "add")
    assert local_stores.media.list(interview) == ()
    assert local_stores.objects.names() == ()
    assert len(object_files(local)) == 1
    assert local_stores.sweep() == 0
    assert local_stores.sweep(older_than_s=0) == 1
    assert object_files(local) == []


@pytest.mark.unit
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


@pytest.mark.unit
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
        pytest.skip(NOT_ROOT)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(NO_MOUNTING)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.unit
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


@pytest.mark.unit
def test_a_full_disk_while_decrypting_is_a_sentence(local: Settings, local_stores: Stores, small_disk: Path) -> None:
    private = PrivateFiles(small_disk / "open")
    with pytest.raises(ServiceFailure, match="ENOSPC"), private.folder() as folder:
        private.write(folder / "video", [bytes(500_000)] * 4)
    with pytest.raises(ServiceFailure, match="ENOSPC"), private.folder() as folder:
        (folder / "audio").write_bytes(bytes(2_000_000))
    assert list((small_disk / "open").glob("open-*")) == []


class Endless:
    """A stream that breaks off with an error of the network."""

    def __init__(self) -> None:
        self.left = 5

    def read(self, size: int) -> bytes:
        self.left -= 1
        if self.left == 0:
            raise ConnectionResetError("peer went away")
        return bytes(size)


@pytest.mark.unit
def test_an_upload_that_breaks_off_leaves_nothing(local: Settings, local_stores: Stores) -> None:
    interview = enrol(local_stores).interview.id
    source: BinaryIO = Endless()  # type: ignore[assignment]
    with pytest.raises(ServiceFailure, match="The upload broke off") as caught:
        local_stores.media.add(interview, source, "video")
    assert caught.value.code == "upload_broken"
    assert object_files(local) == []
    assert local_stores.media.list(interview) == ()


@pytest.mark.unit
def test_sweeping_never_takes_a_folder_in_use(tmp_path: Path) -> None:
    private = PrivateFiles(tmp_path / "open")
    failures: list[Exception] = []

    def use() -> None:
        try:
            for _ in range(100):
                with private.folder() as folder:
                    private.write(folder / "video", [b"x"])
                    private.sweep()
                    assert (folder / "video").read_bytes() == b"x"
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            failures.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    (tmp_path / "open" / "open-halfmade").mkdir()
    assert private.sweep() == 1
