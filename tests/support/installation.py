"""A small installation of Triview for a test: its stores, one interview in it, and what must never be found there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from cli.session import local_stores, prepare_home
from include.interview.assessment.openings import general_opening
from include.interview.records import DocumentKind, Opening, Scorecard
from include.models import select
from include.settings import Settings, load_settings
from include.storage import Stores
from tasks.ai.in_process import Run, evaluate_interview
from tasks.ai.intake import Intake, open_interview
from tasks.evaluation.context import StepContext
from tasks.evaluation.publish import publish

NAME = "Zebulon Quill-Marker"
CONSENT = "test-text-1"


def settings_in(home: Path, **more: Any) -> Settings:
    """Settings of an installation below `home` with the offline judge and the machine's model weights."""
    made = load_settings(
        {"TRIVIEW_HOME": str(home), "TRIVIEW_MODELS": str(load_settings().models_dir), "TRIVIEW_JUDGE": "offline"}
    )
    return msgspec.structs.replace(made, **more)


def models_missing() -> str:
    """Why tests with models cannot run here; empty when they can."""
    folder = load_settings().models_dir
    missing = [m.path for m in select() if not (folder / m.path).is_file()]
    return f"model weights are not fetched: {', '.join(missing)}" if missing else ""


@dataclass(frozen=True)
class Installation:
    """Settings of an installation and the interview the test is about."""

    settings: Settings
    interview_id: str = ""
    candidate_id: str = ""
    run: Run | None = None

    @contextmanager
    def stores(self) -> Iterator[Stores]:
        """Open stores of this installation."""
        with local_stores(self.settings) as (stores, _):
            yield stores

    def context(self, stores: Stores, interview_id: str = "") -> StepContext:
        """What the steps of this installation's interview (or another one) are given."""
        return StepContext(stores, self.settings, interview_id or self.interview_id)

    def hand_in(
        self,
        recordings: Sequence[Path],
        *,
        profile: str = "standard",
        language: str = "en",
        documents: Sequence[tuple[DocumentKind, Path]] = (),
        opening: Opening | None = None,
    ) -> Installation:
        """The same installation with a new candidate's interview as HR hands it in."""
        opening = opening or general_opening()
        with self.stores() as stores:
            stores.openings.put(opening)
            candidate = stores.candidates.create(NAME)
            intake = Intake(candidate.id, opening.id, profile, language, CONSENT)
            interview = open_interview(stores, self.settings, intake, recordings, documents)
        return replace(self, interview_id=interview.id, candidate_id=candidate.id)

    def evaluate(self) -> Installation:
        """The same installation after all steps up to the card."""
        with self.stores() as stores:
            return replace(self, run=evaluate_interview(self.context(stores)))

    def publish(self) -> dict[str, str]:
        """Publish the evaluated interview."""
        run = self.done
        with self.stores() as stores:
            return publish(self.context(stores), run.card)

    @property
    def done(self) -> Run:
        """The finished run."""
        assert self.run is not None, "evaluate first"
        return self.run

    def copied(self, home: Path, **more: Any) -> Installation:
        """A copy of the whole installation below `home`, so that a test may spoil it."""
        shutil.copytree(self.settings.home, home)
        return replace(self, settings=settings_in(home, **more))

    def card_rows(self) -> tuple[Scorecard, ...]:
        """The interview's cards in the database."""
        with self.stores() as stores:
            return stores.scorecards.list(interview_id=self.interview_id)

    def status(self) -> str:
        """The interview's status."""
        with self.stores() as stores:
            return stores.interviews.get(self.interview_id).status

    def files(self) -> dict[Path, bytes]:
        """Every file below the home folder, but for journals that SQLite removes while they are being listed."""
        found = {}
        for path in self.settings.home.rglob("*"):
            if path.name.endswith(("-journal", "-wal", "-shm")) and not path.exists():
                continue
            if path.is_file():
                found[path] = path.read_bytes()
        return found

    def holding(self, *markers: bytes) -> list[Path]:
        """Files below the home folder that hold one of `markers` in the clear."""
        return [path for path, data in self.files().items() if any(marker in data for marker in markers)]


def installed(home: Path, **more: Any) -> Installation:
    """A fresh installation below `home`: key and tables."""
    settings = settings_in(home, **more)
    prepare_home(settings)
    with local_stores(settings):
        return Installation(settings)
