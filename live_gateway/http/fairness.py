"""Published fairness reports: figures of groups, no person's. Read by HR and auditors."""

from __future__ import annotations

from typing import Literal

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from include.interview.fairness.records import PublishedReport
from include.storage import Stores
from live_gateway.http.guarding import ACTION
from live_gateway.request_scope import RequestScope
from tasks.ranking.fairness_reports import TableKind, fairness_table, newest_reports

PDF = "application/pdf"
MEDIA_TYPES: dict[TableKind, str] = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
READ = {ACTION: "fairness.read"}
ReportLanguage = Literal["ko", "en"]


class FairnessController(Controller):
    """The newest published figures per subject, of an opening or of all together."""

    path = "/"
    tags = ("fairness",)

    @get("/openings/{opening_id:str}/fairness", summary="Fairness figures of an opening", opt=READ)
    async def get_opening_fairness(
        self, opening_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> list[PublishedReport]:
        """The newest published report per subject: decisions, stages, criteria, recognition. Empty before the first."""
        _, reports = await request_scope.run(newest_reports, request_scope.stores, opening_id)
        return reports

    @get(
        "/openings/{opening_id:str}/fairness.html",
        media_type="text/html",
        summary="The fairness report of an opening as a page",
        opt=READ,
    )
    async def get_opening_fairness_page(
        self,
        opening_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        language: FromQuery[ReportLanguage | None] = None,
    ) -> Response[str]:
        """The same figures with pictures and sentences, as one self-contained page."""
        return await request_scope.run(_page, request_scope.stores, opening_id, language or request_scope.language)

    @get(
        "/openings/{opening_id:str}/fairness.pdf",
        media_type=PDF,
        summary="The fairness report of an opening as PDF",
        opt=READ,
    )
    async def get_opening_fairness_pdf(
        self,
        opening_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        language: FromQuery[ReportLanguage | None] = None,
    ) -> Response[bytes]:
        """The page for printing."""
        return await request_scope.run(_pdf, request_scope.stores, opening_id, language or request_scope.language)

    @get(
        "/openings/{opening_id:str}/fairness.csv",
        media_type=MEDIA_TYPES["csv"],
        summary="The fairness figures of an opening as CSV",
        opt=READ,
    )
    async def get_opening_fairness_csv(
        self, opening_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Response[bytes]:
        """One row per subject, group and outcome, with the suppression of the page."""
        return await request_scope.run(_table, request_scope.stores, opening_id, "csv")

    @get(
        "/openings/{opening_id:str}/fairness.xlsx",
        media_type=MEDIA_TYPES["xlsx"],
        summary="The fairness figures of an opening as a workbook",
        opt=READ,
    )
    async def get_opening_fairness_xlsx(
        self, opening_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> Response[bytes]:
        """The rows of the CSV file."""
        return await request_scope.run(_table, request_scope.stores, opening_id, "xlsx")

    @get("/fairness", summary="Fairness figures over all openings", opt=READ)
    async def get_fairness(self, request_scope: NamedDependency[RequestScope]) -> list[PublishedReport]:
        """The newest published report per subject over all openings together."""
        _, reports = await request_scope.run(newest_reports, request_scope.stores, None)
        return reports

    @get("/fairness.html", media_type="text/html", summary="The fairness report over all openings", opt=READ)
    async def get_fairness_page(
        self, request_scope: NamedDependency[RequestScope], language: FromQuery[ReportLanguage | None] = None
    ) -> Response[str]:
        """The same as one self-contained page."""
        return await request_scope.run(_page, request_scope.stores, None, language or request_scope.language)

    @get("/fairness.pdf", media_type=PDF, summary="The fairness report over all openings as PDF", opt=READ)
    async def get_fairness_pdf(
        self, request_scope: NamedDependency[RequestScope], language: FromQuery[ReportLanguage | None] = None
    ) -> Response[bytes]:
        """The page for printing."""
        return await request_scope.run(_pdf, request_scope.stores, None, language or request_scope.language)

    @get(
        "/fairness.csv",
        media_type=MEDIA_TYPES["csv"],
        summary="The fairness figures over all openings as CSV",
        opt=READ,
    )
    async def get_fairness_csv(self, request_scope: NamedDependency[RequestScope]) -> Response[bytes]:
        """One row per subject, group and outcome, with the suppression of the page."""
        return await request_scope.run(_table, request_scope.stores, None, "csv")

    @get(
        "/fairness.xlsx",
        media_type=MEDIA_TYPES["xlsx"],
        summary="The fairness figures over all openings as a workbook",
        opt=READ,
    )
    async def get_fairness_xlsx(self, request_scope: NamedDependency[RequestScope]) -> Response[bytes]:
        """The rows of the CSV file."""
        return await request_scope.run(_table, request_scope.stores, None, "xlsx")


def _page(stores: Stores, opening_id: str | None, language: str) -> Response[str]:
    from include.reporting.fairness import render_fairness_html
    from include.reporting.scorecard import own_style_policy

    title, reports = newest_reports(stores, opening_id)
    headers = {"Content-Security-Policy": own_style_policy(), "Cache-Control": "no-store"}
    content = render_fairness_html(title, reports, language)
    return Response(content, media_type="text/html", headers=headers)


def _pdf(stores: Stores, opening_id: str | None, language: str) -> Response[bytes]:
    from include.reporting.fairness import render_fairness_pdf

    title, reports = newest_reports(stores, opening_id)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="fairness.pdf"'}
    return Response(render_fairness_pdf(title, reports, language), media_type=PDF, headers=headers)


def _table(stores: Stores, opening_id: str | None, kind: TableKind) -> Response[bytes]:
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="fairness.{kind}"'}
    return Response(fairness_table(stores, opening_id, kind), media_type=MEDIA_TYPES[kind], headers=headers)
