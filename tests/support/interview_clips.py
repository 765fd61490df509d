"""Small interviews made at test time: a public-domain face (NASA portrait) and a synthetic voice."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.face_recordings import RATE, film, mouth_open, portrait, swaying
from tests.support.recordings import ffmpeg

ANSWER = (
    "Last spring I led a team of five people at the city library. The old catalogue was slow, so I asked every "
    "librarian what they needed and wrote down three goals. Because the budget was small, I divided the work into "
    "weekly parts, and each Friday we tested one part with real visitors. In the end the search took two seconds "
    "instead of twenty, and complaints fell by half. I learned that asking first saves time later."
)
LONG_ANSWER = (
    f"{ANSWER} After that I wrote a short guide for the other libraries, and two of them asked us for help. We visited "
    "both, watched how their visitors searched, and changed the guide, because they needed larger letters and fewer "
    "steps. Today three libraries use the same catalogue, and every spring we meet for a day to compare what visitors "
    "asked for, what we changed, and what did not help. I keep the list of open questions, and I answer for it."
)
"""More than 33 seconds of speech at 175 words per minute: 30 that count beside the first 3."""
SHORT_ANSWER = "I led the team and we finished the project in time, because we planned the work together."
GERMAN = (
    "Guten Tag, mein Name ist Klara und ich arbeite seit fünf Jahren in einer Bibliothek. Ich helfe den Besuchern "
    "sehr gern und möchte mit Ihrer Mannschaft neue Wege lernen."
)


def speak(path: Path, text: str, voice: str = "en-us", words_per_minute: int = 175) -> Path:
    """`text` spoken by espeak-ng into a WAV file; the test is skipped where espeak-ng is missing."""
    program = shutil.which("espeak-ng")
    if program is None:
        pytest.skip("espeak-ng is not installed")
    subprocess.run([program, "-v", voice, "-s", str(words_per_minute), "-w", path, text], check=True)
    return path


def join(path: Path, video: Path, audio: Path, *more: str) -> Path:
    """One file with the picture of `video` and the sound of `audio`, as long as the shorter."""
    ffmpeg("-i", video, "-i", audio, "-map", "0:v", "-map", "1:a", "-c:v", "copy", "-shortest", *more, path)
    return path


def face(path: Path, seconds: float, picture_at: Callable[[float], np.ndarray] | None = None) -> Path:
    """A silent video of the portrait, or of `picture_at(t)`."""
    return film(path, seconds, picture_at or (lambda _t: portrait()))


def talking(folder: Path, name: str, text: str, seconds: float, voice: str = "en-us", pace: int = 175) -> Path:
    """A video (mp4) of the portrait, swaying, that speaks `text` with its mouth moving, at most `seconds` long."""
    sound = speak(folder / f"{name}.wav", text, voice, pace)
    return join(folder / f"{name}.mp4", face(folder / f"{name}-silent.mp4", seconds, lips_to(sound)), sound)


WIDEST_PX = 10.0
"""How far the lips part in the loudest syllables: a tenth of the head's height."""


def lips_to(sound: Path) -> Callable[[float], np.ndarray]:
    """The swaying portrait at time t, its mouth as wide open as the WAV file `sound` is loud there."""
    with wave.open(str(sound), "rb") as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float64)
    length = rate // RATE
    power = np.square(samples[: len(samples) // length * length].reshape(-1, length)).mean(axis=1) ** 0.5
    opening = WIDEST_PX * np.clip(power / np.percentile(power, 95), 0.0, 1.0)

    def at(t: float) -> np.ndarray:
        k = round(t * RATE)
        return swaying(t, mouth_open(float(opening[k]) if k < len(opening) else 0.0))

    return at
