"""whisperlivekit 0.2.26 (Apache-2.0): LocalAgreement over faster-whisper on our weights, raw PCM in.

What stands in `lines` is final, `buffer_transcription` is a partial.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import numpy as np
from websockets.asyncio.client import connect

from benchmarks.live.clips import RATE, Clip
from benchmarks.live.scoring import Heard
from benchmarks.peers.environments import cache_folder, environment
from benchmarks.peers.server import PeerServer, some_port

NAME = "whisperlivekit 0.2.26"
REQUIREMENTS = ("whisperlivekit==0.2.26", "faster-whisper==1.2.1", "torch==2.13.0")
FRAME = RATE // 10
AFTER_S = 12.0


def server(models_dir: Path, language: str) -> PeerServer:
    """The whisperlivekit server for one language on our weights, not started yet.

    Raises:
        PeerUnavailable: its environment cannot be installed.
    """
    python = environment("whisperlivekit", REQUIREMENTS)
    port = some_port()
    command = [
        str(python.with_name("whisperlivekit-server")),
        *("--host", "127.0.0.1", "--port", str(port), "--language", language),
        *("--backend", "faster-whisper", "--backend-policy", "localagreement"),
        *("--model-path", str(models_dir / "whisper-base"), "--pcm-input", "--warmup-file", ""),
    ]
    return PeerServer(NAME, command, port, cache_folder() / "whisperlivekit.log")


async def stream(port: int, clip: Clip, delay_s: float = 0.0) -> Heard:
    """What the server returned for `clip`, sent in real time in frames of 100 ms."""
    await asyncio.sleep(delay_s)
    heard = Heard()
    try:
        async with connect(f"ws://127.0.0.1:{port}/asr", proxy=None, max_size=None, ping_interval=None) as socket:
            began = time.monotonic()
            listening = asyncio.create_task(_listen(socket, heard, began))
            pcm = np.concatenate([clip.pcm, np.zeros(round(AFTER_S * RATE), np.int16)])
            for n in range(0, len(pcm), FRAME):
                await asyncio.sleep(max(0.0, began + (n + FRAME) / RATE - time.monotonic()))
                await socket.send(pcm[n : n + FRAME].astype("<i2").tobytes())
            await socket.send(b"")
            await asyncio.wait({listening}, timeout=AFTER_S)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
    except Exception as error:  # noqa: BLE001 - a stream that fails is a result of the measurement
        heard.error = f"{type(error).__name__}: {error}"
    return heard


def _seconds(value: object) -> float:
    """Seconds of a time written as "0:01:02", "62.5" or 62.5."""
    parts = str(value).split(":")
    total = 0.0
    for part in parts:
        total = 60 * total + float(part)
    return total


async def _listen(socket, heard: Heard, began: float) -> None:
    shown, final = "", ""
    async for data in socket:
        message = json.loads(data)
        at = time.monotonic() - began
        lines = [line for line in message.get("lines") or [] if (line.get("text") or "").strip()]
        text = " ".join(line["text"].strip() for line in lines)
        if text and text != final:
            # A line grows while somebody speaks: what is new of it is the final that arrived now.
            common = 0
            while common < min(len(text), len(final)) and text[common] == final[common]:
                common += 1
            heard.finals.append((text[common:].strip(), _seconds(lines[-1]["start"]), _seconds(lines[-1]["end"]), at))
            final = text
        buffered = (message.get("buffer_transcription") or "").strip()
        if buffered and buffered != shown:
            shown = buffered
            heard.partials.append((at, buffered))
        if message.get("type") == "ready_to_stop":
            return
