"""How often an opening's candidates gave evidence like one candidate's, per criterion: numbers only."""

from __future__ import annotations

from include.interview.answer_index.aggregate import summarise
from include.interview.answer_index.records import AnswerKey, FoundAnswer, SimilarAnswers
from include.storage import Stores
from tasks.evaluation.answer_neighbours import AnswerQuery, answer_vector, found_answers, own_answers
from tasks.evaluation.answers import LEAST_SIMILARITY, NEAREST

REASON = "similar_evidence"


def similar_by_criterion(stores: Stores, interview_id: str) -> dict[str, SimilarAnswers]:
    """Criterion -> what may be said of other candidates' answers like those this interview's score rests on.

    Of each criterion the answers that are its evidence are looked for, among others' answers that are evidence for the
    same criterion; an answer that is near several counts once. Nothing is said of fewer than five people. The search
    is one entry of the audit chain.

    Raises:
        NotFound: the interview is not indexed, or may no longer be looked for.
        ServiceFailure: database or Chroma cannot be used.
    """
    own, mine = own_answers(stores, interview_id)
    asked = [(criterion, one) for one in mine for criterion in one.answer.criteria]
    queries = [
        AnswerQuery(
            answer_vector(one),
            own.opening_id,
            LEAST_SIMILARITY,
            NEAREST,
            REASON,
            criterion,
            without_candidate=own.candidate_id,
            without_interview=interview_id,
        )
        for criterion, one in asked
    ]
    near: dict[str, dict[AnswerKey, FoundAnswer]] = {}
    ended: set[str] = set()
    for (criterion, _), (found, full) in zip(asked, found_answers(stores, queries), strict=True):
        near.setdefault(criterion, {}).update({one.key: one for one in found})
        if full:
            ended.add(criterion)
    return {
        criterion: summarise(
            tuple(found.values()),
            opening_id=own.opening_id,
            criterion=criterion,
            least_similarity=LEAST_SIMILARITY,
            at_least=criterion in ended,
        )
        for criterion, found in near.items()
    }
