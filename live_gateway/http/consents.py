"""What candidates agreed to."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, JSONBody

from include.interview.assessment.policy import Purpose
from include.interview.entities import Consent
from include.interview.intake.faults import FieldFault, InvalidFields
from include.interview.records import Bilingual
from include.security.access import Owners
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.schemas import EXAMPLE_UUID, CandidateFilter, Uuid
from live_gateway.request_scope import RequestScope


class ConsentIn(msgspec.Struct, forbid_unknown_fields=True):
    """The purposes agreed to, and which version of the text was read. Without an interview it holds for all."""

    purposes: Annotated[list[Purpose], msgspec.Meta(min_length=1, max_length=8)]
    text_version: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    candidate_id: Uuid | None = None
    interview_id: Uuid | None = None


EXAMPLE = {
    "candidate_id": EXAMPLE_UUID,
    "purposes": ["recording", "ai_evaluation"],
    "text_version": "2026-11",
}


class ConsentsController(Controller):
    """A candidate gives and withdraws their own; HR records what was signed elsewhere."""

    path = "/consents"
    tags = ("consents",)

    @post(operation_class=example(EXAMPLE), summary="Record a consent", opt={ACTION: "consent.grant"})
    async def create_consent(self, data: JSONBody[ConsentIn], request_scope: NamedDependency[RequestScope]) -> Consent:
        """Record what a candidate agreed to. Candidates may leave `candidate_id` out."""
        candidate_id = _candidate(data.candidate_id, request_scope)
        return await request_scope.run(
            request_scope.stores.consents.grant, candidate_id, data.interview_id, data.purposes, data.text_version
        )

    @get(summary="List a candidate's consents", opt={ACTION: "consent.read"})
    async def list_consents(
        self,
        request_scope: NamedDependency[RequestScope],
        candidate_id: CandidateFilter = None,
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[Consent]:
        """All consents of one candidate, also withdrawn ones, oldest first."""
        found = await request_scope.run(request_scope.stores.consents.list, _candidate(candidate_id, request_scope))
        return page(found, limit, offset)

    @post(
        "/{consent_id:str}/withdraw",
        status_code=200,
        summary="Withdraw a consent",
        opt={ACTION: "consent.withdraw"},
    )
    async def withdraw_consent(
        self, consent_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Consent:
        """Withdraw a consent: from now on nothing that needs it is done. Withdrawing twice changes nothing."""
        consent = await request_scope.run(request_scope.stores.consents.get, consent_id)
        request_scope.check(f"There is no consent {consent_id}.", Owners(candidate_id=consent.candidate_id))
        await request_scope.run(request_scope.stores.consents.withdraw, consent_id)
        return await request_scope.run(request_scope.stores.consents.get, consent_id)


def _candidate(given: str | None, request_scope: RequestScope) -> str:
    candidate_id = given or request_scope.caller.candidate_id
    if candidate_id is None:
        needed = Bilingual(ko="누구에 대한 요청인지 적어 주세요.", en="Say which candidate is meant.")
        raise InvalidFields("The request", [FieldFault("candidate_id", needed)], "Give candidate_id.")
    request_scope.check_candidate(candidate_id)
    return candidate_id
