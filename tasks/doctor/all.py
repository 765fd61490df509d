"""Every check, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from include.settings import load_settings
from tasks.doctor import here, services, stored
from tasks.doctor.findings import Finding


async def examine(env: Mapping[str, str]) -> tuple[Finding, ...]:
    """What all checks found in the installation that `env` describes. Nothing is changed.

    Raises:
        SettingsError: a setting cannot be understood; it must be mended first.
    """
    settings = load_settings(env)
    local = (here.versions(), here.models(settings), here.disk(settings), here.permissions(settings))
    found = [one for check in (*local, here.master_key(settings)) for one in check]
    found += await asyncio.to_thread(lambda: list(stored.database(settings)))
    asked = await asyncio.gather(
        services.redis(settings),
        services.objects(settings),
        services.chroma(settings),
        services.airflow(env),
        services.judge(settings),
    )
    return (*found, *(one for answer in asked for one in answer))
