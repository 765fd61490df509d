"""Bringing an interview into the system: candidate, application, consent, recordings and documents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from include.interview.assessment.policy import Purpose, load_profile
from include.interview.entities import Interview
from include.interview.errors import BadInput, BadMedia
from include.interview.records import DocumentKind, QuestionMark, Record
from include.interview.stages import flow_of
from include.settings import PIPELINE_VERSION, Settings
from include.storage import Stores
from include.storage.objects.documents import document_text
from tasks.ai.duplicates import refuse_again

RUN_DIGITS = 12
"""Hex digits of the media hash in a run id."""
AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".mp3", ".m4a", ".ogg", ".opus", ".aac"})


class Intake(Record, frozen=True):
    """What HR states about one AI interview. `consent_text`: version of the text the candidate agreed to.

    `refused`: optional purposes that the candidate did not agree to.
    """

    candidate_id: str
    opening_id: str
    profile: str
    language: str
    consent_text: str
    marks: tuple[QuestionMark, ...] = ()
    refused: tuple[Purpose, ...] = ()


def media_kind(path: Path) -> Literal["video", "audio"]:
    """`audio` for sound files by their suffix, else `video`; what is really inside is decided by probing."""
    return "audio" if path.suffix.lower() in AUDIO_SUFFIXES else "video"


def check_recording(path: Path, settings: Settings) -> None:
    """Check that the file at `path` can be a recording: there, not empty, not over the size limit.

    Raises:
        BadMedia: the file is missing, empty or over the size limit.
    """
    if not path.is_file():
        raise BadMedia("The recording does not exist or is not a file.", "Check the path.", code="no_file")
    size = path.stat().st_size
    if size == 0:
        raise BadMedia("The recording is empty (0 bytes).", "Record or upload it again.", code="empty_file")
    if size > settings.limits.max_bytes:
        raise BadMedia(
            f"The recording has {size} bytes; at most {settings.limits.max_bytes} are accepted.",
            "Record at a lower resolution, or raise TRIVIEW_MAX_BYTES.",
            code="too_large",
        )


def check_document(path: Path, settings: Settings) -> None:
    """Check that the file at `path` is a document whose text can be read, before anything of it is stored.

    Raises:
        BadInput: the file is missing or empty, or its text cannot be read (`document_text` says why).
    """
    if not path.is_file():
        raise BadInput("A document does not exist or is not a file.", "Check its path.", code="no_file")
    with path.open("rb") as file:
        content = file.read(settings.limits.max_document_bytes + 1)
    document_text(content, settings.limits.max_document_bytes)


def open_interview(
    stores: Stores,
    settings: Settings,
    intake: Intake,
    recordings: Sequence[Path],
    documents: Sequence[tuple[DocumentKind, Path]] = (),
) -> Interview:
    """Create the interview, record the consents its profile asks for, and store its files encrypted.

    Args:
        recordings: in the order of the interview; one with optional question marks, or one per question.
        documents: (kind, path) with kind `resume` or `cover_letter`.

    Raises:
        AlreadyUploaded: a recording of this candidate for this opening is there already; nothing was stored.
        NotFound: unknown candidate, opening or profile. BadMedia: a recording cannot be one.
        BadInput: a document is missing, or its text cannot be read; or a consent was refused that the profile cannot do
            without.
    """
    for path in recordings:
        check_recording(path, settings)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        refuse_again(stores, intake.candidate_id, intake.opening_id, digest)
    for _, path in documents:
        check_document(path, settings)
    opening = stores.openings.get(intake.opening_id)
    profile = load_profile(intake.profile)
    if needed := sorted(set(intake.refused) & set(profile.consents)):
        raise BadInput(
            f"Without the consent to {', '.join(needed)} there is no interview under the profile {profile.id}.",
            "Only optional purposes can be refused.",
            code="consent_needed",
        )
    application = stores.applications.ensure(intake.candidate_id, opening.id)
    interview = stores.interviews.create(application, "ai", profile.id, _language(intake.language), marks=intake.marks)
    given = tuple(purpose for purpose in profile.purposes if purpose not in intake.refused)
    stores.consents.grant(intake.candidate_id, interview.id, given, intake.consent_text)
    asked = [q.id for q in opening.questions]
    for index, path in enumerate(recordings):
        question = asked[index] if len(recordings) > 1 and index < len(asked) else None
        stores.media.add(interview.id, path, media_kind(path), index=index, question_id=question)
    for index, (kind, path) in enumerate(documents):
        stores.media.add(interview.id, path, kind, index=index)
    stores.interviews.set_status(interview.id, "uploaded")
    return stores.interviews.get(interview.id)


def _language(asked: str) -> str:
    """The language asked for, once it is known to be `auto`, `ko` or `en`.

    An opening's language is an expectation: `auto` stays `auto`, so that a candidate who speaks another language is
    noticed instead of being misheard.

    Raises:
        BadInput: any other language.
    """
    if asked not in ("auto", "ko", "en"):
        raise BadInput(f"The language {asked!r} is not known.", "Use auto, ko or en.")
    return asked


def run_id(stores: Stores, interview_id: str) -> str:
    """The DAG run id of this interview's recordings: the same recordings give the same id, so one run.

    Raises:
        BadMedia: the interview has no recording yet.
    """
    recordings = sorted(
        (m for m in stores.media.list(interview_id) if m.kind in ("video", "audio")), key=lambda m: m.index
    )
    if not recordings:
        raise BadMedia("This interview has no recording.", "Upload one first.", code="no_recording")
    if len(recordings) == 1:
        digest = recordings[0].sha256
    else:
        digest = hashlib.sha256("".join(m.sha256 for m in recordings).encode()).hexdigest()
    return flow_of("ai").run_id(interview_id, digest[:RUN_DIGITS], PIPELINE_VERSION)
