"""Half an hour of one speaking stream: nothing may grow, neither delay nor memory, and nothing may be left over.

Sent at twice real time, which is harder: delays are counted in seconds of sound, memory per hour of sound.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import numpy as np

from benchmarks.live.clips import RATE, Clip, joined, speech_clips
from benchmarks.live.one_stream import ONLY_SPEECH
from benchmarks.live.system import System, stream, system
from include.settings import Settings

MINUTES, QUICK_MINUTES = 30.0, 3.0
SPEED = 2.0
WARM_SHARE = 0.2
"""Beginning that is left out of the slope of memory: buffers fill and allocators settle."""
SAMPLE_S = 5.0
TARGETS = {"lag_slope_ms_per_min": "≤ 5", "memory_slope_mb_per_h": "≤ 5", "leftover_tasks": "0"}


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Slopes of delay (ms per minute of sound) and memory (MB per hour of sound), and tasks left over.

    The sound is real speech, the same clips over and over.
    """
    minutes = QUICK_MINUTES if quick else MINUTES
    clips = [c for c in speech_clips(settings) if c.language == "ko"] or list(speech_clips(settings))
    whole = joined(tuple(clips), "endurance", settings, least_s=60 * minutes)
    clip = Clip("endurance", whole.language, whole.pcm[: round(60 * minutes * RATE)], None, ())
    return {"minutes": minutes, "speed": SPEED, **asyncio.run(_last(settings, clip)), "targets": TARGETS}


async def _last(settings: Settings, clip: Clip) -> dict[str, Any]:
    more = {**ONLY_SPEECH, "TRIVIEW_MAX_AHEAD_S": "36000"}
    async with system(settings, more=more) as ours:
        # One short session before: what is loaded once is no growth.
        idle = await _tasks(ours)
        warm = Clip("warm", clip.language, clip.pcm[: 20 * RATE], None, ())
        await stream(await ours.session(clip.language), warm, end=True)
        before = await _settled(ours, idle)
        memory: list[tuple[float, float]] = []
        watching = asyncio.create_task(_watch(ours, memory))
        heard = await stream(await ours.session(clip.language), clip, speed=SPEED, end=True)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        after = await _settled(ours, before)
    lags = [(end / 60, 1000 * (arrived - end)) for _, _, end, arrived in heard.finals]
    return {
        "finals": len(heard.finals),
        "lag_slope_ms_per_min": _slope(lags),
        "lag_median_ms": round(float(np.median([lag for _, lag in lags])), 1) if lags else None,
        "memory_slope_mb_per_h": _memory_slope(memory, WARM_SHARE * clip.seconds),
        "memory_slope_second_half_mb_per_h": _memory_slope(memory, 0.5 * clip.seconds),
        "memory_mib": [round(m) for _, m in memory[:: max(1, len(memory) // 6)]],
        "leftover_tasks": None if before is None or after is None else after - before,
        "errors": [heard.error] if heard.error else [],
    }


def _memory_slope(memory: list[tuple[float, float]], from_s: float) -> float | None:
    """Megabytes per hour of sound, of samples (seconds, MiB) from `from_s` on."""
    return _slope([(t / 3600, m * 1.048576) for t, m in memory if t >= from_s])


def _slope(points: list[tuple[float, float]]) -> float | None:
    """Theil-Sen slope: the median of pairwise slopes, which single outliers do not move."""
    if len(points) < 3:
        return None
    from scipy.stats import theilslopes

    x, y = zip(*points, strict=True)
    return round(float(theilslopes(y, x)[0]), 3)


async def _watch(ours: System, memory: list[tuple[float, float]]) -> None:
    began = time.monotonic()
    while True:
        held = sum(p.memory_info().rss for p in ours.processes())
        memory.append((SPEED * (time.monotonic() - began), held / 2**20))
        await asyncio.sleep(SAMPLE_S)


async def _tasks(ours: System) -> int | None:
    """Tasks of the replica's event loop, as its own figures tell."""
    gateway = ours.gateways[0]
    login = {"Authorization": f"Bearer {gateway.metrics_token}"}
    async with httpx.AsyncClient(base_url=gateway.url, headers=login, trust_env=False) as client:
        text = (await client.get("/metrics")).text
    line = next((line for line in text.splitlines() if line.startswith("triview_event_loop_tasks ")), None)
    return None if line is None else round(float(line.split()[1]))


async def _settled(ours: System, before: int | None) -> int | None:
    """The number of tasks once it is back where it was, or after ten seconds of waiting for that."""
    found = await _tasks(ours)
    for _ in range(20):
        if found is None or before is None or found <= before:
            break
        await asyncio.sleep(0.5)
        found = await _tasks(ours)
    return found
