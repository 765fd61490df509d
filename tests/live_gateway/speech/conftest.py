from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from include.settings import load_settings
from live_gateway.speech.engine import SpeechEngine
from live_gateway.speech.options import SpeechOptions

EXACT = SpeechOptions(diarization=False, partials=False, loaded_beam=5)
"""The same words however busy the machine is: one beam for all."""


def made(options: SpeechOptions) -> SpeechEngine:
    """An engine that is not started yet."""
    folder = load_settings().models_dir
    if not (folder / "whisper-base" / "model.bin").is_file():
        pytest.skip("model weights are not here; run: ./triview models fetch")
    return SpeechEngine(folder, 2, options)


@pytest.fixture(scope="session")
def engine() -> Iterator[SpeechEngine]:
    """Finals only, exactly repeatable."""
    engine = made(EXACT)
    asyncio.run(engine.start())
    yield engine
    asyncio.run(engine.stop())
