"""Checks of what is asked over the network: Redis with its queues, the object store, Chroma, Airflow, the judge."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from include.airflow_client import AirflowClient, AirflowFailure
from include.interview.errors import TriviewError
from include.settings import Settings, SettingsError, airflow_settings
from include.storage.live.store import LiveStore
from include.storage.objects.store import ObjectStore
from tasks.doctor.findings import Finding, failed, note, ok, wrong
from tasks.doctor.stored import CLOCK_S, clock_finding

ANSWER_S = 5.0
LATE_S = 300.0
"""A hand-over or trigger that has been due for longer waits for something that does not come."""
DATE_S = 1.0
"""A Date header has whole seconds."""


async def redis(settings: Settings) -> list[Finding]:
    """Whether Redis answers, its clock, and how long what waits in it has been due."""
    if settings.redis_url is None:
        return [
            note("reachability", "No Redis is configured: no live sessions.", "Set TRIVIEW_REDIS_URL, or `make up`.")
        ]
    try:
        live = await LiveStore.open(settings.redis_url)
    except TriviewError as error:
        return [failed("reachability", error)]
    try:
        there, now = await live.time(), time.time()
        waiting, due = await live.waiting_handovers(), await live.handover_due_s(there)
    except TriviewError as error:
        return [failed("reachability", error)]
    finally:
        await live.close()
    found = [ok("reachability", "Redis answers."), clock_finding("Redis", there - now)]
    said = f"{waiting} ended sessions wait to be handed over"
    if due > LATE_S:
        remedy = "See that a gateway runs and reaches database, objects and Airflow; its log names the cause."
        found.append(wrong("queues", f"{said}, the first for {due:.0f} s.", remedy))
    else:
        found.append(ok("queues", f"{said}."))
    return found


async def objects(settings: Settings) -> list[Finding]:
    """Whether the object store can be listed. A folder that is not there yet is not made."""
    return await asyncio.to_thread(_objects, settings.storage_url)


def _objects(url: str) -> list[Finding]:
    parts = urlsplit(url)
    if parts.scheme in ("", "file") and not Path(parts.path).is_dir():
        remedy = "The first recording makes it; set TRIVIEW_STORAGE_URL if it should be elsewhere."
        return [note("reachability", f"The folder of objects {parts.path} does not exist yet.", remedy)]
    try:
        ObjectStore(url).names_in("lasting")
    except TriviewError as error:
        return [failed("reachability", error)]
    return [ok("reachability", f"The object store ({parts.scheme or 'file'}) answers.")]


async def chroma(settings: Settings) -> list[Finding]:
    """Whether the Chroma server answers, where there is one."""
    if settings.chroma_url is None:
        return [ok("reachability", "Chroma is embedded.")]
    return [
        await _answers("Chroma", f"{settings.chroma_url}/api/v2/heartbeat", "See that it runs; TRIVIEW_CHROMA_URL.")
    ]


async def judge(settings: Settings) -> list[Finding]:
    """Whether a judge outside the house can be reached; nothing of anybody is sent."""
    if settings.judge.kind != "openai":
        return [ok("reachability", "The judge is the offline one.")]
    base = (settings.judge.base_url or "https://api.openai.com/v1").rstrip("/")
    return [await _answers("The judge", f"{base}/models", "Check OPENAI_BASE_URL and the way out.", any_status=True)]


async def airflow(env: Mapping[str, str]) -> list[Finding]:
    """Whether Airflow answers and takes the login, its clock, and whether its parts live."""
    try:
        known = airflow_settings(env)
    except SettingsError as error:
        return [wrong("reachability", str(error), "See .env.example.")]
    if known is None:
        return [
            note("reachability", "No Airflow is named here.", "Where the gateway runs, TRIVIEW_AIRFLOW_URL names it.")
        ]
    client = AirflowClient(known.url, known.user, known.password, timeout_s=ANSWER_S)
    try:
        await client.login()
        answer = await client.request("GET", "/api/v2/monitor/health")
        sent = answer.headers.get("date")
        found = [ok("reachability", "Airflow answers and takes the login.")]
        found += [_airflow_part(name, part) for name, part in answer.json().items() if part.get("status")]
    except AirflowFailure as failure:
        return [wrong("reachability", str(failure), "See that it runs; TRIVIEW_AIRFLOW_URL, _USER and _PASSWORD.")]
    finally:
        await client.close()
    if sent:
        ahead = (parsedate_to_datetime(sent) - datetime.now(UTC)).total_seconds()
        within = abs(ahead) <= CLOCK_S + DATE_S
        found.append(clock_finding("Airflow", 0.0 if within else ahead))
    return found


def _airflow_part(name: str, part: Mapping[str, object]) -> Finding:
    if part["status"] == "healthy":
        return ok("reachability", f"Airflow's {name} lives.")
    return wrong("reachability", f"Airflow's {name} is {part['status']}.", f"Start it, and read the log of {name}.")


async def _answers(whose: str, url: str, remedy: str, *, any_status: bool = False) -> Finding:
    try:
        async with httpx.AsyncClient(timeout=ANSWER_S, trust_env=False) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        return wrong("reachability", f"{whose} does not answer ({type(error).__name__}).", remedy)
    if answer.is_error and not any_status:
        return wrong("reachability", f"{whose} answers {answer.status_code}.", remedy)
    return ok("reachability", f"{whose} answers.")
