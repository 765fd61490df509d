"""What a candidate declares about themselves, voluntarily, for the fairness report and nothing else."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from include.interview.fairness.declarations import (
    UNDISCLOSED,
    UNDISCLOSED_NAME,
    Category,
    Option,
    categories_of,
    checked_answers,
)
from include.storage import Stores
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.request_scope import RequestScope


class DeclarationIn(msgspec.Struct, forbid_unknown_fields=True):
    """Answers by category, each one of those offered or "undisclosed". None is needed, and each may be left out."""

    answers: Annotated[dict[str, str], msgspec.Meta(max_length=16)]


class DeclarationView(msgspec.Struct, frozen=True):
    """What may be declared, with "prefer not to say" among the answers, and what was."""

    asked: list[Category]
    answers: dict[str, str]


EXAMPLE = {"answers": {"sex": "female", "age_band": UNDISCLOSED}}


class DeclarationController(Controller):
    """A candidate's own declaration: nobody else reads it, whatever their role."""

    path = "/candidates/{candidate_id:str}/declaration"
    tags = ("candidates",)

    @get(summary="Read one's own declaration", opt={ACTION: "declaration.read"})
    async def get_declaration(
        self, candidate_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> DeclarationView:
        """What is asked under the profiles of the candidate's applications, and what they declared."""
        request_scope.check_candidate(candidate_id)
        return await request_scope.run(_view, request_scope.stores, candidate_id)

    @put(operation_class=example(EXAMPLE), summary="Declare", opt={ACTION: "declaration.write"})
    async def put_declaration(
        self,
        candidate_id: FromPath[str],
        data: JSONBody[DeclarationIn],
        request_scope: NamedDependency[RequestScope],
    ) -> DeclarationView:
        """Declare, in place of what was declared before. It is stored apart and on no card or ranking."""
        request_scope.check_candidate(candidate_id)
        return await request_scope.run(_declare, request_scope.stores, candidate_id, data.answers)

    @delete(summary="Withdraw one's declaration", opt={ACTION: "declaration.write"})
    async def delete_declaration(
        self, candidate_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> None:
        """Delete the declaration with its key. Withdrawing nothing changes nothing."""
        request_scope.check_candidate(candidate_id)
        await request_scope.run(request_scope.stores.declarations.withdraw, candidate_id)


def _asked(stores: Stores, candidate_id: str) -> tuple[Category, ...]:
    openings = {application.opening_id for application in stores.applications.list(candidate_id=candidate_id)}
    return categories_of(stores.openings.get(opening).profile for opening in sorted(openings))


def _view(stores: Stores, candidate_id: str) -> DeclarationView:
    asked = [
        msgspec.structs.replace(category, options=(*category.options, Option(UNDISCLOSED, UNDISCLOSED_NAME)))
        for category in _asked(stores, candidate_id)
    ]
    return DeclarationView(asked, stores.declarations.own(candidate_id))


def _declare(stores: Stores, candidate_id: str, answers: dict[str, str]) -> DeclarationView:
    stores.declarations.declare(candidate_id, checked_answers(answers, _asked(stores, candidate_id)))
    return _view(stores, candidate_id)
