from __future__ import annotations

import pytest

from include.perception.speech import SpeechModels
from include.settings import load_settings


@pytest.fixture(scope="session")
def models() -> SpeechModels:
    folder = load_settings().models_dir
    if not (folder / "whisper-base" / "model.bin").is_file():
        pytest.skip("model weights are not here; run: ./triview models fetch")
    return SpeechModels(folder, cores=2)
