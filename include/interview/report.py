"""The inputs of a report beside the scorecard: pure data, written to no store."""

from __future__ import annotations

from include.interview.assessment.policy import Profile
from include.interview.assessment.rubric import Rubric
from include.interview.entities import Consent
from include.interview.insight.records import Insight
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
from include.interview.scoring.ratings import RatingSheet
from include.interview.voice.records import DeliveryReview


class Thumbnail(Record, frozen=True):
    """One small picture of the recording: JPEG or PNG bytes at `time_s` on the interview timeline."""

    time_s: float
    image: bytes


class PanelRatings(Record, frozen=True):
    """The levels that people gave, to stand beside the machine's once everybody who conducts the interview has rated.

    `raters`: logins in the order of `sheets`. `missing`: how many have yet to rate; while there are any, no sheet is
    here, so that nobody reads others' levels first.
    """

    raters: tuple[str, ...] = ()
    sheets: tuple[RatingSheet, ...] = ()
    missing: int = 0


class ReportContext(Record, frozen=True):
    """Everything a report shows that is not on the card.

    `created_at` is text, already formatted by the caller: a report never reads a clock, so that the same inputs give
    the same bytes. `candidate_name` is personal data: the rendered report is stored encrypted like the recording.
    `comparison` stands the live card of a live interview beside the card of the report. `insights`: of a stage after
    which they are written, those that are published; drafts only in a report for who decides about them. None for
    other stages. `panel`: of a stage that several people conduct. `delivery`: voice and tone of the answers, where they
    are described.
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
    insights: tuple[Insight, ...] | None = None
    panel: PanelRatings | None = None
    delivery: DeliveryReview | None = None
