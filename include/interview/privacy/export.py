"""What a person gets when they ask for their data: one record, which is written as JSON with its schema."""

from __future__ import annotations

from include.interview.contests import ContestGround, ContestOutcome, ContestState
from include.interview.entities import Consent
from include.interview.insight.records import Insight
from include.interview.invitations import Invitation
from include.interview.records import Bilingual, Record, Scorecard, Utterance

FORMAT = "triview-personal-data/1"


class ExportedFile(Record, frozen=True):
    """A file of the archive. `path`: its place in it; `kind`: video, audio, resume or cover_letter."""

    path: str
    kind: str
    size: int
    sha256: str
    question_id: str | None = None


class ExportedContest(Record, frozen=True):
    """What the person contested of a published result, in their words, and what a person answered (times: UTC).

    `closed_at`: when it was answered or withdrawn. Who answered is not the person's to have.
    """

    grounds: tuple[ContestGround, ...]
    words: str
    state: ContestState
    opened_at: str
    due_at: str
    closed_at: str | None = None
    outcome: ContestOutcome | None = None
    answer: str | None = None


class ExportedInterview(Record, frozen=True):
    """One interview: what the person said and handed in, and the published card over it.

    `card` is None before one is published. `words`: the person's own utterances as recognised. `insights`: those that
    people approved. `contests`: newest first.
    """

    id: str
    stage: str
    status: str
    profile: str
    language: str
    files: tuple[ExportedFile, ...]
    words: tuple[Utterance, ...]
    card: Scorecard | None
    insights: tuple[Insight, ...]
    contests: tuple[ExportedContest, ...] = ()


class ExportedApplication(Record, frozen=True):
    """One application, where it stands, and what people decided and when (UTC, ISO 8601), oldest first.

    `invitations`: what the person was asked to record, with the accommodations made, newest first.
    """

    id: str
    opening_id: str
    opening: Bilingual
    status: str
    decisions: tuple[tuple[str, str], ...]
    interviews: tuple[ExportedInterview, ...]
    invitations: tuple[Invitation, ...] = ()


class PersonalData(Record, frozen=True):
    """Everything that is stored of a person and is theirs to have. `made_at`: UTC, ISO 8601."""

    format: str
    made_at: str
    candidate_id: str
    name: str
    contact: str | None
    consents: tuple[Consent, ...]
    declared: dict[str, str]
    applications: tuple[ExportedApplication, ...]
