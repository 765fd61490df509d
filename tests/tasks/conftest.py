"""Shared by the tests of the flows: one talking clip, and one interview evaluated once that tests may copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.installation import Installation, installed, models_missing
from tests.support.interview_clips import LONG_ANSWER, talking
from tests.support.once import once

RESUME = (
    "Résumé. Five years as a software engineer at Quagmirefield Libraries: search services, weekly releases, "
    "mentoring of two juniors, communication with librarians."
)


@pytest.fixture(scope="session")
def weights() -> None:
    """Skips where model weights are missing."""
    if why := models_missing():
        pytest.skip(why)


@pytest.fixture(scope="session")
def interview_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A face and a synthetic voice that answers for 40 seconds."""
    return once(tmp_path_factory, "clip", lambda folder: talking(folder, "interview", LONG_ANSWER, 52.0))


@pytest.fixture(scope="session")
def resume(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("documents") / "resume.txt"
    path.write_text(RESUME, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def evaluated(
    weights: None, interview_clip: Path, resume: Path, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """An interview with a résumé that went through all steps up to its card. Copy it before changing it."""

    def evaluate(folder: Path) -> Installation:
        return installed(folder / "home").hand_in([interview_clip], documents=[("resume", resume)]).evaluate()

    # A copy per worker: reading is written into the audit chain, and a database in use is not copied whole.
    return once(tmp_path_factory, "evaluated", evaluate).copied(tmp_path_factory.mktemp("evaluated") / "home")


@pytest.fixture
def own(evaluated: Installation, tmp_path: Path) -> Installation:
    """A copy of the evaluated interview for this test alone."""
    return evaluated.copied(tmp_path / "home")
