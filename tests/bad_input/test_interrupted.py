"""The disk fills up, or the worker is killed in the middle: the rerun finishes and nothing is doubled or left open."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from include.interview.errors import ServiceFailure
from include.settings import PROJECT_ROOT
from include.storage import Stores
from tasks.evaluation.outputs import SpeechOutput, load
from tests.support.installation import NAME, Installation, installed
from tests.support.interview_clips import SHORT_ANSWER, talking
from tests.support.refusal_sentences import assert_clear

pytestmark = pytest.mark.models

POLL_S = 0.02
STEPS = {"validate", "prepare_media", "audio", "speech", "vision", "voice", "case", "judge", "score"}
REPORTS = {f"report.{language}.{kind}" for language in ("ko", "en") for kind in ("html", "pdf")}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return talking(tmp_path_factory.mktemp("killed") / "", "clip", SHORT_ANSWER, 5.0)


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: the system then refuses the write as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def open_files(one: Installation) -> list[Path]:
    """Decrypted files that lie in the installation right now."""
    return [p for p in (one.settings.home / "open").rglob("*") if p.is_file() and p.name != ".lock"]


def assert_whole(one: Installation, clip: Path, temporary: Path) -> None:
    """One card, every artifact once, no object without a row, nothing readable left."""
    assert len(one.card_rows()) == 1
    assert one.status() == "published"
    with one.stores() as stores:
        kinds = [ref.kind for ref in stores.artifacts.list(one.interview_id)]
        assert sorted(kinds) == sorted([*STEPS, "judge", *REPORTS]), "two groups of criteria, everything else once"
        stores.sweep(older_than_s=0)
        assert len(stores.objects.names()) == len(kinds) + 1, "the artifacts and the recording"
        assert stores.audit.verify().intact
        sound = sound_of(stores, one)
        (words,) = stores.artifacts.list(one.interview_id, "speech")
        heard = [u.text.encode() for u in load(stores, words, SpeechOutput).transcript.utterances]
    assert heard
    video = clip.read_bytes()
    markers = (video[len(video) // 2 :][:48], sound[len(sound) // 2 :][:48], NAME.encode(), *heard)
    assert one.holding(*markers) == []
    assert open_files(one) == []
    left = [p for p in temporary.rglob("*") if p.is_file() and any(m in p.read_bytes() for m in markers)]
    assert left == []


def sound_of(stores: Stores, one: Installation) -> bytes:
    (audio,) = stores.artifacts.list(one.interview_id, "audio")
    with stores.artifacts.open_file(audio) as path:
        return path.read_bytes()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of this test and of the programs it starts."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_full_disk_is_a_sentence_and_the_rerun_finishes(
    weights: None, clip: Path, tmp_path: Path, temporary: Path
) -> None:
    one = installed(tmp_path / "home").hand_in([clip])
    # Less than the recording's decoded sound (32 kB a second), more than the journal of the database needs.
    with files_up_to(140_000), pytest.raises(ServiceFailure) as caught:
        one.evaluate()
    assert_clear(caught.value)
    assert caught.value.code == "storage_full"
    assert one.card_rows() == ()
    assert one.status() != "published"
    assert open_files(one) == []
    one.evaluate().publish()
    assert_whole(one, clip, temporary)


WORKER = """
import sys
from tests.support.installation import Installation, settings_in
from pathlib import Path
one = Installation(settings_in(Path(sys.argv[1])), sys.argv[2]).evaluate()
one.publish()
"""


def killed_when(one: Installation, ready) -> None:
    """Run the flow in a worker process and kill it with its children as soon as `ready(stores)`."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(one.settings.home), one.interview_id],
        cwd=PROJECT_ROOT,
        start_new_session=True,
    )
    with one.stores() as stores:
        while not ready(stores):
            try:
                ended = worker.wait(POLL_S)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail(f"the worker ended with {ended} before it could be killed")
    os.killpg(worker.pid, signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL


def test_a_worker_killed_in_the_middle_is_finished_by_the_next(
    weights: None, clip: Path, tmp_path: Path, temporary: Path
) -> None:
    one = installed(tmp_path / "home").hand_in([clip])

    def watching(stores: Stores) -> bool:
        prepared = stores.artifacts.list(one.interview_id, "prepare_media")
        return bool(prepared) and any(p.name == "video" for p in open_files(one))

    killed_when(one, watching)
    assert open_files(one), "the kill left a decrypted recording behind"
    with one.stores() as stores:
        before = {ref.id for ref in stores.artifacts.list(one.interview_id)}
    assert open_files(one) == [], "the next process removed it"
    assert one.card_rows() == ()
    again = one.evaluate()
    again.publish()
    with one.stores() as stores:
        assert before <= {ref.id for ref in stores.artifacts.list(one.interview_id)}, "what was done stays done"
    assert_whole(again, clip, temporary)


def test_a_worker_killed_while_decoding_and_again_while_publishing(
    weights: None, clip: Path, tmp_path: Path, temporary: Path
) -> None:
    one = installed(tmp_path / "home").hand_in([clip])
    killed_when(one, lambda stores: bool(stores.artifacts.list(one.interview_id, "validate")))
    killed_when(one, lambda stores: bool(stores.scorecards.list(interview_id=one.interview_id)))
    assert len(one.card_rows()) == 1
    again = one.evaluate()
    again.publish()
    assert_whole(again, clip, temporary)
