"""How many real-time streams of continuous speech two cores take, ours and the peers', in the same run.

Like for like: transcription only, the same clips, weights and machine, each system alone. Two delays are measured of
every system, from the end of a stretch of speech: until its last words were on the screen, partial or final, and until
all of it was final. A number of streams holds by a measure when its 95th percentile is at most 2 s and nothing was
dropped: every stretch became final, no stream failed, no gap was declared. Numbers are tried upwards and, after the
first failure, in between. The headline is the measure that is kinder to the peer. What peers reach by finals at looser
limits is reported beside it: their finals come later by design.
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
"""For peers, by finals."""
FINAL, LAST_WORD = "final_p95_s", "last_word_p95_s"
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
    by_final = _ratio(ours, theirs.get("capacity"))
    by_last_word = _ratio(found["triview"]["capacity_by_last_word"], theirs.get("capacity_by_last_word"))
    found["ours_over_whisper_live_by_final"] = by_final
    found["ours_over_whisper_live_by_last_word"] = by_last_word
    found["ours_over_whisper_live"] = kinder(by_final, by_last_word)
    found["ours_at_2_s_over_theirs_at_5_s"] = _ratio(ours, theirs.get("capacity_at_5_s"))
    found["ours_at_2_s_over_theirs_at_10_s"] = _ratio(ours, theirs.get("capacity_at_10_s"))
    return {**found, "targets": TARGETS}


def _ratio(ours: int, theirs: int | None) -> float | str | None:
    if theirs is None:
        return None
    return round(ours / theirs, 2) if theirs else "theirs is 0"


def kinder(*ratios: float | str | None) -> float | str | None:
    """The ratio that is kindest to the peer: the smallest; a text where the peer reached nothing by any measure."""
    return min((one for one in ratios if isinstance(one, float)), default=ratios[0])


def _clips(settings: Settings) -> tuple[Clip, ...]:
    """One clip per language, about as long as each other; streams take them in turn."""
    by_language: dict[str, list[Clip]] = {}
    for clip in sorted(speech_clips(settings), key=lambda c: c.seconds):
        chosen = by_language.setdefault(clip.language, [])
        if not chosen or sum(c.seconds for c in (*chosen, clip)) <= CLIP_S:
            chosen.append(clip)
    return tuple(joined(tuple(c), f"joined-{language}", settings) for language, c in sorted(by_language.items()))


async def climb(counts: tuple[int, ...], streams: Streams, limit_s: float = LIMIT_S) -> dict[str, Any]:
    """The largest numbers that hold at 2 s by each measure, with what was measured at each number that was tried.

    Args:
        limit_s: of finals, up to which more streams are tried.
    """
    steps: dict[str, Any] = {}

    async def holds(count: int, measure: str, limit: float) -> bool:
        if str(count) not in steps:
            pairs, cores = await streams(count)
            figures = summary(pairs)
            whole = not figures["never_final"] and not figures["errors"] and not figures["gaps"]
            steps[str(count)] = {**figures, "whole": whole, "cores": round(cores, 2), "errors": len(figures["errors"])}
        return _reached(steps[str(count)], measure, limit)

    for measure, limit in ((FINAL, limit_s), (LAST_WORD, LIMIT_S)):
        best, failed = 0, None
        for count in counts:
            if not await holds(count, measure, limit):
                failed = count
                break
            best = count
        while failed is not None and failed - best > 1:
            middle = (best + failed) // 2
            if await holds(middle, measure, limit):
                best = middle
            else:
                failed = middle
    found = {"capacity": _most(steps, FINAL, LIMIT_S), "capacity_by_last_word": _most(steps, LAST_WORD, LIMIT_S)}
    loose = {f"capacity_at_{limit:g}_s": _most(steps, FINAL, limit) for limit in LOOSE_S if limit_s >= limit}
    return {**found, **loose, "steps": steps}


def _reached(step: dict[str, Any], measure: str, limit_s: float) -> bool:
    return step["whole"] and step[measure] is not None and step[measure] <= limit_s


def _most(steps: dict[str, Any], measure: str, limit_s: float) -> int:
    """The largest number of streams that was tried and held."""
    return max((int(count) for count, step in steps.items() if _reached(step, measure, limit_s)), default=0)


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

    return await climb(counts, streams)


async def _whisper_live(settings: Settings, clips: tuple[Clip, ...], counts: tuple[int, ...]) -> dict[str, Any]:
    async def streams(count: int) -> tuple[list[tuple[Clip, Heard]], float]:
        with whisper_live.server(settings.models_dir) as running:
            meter = Meter([running.process()])
            chosen = _mixed(clips, count)
            heard = await asyncio.gather(
                *(whisper_live.stream(running.port, c, n * STAGGER_S) for n, c in enumerate(chosen))
            )
            return list(zip(chosen, heard, strict=True)), meter.cores()

    return await _or_absent(climb(counts, streams, LOOSE_S[-1]))


async def _whisperlivekit(settings: Settings, clips: tuple[Clip, ...], counts: tuple[int, ...]) -> dict[str, Any]:
    clip = clips[0]  # its server speaks one language

    async def streams(count: int) -> tuple[list[tuple[Clip, Heard]], float]:
        with whisperlivekit.server(settings.models_dir, clip.language) as running:
            meter = Meter([running.process()])
            heard = await asyncio.gather(
                *(whisperlivekit.stream(running.port, clip, n * STAGGER_S) for n in range(count))
            )
            return [(clip, h) for h in heard], meter.cores()

    return await _or_absent(climb(counts, streams, LOOSE_S[-1]))


async def _or_absent(measured: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    try:
        return await measured
    except PeerUnavailable as error:
        return {"skipped": str(error)}
