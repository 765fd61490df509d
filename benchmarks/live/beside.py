"""A live interview beside evaluations on the same machine: how late its finals come, side by side in one run.

The same stream, one microphone for two people with everything on, is sent alone, beside `./triview evaluate` in a loop,
and beside one that does not know of the session (another marker): what giving way is worth. Rounds alternate, so that
whatever else the machine does falls on all three alike.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.clips import interview_clip
from benchmarks.live.clips import Clip, joined, speech_clips
from benchmarks.live.one_stream import summary
from benchmarks.live.scoring import Heard
from benchmarks.live.system import stream, system
from include.settings import PROJECT_ROOT, Settings

TARGETS = {"final_p95_ratio": "≤ 1.3", "evaluation_ratio": "≤ 2"}
ROUNDS = 3
STREAM_S = 110.0
LONG_LOGIN = {"TRIVIEW_TOKEN_TTL_S": "14400"}
"""Nobody logs in again meanwhile, however long the rounds take."""
CONDITIONS = ("alone", "beside_evaluation", "beside_unaware_evaluation")


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Delays in seconds per condition, their ratio to those alone, and how long the evaluations took."""
    return asyncio.run(_measure(settings, 1 if quick else ROUNDS))


async def _measure(settings: Settings, rounds: int) -> dict[str, Any]:
    video = interview_clip(settings)
    clip = joined(tuple(c for c in speech_clips(settings) if c.language == "en"), "beside", settings, least_s=STREAM_S)
    pairs: dict[str, list[tuple[Clip, Heard]]] = {name: [] for name in CONDITIONS}
    took: dict[str, list[float]] = {name: [] for name in (*CONDITIONS, "without_session")}
    loads: dict[str, list[float]] = {name: [] for name in CONDITIONS}
    async with system(settings, more=LONG_LOGIN) as ours, _evaluations(settings, video) as evaluate:
        took["without_session"].append(await evaluate({}))
        for _ in range(rounds):
            for name in CONDITIONS:
                session = await ours.session(clip.language)
                playing = asyncio.create_task(stream(session, clip, end=True))
                more = {"TRIVIEW_LIVE_MARKER": "/nonexistent"} if name == CONDITIONS[2] else {}
                while name != CONDITIONS[0] and not playing.done():
                    took[name].append(await evaluate(more, playing))
                pairs[name].append((clip, await playing))
                loads[name].append(os.getloadavg()[0])
    found: dict[str, Any] = {name: summary(pairs[name]) for name in CONDITIONS}
    for name in CONDITIONS:
        found[name]["load"] = [round(one, 1) for one in loads[name]]
        found[name]["evaluations_s"] = [round(one, 1) for one in took[name] if one]
    alone = found["alone"]["final_p95_s"]
    found["evaluation_without_session_s"] = [round(one, 1) for one in took["without_session"]]
    found["final_p95_ratio"] = round(found["beside_evaluation"]["final_p95_s"] / alone, 2)
    found["final_p95_ratio_unaware"] = round(found["beside_unaware_evaluation"]["final_p95_s"] / alone, 2)
    return {**found, "targets": TARGETS}


@asynccontextmanager
async def _evaluations(settings: Settings, video: Path):
    """A function that evaluates `video` once as a user does and returns its seconds; 0 when the session ended first."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "cli", "evaluate", str(video), "--out", out, "--language", "en", "--json"]

        async def evaluate(more: dict[str, str], until: asyncio.Task[Heard] | None = None) -> float:
            env = {**os.environ, "TRIVIEW_HOME": str(settings.home), "PYTHONPATH": str(PROJECT_ROOT), **more}
            began = time.monotonic()
            process = await asyncio.create_subprocess_exec(
                *command, env=env, stdout=asyncio.subprocess.DEVNULL, start_new_session=True
            )
            ended = asyncio.create_task(process.wait())
            await asyncio.wait({ended, until} if until else {ended}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                process.terminate()
                await ended
                return 0.0
            if process.returncode:
                raise RuntimeError(f"evaluate ended with status {process.returncode}.")
            return time.monotonic() - began

        yield evaluate
