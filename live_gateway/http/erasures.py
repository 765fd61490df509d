"""Erasing a candidate, and the receipt of it."""

from __future__ import annotations

from typing import Literal

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from include.interview.errors import NotFound, ServiceFailure
from include.interview.privacy.erasure import ErasureReceipt, SignedReceipt
from include.storage import Stores
from live_gateway.http.guarding import ACTION
from live_gateway.request_scope import RequestScope
from tasks.privacy.erasure import Outside, erase_candidate

PDF = "application/pdf"


class ErasureController(Controller):
    """Erasure over every store; the receipt names places and counts, and nobody."""

    path = "/candidates/{candidate_id:str}/erasure"
    tags = ("candidates",)

    @post(summary="Erase a candidate", opt={ACTION: "candidate.erase"}, status_code=200)
    async def erase_candidate(
        self, candidate_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> SignedReceipt:
        """Erase the candidate from every store; it cannot be undone. Asked again, the same receipt is answered.

        503 with the code `erasure_incomplete` when a place did not answer: ask again when it does. What was reached is
        erased already, and no receipt is signed before everything is.
        """
        services = request_scope.services
        outside = Outside(services.live, services.airflow, services.settings.core.airflow_logs)
        done = await erase_candidate(request_scope.stores, outside, candidate_id)
        if isinstance(done, ErasureReceipt):
            places = ", ".join(done.unreachable) or "something was written meanwhile"
            raise ServiceFailure(
                f"The erasure is not complete ({places}).",
                "Ask again when everything answers; what was reached is erased already.",
                code="erasure_incomplete",
            )
        return done

    @get(summary="The receipt of an erasure", opt={ACTION: "erasure.read"})
    async def get_receipt(
        self, candidate_id: FromPath[str], request_scope: NamedDependency[RequestScope]
    ) -> SignedReceipt:
        """The signed receipt; 404 before the erasure is complete."""
        return await request_scope.run(_receipt, request_scope.stores, candidate_id)

    @get("/receipt.pdf", media_type=PDF, summary="The receipt of an erasure as PDF", opt={ACTION: "erasure.read"})
    async def get_receipt_pdf(
        self,
        candidate_id: FromPath[str],
        request_scope: NamedDependency[RequestScope],
        language: FromQuery[Literal["ko", "en"] | None] = None,
    ) -> Response[bytes]:
        """The same for the person, in Korean or English."""
        return await request_scope.run(_pdf, request_scope.stores, candidate_id, language or request_scope.language)


def _receipt(stores: Stores, candidate_id: str) -> SignedReceipt:
    found = stores.erasures.receipt(candidate_id)
    if found is None:
        raise NotFound(f"There is no receipt for candidate {candidate_id}.", "Erase first, or check the id.")
    return found


def _pdf(stores: Stores, candidate_id: str, language: str) -> Response[bytes]:
    from include.reporting.erasure import render_receipt_pdf

    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="erasure-receipt.pdf"'}
    return Response(render_receipt_pdf(_receipt(stores, candidate_id), language), media_type=PDF, headers=headers)
