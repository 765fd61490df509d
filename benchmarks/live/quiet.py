"""Silence, room noise and music: no text may come of them, and they may cost next to nothing.

Through a whole gateway in real time; processor time is that of the whole replica, divided by its streams.
"""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from benchmarks.live.clips import RATE, Clip, music, room_noise
from benchmarks.live.one_stream import ONLY_SPEECH
from benchmarks.live.system import Meter, stream, system
from include.settings import Settings

MINUTES, QUICK_MINUTES = 10.0, 1.0
SPEED = 1.0
TARGETS = {"finals": "0", "share_of_a_core_per_stream": "< 0.02"}


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Finals and texts that came of silence, noise and music, and the share of a core per stream.

    Ten minutes of each, sent as three streams at once.
    """
    seconds = 60 * (QUICK_MINUTES if quick else MINUTES)
    sounds = {
        "silence": np.zeros(round(seconds * RATE), np.int16),
        "room_noise": room_noise(seconds),
        "music": music(seconds),
    }
    return {"minutes": seconds / 60, "speed": SPEED, **asyncio.run(_hear(settings, sounds)), "targets": TARGETS}


async def _hear(settings: Settings, sounds: dict[str, np.ndarray]) -> dict[str, Any]:
    more = {**ONLY_SPEECH, "TRIVIEW_MAX_AHEAD_S": "3600"}
    async with system(settings, more=more) as ours:
        sessions = [await ours.session("en") for _ in sounds]
        meter = Meter(ours.processes())
        heard = await asyncio.gather(
            *(
                stream(session, Clip(name, "en", pcm, None, ()), speed=SPEED)
                for session, (name, pcm) in zip(sessions, sounds.items(), strict=True)
            )
        )
        share = meter.cores() / SPEED / len(sounds)
    return {
        "finals": {name: len(h.finals) for name, h in zip(sounds, heard, strict=True)},
        "texts": [text for h in heard for text, *_ in h.finals],
        "share_of_a_core_per_stream": round(share, 4),
        "errors": [h.error for h in heard if h.error],
    }
