"""Fixtures: a real local Airflow (one per session) and an interview that ran through it."""

from __future__ import annotations

import atexit
import functools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cli.demo.video import CLIP, DemoInterview, build_demo_interview
from cli.local import LocalAirflow, RunOutcome, TaskState
from cli.local.ports import free_port
from cli.local.runtime import DEMO_COMPONENTS
from cli.session import local_stores
from include.interview.assessment.openings import general_opening
from include.models import select
from include.settings import Settings, load_settings
from tasks.administration import prepare_home
from tasks.ai.intake import Intake, open_interview, run_id
from tests.support.order import group_of
from tests.support.services.memory import passing_folder

_RUNNING = pytest.StashKey[LocalAirflow]()
DAG_ID = "ai_interview_analysis"
RUN_TIMEOUT_S = 240.0
MARKERS = {
    "name": "Zyxwname Canarysson",
    "contact": "canary.contact@marker.invalid",
    "file": "zyxwfile-of-canary",
    "document": "zyxwdocument worked at Canary Works",
}
PHRASE_WORDS = 4
"""Words in a row by which what somebody said can be recognised."""


def phrases(text: str) -> list[str]:
    """`text` in pieces of so many words, to be searched for where it must not be; shorter ones could be anywhere."""
    words = text.split()
    return [" ".join(words[n : n + PHRASE_WORDS]) for n in range(0, len(words) - PHRASE_WORDS + 1, PHRASE_WORDS)]


def settings_in(home: Path, **more: str) -> Settings:
    """Settings of an installation below `home`, with the machine's model folder."""
    models = load_settings().models_dir
    return load_settings({"TRIVIEW_HOME": str(home), "TRIVIEW_MODELS": str(models), "TRIVIEW_JUDGE": "offline", **more})


@functools.cache
def demo_recording() -> DemoInterview:
    """The demo's whole interview, made once. Skips where its parts are not installed."""
    models = load_settings().models_dir
    missing = [program for program in ("espeak-ng", "ffmpeg") if shutil.which(program) is None]
    if missing or not (models / CLIP).is_file():
        pytest.skip(f"needs the demo's recording ({', '.join(missing) or './triview models fetch demo'})")
    folder = Path(tempfile.mkdtemp(prefix="tvdemo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return build_demo_interview(models, folder)


def talking_clip(folder: Path, seconds: int = 16) -> Path:
    """A face and a voice: the beginning of the demo's interview. Skips where its parts are not installed."""
    path = folder / f"{MARKERS['file']}.mp4"
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-y", "-i", demo_recording().path, "-t", str(seconds), "-c", "copy", path],
        check=True,
    )
    return path


def cover_letter(folder: Path) -> Path:
    """A letter whose name and text carry markers."""
    letter = folder / f"{MARKERS['file']}.txt"
    letter.write_text(MARKERS["document"], encoding="utf-8")
    return letter


def hand_in(settings: Settings, folder: Path) -> tuple[str, str]:
    """A short interview whose every personal field carries a marker; returns interview id and run id."""
    folder.mkdir(parents=True, exist_ok=True)
    with local_stores(settings) as (stores, _):
        opening = general_opening("en")
        stores.openings.put(opening)
        candidate = stores.candidates.create(MARKERS["name"], MARKERS["contact"])
        intake = Intake(candidate.id, opening.id, "standard", "en", "test")
        documents = [("cover_letter", cover_letter(folder))]
        interview = open_interview(stores, settings, intake, [talking_clip(folder)], documents)
        return interview.id, run_id(stores, interview.id)


def follow(airflow: LocalAirflow, run: str, decision: str = "publish", dag_id: str = DAG_ID) -> RunOutcome:
    """Wait for the run; answer its review when a rule asks for one."""
    with airflow.rest() as rest:

        def answer(tasks: tuple[TaskState, ...]) -> None:
            if any(t.task_id == "review" and t.state == "awaiting_input" for t in tasks):
                rest.answer_review(dag_id, run, decision, "evidence_supports_card")

        return rest.wait(dag_id, run, answer, timeout_s=RUN_TIMEOUT_S)


def require_models(settings: Settings) -> None:
    """Skip when the weights of the product are not on this machine."""
    missing = [m.path for m in select() if not (settings.models_dir / m.path).is_file()]
    if missing:
        pytest.skip(f"needs model weights: {', '.join(missing)}")


@pytest.fixture(scope="session")
def local_airflow() -> Iterator[LocalAirflow]:
    """A running Airflow with the logins admin, reader (who may look) and stranger (who may do nothing)."""
    with passing_folder("tvairflow-") as home:
        settings = settings_in(home)
        prepare_home(settings)
        with local_stores(settings):
            pass
        # A port of its own: another worker may start its Airflow at the same moment.
        with LocalAirflow(
            settings, components=DEMO_COMPONENTS, users=("stranger:", "reader:viewer"), port=free_port(0)
        ) as airflow:
            yield airflow


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Stop the Airflow after the last of the files that share it: idle, it still takes a fifth of a core."""
    yield
    running = item.funcargs.get("local_airflow") if isinstance(item, pytest.Function) else None
    if isinstance(running, LocalAirflow):
        item.config.stash[_RUNNING] = running
    last = item.config.stash.get(_RUNNING, None)
    if last is not None and (nextitem is None or group_of(nextitem.nodeid) != group_of(item.nodeid)):
        last.stop()


class FinishedRun:
    """One interview that ran through all tasks."""

    def __init__(self, interview_id: str, run: str, outcome: RunOutcome) -> None:
        self.interview_id = interview_id
        self.run_id = run
        self.outcome = outcome
        self.tasks: Mapping[str, TaskState] = {t.name: t for t in outcome.tasks}
