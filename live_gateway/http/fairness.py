"""Published fairness reports: figures of groups, no person's. Read by HR and auditors."""

from __future__ import annotations

from typing import Literal

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from include.interview.fairness.records import PublishedReport
from include.interview.records import Bilingual
from include.storage import Stores
from live_gateway.http.guarding import ACTION
from live_gateway.request_scope import RequestScope

PDF = "application/pdf"
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
        _, reports = await request_scope.run(_found, request_scope.stores, opening_id)
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

    @get("/fairness", summary="Fairness figures over all openings", opt=READ)
    async def get_fairness(self, request_scope: NamedDependency[RequestScope]) -> list[PublishedReport]:
        """The newest published report per subject over all openings together."""
        _, reports = await request_scope.run(_found, request_scope.stores, None)
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


def _found(stores: Stores, opening_id: str | None) -> tuple[Bilingual | None, list[PublishedReport]]:
    title = None if opening_id is None else stores.openings.get(opening_id).title
    return title, list(stores.fairness_reports.newest(opening_id))


def _page(stores: Stores, opening_id: str | None, language: str) -> Response[str]:
    from include.reporting.fairness import render_fairness_html
    from include.reporting.scorecard import own_style_policy

    title, reports = _found(stores, opening_id)
    headers = {"Content-Security-Policy": own_style_policy(), "Cache-Control": "no-store"}
    content = render_fairness_html(title, reports, language)
    return Response(content, media_type="text/html", headers=headers)


def _pdf(stores: Stores, opening_id: str | None, language: str) -> Response[bytes]:
    from include.reporting.fairness import render_fairness_pdf

    title, reports = _found(stores, opening_id)
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'inline; filename="fairness.pdf"'}
    return Response(render_fairness_pdf(title, reports, language), media_type=PDF, headers=headers)
