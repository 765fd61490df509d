"""How many real-time streams of continuous speech two cores take, ours and the peers', in the same run.

Like for like: transcription only, the same clips, weights and machine, each system alone. A number of streams holds
when the 95th percentile of final delays is at most 2 s and nothing was dropped: every stretch of speech became final,
no stream failed, no gap was declared. Numbers are tried upwards and, after the first failure, in between. A peer that
does not reach 2 s with a single stream has the capacity 0; what it reaches at looser limits is reported beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.live.clips import Clip, joined, speech_clips
from benchmarks.live.one_stream import ONLY_SPEECH, summary
from benchmarks.live.scoring import Heard
from benchmarks.live.system import Meter, stream, system
from benchmarks.peers import whisper_live, whisperlivekit
from benchmarks.peers.environments import PeerUnavailable
from include.settings import Settings

LIMIT_S = 2.0
LOOSE_S = (5.0, 10.0)
"""For peers, whose finals come later by design."""
OURS = (8, 16, 24, 32)
WITH_EVERYTHING = (4, 8, 16)
PEERS = (1, 2, 4, 8)
QUICK = (1, 2, 4)
CLIP_S = 35.0
"""About how long a stream speaks: enough for some ten stretches of speech, short enough to try many numbers."""
STAGGER_S = 0.7
"""Streams begin apart, so that their sentences do not end together."""
TARGETS = {"ours_over_whisper_live": "≥ 4"}
Streams = Callable[[int], Awaitable[tuple[list[tuple[Clip, Heard]], float]]]


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """The capacity in streams of each system, with the delays measured at each number of streams.

    Systems: ours with transcription only, whisper-live, ours with everything on, whisperlivekit.
    """
    clips = _clips(settings)
    found: dict[str, Any] = {"limit_final_p95_s": LIMIT_S, "seconds_per_stream": [round(c.seconds, 1) for c in clips]}
    found["triview"] = asyncio.run(_ours(settings, clips, QUICK if quick else OURS, ONLY_SPEECH, "separate"))
    found["whisper_live"] = asyncio.run(_whisper_live(settings, clips, QUICK if quick else PEERS))
    found["triview_with_diarization_and_feedback"] = asyncio.run(
        _ours(settings, clips, QUICK if quick else WITH_EVERYTHING, {}, "shared")
    )
    found["whisperlivekit"] = asyncio.run(_whisperlivekit(settings, clips, QUICK if quick else PEERS))
    theirs, ours = found["whisper_live"], found["triview"]["capacity"]
    found["ours_over_whisper_live"] = _ratio(ours, theirs.get("capacity"))
    found["ours_at_2_s_over_theirs_at_5_s"] = _ratio(ours, theirs.get("capacity_at_5_s"))
    found["ours_at_2_s_over_theirs_at_10_s"] = _ratio(ours, theirs.get("capacity_at_10_s"))
    return {**found, "targets": TARGETS}


def _ratio(ours: int, theirs: int | None) -> float | str | None:
    if theirs is None:
        return None
    return round(ours / theirs, 2) if theirs else "theirs is 0"


def _clips(settings: Settings) -> tuple[Clip, ...]:
    """One clip per language, about as long as each other; streams take them in turn."""
    by_language: dict[str, list[Clip]] = {}
    for clip in sorted(speech_clips(settings), key=lambda c: c.seconds):
        chosen = by_language.setdefault(clip.language, [])
        if not chosen or sum(c.seconds for c in (*chosen, clip)) <= CLIP_S:
            chosen.append(clip)
    return tuple(joined(tuple(c), f"joined-{language}", settings) for language, c in sorted(by_language.items()))


async def _climb(counts: tuple[int, ...], streams: Streams, limit_s: float = LIMIT_S) -> dict[str, Any]:
    """The largest number that holds at 2 s, with what was measured at each; tried as long as `limit_s` holds."""
    steps: dict[str, Any] = {}
    reached: dict[float, int] = dict.fromkeys((LIMIT_S, *LOOSE_S), 0)

    async def holds(count: int) -> bool:
        pairs, cores = await streams(count)
        figures = summary(pairs)
        figures["cores"] = round(cores, 2)
        p95 = figures["final_p95_s"]
        whole = not figures["never_final"] and not figures["errors"] and not figures["gaps"]
        for limit in reached:
            if whole and p95 is not None and p95 <= limit:
                reached[limit] = max(reached[limit], count)
        figures["holds"] = whole and p95 is not None and p95 <= LIMIT_S
        figures["errors"] = len(figures["errors"])
        steps[str(count)] = figures
        return whole and p95 is not None and p95 <= limit_s

    best, failed = 0, None
    for count in counts:
        if not await holds(count):
            failed = count
            break
        best = count
    while failed is not None and failed - best > 1:
        middle = (best + failed) // 2
        if await holds(middle):
            best = middle
        else:
            failed = middle
    loose = {f"capacity_at_{limit:g}_s": reached[limit] for limit in LOOSE_S if limit_s >= limit}
    return {"capacity": reached[LIMIT_S], **loose, "steps": steps}


def _mixed(clips: tuple[Clip, ...], count: int) -> list[Clip]:
    return [clips[n % len(clips)] for n in range(count)]


async def _ours(
    settings: Settings, clips: tuple[Clip, ...], counts: tuple[int, ...], more: dict[str, str], microphones: str
) -> dict[str, Any]:
    open_doors = {**more, "TRIVIEW_ADMISSION": "off", "TRIVIEW_MAX_SESSIONS": "512"}

    async def streams(count: int) -> tuple[list[tuple[Clip, Heard]], float]:
        # A replica of its own for every number: none may profit or suffer from the one before.
        async with system(settings, more=open_doors) as ours:
            chosen = _mixed(clips, count)
            sessions = [await ours.session(c.language, microphones) for c in chosen]
            meter = Meter(ours.processes())
            heard = await asyncio.gather(
                *(stream(s, c, delay_s=n * STAGGER_S) for n, (s, c) in enumerate(zip(sessions, chosen, strict=True)))
            )
            return list(zip(chosen, heard, strict=True)), meter.cores()

    return await _climb(counts, streams)


async def _whisper_live(settings: Settings, clips: tuple[Clip, ...], counts: tuple[int, ...]) -> dict[str, Any]:
    async def streams(count: int) -> tuple[list[tuple[Clip, Heard]], float]:
        with whisper_live.server(settings.models_dir) as running:
            meter = Meter([running.process()])
            chosen = _mixed(clips, count)
            heard = await asyncio.gather(
                *(whisper_live.stream(running.port, c, n * STAGGER_S) for n, c in enumerate(chosen))
            )
            return list(zip(chosen, heard, strict=True)), meter.cores()

    return await _or_absent(_climb(counts, streams, LOOSE_S[-1]))


async def _whisperlivekit(settings: Settings, clips: tuple[Clip, ...], counts: tuple[int, ...]) -> dict[str, Any]:
    clip = clips[0]  # its server speaks one language

    async def streams(count: int) -> tuple[list[tuple[Clip, Heard]], float]:
        with whisperlivekit.server(settings.models_dir, clip.language) as running:
            meter = Meter([running.process()])
            heard = await asyncio.gather(
                *(whisperlivekit.stream(running.port, clip, n * STAGGER_S) for n in range(count))
            )
            return [(clip, h) for h in heard], meter.cores()

    return await _or_absent(_climb(counts, streams, LOOSE_S[-1]))


async def _or_absent(measured: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    try:
        return await measured
    except PeerUnavailable as error:
        return {"skipped": str(error)}
