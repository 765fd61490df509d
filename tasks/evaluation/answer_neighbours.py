"""The nearest past answers that may be looked for: what every search of the index rests on.

What a search finds in Chroma counts only while the stores say so (`Answers.standing`), so that nobody who withdrew, was
erased or whose retention ended appears, whatever an index still holds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from include.interview.answer_index.records import AnswerKey, FoundAnswer
from include.interview.errors import NotFound
from include.interview.records import Record
from include.storage import Stores
from include.storage.repositories.answers import Standing, StoredAnswer


class AnswerQuery(Record, frozen=True):
    """What is looked for: a vector in an opening, and who and what is left out. `reason` stands in the audit chain."""

    vector: tuple[float, ...]
    opening_id: str
    least_similarity: float
    nearest: int
    reason: str
    criterion: str | None = None
    without_candidate: str | None = None
    without_interview: str | None = None


def answer_vector(one: StoredAnswer) -> tuple[float, ...]:
    """The answer's vector as numbers."""
    return tuple(float(x) for x in np.frombuffer(one.vector, "<f4"))


def own_answers(stores: Stores, interview_id: str) -> tuple[Standing, tuple[StoredAnswer, ...]]:
    """The interview's indexed answers, and whose they are.

    Raises:
        NotFound: the interview is not indexed, or may no longer be looked for.
    """
    own = stores.answers.standing([interview_id]).get(interview_id)
    if own is None:
        raise NotFound(
            f"The answers of interview {interview_id} are not indexed, or may no longer be looked for.",
            "Publish its card; the candidate's consents must be in force.",
        )
    return own, stores.answers.of_interview(interview_id)


def found_answers(stores: Stores, queries: Sequence[AnswerQuery]) -> list[tuple[list[FoundAnswer], bool]]:
    """Per query the nearest answers that stand, best first, and whether the search ended before they grew unlike.

    All queries are of one opening and one reason; together they are one entry of the audit chain.
    """
    if not queries:
        return []
    near = [
        [
            hit
            for hit in stores.vectors.similar(
                one.vector,
                one.nearest,
                exclude_interview=one.without_interview,
                opening_id=one.opening_id,
                criterion=one.criterion,
            )
            if hit.similarity >= one.least_similarity
        ]
        for one in queries
    ]
    standing = stores.answers.standing([hit.interview_id for hits in near for hit in hits])
    kept = [
        [
            (AnswerKey(hit.interview_id, hit.answer_id), hit.similarity, standing[hit.interview_id])
            for hit in hits
            if hit.interview_id in standing
            and standing[hit.interview_id].opening_id == one.opening_id
            and standing[hit.interview_id].candidate_id != one.without_candidate
        ]
        for one, hits in zip(queries, near, strict=True)
    ]
    keys = list(dict.fromkeys(key for found in kept for key, _, _ in found))
    opened = stores.answers.open(keys, f"opening:{queries[0].opening_id}", queries[0].reason)
    return [
        (
            [
                FoundAnswer(key, owner.candidate_id, owner.stage, similarity, opened[key])
                for key, similarity, owner in found
                if key in opened
            ],
            len(hits) >= one.nearest,
        )
        for one, hits, found in zip(queries, near, kept, strict=True)
    ]
