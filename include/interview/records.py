"""The records that pass between packages: frozen, typed, serialisable by msgspec.

Times are seconds on the interview's own timeline: recordings are laid end to end in the order of the
interview, each starting at its `Recording.offset_s`; inside one recording time is presentation time (PTS).
Nothing here reads a clock, a file or the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

Language = Literal["ko", "en"]
Stage = Literal["ai", "practical", "executive"]
Role = Literal["candidate", "interviewer", "unknown"]
Channel = Literal["media", "face", "body", "hands", "voice", "fluency", "integrity"]
DocumentKind = Literal["resume", "cover_letter"]
CriterionStatus = Literal["scored", "insufficient", "disabled"]
CardStatus = Literal["complete", "incomplete"]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """Base of all records: immutable, equal by value, strict when decoded."""


class Bilingual(Record, frozen=True):
    """One text in Korean and in English."""

    ko: str
    en: str

    def text(self, language: str) -> str:
        """The text in `language`; English for anything that is not Korean."""
        return self.ko if language == "ko" else self.en


# ---------------------------------------------------------------- opening, candidate, interview


class Keyword(Record, frozen=True):
    """A term the opening looks for, with the spellings that count as the same term."""

    term: str
    synonyms: tuple[str, ...] = ()
    weight: float = 1.0


class Competency(Record, frozen=True):
    """What the job needs, in words a candidate may read."""

    id: str
    name: Bilingual
    description: Bilingual
    weight: float = 1.0


class Question(Record, frozen=True):
    """One question of an opening's question set.

    `criteria`: ids of the criteria, of any stage, that its answers are judged for; () for a question that opens the
    talk and is judged for none of those that have questions of their own; None where nobody said. `challenge`: it
    disagrees or puts under pressure, so that its answers are read for the criterion `emotion`.
    """

    id: str
    text: Bilingual
    competencies: tuple[str, ...] = ()
    criteria: tuple[str, ...] | None = None
    challenge: bool = False


DEFAULT_PLACES = 3
"""Places of an opening that states none."""
STAGE_WEIGHTS: Mapping[str, float] = MappingProxyType({"ai": 40.0, "practical": 30.0, "executive": 30.0})
"""Weights of an opening that states none."""


class Scale(Record, frozen=True):
    """Where a criterion's levels lie: the weighted mean of components that gives level 3, and how wide the step is."""

    centre: float
    width: float


class JudgeScales(Record, frozen=True):
    """A version of the offline judge with other scales, made from people's ratings (`./triview calibrate`).

    `version`: the judge's version it was made from, and a hash of the scales. `scales`: criterion -> scale; others
    keep that of the judge.
    """

    version: str
    scales: dict[str, Scale]


class Opening(Record, frozen=True):
    """A job opening: what is asked for and by which rules it is judged.

    `values`: what the organisation holds to, one sentence each, as candidates may read it. Culture fit is judged
    against these and nothing else; without any it is not judged. `places`: how many people are sought, which is the k
    of the chances in its ranking. `judge_scales`: the version of the offline judge that was chosen; None for its own.
    """

    id: str
    title: Bilingual
    description: Bilingual
    language: Literal["ko", "en", "auto"] = "auto"
    competencies: tuple[Competency, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    questions: tuple[Question, ...] = ()
    profile: str = "standard"
    rubric_versions: dict[str, str] = {}
    stage_weights: dict[str, float] = msgspec.field(default_factory=lambda: dict(STAGE_WEIGHTS))
    values: tuple[Bilingual, ...] = ()
    places: int = DEFAULT_PLACES
    judge_scales: JudgeScales | None = None


class Candidate(Record, frozen=True):
    """A person; name and contact are stored encrypted and never leave storage except to a report."""

    id: str
    name: str
    contact: str | None = None


class QuestionMark(Record, frozen=True):
    """The moment at which a question starts on the interview timeline."""

    question_id: str
    start_s: float


class Recording(Record, frozen=True):
    """One recording of an interview and its place on the interview timeline."""

    media_id: str
    index: int
    offset_s: float
    duration_s: float
    question_id: str | None = None


class Document(Record, frozen=True):
    """Text input of a candidate: résumé or 자기소개서."""

    kind: DocumentKind
    text: str


# ---------------------------------------------------------------- transcript


class Word(Record, frozen=True):
    """One recognised word with its time and the recogniser's probability in [0, 1]."""

    text: str
    start_s: float
    end_s: float
    probability: float


class Utterance(Record, frozen=True):
    """One stretch of speech of one speaker. Typed transcripts have no times (None)."""

    id: str
    speaker: str
    role: Role
    text: str
    start_s: float | None = None
    end_s: float | None = None
    words: tuple[Word, ...] = ()
    language: str = ""
    confidence: float | None = None


class Transcript(Record, frozen=True):
    """The words of an interview, with speakers.

    `coverage`: share of voiced time that has words; `confidence`: mean word probability. Both are None for typed
    transcripts (`source == "text"`), where no recogniser was involved.
    """

    source: Literal["speech", "text"]
    language: str
    language_probability: float | None
    utterances: tuple[Utterance, ...]
    duration_s: float | None = None
    speech_s: float | None = None
    coverage: float | None = None
    confidence: float | None = None
    engine: str = ""
    flags: tuple[Flag, ...] = ()


# ---------------------------------------------------------------- measurements


class Interval(Record, frozen=True):
    """A stretch of the interview timeline in which something was observed."""

    start_s: float
    end_s: float
    kind: str
    value: float | None = None


class Flag(Record, frozen=True):
    """A quality or integrity remark: reported, never a penalty. `detail` holds numbers only."""

    code: str
    severity: Literal["info", "warning"] = "info"
    detail: dict[str, float] = {}
    intervals: tuple[Interval, ...] = ()


class Measure(Record, frozen=True):
    """One measured number. `value` is None when coverage did not allow it; `reason` then says why (a code).

    `error`: standard error in the measure's unit, None where it is not known.
    """

    name: str
    value: float | None
    unit: str
    coverage: float = 1.0
    confidence: float | None = None
    n: int = 0
    reason: str | None = None
    intervals: tuple[Interval, ...] = ()
    error: float | None = None


class Measurements(Record, frozen=True):
    """The measures of one channel. `coverage`: share of the timeline on which the channel could be observed."""

    channel: Channel
    coverage: float
    measures: tuple[Measure, ...] = ()
    flags: tuple[Flag, ...] = ()
    engine: str = ""

    def get(self, name: str) -> Measure | None:
        """The measure called `name`, or None when this channel does not carry it."""
        return next((m for m in self.measures if m.name == name), None)


# ---------------------------------------------------------------- judgement


class Quote(Record, frozen=True, tag="quote"):
    """Words of the transcript, exact up to whitespace and case. Times are None for typed transcripts."""

    utterance_id: str
    text: str
    start_s: float | None = None
    end_s: float | None = None


class Observation(Record, frozen=True, tag="observation"):
    """A measured number that a score rests on, with the intervals in which it can be seen."""

    channel: Channel
    measure: str
    value: float
    unit: str
    intervals: tuple[Interval, ...] = ()


Evidence = Quote | Observation


class JudgeIdentity(Record, frozen=True):
    """The identity of a judge, printed on every card."""

    name: str
    kind: Literal["offline", "openai", "rules"]
    model: str
    version: str
    prompt_sha256: str | None = None


class Usage(Record, frozen=True):
    """Tokens and US dollars that a judgement cost.

    Token counts are None when the endpoint did not say; `cost_usd` is None then, and when no price is configured.
    """

    calls: int = 0
    prompt_tokens: int | None = 0
    completion_tokens: int | None = 0
    cost_usd: float | None = None


class Insufficiency(Record, frozen=True):
    """Why a number is not given: a stable code and a sentence in both languages."""

    code: str
    text: Bilingual
    coverage: float | None = None


class Judgement(Record, frozen=True):
    """One criterion judged once. `level` is on the anchors' scale [1, 5] and None when `reason` is set.

    `sem` is the standard error the judge states for its own level, in level units (None when it states none).
    `components` are the numbers the level was made of, so that a reader can follow it. `left_out`: the level without
    each answer it rests on, by the id of the answer's first utterance (for the errors of sums of criteria).
    """

    criterion: str
    run: int
    level: float | None
    judge: JudgeIdentity
    rationale: Bilingual
    sem: float | None = None
    evidence: tuple[Evidence, ...] = ()
    components: tuple[Measure, ...] = ()
    reason: Insufficiency | None = None
    flags: tuple[Flag, ...] = ()
    usage: Usage = Usage()
    left_out: dict[str, float] = {}


class Answer(Record, frozen=True):
    """What the candidate said to one question. `question` is None before the first question."""

    question: str | None
    question_id: str | None
    utterances: tuple[Utterance, ...]

    @property
    def text(self) -> str:
        """The words of the answer's utterances, joined by spaces."""
        return " ".join(u.text for u in self.utterances)


# ---------------------------------------------------------------- scorecard


class CriterionScore(Record, frozen=True):
    """One line of the card. `score` in [0, 1] only when `status == "scored"`.

    `weight`: points of the rubric; `effective_weight`: after disabled criteria are taken out; `points` = score ×
    effective weight, so that points sum to the total. `sem` is in score units [0, 1], `level` in [1, 5].
    """

    criterion: str
    status: CriterionStatus
    weight: float
    effective_weight: float
    score: float | None = None
    level: float | None = None
    sem: float | None = None
    points: float | None = None
    evidence: tuple[Evidence, ...] = ()
    judgements: tuple[Judgement, ...] = ()
    reason: Insufficiency | None = None


class ReviewReason(Record, frozen=True):
    """A rule by which a person must look before the card counts."""

    code: str
    text: Bilingual
    criterion: str | None = None


class Scorecard(Record, frozen=True):
    """The card of one interview stage. `total` in [0, 100] only when `status == "complete"`.

    `scope` says when only a part of the criteria was asked for ("words" for transcript-only judging).
    """

    interview_id: str
    stage: Stage
    status: CardStatus
    total: float | None
    total_sem: float | None
    criteria: tuple[CriterionScore, ...]
    profile: str
    rubric_version: str
    pipeline_version: str
    scope: Literal["full", "words"] = "full"
    language: str = ""
    missing: tuple[str, ...] = ()
    review: tuple[ReviewReason, ...] = ()
    integrity: tuple[Flag, ...] = ()
    judges: tuple[JudgeIdentity, ...] = ()
    usage: Usage = Usage()
    human_decision_required: bool = False
    inputs: dict[str, str] = {}


class ReferenceBand(Record, frozen=True):
    """A documented range in which a measure usually lies, with its source: context, never a norm."""

    measure: str
    low: float
    high: float
    unit: str
    source: str
    language: str = ""
