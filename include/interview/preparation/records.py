"""Records of a prepared executive interview.

No record here carries a score of an earlier stage: whoever prepares an interview reads none (policy `blind_first`).
"""

from __future__ import annotations

from typing import Literal

from include.interview.records import Bilingual, DocumentKind, Record, Stage

MatterCode = Literal[
    "contradiction", "raters", "insufficient", "value", "claim", "thin", "competency", "untold", "brief"
]
"""Why something is open.

`contradiction`: two statements do not fit each other. `raters`: people who rated a criterion diverge. `insufficient`:
a criterion of an earlier stage could not be judged. `value`: a written value of the opening of which no case was heard.
`claim`: a document says it, nobody spoke of it. `thin`: a criterion rests on few quotes or on a large error.
`competency`: nobody asked about a competency of the opening. `untold`, `brief`: no case, or few, for an anchor level.
"""
QuestionState = Literal["proposed", "accepted", "edited", "dropped"]
QuestionKind = Literal["past_behaviour", "clarification"]
SpokenLanguage = Literal["ko", "en"]


class QuestionEvidence(Record, frozen=True):
    """Words that a question rests on: of an earlier stage (`stage`, `utterance_id`) or of a document (`document`).

    `quote` is exact. Times are seconds on that interview's timeline, None for typed words and documents.
    `interview_id`: the earlier interview, or the file's name where there is none. `topic`: what the answer it stands in
    is about, in the candidate's own words; "" where that is not plain.
    """

    quote: str
    stage: Stage | None = None
    interview_id: str = ""
    utterance_id: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    document: DocumentKind | None = None
    topic: str = ""


class HumanRating(Record, frozen=True):
    """One person's level, 1 to 5, for one criterion of an earlier stage."""

    stage: Stage
    criterion: str
    rater: str
    level: float


class StatementPair(Record, frozen=True):
    """Two statements of the candidate that do not fit each other, as rules found them."""

    first: QuestionEvidence
    second: QuestionEvidence


class FacetHeard(Record, frozen=True):
    """How often one facet of an executive criterion was told in earlier stages.

    `anchor`: the rubric level it belongs to. `answers`: distinct answers that tell it. `evidence`: the nearest words.
    """

    criterion: str
    facet: str
    anchor: int
    answers: int
    evidence: tuple[QuestionEvidence, ...] = ()


class Matter(Record, frozen=True):
    """One open matter: what a question could ask about.

    `criterion`: of the executive rubric; `anchor`: its level that lacks evidence; `facet`: the part of that level a
    question asks for ("" where the subject says it). `weight`: share of the card in [0, 1]. `variance`: of what is
    known of the criterion, in levels squared. `about`: name of the earlier stage's criterion, the competency or value.
    """

    id: str
    code: MatterCode
    criterion: str
    anchor: int
    weight: float
    variance: float
    facet: str = ""
    stage: Stage | None = None
    about: Bilingual | None = None
    evidence: tuple[QuestionEvidence, ...] = ()


class Note(Record, frozen=True):
    """A remark on what the preparation could not use, as a stable code with a sentence in both languages."""

    code: str
    text: Bilingual
    stage: Stage | None = None


class OpenMatters(Record, frozen=True):
    """All that is open before an executive interview, in no particular order. `asked`: questions asked so far."""

    language: SpokenLanguage
    matters: tuple[Matter, ...]
    notes: tuple[Note, ...] = ()
    asked: tuple[str, ...] = ()


class QuestionReason(Record, frozen=True):
    """Why a question is worth asking, or why one is refused."""

    code: str
    text: Bilingual


class PreparedQuestion(Record, frozen=True):
    """A question for the executive interview, with what it is for and what it rests on.

    `text` is in `language`; `edited` is what an interviewer made of it. `order` counts from 0. `decided_by` (an actor
    of the audit trail) and `decided_at` (UTC, ISO 8601) say who decided last and when.
    """

    id: str
    text: str
    language: SpokenLanguage
    criterion: str
    anchor: int
    why: QuestionReason
    kind: QuestionKind
    order: int
    evidence: tuple[QuestionEvidence, ...] = ()
    state: QuestionState = "proposed"
    edited: str | None = None
    decided_by: str | None = None
    decided_at: str | None = None

    @property
    def wording(self) -> str:
        """The question as it is to be asked: the edited text where there is one."""
        return self.text if self.edited is None else self.edited


class RefusedQuestion(Record, frozen=True):
    """A question a writer proposed that the filters did not let through."""

    text: str
    reason: QuestionReason


class WriterIdentity(Record, frozen=True):
    """Who wrote the questions."""

    name: str
    kind: Literal["offline", "openai"]
    model: str
    version: str


class WrittenQuestions(Record, frozen=True):
    """What a writer made of the open matters: at most `ranking.MOST_QUESTIONS`, best first."""

    language: SpokenLanguage
    writer: WriterIdentity
    questions: tuple[PreparedQuestion, ...]
    refused: tuple[RefusedQuestion, ...] = ()
    notes: tuple[Note, ...] = ()


class Preparation(Record, frozen=True):
    """The prepared questions of one interview as stored: what was written, with what people decided since.

    `artifact`: id of the stored output it came from. `prepared_at`: UTC, ISO 8601.
    """

    interview_id: str
    artifact: str
    prepared_at: str
    written: WrittenQuestions

    @property
    def questions(self) -> tuple[PreparedQuestion, ...]:
        """All questions in their order, dropped ones included."""
        return self.written.questions
