"""Sound for live benchmarks: real recordings where they lie beside the project, the demo's voice otherwise."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy import JFK, korean_texts
from benchmarks.clips import SHARED_MEDIA, interview_clip, mono_audio
from include.interview.records import Interval
from include.settings import Settings

RATE = 16_000
PAUSE_S = 1.2
"""Silence between recordings laid end to end: a real pause, longer than any endpointing rule of ours or the peers'."""
SEED = 20261124


@dataclass(frozen=True)
class Clip:
    """Speech of one language with its text (where known) and where an independent VAD hears speech.

    `pcm`: int16 of shape (n,), 16 kHz. `speech`: stretches parted by pauses of at least `PAUSE_S` / 2.
    """

    name: str
    language: str
    pcm: np.ndarray
    reference: str | None
    speech: tuple[Interval, ...]

    @property
    def seconds(self) -> float:
        """Length of the clip in seconds."""
        return len(self.pcm) / RATE


def _read(path: Path, settings: Settings) -> np.ndarray:
    from include.perception.speech import open_waveform

    with tempfile.TemporaryDirectory() as folder:
        return np.array(open_waveform(mono_audio(path, settings, Path(folder))).samples)


def speech_of(pcm: np.ndarray, settings: Settings, least_pause_s: float = PAUSE_S / 2) -> tuple[Interval, ...]:
    """Stretches of speech in `pcm` (int16 of shape (n,), 16 kHz) by the offline VAD over the whole recording.

    They say when somebody really stopped speaking; pauses shorter than `least_pause_s` seconds do not part them.
    """
    from include.perception.speech import SpeechModels, vad

    models = SpeechModels(settings.models_dir, settings.cores)
    probabilities = vad.speech_probabilities(as_waveform(pcm), models.vad)
    return vad.speech_intervals(probabilities, min_silence_s=least_pause_s)


def as_waveform(pcm: np.ndarray):
    """`pcm`, int16 of shape (n,) at 16 kHz, as the `Waveform` that the offline pipeline reads."""
    from include.perception.speech.waveform import Waveform

    return Waveform(pcm)


def _clip(name: str, language: str, pcm: np.ndarray, reference: str | None, settings: Settings) -> Clip:
    pause = np.zeros(round(PAUSE_S * RATE), np.int16)
    padded = np.concatenate([pause[: len(pause) // 2], pcm, pause])
    return Clip(name, language, padded, reference, speech_of(padded, settings))


def speech_clips(settings: Settings) -> tuple[Clip, ...]:
    """Korean and English read and spoken speech; the demo's synthetic voice where no recordings lie beside us."""
    if not SHARED_MEDIA.is_dir():
        return (_clip("demo", "en", _read(interview_clip(settings), settings), None, settings),)
    texts = korean_texts((SHARED_MEDIA / "README.md").read_text(encoding="utf-8"))
    found = [_clip("jfk.flac", "en", _read(SHARED_MEDIA / "jfk.flac", settings), JFK, settings)]
    pair = "two_speakers_katie_steve.wav"
    found.append(_clip(pair, "en", _read(SHARED_MEDIA / "en" / pair, settings), None, settings))
    for name, text in sorted(texts.items()):
        found.append(_clip(name, "ko", _read(SHARED_MEDIA / "ko" / name, settings), text, settings))
    return tuple(found)


def joined(clips: tuple[Clip, ...], name: str, settings: Settings, *, least_s: float = 0.0) -> Clip:
    """Clips of one language end to end, repeated until at least `least_s` seconds long."""
    parts = list(clips)
    while sum(c.seconds for c in parts) < least_s:
        parts.extend(clips)
    pcm = np.concatenate([c.pcm for c in parts])
    texts = [c.reference for c in parts]
    reference = None if any(t is None for t in texts) else " ".join(t for t in texts if t)
    return Clip(name, parts[0].language, pcm, reference, speech_of(pcm, settings))


def room_noise(seconds: float) -> np.ndarray:
    """A quiet room, int16 of shape (n,) at 16 kHz: brownish noise near -50 dBFS, mains hum, a click now and then."""
    random = np.random.default_rng(SEED)
    n = round(seconds * RATE)
    spectrum = np.fft.rfft(random.standard_normal(n))
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20.0)
    noise = np.fft.irfft(spectrum / np.sqrt(frequency), n)
    noise *= 10 ** (-50 / 20) / np.sqrt(np.mean(noise**2))
    t = np.arange(n) / RATE
    noise += 10 ** (-58 / 20) * np.sin(2 * np.pi * 60 * t)
    for at in random.integers(0, max(1, n - 400), size=max(1, round(seconds / 7))):
        noise[at : at + 400] += 0.05 * random.standard_normal(400) * np.exp(-np.arange(400) / 60)
    return np.round(np.clip(noise, -1, 1) * 32767).astype(np.int16)


def music(seconds: float) -> np.ndarray:
    """Chords with a melody, int16 of shape (n,) at 16 kHz: plucked tones with harmonics, near -25 dBFS."""
    random = np.random.default_rng(SEED)
    beat = round(0.5 * RATE)
    chords = ((57, 60, 64), (53, 57, 60), (55, 59, 62), (52, 55, 59))
    t = np.arange(beat * 2) / RATE

    def tone(note: int) -> np.ndarray:
        f = 440.0 * 2 ** ((note - 69) / 12)
        return sum(np.sin(2 * np.pi * f * k * t) / k for k in (1, 2, 3, 4)) * np.exp(-t * 2.5)

    out = np.zeros(round(seconds * RATE) + len(t))
    for i, at in enumerate(range(0, round(seconds * RATE), beat)):
        chord = chords[(i // 4) % len(chords)]
        notes = (*chord, int(random.choice(chord)) + 12) if i % 4 == 0 else (int(random.choice(chord)) + 12,)
        for note in notes:
            out[at : at + len(t)] += tone(note)
    out = out[: round(seconds * RATE)]
    out *= 10 ** (-25 / 20) / np.sqrt(np.mean(out**2))
    return np.round(np.clip(out, -1, 1) * 32767).astype(np.int16)
