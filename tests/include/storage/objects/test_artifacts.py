"""Artifacts: addressed by derivation, made once, whoever races and whoever is killed."""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from include.interview.entities import ArtifactRef
from include.interview.errors import BadInput, NotFound, ServiceFailure
from include.settings import PIPELINE_VERSION, Settings, load_settings
from include.storage import Stores, open_stores
from include.storage.objects.artifacts import artifact_id
from tests.include.storage.conftest import enrol

ROOT = Path(__file__).parents[4]


def refuse() -> bytes:
    pytest.fail("The step ran although its output exists.")


def test_an_output_is_made_once_and_comes_back(stores: Stores) -> None:
    interview = enrol(stores).interview.id
    ref = stores.artifacts.run(interview, "speech", ["sha"], lambda: b"words")
    assert stores.artifacts.run(interview, "speech", ["sha"], refuse) == ref
    assert (ref.interview_id, ref.kind) == (interview, "speech")
    assert stores.artifacts.read(ref) == b"words"
    next_ref = stores.artifacts.run(interview, "judge", [ref], lambda: b"")
    assert stores.artifacts.read(next_ref) == b""
    assert len(stores.objects.names()) == 2
    assert stores.artifacts.list(interview) == (ref, next_ref)
    assert stores.artifacts.list(interview, "judge") == (next_ref,)
    assert stores.artifacts.list("nobody") == ()


@pytest.mark.unit
def test_the_id_is_the_derivation_and_nothing_else() -> None:
    expected = hashlib.sha256(json.dumps(["i", "s", "1", [["a", "text"]]]).encode()).hexdigest()
    assert artifact_id("i", "s", "1", ["a"]) == expected
    names = {
        artifact_id(*parts)
        for parts in (
            ("i", "s", "1", ["a"]),
            ("j", "s", "1", ["a"]),
            ("i", "t", "1", ["a"]),
            ("i", "s", "2", ["a"]),
            ("i", "s", "1", ["b"]),
            ("i", "s", "1", ["a", "b"]),
            ("i", "s", "1", ["b", "a"]),
            ("i", "s", "1", ["ab"]),
            ("i", "s", "1", [ArtifactRef(id="a", interview_id="i", kind="s")]),
        )
    }
    assert len(names) == 9


def test_files_are_stored_and_opened_privately(stores: Stores, settings: Settings) -> None:
    interview = enrol(stores).interview.id
    audio = bytes(range(256)) * 4000

    def produce(path: Path) -> None:
        assert path.parent.stat().st_mode & 0o777 == 0o700
        path.write_bytes(audio)

    ref = stores.artifacts.run_file(interview, "audio", [], produce)
    assert stores.artifacts.run_file(interview, "audio", [], lambda path: pytest.fail("made twice")) == ref
    with stores.artifacts.open_file(ref) as path:
        assert path.read_bytes() == audio
    assert not path.exists()
    assert list((settings.home / "open").glob("open-*")) == []
    stored = settings.home / "objects" / stores.objects.names()[0]
    assert audio[:256] not in stored.read_bytes()


def test_a_step_that_fails_stores_nothing(stores: Stores) -> None:
    interview = enrol(stores).interview.id
    with pytest.raises(ZeroDivisionError):
        stores.artifacts.run(interview, "speech", [], lambda: bytes(1 // 0))
    with pytest.raises(BadInput, match="No such file"):
        stores.artifacts.run_file(interview, "audio", [], lambda path: None)
    assert stores.objects.names() == ()
    assert stores.artifacts.read(stores.artifacts.run(interview, "speech", [], lambda: b"now")) == b"now"


def test_refs_that_name_nothing_are_said_to(stores: Stores) -> None:
    person, other = enrol(stores), enrol(stores, name="Other")
    ref = stores.artifacts.run(person.interview.id, "s", [], lambda: b"x")
    for wrong in (
        ArtifactRef(id="0" * 64, interview_id=person.interview.id, kind="s"),
        ArtifactRef(id=ref.id, interview_id=other.interview.id, kind="s"),
    ):
        with pytest.raises(NotFound, match="no artifact"):
            stores.artifacts.read(wrong)
    with pytest.raises(NotFound, match="no interview"):
        stores.artifacts.run("nobody", "s", [], lambda: b"x")


@pytest.mark.unit
def test_a_lost_object_is_made_again(local: Settings, local_stores: Stores) -> None:
    interview = enrol(local_stores).interview.id
    ref = local_stores.artifacts.run(interview, "s", [], lambda: b"first")
    local_stores.objects.remove(local_stores.objects.names()[0])
    with pytest.raises(ServiceFailure, match="missing"):
        local_stores.artifacts.read(ref)
    assert local_stores.artifacts.run(interview, "s", [], lambda: b"again") == ref
    assert local_stores.artifacts.read(ref) == b"again"


def _race(home: str, url: str, interview: str, content: bytes, answers) -> None:
    together = threading.Barrier(3)

    def run() -> None:
        together.wait()
        ref = stores.artifacts.run(interview, "speech", ["in"], lambda: content)
        answers.put((ref.id, stores.artifacts.read(ref)))

    with open_stores(load_settings({"TRIVIEW_HOME": home, "TRIVIEW_DB_URL": url})) as stores:
        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def test_of_writers_at_once_one_wins_and_all_agree(settings: Settings, stores: Stores) -> None:
    interview = enrol(stores).interview.id
    spawn = multiprocessing.get_context("spawn")
    answers = spawn.Queue()
    arguments = [(str(settings.home), settings.db_url, interview, b"abcd" * (n + 1), answers) for n in range(2)]
    workers = [spawn.Process(target=_race, args=given) for given in arguments]
    for worker in workers:
        worker.start()
    found = {answers.get(timeout=60) for _ in range(6)}
    for worker in workers:
        worker.join()
    assert len(found) == 1
    assert len(stores.objects.names()) == 1
    assert [e.action for e in stores.audit.entries()].count("artifact.stored") == 1


KILLED = """
import os, signal, sys
from include.settings import load_settings
from include.storage import open_stores
from include.storage.objects.artifacts import Artifacts
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
with open_stores(load_settings({"TRIVIEW_HOME": sys.argv[1]})) as stores:
    if sys.argv[3] == "producing":
        stores.artifacts.run_file(sys.argv[2], "s", [], lambda path: (path.write_bytes(b"half"), die()))
    Artifacts._register = die
    stores.artifacts.run(sys.argv[2], "s", [], lambda: b"from the killed one")
"""


@pytest.mark.unit
@pytest.mark.parametrize("moment", ["producing", "before the commit"])
def test_a_killed_writer_is_not_taken_for_finished(local: Settings, local_stores: Stores, moment: str) -> None:
    interview = enrol(local_stores).interview.id
    command = [sys.executable, "-c", KILLED, str(local.home), interview, moment]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    with open_stores(local) as later:
        ref = later.artifacts.run(interview, "s", [], lambda: b"from the rerun")
        assert later.artifacts.read(ref) == b"from the rerun"
        assert ref.id == artifact_id(interview, "s", PIPELINE_VERSION, [])
        later.media.add(interview, io.BytesIO(b"kept"), "audio")
        orphans = 1 if moment == "before the commit" else 0
        assert (later.sweep(), later.sweep(older_than_s=0), len(later.objects.names())) == (0, orphans, 2)
    assert list((local.home / "open").glob("open-*")) == []


@pytest.mark.unit
def test_memory_storage_keeps_the_same_promises(local: Settings) -> None:
    environment = {"TRIVIEW_HOME": str(local.home), "TRIVIEW_STORAGE_URL": "memory://triview"}

    def broken():
        yield bytes(10)
        raise ZeroDivisionError

    with open_stores(load_settings(environment)) as stores:
        interview = enrol(stores).interview.id
        ref = stores.artifacts.run(interview, "s", [], lambda: b"in memory" * 100_000)
        assert stores.artifacts.read(ref) == b"in memory" * 100_000
        with pytest.raises(ZeroDivisionError):
            stores.objects.put("artifacts/xx/broken", broken())
        assert len(stores.objects.names()) == 1
        assert stores.sweep(older_than_s=0) == 0


@pytest.mark.unit
def test_storage_elsewhere_is_refused(local: Settings) -> None:
    with pytest.raises(BadInput, match="scheme 'ftp'"):
        open_stores(load_settings({"TRIVIEW_HOME": str(local.home), "TRIVIEW_STORAGE_URL": "ftp://host/x"}))


@pytest.mark.unit
def test_an_s3_service_that_is_away_is_a_sentence(local: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "SECRETWORD",
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    environment = {"TRIVIEW_HOME": str(local.home), "TRIVIEW_STORAGE_URL": "s3://bucket/triview"}
    with open_stores(load_settings(environment)) as stores:
        interview = enrol(stores).interview.id
        with pytest.raises(ServiceFailure, match="The storage cannot be used") as caught:
            stores.artifacts.run(interview, "s", [], lambda: b"x")
    assert "SECRETWORD" not in str(caught.value)
