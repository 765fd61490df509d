"""Where applications stand, and the human decisions that move them."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.pagination import OffsetPagination
from litestar.params import FromPath, FromQuery, JSONBody

from include.interview.applications import Decision, EvidenceKind, EvidenceOpened, Ground, State
from include.storage import Application, HumanDecision
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import example, files
from live_gateway.http.pagination import DEFAULT_LIMIT, Limit, Offset, page
from live_gateway.http.report_files import MEDIA_TYPES, download
from live_gateway.http.schemas import EXAMPLE_UUID, CandidateFilter, OpeningFilter
from live_gateway.request_scope import RequestScope
from tasks.ranking.candidate_reports import candidate_file
from tasks.ranking.stored_reports import Format, Language

EXAMPLE = {
    "to": "advanced",
    "ground": "criteria_met",
    "text": "두 면접에서 설계 경험을 구체적으로 설명하였습니다.",
    "evidence": [{"kind": "scorecard", "subject": EXAMPLE_UUID, "seconds": 180}],
    "expected": "in_process",
}


class EvidenceIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was open before deciding: of which interview or snapshot, and for how many seconds."""

    kind: EvidenceKind
    subject: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    seconds: Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class DecisionIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A decision; `expected` is the state the deciding person saw."""

    to: State
    ground: Ground
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000)]
    evidence: Annotated[list[EvidenceIn], msgspec.Meta(max_length=100)] = []
    expected: State | None = None


class ApplicationsController(Controller):
    """An application's state changes by a recorded human decision, and by nothing else."""

    path = "/applications"
    tags = ("applications",)

    @get(summary="List applications", opt={ACTION: "application.list"})
    async def list_applications(
        self,
        request_scope: NamedDependency[RequestScope],
        opening_id: OpeningFilter = None,
        candidate_id: CandidateFilter = None,
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[Application]:
        """Applications and where they stand, oldest first."""
        found = await request_scope.run(request_scope.stores.applications.list, opening_id, candidate_id)
        return page(found, limit, offset)

    @get("/{application_id:str}", summary="Where an application stands", opt={ACTION: "application.read"})
    async def get_application(
        self, application_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Application:
        """One application."""
        return await request_scope.run(request_scope.stores.applications.get, application_id)

    @get(
        "/{application_id:str}/report",
        media_type="application/octet-stream",
        operation_class=files(MEDIA_TYPES.values()),
        summary="The report of one candidate over all stages, as a file",
        opt={ACTION: "ranking.report"},
    )
    async def get_application_report(
        self,
        application_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        format: FromQuery[Format],  # noqa: A002 - the parameter's name
        language: FromQuery[Language | None] = None,
        blind: FromQuery[bool] = False,
    ) -> Response[bytes]:
        """A download for HR, on record, beside the ranking that is served: a page, its PDF, or a table.

        `language` is that of page and PDF; the tables are one for both. `blind` has ids in place of names, and no words
        of the candidate. 404 with code `rate_first` for who conducts an interview of the opening and has not rated it.
        """
        spoken = language or request_scope.language
        data = await request_scope.services.run_long(
            candidate_file,
            request_scope.stores,
            application_id,
            format,
            spoken,
            blind=blind,
            reader=request_scope.caller.account_id,
        )
        return download("application", application_id, data, format, spoken, blind=blind)

    @get("/{application_id:str}/decisions", summary="Decisions so far", opt={ACTION: "decision.read"})
    async def list_decisions(
        self,
        application_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        limit: Limit = DEFAULT_LIMIT,
        offset: Offset = 0,
    ) -> OffsetPagination[HumanDecision]:
        """Who decided what, on which ground, and what they had opened; oldest first."""
        await request_scope.run(request_scope.stores.applications.get, application_id)
        return page(await request_scope.run(request_scope.stores.decisions.list, application_id), limit, offset)

    @post(
        "/{application_id:str}/decisions",
        operation_class=example(EXAMPLE),
        summary="Decide about an application",
        opt={ACTION: "decision.record"},
    )
    async def decide(
        self,
        application_id: FromPath[str],
        data: JSONBody[DecisionIn],
        request_scope: NamedDependency[RequestScope],
    ) -> HumanDecision:
        """Record the caller's decision and change the application's state by it.

        A ground that claims something about the interviews needs evidence that was opened. 409 when the application is
        not `expected` any more (`changed_meanwhile`), or cannot become `to` from where it stands (`not_a_change`).
        """
        evidence = tuple(EvidenceOpened(one.kind, one.subject, one.seconds) for one in data.evidence)
        decision = Decision(data.to, data.ground, data.text, evidence)
        record = request_scope.stores.decisions.record
        return await request_scope.run(record, application_id, decision, expected=data.expected)
