"""The gateway's own cost per frame of sound: a hundred sessions send at once and nothing is recognised."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import numpy as np
import psutil
from websockets.asyncio.client import connect

from benchmarks.live.clips import RATE, SEED
from benchmarks.live.scoring import percentile
from benchmarks.live.system import Meter, Session, system
from include.interview.live import wire
from include.settings import Settings

SESSIONS, QUICK_SESSIONS = 100, 20
SECONDS, QUICK_SECONDS = 40.0, 15.0
FRAME = RATE // 10
CONNECT_S = 60.0
TARGETS = {"cores": "≤ 0.25", "ack_p99_ms": "≤ 50"}


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Cores in use and acknowledgement delays in ms (p50, p99, max); sessions send frames of 100 ms in real time."""
    count, seconds = (QUICK_SESSIONS, QUICK_SECONDS) if quick else (SESSIONS, SECONDS)
    return {"sessions": count, "seconds": seconds, **asyncio.run(_talk(settings, count, seconds)), "targets": TARGETS}


async def _talk(settings: Settings, count: int, seconds: float) -> dict[str, Any]:
    more = {"TRIVIEW_SPEECH": "off", "TRIVIEW_FEEDBACK": "off", "TRIVIEW_MAX_SESSIONS": str(2 * count)}
    more["TRIVIEW_TICKET_TTL_S"] = "600"
    pcm = np.random.default_rng(SEED).integers(-3000, 3000, FRAME, dtype=np.int16).astype("<i2").tobytes()
    async with system(settings, more=more) as ours:
        sessions = [await ours.session("en") for _ in range(count)]
        tickets = [await session.ticket()() for session in sessions]
        start = asyncio.Event()
        waiting = [asyncio.Event() for _ in sessions]
        talks = [
            asyncio.create_task(_one(session, ticket, pcm, seconds, i / count * 0.1, up, start))
            for i, (session, ticket, up) in enumerate(zip(sessions, tickets, waiting, strict=True))
        ]
        async with asyncio.timeout(CONNECT_S):
            await asyncio.gather(*(up.wait() for up in waiting))
        meter, redis = Meter(ours.processes()), Meter(_redis())
        start.set()
        delays = [d for found in await asyncio.gather(*talks) for d in found]
        cores, redis_cores = meter.cores(), redis.cores()
    return {
        "frames": len(delays),
        "cores": round(cores, 3),
        "redis_cores": round(redis_cores, 3),
        "ack_p50_ms": _ms(percentile(delays, 50)),
        "ack_p99_ms": _ms(percentile(delays, 99)),
        "ack_max_ms": _ms(max(delays)),
    }


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(1000 * seconds, 1)


def _redis() -> list[psutil.Process]:
    """Our own Redis, a child of this process."""
    return [p for p in psutil.Process().children() if p.name() == "redis-server"]


async def _one(
    session: Session, ticket: str, pcm: bytes, seconds: float, phase: float, up: asyncio.Event, start: asyncio.Event
) -> list[float]:
    """Delays from sending a frame to the acknowledgement that covers it, by a client that does nothing else."""
    delays: list[float] = []
    sent: list[float] = []
    async with connect(
        session.url(),
        subprotocols=[wire.SUBPROTOCOL, f"{wire.TICKET_PREFIX}{ticket}"],  # type: ignore[list-item]
        compression=None,
        proxy=None,
        ping_interval=None,
    ) as socket:
        hello = wire.Hello(v=1, consent_id=session.made.consent_id or "", audio=wire.AudioFormat())
        await socket.send(wire.encode(hello).decode())
        ready = wire.decode_server(await socket.recv())
        while not isinstance(ready, wire.Ready):
            ready = wire.decode_server(await socket.recv())
        up.set()
        await start.wait()

        async def listen() -> None:
            acked = 0
            async for data in socket:
                message = wire.decode_server(data)
                if isinstance(message, wire.AudioAck):
                    now, through = time.monotonic(), message.through_sample // FRAME
                    delays.extend(now - at for at in sent[acked:through])
                    acked = through
                    if acked >= total:
                        return

        total = int(seconds * RATE / FRAME)
        listening = asyncio.create_task(listen())
        began = time.monotonic() + phase
        for n in range(total):
            await asyncio.sleep(max(0.0, began + n * FRAME / RATE - time.monotonic()))
            sent.append(time.monotonic())
            await socket.send(wire.frame_of(n * FRAME, pcm))
        await asyncio.wait_for(listening, 30)
    return delays
