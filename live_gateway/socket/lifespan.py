"""The live side of a replica, opened after its services and drained before they close."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from live_gateway.services import Services
from live_gateway.sessions.feedback_factory import feedback_maker, warm
from live_gateway.sessions.replica import SessionHost


@asynccontextmanager
async def open_sessions(services: Services) -> AsyncIterator[SessionHost]:
    """The sessions of this replica; `Services.drain` hands them over."""
    host = SessionHost(
        services.settings,
        services.stores,
        services.live,
        services.engine,
        services.airflow,
        feedback_maker(services.stores, services.settings.core),
    )
    await services.run(warm, services.settings.core)  # also where feedback is off: every session ends with a card
    await host.start()
    services.on_drain(host.drain)
    try:
        yield host
    finally:
        await host.stop()
