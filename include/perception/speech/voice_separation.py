"""pyannote and torch, imported once for processes that are forked from this one: nothing else is in here.

Importing them takes 5 s of processor time. No model is loaded, and pyannote's telemetry, which is off, loses the thread
that it starts anyway, so that a fork may use them.
"""

from __future__ import annotations

import os

from include.perception.speech.diarization import ensure_torchaudio

os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
ensure_torchaudio()

import pyannote.audio.pipelines  # noqa: E402, F401 - torchaudio has to be importable first
from pyannote.audio.telemetry import metrics  # noqa: E402

metrics.provider.shutdown()
