"""Similar past answers: indexed when a card is published, searched within retention and consent, looked at for copies.

What a search finds in Chroma counts only while the stores say so (`Answers.standing`), so that nobody who withdrew, was
erased or whose retention ended appears, whatever an index still holds.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from include.interview.answer_index.aggregate import detail_of, summarise
from include.interview.answer_index.likeness import likeness
from include.interview.answer_index.records import (
    AnswerKey,
    Band,
    IndexedAnswer,
    NearIdentical,
    SimilarAnswers,
)
from include.interview.case import Case
from include.interview.entities import ArtifactRef
from include.interview.errors import BadInput, NotFound
from include.interview.records import Answer, Quote, Scorecard
from include.interview.transcript.text import language_of
from include.storage import Stores
from include.storage.repositories.answers import StoredAnswer
from tasks.evaluation.answer_neighbours import AnswerQuery, answer_vector, found_answers, own_answers
from tasks.evaluation.consent_gate import consented
from tasks.evaluation.context import StepContext
from tasks.evaluation.outputs import PreparedCase, ScoredInterview, load

NEAREST = 100
"""Nearest answers that a search looks at; more of them are "at least" so many."""
LEAST_SIMILARITY = 0.35
"""Cosine from which answers count as alike: accounts of one kind of event, in either language, lie at .33 to .80, of
different ones up to .25 (tests/tasks/evaluation/test_answers.py)."""
COPY_SIMILARITY = 0.8
"""Cosine from which two answers are compared word by word: copies with small changes lie above."""
COPIES_LOOKED_AT = 10
"""Nearest answers of others that are compared word by word, per answer."""
LONGEST_TEXT = 5_000
"""Characters of a text that may be searched for."""
LOW_BELOW, MIDDLE_BELOW = 2.5, 3.5


def index_answers(context: StepContext, card: ArtifactRef) -> int:
    """Put the answers of a published card into the index, in place of those before; returns how many.

    Repeating it changes nothing. The sealed rows are written first: what Chroma holds can be made again from them.

    Args:
        card: the output of `score`, which names the case it is of.

    Raises:
        ConsentMissing: a consent is missing or withdrawn. ServiceFailure: database or Chroma.
    """
    interview, profile = consented(context)
    scored = load(context.stores, card, ScoredInterview)
    case = load(context.stores, scored.case, PreparedCase).case
    stored = indexed(case, scored.card)
    context.stores.answers.replace(interview.id, stored, profile.retention_days)
    _put(context.stores, interview.id, interview.opening_id, interview.stage, stored)
    if context.stores.candidates.is_erased(interview.candidate_id):  # between the rows and the index
        context.stores.vectors.delete(interview.id)
    return len(stored)


def indexed(case: Case, card: Scorecard) -> tuple[StoredAnswer, ...]:
    """What is kept of each answer of `case`: its words, vector, criteria with bands, and the parts it lacks."""
    from include.judgement.answer_parts import missing_parts
    from include.judgement.embedding import MODEL_NAME, encode

    missing = missing_parts(case)
    vectors = encode([answer.text for answer in case.answers])
    found = []
    for answer, vector in zip(case.answers, vectors, strict=True):
        bands = _bands(answer, card)
        name = answer.utterances[0].id
        kept = IndexedAnswer(
            name, language_of(answer.text), answer.question, answer.text, tuple(bands), bands, missing.get(name)
        )
        found.append(StoredAnswer(kept, vector.astype("<f4").tobytes(), MODEL_NAME))
    return tuple(found)


def _bands(answer: Answer, card: Scorecard) -> dict[str, Band]:
    """Criterion -> band of its level, for the scored criteria whose evidence quotes the answer."""
    ids = {u.id for u in answer.utterances}
    found: dict[str, Band] = {}
    for score in card.criteria:
        cited = any(isinstance(e, Quote) and e.utterance_id in ids for e in score.evidence)
        if cited and score.level is not None:
            found[score.criterion] = (
                "low" if score.level < LOW_BELOW else "middle" if score.level < MIDDLE_BELOW else "high"
            )
    return found


def _put(stores: Stores, interview_id: str, opening_id: str, stage: str, stored: Sequence[StoredAnswer]) -> None:
    stores.vectors.put_answers(
        interview_id,
        [(one.answer.answer_id, list(answer_vector(one))) for one in stored],
        opening_id=opening_id,
        stage=stage,
        criteria={one.answer.answer_id: one.answer.criteria for one in stored},
    )


def rebuild_index(stores: Stores) -> tuple[int, int]:
    """Make Chroma's index again from the sealed rows: (interviews put in, interviews taken out).

    Interviews that no longer stand leave Chroma; their rows are removed too.

    Raises:
        ServiceFailure: database or Chroma.
    """
    put_in = taken_out = 0
    ids = tuple(stores.answers.interviews())
    standing = stores.answers.standing(ids)
    for interview_id in ids:
        one = standing.get(interview_id)
        stores.vectors.delete(interview_id)
        if one is None:
            stores.answers.delete(interview_id)
            taken_out += 1
            continue
        _put(stores, interview_id, one.opening_id, one.stage, stores.answers.of_interview(interview_id))
        put_in += 1
    return put_in, taken_out


def search_answers(
    stores: Stores,
    text: str,
    opening_id: str,
    *,
    criterion: str | None = None,
    least_similarity: float = LEAST_SIMILARITY,
    exclude_interview: str | None = None,
    with_details: bool = False,
) -> SimilarAnswers:
    """What may be said of past answers like `text` in one opening; each search is an entry of the audit chain.

    Args:
        stores: acting as whoever asks.
        text: a question's answer in Korean or English; answers in the other language are found too.
        opening_id: the opening whose answers are searched.
        criterion: only answers that are evidence for this criterion.
        least_similarity: cosine in [0, 1] from which answers count.
        exclude_interview: the interview from which the text comes, all of whose candidate's answers are left out.
        with_details: also give the answers in full. Only for callers whose role may read them; audited as such.

    Raises:
        BadInput: an empty or too long text, or a similarity outside [0, 1]. NotFound: no such opening.
    """
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise BadInput(
            f"A search needs a text of at most {LONGEST_TEXT} characters.", "Give the answer that is looked for."
        )
    if not 0.0 <= least_similarity <= 1.0:
        raise BadInput("The least similarity is a cosine between 0 and 1.", "Leave it out to use the usual one.")
    stores.openings.get(opening_id)
    from include.judgement.embedding import encode

    vector = tuple(float(x) for x in encode([text])[0])
    own = None if exclude_interview is None else stores.interviews.get(exclude_interview).candidate_id
    reason = "details" if with_details else "numbers"
    query = AnswerQuery(vector, opening_id, least_similarity, NEAREST, reason, criterion, own)
    ((found, full),) = found_answers(stores, [query])
    said = summarise(
        found, opening_id=opening_id, criterion=criterion, least_similarity=least_similarity, at_least=full
    )
    if not with_details:
        return said
    return msgspec.structs.replace(said, details=tuple(detail_of(one) for one in found))


def search_like(
    stores: Stores,
    interview_id: str,
    answer_id: str,
    *,
    criterion: str | None = None,
    least_similarity: float = LEAST_SIMILARITY,
    with_details: bool = False,
) -> SimilarAnswers:
    """`search_answers` for the words of an indexed answer, among those of other candidates of its opening.

    Raises:
        NotFound: the answer is not indexed, or may no longer be looked for.
    """
    own, mine = own_answers(stores, interview_id)
    one = next((a for a in mine if a.answer.answer_id == answer_id), None)
    if one is None:
        raise NotFound(f"Interview {interview_id} has no indexed answer {answer_id}.", "Check both ids.")
    return search_answers(
        stores,
        one.answer.text[:LONGEST_TEXT],
        own.opening_id,
        criterion=criterion,
        least_similarity=least_similarity,
        exclude_interview=interview_id,
        with_details=with_details,
    )


def near_identical(stores: Stores, interview_id: str) -> tuple[NearIdentical, ...]:
    """Answers of other candidates of the opening in nearly the words of this interview's: a sign, never scored.

    Found by vector first, then by shared phrases and edits; the words of the questions do not count. It names ids only,
    and only of people who may still be looked for. One entry of the audit chain.

    Raises:
        NotFound: the interview is not indexed, or may no longer be looked for.
    """
    own, mine = own_answers(stores, interview_id)
    queries = [
        AnswerQuery(
            answer_vector(one),
            own.opening_id,
            COPY_SIMILARITY,
            COPIES_LOOKED_AT,
            "copies",
            without_candidate=own.candidate_id,
            without_interview=interview_id,
        )
        for one in mine
    ]
    signs: list[NearIdentical] = []
    for one, (near, _) in zip(mine, found_answers(stores, queries), strict=True):
        for other in near:
            asked = [q for q in (one.answer.question, other.answer.question) if q]
            alike = likeness(one.answer.text, other.answer.text, asked)
            if alike is not None and alike.nearly_identical:
                key = AnswerKey(interview_id, one.answer.answer_id)
                signs.append(NearIdentical(key, other.key, round(other.similarity, 4), alike.shared, alike.edits))
    stores.record("answers.compared", f"interview:{interview_id}", {"answers": len(mine), "signs": len(signs)})
    return tuple(signs)


def forget_answers(stores: Stores, interview_id: str) -> int:
    """Take an interview's answers out of Chroma and out of the sealed rows; returns how many rows there were.

    Raises:
        ServiceFailure: database or Chroma.
    """
    stores.vectors.delete(interview_id)
    return stores.answers.delete(interview_id)
