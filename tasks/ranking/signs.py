"""Signs beside a ranking: answers of different candidates in nearly the same words, for a person to look at.

Nothing of this is in a snapshot or changes a place: two people may have prepared with the same book.
"""

from __future__ import annotations

from collections.abc import Sequence

from include.interview.errors import NotFound
from include.interview.ranking.records import Snapshot
from include.interview.records import Record, Stage
from include.storage import Stores
from tasks.evaluation.answers import near_identical


class AnswerSign(Record, frozen=True):
    """One answer that is nearly another candidate's; interview and answer ids of both, no words.

    `shared`: share in [0, 1] of the shorter answer's phrases that stand in the other one; `edits`: words changed per
    word of the longer one.
    """

    stage: Stage
    interview_id: str
    answer_id: str
    other_application_id: str
    other_interview_id: str
    other_answer_id: str
    shared: float
    edits: float


class CandidateSigns(Record, frozen=True):
    """The signs about one ranked candidate; `not_compared`: stages whose answers are not indexed or may not be read."""

    application_id: str
    signs: tuple[AnswerSign, ...]
    not_compared: tuple[Stage, ...]


def signs_of(stores: Stores, snapshot: Snapshot, application_ids: Sequence[str]) -> tuple[CandidateSigns, ...]:
    """The signs about candidates of the snapshot, found by vector in Chroma and then by words. Each read is audited.

    Raises:
        ServiceFailure: database or Chroma cannot be used.
    """
    wanted = set(application_ids)
    inputs = [one for one in snapshot.inputs if one.application_id in wanted]
    cards = stores.scorecards.some([one.card_id for one in inputs])
    held: dict[str, dict[Stage, str]] = {identity: {} for identity in application_ids}
    for one in inputs:
        if one.card_id in cards:
            held[one.application_id][one.stage] = cards[one.card_id].interview_id
    return tuple(_signs(stores, identity, interviews) for identity, interviews in held.items())


def _signs(stores: Stores, application_id: str, interviews: dict[Stage, str]) -> CandidateSigns:
    signs: list[AnswerSign] = []
    not_compared: list[Stage] = []
    for stage, interview in interviews.items():
        try:
            found = near_identical(stores, interview)
        except NotFound:
            not_compared.append(stage)
            continue
        signs += [
            AnswerSign(
                stage=stage,
                interview_id=interview,
                answer_id=one.answer.answer_id,
                other_application_id=stores.interviews.get(one.other.interview_id).application_id,
                other_interview_id=one.other.interview_id,
                other_answer_id=one.other.answer_id,
                shared=one.shared,
                edits=one.edits,
            )
            for one in found
        ]
    return CandidateSigns(application_id, tuple(signs), tuple(not_compared))
