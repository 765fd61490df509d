"""The archive of a person's data: JSON with its schema, recordings and documents as they were handed in."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from include.interview.contests import Contest
from include.interview.entities import Interview, MediaObject
from include.interview.errors import NotFound
from include.interview.privacy.export import (
    FORMAT,
    ExportedApplication,
    ExportedContest,
    ExportedFile,
    ExportedInterview,
    PersonalData,
)
from include.interview.progress import Progress, part, silent
from include.interview.records import Scorecard, Utterance
from include.storage import Application, Stores
from tasks.evaluation.card_standing import published_card
from tasks.evaluation.outputs import PreparedCase, load
from tasks.live.record import live_record_of

DATA, SCHEMA = "data.json", "schema.json"
ENDINGS = {"video": ".mp4", "audio": ".wav", "resume": ".bin", "cover_letter": ".bin"}
MAGIC = (
    (b"%PDF", ".pdf"),
    (b"\x1aE\xdf\xa3", ".webm"),
    (b"RIFF", ".wav"),
    (b"fLaC", ".flac"),
    (b"OggS", ".ogg"),
    (b"PK\x03\x04", ".zip"),
)
"""First bytes of files whose kind can be told from them; file names were never kept, they may hold names."""


def export_candidate(stores: Stores, candidate_id: str, target: Path, progress: Progress = silent) -> PersonalData:
    """Write the archive of the candidate's data to `target`, a new file; returns what its data.json says.

    The reads are audit entries. Texts of internal reasons, others' words and recordings of interviewers alone are left
    out: they are not the person's. A recording of the whole room is both, and comes along.

    Raises:
        NotFound: no such candidate, or erased. ServiceFailure: a store cannot be used, or the disk is full.
    """
    candidate = stores.candidates.get(candidate_id)
    stores.record("candidate.exported", f"candidate:{candidate_id}")
    with zipfile.ZipFile(target, "x", compression=zipfile.ZIP_STORED) as archive:
        applications = stores.applications.list(candidate_id=candidate_id)
        data = PersonalData(
            FORMAT,
            datetime.now(UTC).isoformat(),
            candidate_id,
            candidate.name,
            candidate.contact,
            stores.consents.list(candidate_id),
            stores.declarations.own(candidate_id),
            tuple(
                _application(stores, archive, one, part(progress, n, len(applications)))
                for n, one in enumerate(applications)
            ),
        )
        archive.writestr(DATA, msgspec.json.format(msgspec.json.encode(data), indent=1))
        schema = msgspec.json.encode(msgspec.json.schema(PersonalData))
        archive.writestr(SCHEMA, msgspec.json.format(schema, indent=1))
    progress(1.0, "written")
    return data


def _application(
    stores: Stores, archive: zipfile.ZipFile, application: Application, progress: Progress
) -> ExportedApplication:
    opening = stores.openings.get(application.opening_id)
    decided = stores.decisions.list(application.id)
    interviews = [
        one
        for one in stores.interviews.list(candidate_id=application.candidate_id)
        if one.application_id == application.id and one.status != "erased"
    ]
    return ExportedApplication(
        application.id,
        application.opening_id,
        opening.title,
        application.status,
        tuple((one.decided_at, one.decision) for one in decided),
        tuple(_interview(stores, archive, one, part(progress, n, len(interviews))) for n, one in enumerate(interviews)),
        tuple(
            stores.invitations.get(one.id)
            for one in stores.invitations.list(candidate_id=application.candidate_id)
            if one.application_id == application.id
        ),
    )


def _interview(stores: Stores, archive: zipfile.ZipFile, interview: Interview, progress: Progress) -> ExportedInterview:
    others = _voices_of_others(stores, interview)
    stored = [one for one in stores.media.list(interview.id) if one.id not in others]
    card = _card(stores, interview)
    files = []
    for n, media in enumerate(stored):
        progress(n / len(stored), f"{interview.stage} {media.kind}")
        files.append(_file(stores, archive, interview, media))
    return ExportedInterview(
        interview.id,
        interview.stage,
        interview.status,
        interview.profile,
        interview.language,
        tuple(files),
        _words(stores, interview),
        card,
        () if card is None else tuple(one for one in stores.insights.list(interview.id) if one.status == "accepted"),
        tuple(_contest(one) for one in stores.contests.of_interview(interview.id)),
    )


def _contest(one: Contest) -> ExportedContest:
    at = one.standing
    return ExportedContest(
        at.grounds,
        one.words,
        at.state,
        at.opened_at.isoformat(),
        at.due_at.isoformat(),
        None if at.closed_at is None else at.closed_at.isoformat(),
        at.outcome,
        one.answer,
    )


def _voices_of_others(stores: Stores, interview: Interview) -> frozenset[str]:
    """Ids of the recordings of a live interview on which only interviewers were heard: theirs, not the person's."""
    record = live_record_of(stores, interview.id)
    tracks: dict[str, set[str]] = {}
    for one in () if record is None else record.recordings:
        tracks.setdefault(one.media_id, set()).add(one.track)
    return frozenset(media for media, heard in tracks.items() if heard == {"interviewer"})


def _file(stores: Stores, archive: zipfile.ZipFile, interview: Interview, media: MediaObject) -> ExportedFile:
    with stores.media.open(media) as plain:
        with plain.open("rb") as start:
            head = start.read(4)
        ending = next((name for magic, name in MAGIC if head.startswith(magic)), ENDINGS[media.kind])
        path = f"{interview.stage}-{interview.id[:8]}/{media.kind}-{media.index + 1}{ending}"
        archive.write(plain, path)
    return ExportedFile(path, media.kind, media.size, media.sha256, media.question_id)


def _words(stores: Stores, interview: Interview) -> tuple[Utterance, ...]:
    cases = stores.artifacts.list(interview.id, "case")
    if not cases:
        return ()
    transcript = load(stores, cases[-1], PreparedCase).case.transcript
    return tuple(one for one in transcript.utterances if one.role == "candidate")


def _card(stores: Stores, interview: Interview) -> Scorecard | None:
    try:
        return published_card(stores, interview.id)
    except NotFound:  # none yet, or one that waits for a person
        return None
