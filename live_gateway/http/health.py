"""Whether the replica lives, whether it should get new work, and its figures."""

from __future__ import annotations

import hmac
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.openapi import ResponseSpec

from live_gateway import metrics
from live_gateway.http.guarding import ACTION, authorise
from live_gateway.services import Services


class Live(msgspec.Struct, frozen=True):
    """The process answers."""

    status: str = "ok"


class Ready(msgspec.Struct, frozen=True):
    """Whether to send new work here; `reasons` names parts and codes when not."""

    ready: bool
    reasons: dict[str, str]


@get("/health/live", tags=["operations"], operation_id="getLiveness", sync_to_thread=False, summary="Does it live?")
def live() -> Live:
    """Answers as long as the process does."""
    return Live()


@get(
    "/health/ready",
    tags=["operations"],
    operation_id="getReadiness",
    summary="Should it get new work?",
    responses={503: ResponseSpec(Ready, generate_examples=False, description="Not now; `reasons` say why.")},
)
async def ready(services: NamedDependency[Services]) -> Response[Ready]:
    """200 when database, Redis and speech models are ready and the replica is not draining; else 503 with reasons."""
    reasons = await services.unready()
    status = HTTPStatus.SERVICE_UNAVAILABLE if reasons else HTTPStatus.OK
    return Response(Ready(not reasons, reasons), status_code=status, headers={"Cache-Control": "no-store"})


async def may_read_figures(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Let the request pass that carries the token for figures, or whose account's role may read them.

    Raises:
        NotLoggedIn, Forbidden, TooMany: as `authorise`.
    """
    services: Services = connection.app.state.services
    token = services.settings.metrics_token
    given = connection.headers.get("authorization", "").encode()
    if token is None or not hmac.compare_digest(given, f"Bearer {token}".encode()):
        await authorise(connection, handler)


@get(
    "/metrics",
    tags=["operations"],
    operation_id="getMetrics",
    media_type="text/plain",
    summary="Prometheus figures",
    guards=[may_read_figures],
    opt={ACTION: "operations.read"},
)
async def figures() -> Response[bytes]:
    """All figures in Prometheus' text format, for operators, services and TRIVIEW_METRICS_TOKEN."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)
