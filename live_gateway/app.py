"""The gateway as an ASGI application: REST, sockets and pages over one set of services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

from live_gateway import http, problems, socket, web
from live_gateway.http.clean_bodies import clean_body
from live_gateway.http.edge import Edge
from live_gateway.http.openapi import describe_problems, openapi_config
from live_gateway.services import Services, open_services
from live_gateway.settings import GatewaySettings
from live_gateway.socket.lifespan import open_sessions

ServicesFactory = Callable[[GatewaySettings], AbstractAsyncContextManager[Services]]
MAX_BODY_BYTES = 512 * 1024
"""Largest body of a request that is read whole; uploads are streamed and have limits of their own."""


def create_app(settings: GatewaySettings, *, services_factory: ServicesFactory = open_services) -> Litestar:
    """The application; what `services_factory` opens is in `app.state.services` for as long as it runs."""

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with services_factory(settings) as services:
            app.state.services = services
            async with open_sessions(services) as sessions:
                app.state.sessions = sessions
                yield

    app = Litestar(
        route_handlers=[*http.routes(), *socket.routes(), *web.routes()],
        lifespan=[lifespan],
        dependencies={"services": Provide(_services, sync_to_thread=False)},
        before_request=clean_body,
        exception_handlers=problems.HANDLERS,
        openapi_config=openapi_config(),
        request_max_body_size=MAX_BODY_BYTES,
        logging_config=None,
        debug=False,
    )
    describe_problems(app.openapi_schema)
    app.asgi_handler = Edge(app.asgi_handler, behind_tls=settings.secure_cookie)
    return app


def _services(state: State) -> Services:
    services: Services = state.services
    return services
