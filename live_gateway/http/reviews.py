"""The review of a card that waits for a person: what is asked, and the answer, checked before Airflow is told."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from include.airflow_client.reviews import answer_review, waiting_run
from include.interview.entities import Interview
from include.interview.errors import BadInput, ServiceFailure
from include.interview.records import Scorecard
from include.interview.scoring.review import (
    CONTRADICTORY,
    REVIEW_DECISIONS,
    REVIEW_GROUNDS,
    ReviewDecision,
    ReviewGround,
)
from include.interview.stages import flow_of
from include.storage.repositories.reviews import GIVEN_ACTION
from live_gateway.http.guarding import ACTION
from live_gateway.http.interviews import reachable_interview
from live_gateway.http.openapi import example
from live_gateway.request_scope import RequestScope
from tasks.evaluation.card_review import card_under_review, judged_criteria, review_asked

SENDING_ACTION = "card.review_sending"
"""Audit entry: an answer is on its way to Airflow. Without a `GIVEN_ACTION` after it, it was not taken."""
EXAMPLE = {"decision": "publish", "ground": "evidence_supports_card", "evidence": ["language", "job_fit"]}


class ReviewIn(msgspec.Struct, forbid_unknown_fields=True):
    """A reviewer's answer. `evidence`: ids of the criteria whose evidence the reviewer opened, at least one."""

    decision: ReviewDecision
    ground: ReviewGround
    evidence: Annotated[list[str], msgspec.Meta(min_length=1, max_length=32)]


class AskedFor(msgspec.Struct, frozen=True):
    """Why a person is asked: the rule's code and its sentence, about one criterion or the whole card."""

    code: str
    text: str
    criterion: str | None


class ReviewView(msgspec.Struct, frozen=True):
    """What is asked, and what may be answered.

    `waiting`: whether a person is asked now; then `reasons` say why and `card` is the card with its evidence.
    `criteria`: ids that `evidence` may name.
    """

    waiting: bool
    decisions: tuple[str, ...]
    grounds: tuple[str, ...]
    criteria: tuple[str, ...]
    reasons: tuple[AskedFor, ...] = ()
    card: Scorecard | None = None


class ReviewGiven(msgspec.Struct, frozen=True):
    """The answer that Airflow has taken. The run goes on by itself: follow it by `GET /interviews/{id}`."""

    interview_id: str
    run_id: str
    decision: ReviewDecision
    ground: ReviewGround


class ReviewsController(Controller):
    """A card that a rule holds back counts only once a reviewer has looked at its evidence and answered."""

    path = "/interviews/{interview_id:str}/review"
    tags = ("interviews",)

    @get(summary="What is asked of a reviewer", opt={ACTION: "card.review"})
    async def get_review(self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> ReviewView:
        """Whether the interview's card waits for a person, why, the card itself, and what an answer may say."""
        await reachable_interview(request_scope, interview_id)
        return await request_scope.run(_view, request_scope, interview_id)

    @post(status_code=200, operation_class=example(EXAMPLE), summary="Answer a review", opt={ACTION: "card.review"})
    async def give_review(
        self, interview_id: FromPath[str], data: JSONBody[ReviewIn], request_scope: NamedDependency[RequestScope]
    ) -> ReviewGiven:
        """Check the answer, keep who gave it with the evidence opened, and answer Airflow's waiting task.

        400 with the reason for an answer that cannot be; 409 (`review_not_waiting`) when nobody is asked, or somebody
        was faster, and (`review_not_ready`) while the question is still being put: ask again in a moment. After a
        refusal the question stands, and a right answer is taken.
        """
        interview = await reachable_interview(request_scope, interview_id)
        _check(data, await request_scope.run(_criteria, request_scope, interview_id))
        if not await request_scope.run(_asked, request_scope, interview_id):
            raise _answered()
        run_id = await _answer(request_scope, interview, data)
        return ReviewGiven(interview_id, run_id, data.decision, data.ground)


async def _answer(request_scope: RequestScope, interview: Interview, data: ReviewIn) -> str:
    """Tell Airflow, and return the id of the run that goes on."""
    airflow = request_scope.services.airflow
    if airflow is None:
        raise ServiceFailure(
            "This gateway has no Airflow to answer.",
            "Set TRIVIEW_AIRFLOW_URL, or answer in Airflow.",
            code="no_airflow",
        )
    dag_id = flow_of(interview.stage).dag_id
    run_id = await waiting_run(airflow, dag_id, interview.id)
    if run_id is None:
        raise await request_scope.run(_unanswerable, request_scope, interview.id)
    detail = {"decision": f"{data.decision}:{data.ground}", "evidence": ",".join(data.evidence), "run": run_id}
    record, subject = request_scope.stores.record, f"interview:{interview.id}"
    await request_scope.run(record, SENDING_ACTION, subject, detail)
    if not await answer_review(airflow, dag_id, run_id, data.decision, data.ground):
        raise _answered()
    await request_scope.run(record, GIVEN_ACTION, subject, detail)
    return run_id


def _asked(request_scope: RequestScope, interview_id: str) -> bool:
    return review_asked(request_scope.stores, interview_id, request_scope.caller.account_id)


def _view(request_scope: RequestScope, interview_id: str) -> ReviewView:
    found = card_under_review(request_scope.stores, interview_id, request_scope.caller.account_id)
    reasons = () if found is None else found.reasons
    return ReviewView(
        waiting=_asked(request_scope, interview_id),
        decisions=REVIEW_DECISIONS,
        grounds=REVIEW_GROUNDS,
        criteria=_criteria(request_scope, interview_id),
        reasons=tuple(AskedFor(r.code, r.text.text(request_scope.language), r.criterion) for r in reasons),
        card=None if found is None else found.card,
    )


def _criteria(request_scope: RequestScope, interview_id: str) -> tuple[str, ...]:
    return tuple(criterion.id for criterion in judged_criteria(request_scope.stores, interview_id))


def _check(data: ReviewIn, criteria: tuple[str, ...]) -> None:
    unknown = [one for one in data.evidence if one not in criteria]
    if unknown:
        raise BadInput(
            "The evidence names criteria that this interview is not judged by.",
            f"Name criteria whose evidence was opened: {', '.join(criteria)}.",
            code="evidence_unknown",
        )
    if (data.decision, data.ground) in CONTRADICTORY:
        raise BadInput(
            f"The ground {data.ground!r} contradicts the decision {data.decision!r}.",
            "Give the ground on which the decision rests.",
            code="ground_contradicts",
        )


def _unanswerable(request_scope: RequestScope, interview_id: str) -> BadInput:
    """Why no run waits although a person is asked: an answer was given, or the run has yet to begin waiting."""
    if request_scope.stores.reviews.given(interview_id) or not _asked(request_scope, interview_id):
        return _answered()
    return BadInput(
        "The question about this card is just being put.",
        "Send the answer again in a moment; nothing of it was kept.",
        code="review_not_ready",
    )


def _answered() -> BadInput:
    return BadInput(
        "No review of this interview waits for an answer.",
        "Read the interview: it was answered already, or no rule asks for a person.",
        code="review_not_waiting",
    )
