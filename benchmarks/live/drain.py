"""SIGTERM with twenty live sessions and a second replica: all must go on within five seconds, with every final."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from benchmarks.live.clips import Clip, speech_clips
from benchmarks.live.one_stream import ONLY_SPEECH
from benchmarks.live.scoring import END_SLACK_S
from benchmarks.live.system import Session, system
from include.gateway_client.socket import LiveClient
from include.interview.errors import BadInput, ServiceFailure
from include.interview.live import wire
from include.settings import Settings

SESSIONS, QUICK_SESSIONS = 20, 4
SECONDS = 40.0
STOP_AFTER_S = 12.0
TARGETS = {"longest_break_s": "≤ 5", "lost_finals": "0"}


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """How many sessions moved, their longest break in seconds, and lost finals when the first replica gets SIGTERM."""
    count = QUICK_SESSIONS if quick else SESSIONS
    clip = speech_clips(settings)[0]
    return {"sessions": count, **asyncio.run(_drain(settings, clip, count)), "targets": TARGETS}


async def _drain(settings: Settings, clip: Clip, count: int) -> dict[str, Any]:
    more = {**ONLY_SPEECH, "TRIVIEW_MAX_SESSIONS": "64", "TRIVIEW_ADMISSION": "off"}
    async with system(settings, replicas=2, more=more) as ours:
        sessions = [await ours.session(clip.language) for _ in range(count)]
        talks = [asyncio.create_task(_talk(s, clip, i * SECONDS / count / 4)) for i, s in enumerate(sessions)]
        await asyncio.sleep(STOP_AFTER_S)
        first = ours.gateways[0]
        signalled = time.monotonic()
        first.terminate()
        found = await asyncio.gather(*talks)
        stopped = first.process is not None and first.process.poll() is not None
    breaks = [b for one in found for b in one["breaks"]]
    return {
        "moved": sum(one["connections"] > 1 for one in found),
        "longest_break_s": round(max(breaks, default=0.0), 2),
        "lost_finals": sum(one["lost"] for one in found),
        "duplicate_events": sum(one["duplicates"] for one in found),
        "gaps": sum(one["gaps"] for one in found),
        "replica_ended": stopped,
        "signal_at_s": round(signalled, 1),
        "errors": [one["error"] for one in found if one["error"]],
    }


async def _talk(session: Session, clip: Clip, delay_s: float) -> dict[str, Any]:
    """Connects to the first replica that answers; a break lasts from `go_away` to the next `ready`."""
    await asyncio.sleep(delay_s)
    ups: list[float] = []
    downs: list[float] = []

    async def ticket() -> str:
        for replica in (0, 1):
            try:
                found = await session.ticket(replica)()
            except (BadInput, ServiceFailure):
                continue
            client.url = session.url(replica)
            return found
        raise ServiceFailure("No replica answers.", "Try again.")

    def watch(message: wire.ServerMessage) -> None:
        if isinstance(message, wire.Ready):
            ups.append(time.monotonic())
        elif isinstance(message, wire.GoAway):
            downs.append(time.monotonic())

    client = LiveClient(session.url(), ticket, session.made.consent_id or "", on_message=watch)
    began = 0.0
    error = ""
    repeats = max(1, round(SECONDS / clip.seconds))
    try:
        async with client:
            await client.wait_ready()
            began = time.monotonic()
            offset = (client.ready.start_ms if client.ready else 0) / 1000
            for _ in range(repeats):
                await client.play(clip.pcm.astype("<i2").tobytes())
            await client.finalize("end")
    except Exception as caught:  # noqa: BLE001 - a stream that fails is a result of the measurement
        error = f"{type(caught).__name__}: {caught}"
        offset = 0.0
    finals = [e for e in client.events if isinstance(e, wire.TranscriptFinal)]
    expected = [(i.start_s + n * clip.seconds, i.end_s + n * clip.seconds) for n in range(repeats) for i in clip.speech]
    covered = [(f.start_ms / 1000 - offset, f.end_ms / 1000 - offset) for f in finals]
    lost = sum(not any(a <= e - END_SLACK_S and b >= s + END_SLACK_S for a, b in covered) for s, e in expected)
    return {
        "breaks": [min((u - d for u in ups if u > d), default=0.0) for d in downs],
        "connections": client.figures.connections,
        "lost": lost,
        "duplicates": len(finals) - len({f.utt for f in finals}),
        "gaps": sum(isinstance(e, wire.AudioGap) for e in client.events),
        "error": error,
        "seconds": time.monotonic() - began,
    }
