"""Sounds for the tests: spoken by espeak-ng, made of samples, or real recordings beside the project."""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from include.perception.speech import SAMPLE_RATE, Waveform
from include.settings import PROJECT_ROOT
from tests.support.expected_skips import NO_SHARED_MEDIA

MEDIA = PROJECT_ROOT.parent / "shared" / "media"


def media(name: str) -> Path:
    """A real recording beside the project; the test is skipped where there is none."""
    path = MEDIA / name
    if not path.exists():
        pytest.skip(f"{NO_SHARED_MEDIA}: ../shared/media/{name}")
    return path


@lru_cache(maxsize=8)
def recording(path: Path) -> Waveform:
    """Any audio file as a waveform, which nobody changes: tests that hear the same file share it."""
    from faster_whisper.audio import decode_audio

    sound = decode_audio(str(path), sampling_rate=SAMPLE_RATE)
    return Waveform(np.clip(sound * 32_768.0, -32_768, 32_767).astype("<i2"))


def spoken(text: str, voice: str = "en-us", words_per_minute: int = 140) -> np.ndarray:
    """`text` spoken by espeak-ng: int16 samples at 16 kHz."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("espeak-ng is not installed")
    command = [program, "-v", voice, "-s", str(words_per_minute), "--stdout", text]
    data = subprocess.run(command, check=True, capture_output=True).stdout
    from scipy.signal import resample_poly

    with wave.open(io.BytesIO(data)) as sound:
        rate, raw = sound.getframerate(), sound.readframes(sound.getnframes())
    samples = np.frombuffer(raw, "<i2").astype(np.float64)
    common = int(np.gcd(rate, SAMPLE_RATE))
    return np.clip(resample_poly(samples, SAMPLE_RATE // common, rate // common), -32_768, 32_767).astype("<i2")


def silence(seconds: float) -> np.ndarray:
    """Digital silence, int16."""
    return np.zeros(round(seconds * SAMPLE_RATE), "<i2")


def tone(hz: float | np.ndarray, seconds: float, amplitude: float = 8_000.0) -> np.ndarray:
    """A sine of constant or given (per sample) frequency, int16."""
    n = round(seconds * SAMPLE_RATE)
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hz, n)) / SAMPLE_RATE
    return (amplitude * np.sin(phase)).astype("<i2")
