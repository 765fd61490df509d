"""The example of a client in docs/examples does what it says, as a program of its own."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from cli.local.gateway import LocalGateway
from include.interview.assessment.openings import general_opening
from include.settings import PROJECT_ROOT
from include.storage.live import LiveStore
from tests.support.live_world import World
from tests.support.patience import PATIENCE_S

pytestmark = [pytest.mark.services, pytest.mark.anyio]
EXAMPLE = PROJECT_ROOT / "docs" / "examples" / "live_client.py"
LOGIN = {"TRIVIEW_LOGIN": "interviewer", "TRIVIEW_PASSWORD": "a long enough password"}  # pragma: allowlist secret


async def test_the_example_holds_an_interview(
    world: World, live: LiveStore, replica: LocalGateway, tmp_path: Path
) -> None:
    held = await world.session(live)
    samples = np.random.default_rng(5).integers(-9_000, 9_000, (8_000, 2)).astype("<i2")
    with wave.open(str(tmp_path / "talk.wav"), "wb") as file:
        file.setparams((2, 2, 16_000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        str(EXAMPLE),
        f"http://127.0.0.1:{replica.port}",
        held.candidate_id,
        general_opening().id,
        str(tmp_path / "talk.wav"),
        cwd=PROJECT_ROOT,
        env={**os.environ, **LOGIN, "PYTHONPATH": str(PROJECT_ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE_S):
        said, wrong = await program.communicate()
    assert program.returncode == 0, wrong.decode()
    ended = re.fullmatch(r"Session (\S+) has ended; card \S+, held: under_review\n", said.decode())
    assert ended is not None, said.decode()
    session = world.stores.live_sessions.get(ended[1])
    key = world.stores.candidates.live_key(held.candidate_id, session.id)
    sound = b"".join([chunk.pcm async for chunk in live.audio(session.id, "interviewer", key, channels=2)])
    assert sound == samples.tobytes()
