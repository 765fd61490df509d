"""Records of the index of past answers, and of what a search answers."""

from __future__ import annotations

from typing import Literal

import msgspec

from include.interview.records import Record, Stage

EpisodePart = Literal["situation", "task", "action", "result"]
"""The parts of an account of something that happened (STAR)."""
Band = Literal["low", "middle", "high"]
"""Levels 1 to below 2.5, to below 3.5, and above, of a criterion that cites the answer."""


class AnswerKey(Record, frozen=True):
    """One answer: its interview and the id of its first utterance."""

    interview_id: str
    answer_id: str


class IndexedAnswer(Record, frozen=True):
    """What is kept of one answer, sealed under its candidate's key.

    `criteria`: ids of the scored criteria whose evidence quotes the answer; `bands`: criterion -> band of its level.
    `missing`: parts of an account that the answer lacks; None where it is too short or asks for none.
    """

    answer_id: str
    language: str
    question: str | None
    text: str
    criteria: tuple[str, ...] = ()
    bands: dict[str, Band] = msgspec.field(default_factory=dict)
    missing: tuple[EpisodePart, ...] | None = None


class FoundAnswer(Record, frozen=True):
    """A past answer near the one asked for, as the search sees it: nothing of this leaves it but in a detail."""

    key: AnswerKey
    candidate_id: str
    stage: Stage
    similarity: float
    answer: IndexedAnswer


class MissingPart(Record, frozen=True):
    """In how many of the answers a part is missing; None where the number would be small enough to point at people."""

    part: EpisodePart
    count: int | None


class AnswerDetail(Record, frozen=True):
    """One past answer in full, for a role that may read it and asked for it."""

    interview_id: str
    answer_id: str
    stage: Stage
    similarity: float
    language: str
    question: str | None
    text: str
    bands: dict[str, Band]
    missing: tuple[EpisodePart, ...] | None


class SimilarAnswers(Record, frozen=True):
    """What may be said of all answers like the one asked for. No text, level, outcome, name or id of anybody.

    `answers` and `people` are None when fewer than five people gave one (`suppressed`). `at_least`: there may be more,
    because the search ends at a fixed number of nearest answers. `judged`: answers whose parts are known, from which
    `missing` and `usually_missing` come. `details` only where they were asked for.
    """

    opening_id: str
    criterion: str | None
    least_similarity: float
    answers: int | None
    people: int | None
    suppressed: bool
    at_least: bool
    judged: int | None = None
    missing: tuple[MissingPart, ...] = ()
    usually_missing: tuple[EpisodePart, ...] = ()
    details: tuple[AnswerDetail, ...] | None = None


class NearIdentical(Record, frozen=True):
    """Two answers of different candidates in nearly the same words: for a person to look at, never scored.

    `shared`: share of the shorter answer's phrases that stand in the other one; `edits`: words changed, left out or
    put in, per word of the longer one.
    """

    answer: AnswerKey
    other: AnswerKey
    similarity: float
    shared: float
    edits: float
