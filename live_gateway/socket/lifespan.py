"""The live side of a replica, opened after its services and drained before they close."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from include.background_work import HeardMarker
from live_gateway.services import Services
from live_gateway.sessions.feedback_factory import feedback_maker, warm
from live_gateway.sessions.replica import Replica


@asynccontextmanager
async def open_sessions(services: Services) -> AsyncIterator[Replica]:
    """The sessions of this replica; `Services.drain` hands them over.

    Raises:
        SettingsError: the marker that tells heavy steps of sessions heard here cannot be made.
    """
    marker = HeardMarker(services.settings.core.live_marker)
    marker.prepare()
    replica = Replica(
        services.settings,
        services.stores,
        services.live,
        services.engine,
        services.triggers,
        feedback_maker(services.stores, services.settings.core),
        tell_heard=marker.set,
    )
    await services.run(warm, services.settings.core)  # also where feedback is off: every session ends with a card
    await replica.start()
    services.on_drain(replica.drain)
    try:
        yield replica
    finally:
        await replica.stop()
