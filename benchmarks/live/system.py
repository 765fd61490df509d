"""Our own system as the live benchmarks run it: real Redis, real replicas, a passing installation, sessions by REST."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import numpy as np
import psutil

from benchmarks.live.clips import RATE, Clip
from benchmarks.live.scoring import Heard
from cli.live_from_file import prepare
from cli.local import LocalAirflow
from cli.local.gateway import LocalGateway
from cli.local.redis import LocalRedis
from cli.local.runtime import ADMIN
from include.gateway_client.rest import GatewayRest, NewSession
from include.gateway_client.socket import LiveClient
from include.interview.assessment.openings import general_opening
from include.interview.assessment.policy import load_profile
from include.interview.live import wire
from include.settings import Settings
from include.storage import Stores
from tasks.ephemeral import passing_stores

TAIL_S = 2.0
"""Silence after a clip, so that its last utterance can end by itself."""


@dataclass
class System:
    """Replicas over one Redis and one store, and a logged-in interviewer at each."""

    stores: Stores
    redis: LocalRedis
    gateways: list[LocalGateway]
    candidate_id: str
    opening_id: str
    rests: list[GatewayRest] = field(default_factory=list)
    airflow: LocalAirflow | None = None

    async def session(self, language: str, microphones: str = "shared") -> Session:
        """A new session with every consent."""
        made = await self.rests[0].create_session(
            self.candidate_id, self.opening_id, language=language, profile="standard", microphones=microphones
        )
        purposes = load_profile("standard").purposes
        consent = await asyncio.to_thread(
            self.stores.consents.grant, self.candidate_id, made.session_id, purposes, "benchmark"
        )
        return Session(self, msgspec.structs.replace(made, consent_id=consent.id))

    def processes(self) -> list[psutil.Process]:
        """The processes of the replicas that are still running, and Airflow's, whose descendants its components are."""
        found = [psutil.Process(g.process.pid) for g in self.gateways if g.process and g.process.poll() is None]
        if self.airflow is not None and self.airflow.launcher_pid is not None:
            found.append(psutil.Process(self.airflow.launcher_pid))
        return found


@dataclass
class Session:
    """One session and how to connect to it at whichever replica answers."""

    system: System
    made: NewSession

    def url(self, replica: int = 0) -> str:
        """The socket's address at a replica."""
        host = self.system.gateways[replica].url.replace("http", "ws", 1)
        return f"{host}{urlsplit(self.made.socket_url).path}"

    def ticket(self, replica: int = 0) -> Callable[[], Awaitable[str]]:
        """A getter of fresh tickets."""

        async def get() -> str:
            return await self.system.rests[replica].ticket(self.made.session_id)

        return get

    def client(self, *, channels: int | None = 1, replica: int = 0, on_message=None) -> LiveClient:
        """A client that is not connected yet."""
        return LiveClient(
            self.url(replica),
            self.ticket(replica),
            self.made.consent_id or "",
            channels=channels,  # type: ignore[arg-type]
            on_message=on_message,
        )


@asynccontextmanager
async def system(
    settings: Settings, *, replicas: int = 1, more: dict[str, str] | None = None, with_airflow: bool = False
) -> AsyncIterator[System]:
    """A running system; processes, data and folders are gone at the end.

    Args:
        with_airflow: with the Airflow that `./triview up` starts, which gets the ended sessions.
    """
    with ExitStack() as running:
        stores, own = running.enter_context(passing_stores(settings))
        candidate, login, password = prepare(stores, general_opening("en"), "Benchmark")
        redis = running.enter_context(LocalRedis(own.home))
        airflow = LocalAirflow(own) if with_airflow else None
        if airflow is not None:
            running.callback(airflow.stop)
            await asyncio.to_thread(airflow.start)
        login_there = None if airflow is None else (airflow.url, ADMIN, airflow.password)
        gateways = [
            LocalGateway(own, redis.url, name=f"replica-{n}", more=more, airflow=login_there) for n in range(replicas)
        ]
        for gateway in gateways:
            running.callback(gateway.stop)
            gateway.start()
        for gateway in gateways:
            await asyncio.to_thread(gateway.wait_ready)
        async with AsyncExitStack() as clients:
            found = System(stores, redis, gateways, candidate, general_opening("en").id, airflow=airflow)
            for gateway in gateways:
                rest = await clients.enter_async_context(GatewayRest(gateway.url))
                await rest.login(login, password)
                found.rests.append(rest)
            yield found


async def stream(session: Session, clip: Clip, *, speed: float = 1.0, delay_s: float = 0.0, end: bool = False) -> Heard:
    """What the system returned for `clip`, sent at `speed` times real time; times count from the first sample.

    Args:
        end: end the interview afterwards, and wait until it has ended.
    """
    await asyncio.sleep(delay_s)
    heard = Heard()
    began = 0.0
    seen: dict[str, str] = {}

    def take(message: wire.ServerMessage) -> None:
        at = (time.monotonic() - began) * speed
        if isinstance(message, wire.TranscriptPartial):
            text = f"{message.stable} {message.unstable}".strip()
            if text and seen.get(message.utt) != text:
                seen[message.utt] = text
                heard.partials.append((at, text))
        elif isinstance(message, wire.TranscriptFinal):
            heard.finals.append((message.text, message.start_ms / 1000, message.end_ms / 1000, at))
        elif isinstance(message, wire.SpeechEnd):
            heard.ends.append((at, message.at_ms / 1000))
        elif isinstance(message, wire.AudioGap):
            heard.gaps += 1

    client = session.client(on_message=take)
    pcm = np.concatenate([clip.pcm, np.zeros(round(TAIL_S * RATE), np.int16)]).astype("<i2").tobytes()
    try:
        async with client:
            ready = await client.wait_ready()
            began = time.monotonic()
            offset = ready.start_ms / 1000
            await client.play(pcm, speed)
            await client.finalize("end")
            if end:
                await client.end()
            heard.finals = [(text, start - offset, end - offset, at) for text, start, end, at in heard.finals]
            heard.ends = [(at, end - offset) for at, end in heard.ends]
    except Exception as error:  # noqa: BLE001 - a stream that fails is a result of the measurement
        heard.error = f"{type(error).__name__}: {error}"
    return heard


class Meter:
    """Processor time and memory of processes and their descendants over a stretch, those that ended included."""

    def __init__(self, processes: list[psutil.Process]) -> None:
        self._processes = processes
        self._began = time.monotonic()
        self._cpu = self._seconds()

    def _seconds(self) -> float:
        total = 0.0
        for process in self._processes:
            for one in [process, *process.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):  # it ended meanwhile: its parent has its time
                    times = one.cpu_times()
                    total += times.user + times.system + times.children_user + times.children_system
        return total

    def processor_s(self) -> float:
        """Processor time spent since the start, in seconds."""
        return self._seconds() - self._cpu

    def cores(self) -> float:
        """Mean number of processor cores in use since the start."""
        return self.processor_s() / (time.monotonic() - self._began)

    def resident_mib(self) -> float:
        """Resident memory of all processes now, in MiB."""
        return sum(p.memory_info().rss for p in self._processes) / 2**20


def scratch_folder() -> Path:
    """A folder for this run's files."""
    return Path(tempfile.mkdtemp(prefix="triview-bench-"))
