"""Two hundred cuts of up to twenty seconds in one session: nothing may be lost, doubled, or missing undeclared.

Faster than real time, without recognition: what is measured is that the sound arrives. What Redis holds at the end is
compared with what was sent, byte by byte.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import numpy as np

from benchmarks.live.clips import RATE, SEED
from benchmarks.live.system import system
from include.gateway_client.socket import LiveClient
from include.interview.live import wire
from include.settings import Settings

CUTS, QUICK_CUTS = 200, 20
LONGEST_CUT_S = 20.0
BETWEEN_S = 5.0
SPEED = 10.0
TARGETS = {"lost_samples": "0", "duplicate_events": "0", "undeclared_gaps": "0"}


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Lost, doubled and undeclared samples after a session was cut again and again while sound was sent."""
    cuts = QUICK_CUTS if quick else CUTS
    return {"cuts": cuts, "speed": SPEED, **asyncio.run(_cut(settings, cuts)), "targets": TARGETS}


async def _cut(settings: Settings, cuts: int) -> dict[str, Any]:
    chance = random.Random(SEED)
    more = {"TRIVIEW_SPEECH": "off", "TRIVIEW_FEEDBACK": "off", "TRIVIEW_MAX_AHEAD_S": "36000"}
    async with system(settings, more=more) as ours:
        session = await ours.session("en")
        total_s = cuts * (BETWEEN_S + LONGEST_CUT_S / 2) * 1.2
        sound = np.random.default_rng(SEED).integers(-3000, 3000, round(total_s * RATE), dtype=np.int16)
        held_until = 0.0
        get = session.ticket()

        async def ticket() -> str:
            """A ticket, once the network is back."""
            await asyncio.sleep(max(0.0, held_until - time.monotonic()))
            return await get()

        client = LiveClient(session.url(), ticket, session.made.consent_id or "")
        async with client:
            await client.wait_ready()
            playing = asyncio.create_task(client.play(sound.astype("<i2").tobytes(), SPEED))
            done, began = 0, time.monotonic()
            while done < cuts and not playing.done():
                await asyncio.sleep(chance.uniform(0.2, 2) * BETWEEN_S / SPEED)
                before = client.figures.connections
                held_until = time.monotonic() + chance.uniform(0.05, LONGEST_CUT_S) / SPEED
                client.cut()
                while client.figures.connections == before:
                    await asyncio.sleep(0.02)
                done += 1
            await playing
            await client.flushed()
            gaps = [e for e in client.events if isinstance(e, wire.AudioGap)]
            await client.end()
            wall = time.monotonic() - began
        kept = await _kept(ours, session.made.session_id, len(sound))
    declared = sum(g.end_sample - g.start_sample for g in gaps)
    return {
        "cuts_made": done,
        "samples_sent": len(sound),
        "lost_samples": int(np.count_nonzero(kept != sound)) if len(kept) == len(sound) else len(sound) - len(kept),
        "declared_gap_samples": declared,
        "undeclared_gaps": 0 if len(kept) + declared == len(sound) else 1,
        "duplicate_events": client.figures.duplicates,
        "connections": client.figures.connections,
        "wall_s": round(wall, 1),
    }


async def _kept(ours, session_id: str, samples: int) -> np.ndarray:
    """The recording as the hand-over stored it: int16 of shape (n,)."""
    from tasks.live.record import live_record_of

    while await asyncio.to_thread(live_record_of, ours.stores, session_id) is None:
        ours.gateways[0].check()
        await asyncio.sleep(0.2)
    media = next(m for m in ours.stores.media.list(session_id) if m.kind == "audio")
    with ours.stores.media.open(media) as path:
        import wave

        with wave.open(str(path), "rb") as file:
            return np.frombuffer(file.readframes(min(file.getnframes(), samples)), "<i2").copy()
