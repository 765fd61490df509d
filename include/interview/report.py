"""The inputs of a report beside the scorecard: pure data, written to no store."""

from __future__ import annotations

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Rubric
from include.interview.entities import Consent
from include.interview.live.comparison import CardComparison
from include.interview.records import (
    Bilingual,
    DocumentKind,
    Measurements,
    Question,
    QuestionMark,
    Record,
    Recording,
    Transcript,
)


class Thumbnail(Record, frozen=True):
    """One small picture of the recording: JPEG or PNG bytes at `time_s` on the interview timeline."""

    time_s: float
    image: bytes


class ReportContext(Record, frozen=True):
    """Everything a report shows that is not on the card.

    `created_at` is text, already formatted by the caller: a report never reads a clock, so that the same inputs give
    the same bytes. `candidate_name` is personal data: the rendered report is stored encrypted like the recording.
    `comparison` stands the live card of a live interview beside the card of the report.
    """

    candidate_name: str
    opening_title: Bilingual
    created_at: str
    rubric: Rubric
    profile: Profile
    transcript: Transcript
    measurements: tuple[Measurements, ...] = ()
    recordings: tuple[Recording, ...] = ()
    questions: tuple[Question, ...] = ()
    marks: tuple[QuestionMark, ...] = ()
    documents: tuple[DocumentKind, ...] = ()
    consent: Consent | None = None
    thumbnails: tuple[Thumbnail, ...] = ()
    comparison: CardComparison | None = None
