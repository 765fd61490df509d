"""The demo's live interview: two synthetic voices, one per channel, asking and answering what the demo's video asks."""

from __future__ import annotations

import hashlib
import tempfile
import wave
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from scipy.signal import resample_poly

from cli.demo.video import SCRIPT, VOICES, Voice, utter
from include.interview.progress import Progress, silent

RECIPE = "1"
"""Changes when the same words would give another file."""
RATE = 16_000
UP, DOWN = 320, 441
"""22.05 kHz times UP / DOWN is 16 kHz."""
ASKS: dict[str, Voice] = {"en": Voice("en-us", 150, 35), "ko": Voice("ko", 130, 30)}
BEFORE_S, THINKING_S, AFTER_S = 0.6, 1.2, 1.5
"""Silences: before a question, between question and answer, and after an answer."""


def build_demo_session(out_dir: Path, language: Literal["ko", "en"] = "en", progress: Progress = silent) -> Path:
    """A WAV of 16 kHz with two channels, interviewer and candidate; made once.

    Raises:
        ServiceFailure: espeak-ng is absent or fails.
    """
    parts = msgspec.json.encode([RECIPE, SCRIPT[language], VOICES[language], ASKS[language]])
    target = out_dir / f"session-{language}-{hashlib.sha256(parts).hexdigest()[:12]}.wav"
    if target.is_file():
        return target
    out_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out_dir, prefix=".building-") as scratch:
        sound = _converse(language, Path(scratch), progress)
        made = Path(scratch) / "session.wav"
        with wave.open(str(made), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(sound.astype("<i2").tobytes())
        made.replace(target)
    return target


def _converse(language: str, scratch: Path, progress: Progress) -> np.ndarray:
    """int16 of shape (n, 2): the first column asks, the second answers, never at once."""
    pieces: list[np.ndarray] = []
    exchanges = SCRIPT[language]
    for number, exchange in enumerate(exchanges):
        for column, voice, text, after in (
            (0, ASKS[language], exchange.question, THINKING_S),
            (1, VOICES[language], exchange.answer, AFTER_S),
        ):
            said = np.frombuffer(utter(text, voice, scratch), "<i2").astype(np.float64)
            at_16k = np.clip(resample_poly(said, UP, DOWN), -32768, 32767)
            both = np.zeros((round(BEFORE_S * RATE) + len(at_16k) + round(after * RATE), 2))
            start = round(BEFORE_S * RATE)
            both[start : start + len(at_16k), column] = at_16k
            pieces.append(both)
        progress((number + 1) / len(exchanges), "voices")
    return np.round(np.concatenate(pieces)).astype(np.int16)
