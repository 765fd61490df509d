"""A whole evaluation in a store of its own that is gone afterwards: for `evaluate`, rubric authors and benchmarks."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import nacl.utils

from include.background_work import background_work
from include.interview.intake.identifiers import safe_stem
from include.interview.records import DocumentKind, Measurements, Opening, QuestionMark, Record, Scorecard, Transcript
from include.settings import Settings
from include.storage import Stores, open_stores, upgrade
from include.storage.objects.scratch import PrivateFiles
from tasks.ai.in_process import StepProgress, evaluate_interview, quiet
from tasks.ai.intake import Intake, check_recording, open_interview
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, load
from tasks.evaluation.publish import render_reports, report_context

CONSENT_TEXT = "attested-on-command-line"
"""Version named in the consent records of `evaluate`: whoever runs it attests that the candidate agreed."""
KEY_BYTES = 32
PASSING_FOLDER = "passing"
"""Folder below TRIVIEW_HOME for stores that end with their evaluation."""


class Evaluated(Record, frozen=True):
    """The outcome of one evaluation in a temporary store. `seconds`: wall time per step and of the `whole`."""

    card: Scorecard
    transcript: Transcript
    measurements: tuple[Measurements, ...]
    reports: dict[str, bytes]
    seconds: dict[str, float]


@contextmanager
def passing_stores(settings: Settings) -> Iterator[tuple[Stores, Settings]]:
    """Stores in a temporary folder below the home under a fresh key, with settings for them; both end with the block.

    A killed process keeps no secret either: the key was in its memory only, and the next evaluation removes its folder.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    passing = PrivateFiles(settings.home / PASSING_FOLDER)
    passing.sweep()
    with passing.folder() as home:
        own = msgspec.structs.replace(
            settings,
            home=home,
            db_url=f"sqlite:///{home / 'triview.db'}",
            storage_url=f"file://{home / 'objects'}",
            chroma_url=None,
            master_key=base64.b64encode(nacl.utils.random(KEY_BYTES)).decode(),
        )
        with open_stores(own) as stores:
            upgrade(stores.db)
            yield stores, own


def evaluate_files(
    recordings: Sequence[Path],
    opening: Opening,
    settings: Settings,
    *,
    language: str = "auto",
    profile: str = "standard",
    marks: Sequence[QuestionMark] = (),
    documents: Sequence[tuple[DocumentKind, Path]] = (),
    progress: StepProgress = quiet,
    created_at: str = "",
    with_reports: bool = True,
) -> Evaluated:
    """Evaluate `recordings` as one interview and render its reports.

    The interview id on the card is that of a passing store; every number is the same for the same files.

    Raises:
        TriviewError: of the step that failed.
    """
    for path in recordings:
        check_recording(path, settings)
    with background_work(settings.live_marker), passing_stores(settings) as (stores, own):
        stores.openings.put(opening)
        candidate = stores.candidates.create(safe_stem(recordings[0].name))
        intake = Intake(candidate.id, opening.id, profile, language, CONSENT_TEXT, tuple(marks))
        interview = open_interview(stores, own, intake, recordings, documents)
        run = evaluate_interview(StepContext(stores, own, interview.id), progress)
        card = load(stores, run.card, ScoredInterview).card
        prepared = load(stores, run.case, PreparedCase)
        shown = report_context(stores, card, prepared, created_at) if with_reports else None
        reports = render_reports(card, shown) if shown else {}
    return Evaluated(card, prepared.case.transcript, prepared.case.measurements, reports, run.seconds)


def summary_row(name: str, one: Evaluated) -> dict[str, str | float | None]:
    """One flat row: total, then level, score and sem per criterion, then every measure of every channel."""
    row: dict[str, str | float | None] = {
        "file": name,
        "language": one.card.language,
        "status": one.card.status,
        "total": one.card.total,
        "total_sem": one.card.total_sem,
    }
    for line in one.card.criteria:
        row[f"{line.criterion}_status"] = line.status
        row[f"{line.criterion}_level"] = line.level
        row[f"{line.criterion}_score"] = line.score
        row[f"{line.criterion}_sem"] = line.sem
    for channel in one.measurements:
        row.update({f"{channel.channel}.{m.name}": m.value for m in channel.measures})
    return row
