"""Job openings."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Controller, get, post, put
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, JSONBody

from include.interview.assessment.opening_faults import MAX_PLACES
from include.interview.assessment.openings import parse_opening
from include.interview.assessment.public_opening import PublicOpening, public_view
from include.interview.errors import AlreadyExists, BadInput, NotFound
from include.interview.records import DEFAULT_PLACES, Bilingual, JudgeScales, Opening
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.request_scope import RequestScope

EXAMPLE = {
    "id": "backend-2026",
    "title": {"ko": "서버 개발자", "en": "Backend engineer"},
    "description": {"ko": "결제 서비스를 만듭니다.", "en": "You build our payment service."},
    "language": "ko",
    "competencies": [{"id": "design", "name": "설계", "description": "서비스를 나누고 잇습니다."}],
    "keywords": [{"term": "데이터베이스", "synonyms": ["DB", "database"], "weight": 2}],
    "questions": [
        {
            "id": "q1",
            "text": {"ko": "최근에 설계한 서비스를 설명해 주세요.", "en": "Describe a service you designed."},
            "criteria": ["job_fit", "answer_quality"],
        }
    ],
    "values": [{"ko": "불리한 사실도 먼저 알립니다.", "en": "We are the first to report bad news."}],
    "profile": "kr",
    "places": 2,
}


Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
Text = Sentence | Bilingual
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class KeywordIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A term to look for, and the spellings that count as the same."""

    term: Name
    synonyms: list[Name] = []
    weight: float = 1.0


class CompetencyIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the job needs."""

    name: Text
    description: Text | None = None
    id: Name | None = None
    weight: float = 1.0


class QuestionIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A question that is asked.

    `criteria`: ids of the criteria its answers are judged for; an empty list for a question that opens the talk; left
    out, every criterion reads them. `challenge`: it disagrees or puts under pressure, and is read for `emotion`.
    """

    text: Text
    id: Name | None = None
    competencies: list[Name] = []
    criteria: list[Name] | None = None
    challenge: bool = False


class OpeningIn(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An opening as people write it: one text may stand for both languages; ids may be left out."""

    title: Text
    description: Text
    id: Name | None = None
    language: Literal["ko", "en", "auto"] = "auto"
    competencies: list[Name | CompetencyIn] = []
    keywords: list[Name | KeywordIn] = []
    questions: list[Sentence | QuestionIn] = []
    values: list[Text] = []
    profile: Name = "standard"
    rubric_versions: dict[str, str] = {}
    stage_weights: dict[str, float] | None = None
    places: Annotated[int, msgspec.Meta(ge=1, le=MAX_PLACES)] = DEFAULT_PLACES
    judge_scales: JudgeScales | None = None

    def opening(self, opening_id: str | None = None) -> Opening:
        """The record, under `opening_id` when given.

        Raises:
            BadInput: something in it does not fit together; the message says what.
        """
        return parse_opening(msgspec.json.encode(msgspec.structs.replace(self, id=opening_id or self.id)), "opening")


class OpeningsController(Controller):
    """Openings are not personal: all staff may read them. Candidates have the public view of those they applied to."""

    path = "/openings"
    tags = ("openings",)

    @post(operation_class=example(EXAMPLE), summary="Add an opening", opt={ACTION: "opening.write"})
    async def create_opening(self, data: JSONBody[OpeningIn], request_scope: NamedDependency[RequestScope]) -> Opening:
        """Add an opening, written as in an opening file: a text may stand for both languages, an id may be left out.

        409 when there is one with this id: PUT replaces.
        """
        opening = data.opening()
        try:
            await request_scope.run(request_scope.stores.openings.get, opening.id)
        except NotFound:
            await request_scope.run(request_scope.stores.openings.put, opening)
            return opening
        raise AlreadyExists(
            f"There is an opening {opening.id} already.",
            f"Choose another id, or replace it by PUT /api/v1/openings/{opening.id}.",
            existing=opening.id,
        )

    @get(summary="List openings", opt={ACTION: "opening.list"})
    async def list_openings(
        self, request_scope: NamedDependency[RequestScope], limit: Limit = DEFAULT_LIMIT, offset: Offset = 0
    ) -> OffsetPagination[Opening]:
        """All openings, oldest first."""
        return page(await request_scope.run(request_scope.stores.openings.list), limit, offset)

    @get("/{opening_id:str}", summary="Read an opening", opt={ACTION: "opening.read"})
    async def get_opening(self, opening_id: FromPath[str], request_scope: NamedDependency[RequestScope]) -> Opening:
        """One opening."""
        return await request_scope.run(request_scope.stores.openings.get, opening_id)

    @get("/{opening_id:str}/public", summary="What candidates read of an opening", opt={ACTION: "opening.public"})
    async def get_public_opening(
        self, opening_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> PublicOpening:
        """Title, description, language and profile; a candidate reads those of openings they are invited to."""
        return await request_scope.run(_public, request_scope, opening_id)

    @put(
        "/{opening_id:str}",
        operation_class=example(EXAMPLE),
        summary="Replace an opening",
        opt={ACTION: "opening.write"},
    )
    async def put_opening(
        self, opening_id: FromPath[str], data: JSONBody[OpeningIn], request_scope: NamedDependency[RequestScope]
    ) -> Opening:
        """Replace the opening, or add it under this id. Cards made before keep what they were judged by."""
        if data.id not in (None, opening_id):
            raise BadInput("The id in the body is not the one in the address.", "Leave it out of the body.")
        opening = data.opening(opening_id)
        await request_scope.run(request_scope.stores.openings.put, opening)
        return opening


def _public(request_scope: RequestScope, opening_id: str) -> PublicOpening:
    """The public view, for a candidate with an application only."""
    candidate_id = request_scope.require_reach().candidate_id
    if candidate_id is not None and not request_scope.stores.applications.list(opening_id, candidate_id):
        raise NotFound(f"There is no opening {opening_id!r}.", "Check the id.")
    return public_view(request_scope.stores.openings.get(opening_id))
