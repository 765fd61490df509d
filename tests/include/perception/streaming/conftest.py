from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from math import inf

import pytest

from include.perception.streaming.engine import SpeechEngine
from include.perception.streaming.load_shedding import LoadShedding, LoadSheddingRules
from include.perception.streaming.options import SpeechOptions
from include.settings import load_settings

EXACT = SpeechOptions(diarization=False, partials=False, loaded_beam=5)
NEVER = LoadSheddingRules(inf, inf, inf, inf, inf)
"""The same words however busy the machine is: one beam for all, and no step up the ladder of overload."""


def made(options: SpeechOptions) -> SpeechEngine:
    """An engine that is not started yet."""
    folder = load_settings().models_dir
    if not (folder / "whisper-base" / "model.bin").is_file():
        pytest.skip("model weights are not here; run: ./triview models fetch")
    return SpeechEngine(folder, 2, options)


@asynccontextmanager
async def started(options: SpeechOptions = EXACT) -> AsyncIterator[SpeechEngine]:
    """An engine of one test's own, stopped in every case."""
    engine = made(options)
    await engine.start()
    try:
        yield engine
    finally:
        await engine.stop()


@pytest.fixture(scope="session")
def engine() -> Iterator[SpeechEngine]:
    """Finals only, exactly repeatable. Shared: a test closes what it opens, and compares what the engine counts with
    what it counted before."""
    engine = made(EXACT)
    asyncio.run(engine.start())
    assert engine._pool is not None
    engine._pool._shedding = LoadShedding(NEVER)
    yield engine
    asyncio.run(engine.stop())
