"""Similar past answers: numbers for those who interview, words only for who may read them and asks."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from include.interview.answer_index.records import NearIdentical, SimilarAnswers
from include.security.access import Owners
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.schemas import OpeningId
from live_gateway.request_scope import RequestScope
from tasks.evaluation.answers import LEAST_SIMILARITY, LONGEST_TEXT, near_identical, search_answers
from tasks.evaluation.card_standing import unrated_interviews

EXAMPLE = {"text": "결제 장애의 원인을 찾아 데이터베이스 연결 설정을 고쳤습니다.", "opening_id": "backend-2026"}
Criterion = Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="A criterion's id.")]


class AnswerSearchIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What is looked for. `least_similarity` is a cosine; answers in the other language are found too."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_TEXT)]
    opening_id: OpeningId
    criterion: Criterion | None = None
    least_similarity: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = LEAST_SIMILARITY


class NearIdenticalOut(msgspec.Struct):
    """Answers of other candidates in nearly the words of this interview's. Ids only; a sign to look at, no score."""

    signs: tuple[NearIdentical, ...]


class AnswersController(Controller):
    """Search in the answers of past interviews. The text is in the body, because addresses are logged."""

    path = "/answers"
    tags = ("answers",)

    @post(
        "/search",
        status_code=200,
        operation_class=example(EXAMPLE),
        summary="Count similar past answers",
        opt={ACTION: "answer.search"},
    )
    async def search(
        self, data: JSONBody[AnswerSearchIn], request_scope: NamedDependency[RequestScope]
    ) -> SimilarAnswers:
        """How often an opening's candidates answered like this, and what these answers usually lack.

        No text, level or id of anybody. Nothing is said of fewer than five people. The search is audited.
        """
        return await _search(data, request_scope, details=False)

    @post(
        "/details",
        status_code=200,
        operation_class=example(EXAMPLE),
        summary="Read similar past answers",
        opt={ACTION: "answer.read"},
    )
    async def details(
        self, data: JSONBody[AnswerSearchIn], request_scope: NamedDependency[RequestScope]
    ) -> SimilarAnswers:
        """The same search with the answers in full: words, level band, what they lack. Audited as reading them.

        Without those of interviews that the caller conducts and has yet to rate.
        """
        found = await _search(data, request_scope, details=True)
        unrated = await request_scope.run(
            unrated_interviews, request_scope.stores, data.opening_id, request_scope.caller.account_id
        )
        shown = tuple(one for one in found.details or () if one.interview_id not in unrated)
        return msgspec.structs.replace(found, details=shown)

    @get(
        "/near-identical/{interview_id:str}",
        summary="Answers in nearly the same words",
        opt={ACTION: "answer.read"},
    )
    async def copies(
        self, interview_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> NearIdenticalOut:
        """Answers of other candidates of the opening in nearly the words of this interview's answers, by ids."""
        request_scope.check(f"There is no interview {interview_id}.", Owners())
        return NearIdenticalOut(await request_scope.run(near_identical, request_scope.stores, interview_id))


async def _search(data: AnswerSearchIn, request_scope: RequestScope, *, details: bool) -> SimilarAnswers:
    return await request_scope.run(
        search_answers,
        request_scope.stores,
        data.text,
        data.opening_id,
        criterion=data.criterion,
        least_similarity=data.least_similarity,
        with_details=details,
    )
