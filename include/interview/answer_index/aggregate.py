"""Past answers as numbers only, with small ones left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from include.interview.answer_index.records import (
    AnswerDetail,
    EpisodePart,
    FoundAnswer,
    MissingPart,
    SimilarAnswers,
)

LEAST_PEOPLE = 5
"""People below whom nothing is said, and below whom no single number is given: it could point at somebody."""
USUALLY = 0.5
"""Share of answers from which a part is usually missing."""


def summarise(
    found: Sequence[FoundAnswer],
    *,
    opening_id: str,
    criterion: str | None,
    least_similarity: float,
    at_least: bool,
) -> SimilarAnswers:
    """What may be said of `found` together: "answered 14 times; usually missing: result".

    `at_least`: the search reached its end before the answers grew unlike.
    """
    people = {one.candidate_id for one in found}
    bare = SimilarAnswers(opening_id, criterion, least_similarity, None, None, suppressed=True, at_least=False)
    if len(people) < LEAST_PEOPLE:
        return bare
    judged = [one for one in found if one.answer.missing is not None]
    enough = len({one.candidate_id for one in judged}) >= LEAST_PEOPLE
    return SimilarAnswers(
        opening_id,
        criterion,
        least_similarity,
        answers=len(found),
        people=len(people),
        suppressed=False,
        at_least=at_least,
        judged=len(judged) if enough else None,
        missing=tuple(_missing(part, judged) for part in get_args(EpisodePart)) if enough else (),
        usually_missing=tuple(part for part in get_args(EpisodePart) if enough and _usually(part, judged)),
    )


def _lacking(part: EpisodePart, judged: Sequence[FoundAnswer]) -> tuple[set[str], set[str]]:
    """People with an answer that lacks `part`, and people with one that has it."""
    lack = {one.candidate_id for one in judged if part in (one.answer.missing or ())}
    have = {one.candidate_id for one in judged if part not in (one.answer.missing or ())}
    return lack, have


def _missing(part: EpisodePart, judged: Sequence[FoundAnswer]) -> MissingPart:
    """The count, unless it or what is left of the whole belongs to fewer than five people (but not to nobody)."""
    lack, have = _lacking(part, judged)
    if 0 < len(lack) < LEAST_PEOPLE or 0 < len(have) < LEAST_PEOPLE:
        return MissingPart(part, None)
    return MissingPart(part, sum(part in (one.answer.missing or ()) for one in judged))


def _usually(part: EpisodePart, judged: Sequence[FoundAnswer]) -> bool:
    lack, _ = _lacking(part, judged)
    count = sum(part in (one.answer.missing or ()) for one in judged)
    return len(lack) >= LEAST_PEOPLE and count >= USUALLY * len(judged)


def detail_of(one: FoundAnswer) -> AnswerDetail:
    """The answer in full."""
    return AnswerDetail(
        one.key.interview_id,
        one.key.answer_id,
        one.stage,
        round(one.similarity, 4),
        one.answer.language,
        one.answer.question,
        one.answer.text,
        one.answer.bands,
        one.answer.missing,
    )
