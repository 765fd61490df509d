"""What an installation has beside its stores, opened from the settings for as long as a block lasts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from include.airflow_client import AirflowClient
from include.settings import Settings, airflow_settings
from include.storage import Stores
from include.storage.live.store import LiveStore
from tasks.privacy.erasure import Outside, replay_erasures


@asynccontextmanager
async def opened_outside(settings: Settings, env: Mapping[str, str]) -> AsyncIterator[Outside]:
    """Within the block, Redis where one is configured, Airflow where `env` names one, and its logs where they lie here.

    Raises:
        SettingsError: an Airflow without user or password. ServiceFailure: Redis is away.
    """
    async with AsyncExitStack() as closing:
        live = airflow = None
        if settings.redis_url:
            live = await LiveStore.open(settings.redis_url)
            closing.push_async_callback(live.close)
        if (at := airflow_settings(env)) is not None:
            airflow = AirflowClient(at.url, at.user, at.password)
            closing.push_async_callback(airflow.close)
        yield Outside(live, airflow, settings.airflow_logs)


async def replayed(stores: Stores, settings: Settings, env: Mapping[str, str]) -> tuple[int, int]:
    """`replay_erasures` with what the settings and `env` name; raises as both."""
    async with opened_outside(settings, env) as outside:
        return await replay_erasures(stores, outside)
