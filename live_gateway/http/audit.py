"""What auditors ask of the trail: who saw somebody, what happened to an application."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from include.storage import AuditEntry
from live_gateway.http.guarding import ACTION
from live_gateway.http.openapi import files
from live_gateway.http.pagination import Limit, Offset
from live_gateway.http.schemas import UUID_PATTERN
from live_gateway.request_scope import RequestScope
from tasks.privacy.audit_answers import Question, TableKind, answer_table, answered

About = Annotated[
    str, QueryParameter(name="about", pattern=UUID_PATTERN, description="Id of a candidate, application or interview.")
]
READ = {ACTION: "audit.read"}
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AuditController(Controller):
    """Answers from the audit trail; every question is an entry itself."""

    path = "/audit"
    tags = ("operations",)

    @get(summary="Who saw somebody, or what happened to them", opt=READ)
    async def ask_audit(
        self,
        request_scope: NamedDependency[RequestScope],
        about: About,
        question: FromQuery[Question] = "seen",
        limit: Limit = 50,
        offset: Offset = 0,
    ) -> list[AuditEntry]:
        """Entries, newest first. `seen`: reads, and lists on which the person must have stood. `history`: all."""
        return list(await request_scope.run(answered, request_scope.stores, about, question, limit, offset))

    @get("/answer.csv", operation_class=files([CSV]), media_type=CSV, summary="The whole answer as CSV", opt=READ)
    async def ask_audit_csv(
        self, request_scope: NamedDependency[RequestScope], about: About, question: FromQuery[Question] = "seen"
    ) -> Response[bytes]:
        """One row per entry, oldest first, with its hash."""
        return await _file(request_scope, about, question, "csv")

    @get("/answer.xlsx", operation_class=files([XLSX]), media_type=XLSX, summary="The whole answer as XLSX", opt=READ)
    async def ask_audit_xlsx(
        self, request_scope: NamedDependency[RequestScope], about: About, question: FromQuery[Question] = "seen"
    ) -> Response[bytes]:
        """The rows of the CSV file."""
        return await _file(request_scope, about, question, "xlsx")


async def _file(scope: RequestScope, about: str, question: Question, kind: TableKind) -> Response[bytes]:
    data = await scope.services.run_long(answer_table, scope.stores, about, question, kind)
    name = f'attachment; filename="audit-{question}-{about}.{kind}"'
    headers = {"Cache-Control": "no-store", "Content-Disposition": name}
    return Response(data, media_type=CSV if kind == "csv" else XLSX, headers=headers)
