"""Which answers are read for which criterion: the opening's map from its questions to criteria."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from include.interview.assessment.policy import load_profile
from include.interview.assessment.rubric import Criterion, Rubric, load_rubric, opening_rubric
from include.interview.records import Answer, Opening, Question, Record
from include.interview.stages import STAGES

CHALLENGED = "emotion"
"""The criterion that reads the answers to questions marked as a challenge."""
UNMAPPED = "unmapped"
"""Flag of a judgement: answers were read for the criterion of which nobody said that they are about it."""
LEAST_ANSWER_WORDS = 8
"""Answers with fewer words are greetings or listener's responses and do not count as an answer to a question."""


class ReadAnswers(Record, frozen=True):
    """The answers that are read for one criterion, in order.

    `found`: how many of them are answers and no mere response; `needed`: how many there must be. `unmapped`: at least
    one of them is read although nobody said that its question is about this criterion: the opening has no question for
    it, or the question is none of the opening's.
    """

    answers: tuple[Answer, ...]
    found: int
    needed: int
    unmapped: bool

    @property
    def enough(self) -> bool:
        """Whether the criterion can be judged from these answers."""
        return self.found >= self.needed


class ThinCriterion(Record, frozen=True):
    """A criterion for which the opening has questions, but too few: every interview would lack a score for it."""

    stage: str
    criterion: Criterion
    questions: int


def feeds(question: Question, criterion: str) -> bool:
    """Whether the answers to `question` are read for `criterion` by the opening's map."""
    return criterion in (question.criteria or ()) or (criterion == CHALLENGED and question.challenge)


def is_mapped(question: Question) -> bool:
    """Whether somebody said what the answers to `question` are read for."""
    return question.criteria is not None or question.challenge


def read_answers(
    criterion: Criterion,
    opening: Opening,
    answers: Sequence[Answer],
    asked: Sequence[str | None],
    lengths: Sequence[float],
) -> ReadAnswers:
    """The answers that are read for `criterion`.

    All of them when the criterion reads all, or no question of the opening feeds it. Otherwise those to the questions
    that feed it, and those to questions the opening's map does not know: a map narrows only what it speaks of.

    Args:
        asked: per answer the id of the opening's question it answers, None for any other question.
        lengths: per answer how many words it has (English words) that are not addressed to the judge.
    """
    mapped = {q.id: feeds(q, criterion.id) for q in opening.questions if is_mapped(q)}
    known = [None if question is None else mapped.get(question) for question in asked]
    whole = criterion.scope == "all" or not any(mapped.values()) or all(fed is None for fed in known)
    read = [(a, n) for a, n, fed in zip(answers, lengths, known, strict=True) if whole or fed is not False]
    return ReadAnswers(
        tuple(a for a, _ in read),
        found=sum(length >= LEAST_ANSWER_WORDS for _, length in read),
        needed=0 if whole else criterion.min_answers,
        unmapped=criterion.scope == "mapped" and (whole or any(fed is None for fed in known)),
    )


@cache
def mapped_criteria() -> tuple[str, ...]:
    """Ids of the criteria, of the newest rubric of every stage, that questions may be mapped to."""
    rubrics = (load_rubric(stage, facts.rubric_version) for stage, facts in STAGES.items())
    return tuple(c.id for rubric in rubrics for c in rubric.criteria if c.scope == "mapped")


@cache
def known_criteria() -> frozenset[str]:
    """Ids of all criteria of the newest rubric of every stage."""
    return frozenset(c.id for s, facts in STAGES.items() for c in load_rubric(s, facts.rubric_version).criteria)


def thin_criteria(opening: Opening) -> Iterator[ThinCriterion]:
    """The criteria for which `opening` has questions but fewer than answers are needed, in the rubrics' order."""
    profile = load_profile(opening.profile)
    for stage in STAGES:
        rubric: Rubric = opening_rubric(stage, opening)
        for criterion in rubric.criteria:
            fed = sum(feeds(q, criterion.id) for q in opening.questions)
            if profile.enables(stage, criterion.id) and 0 < fed < criterion.min_answers:
                yield ThinCriterion(stage, criterion, fed)
