"""Records of what storage holds: interviews, their files and consents, and references to stored outputs."""

from __future__ import annotations

from typing import Literal

from include.interview.records import QuestionMark, Record, Stage
from include.interview.statuses import Status


class ArtifactRef(Record, frozen=True):
    """A reference to one step's stored output: ids only, safe for XCom."""

    id: str
    interview_id: str
    kind: str


class MediaObject(Record, frozen=True):
    """One stored file of an interview: encrypted at rest, named by its plaintext's SHA-256."""

    id: str
    interview_id: str
    kind: Literal["video", "audio", "resume", "cover_letter"]
    sha256: str
    size: int
    index: int = 0
    question_id: str | None = None


class Interview(Record, frozen=True):
    """One stage of one application."""

    id: str
    application_id: str
    candidate_id: str
    opening_id: str
    stage: Stage
    status: Status
    profile: str
    language: Literal["ko", "en", "auto"] = "auto"
    marks: tuple[QuestionMark, ...] = ()


class Consent(Record, frozen=True):
    """What a candidate agreed to. `purposes` are ids from the policy profile; times are UTC ISO 8601."""

    id: str
    candidate_id: str
    interview_id: str | None
    purposes: tuple[str, ...]
    text_version: str
    granted_at: str
    withdrawn_at: str | None = None
