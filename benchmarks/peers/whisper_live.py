"""whisper-live 0.10.0 (MIT): batching on, one model, the faster-whisper backend on our weights.

A segment is final when it comes with `completed: true`, or earlier, when it comes twice running without a change: left
to itself the server completes the last segment only after eleven equal passes, which alone takes longer than our limit
for a final. Every other text is a partial.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from pathlib import Path
from typing import Any

import numpy as np
from websockets.asyncio.client import connect

from benchmarks.live.clips import RATE, Clip
from benchmarks.live.scoring import Heard
from benchmarks.peers.environments import cache_folder, environment
from benchmarks.peers.server import PeerServer, some_port

NAME = "whisper-live 0.10.0"
REQUIREMENTS = (
    "faster-whisper==1.2.1",
    "torch==2.13.0",
    "numpy",
    "scipy",
    "websockets",
    "websocket-client",
    "fastapi",
    "uvicorn",
    "python-multipart",
    "prometheus-client",
    "onnxruntime",
    "av",
    "tqdm",
    "requests",
)
ALONE = ("whisper-live==0.10.0",)
PROGRAM = """
import sys
from whisper_live.server import TranscriptionServer
TranscriptionServer().run(
    "127.0.0.1", port=int(sys.argv[1]), backend="faster_whisper", faster_whisper_custom_model_path=sys.argv[2],
    single_model=True, batch_enabled=True, max_clients=64, max_connection_time=3600,
    batch_max_admissions_per_s=100.0, batch_max_queue_wait_s=60.0,
)
"""
"""Nobody is turned away, as by ours in this benchmark: admissions per second and the wait that refuses are raised."""
FRAME = RATE // 10
AFTER_S = 12.0
"""How long after the last sound finals are waited for."""


def server(models_dir: Path) -> PeerServer:
    """The whisper-live server on our weights, not started yet.

    Raises:
        PeerUnavailable: its environment cannot be installed.
    """
    python = environment("whisper-live", REQUIREMENTS, ALONE)
    port = some_port()
    command = [str(python), "-c", PROGRAM, str(port), str(models_dir / "whisper-base")]
    return PeerServer(NAME, command, port, cache_folder() / "whisper-live.log")


async def stream(port: int, clip: Clip, delay_s: float = 0.0) -> Heard:
    """What the server returned for `clip`, sent in real time in frames of 100 ms."""
    await asyncio.sleep(delay_s)
    heard = Heard()
    try:
        async with connect(f"ws://127.0.0.1:{port}", proxy=None, max_size=None, ping_interval=None) as socket:
            await socket.send(
                json.dumps(
                    {
                        "uid": str(uuid.uuid4()),
                        "language": clip.language,
                        "task": "transcribe",
                        "model": "base",
                        "use_vad": True,
                        "send_last_n_segments": 10,
                    }
                )
            )
            while json.loads(await socket.recv()).get("message") != "SERVER_READY":
                pass
            began = time.monotonic()
            listening = asyncio.create_task(_listen(socket, heard, began))
            pcm = clip.pcm.astype(np.float32) / 32768.0
            # Silence goes on after the clip, as from an open microphone: the server decides on new sound only.
            pcm = np.concatenate([pcm, np.zeros(round(AFTER_S * RATE), np.float32)])
            for n in range(0, len(pcm), FRAME):
                await asyncio.sleep(max(0.0, began + (n + FRAME) / RATE - time.monotonic()))
                await socket.send(pcm[n : n + FRAME].tobytes())
            await socket.send(b"END_OF_AUDIO")
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
    except Exception as error:  # noqa: BLE001 - a stream that fails is a result of the measurement
        heard.error = f"{type(error).__name__}: {error}"
    return heard


class Settling:
    """Turns the server's lists of segments into finals and partials; pure, times are passed in."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._done: set[tuple[str, str]] = set()
        self._last = ""
        self._early: tuple[str, float, float, float] | None = None
        """The last segment, taken as final because it was repeated; withdrawn should its text change after all."""

    def take(self, segments: list[dict[str, Any]], at: float) -> None:
        """Take one message's segments, which arrived `at` seconds after the first sample."""
        for segment in segments:
            key = (segment["start"], segment["text"])
            if segment.get("completed") and key not in self._done:
                self._done.add(key)
                self._complete(_final(segment, at))
        open_segments = [s for s in segments if not s.get("completed")]
        text = " ".join(s["text"].strip() for s in open_segments)
        if not text:
            return
        if text != self._last:
            self._heard.partials.append((at, text))
            self._withdraw()
        elif self._early is None:
            self._early = _final(open_segments[-1], at)
            self._heard.finals.append(self._early)
        self._last = text

    def _complete(self, final: tuple[str, float, float, float]) -> None:
        if self._early is not None and self._early[0] == final[0]:
            self._early = None  # it was final already
        else:
            self._withdraw()
            self._heard.finals.append(final)
        self._last = ""

    def _withdraw(self) -> None:
        if self._early is not None:
            self._heard.finals.remove(self._early)
            self._early = None


def _final(segment: dict[str, Any], at: float) -> tuple[str, float, float, float]:
    return segment["text"].strip(), float(segment["start"]), float(segment["end"]), at


async def _listen(socket, heard: Heard, began: float) -> None:
    settling = Settling(heard)
    async for data in socket:
        settling.take(json.loads(data).get("segments") or [], time.monotonic() - began)
