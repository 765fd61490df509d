"""Two microphones in one room: whose each word is, and how often it is there twice, at several levels of crosstalk."""

from __future__ import annotations

import tempfile
import wave
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from cli.demo.live_audio import build_demo_session
from include.interview.live.merge_tracks import TrackTranscript, merge_tracks
from include.interview.live.wire import Track
from include.interview.records import Transcript, Utterance
from include.interview.transcript.edit_distance import edits
from include.interview.transcript.text import fold, words
from include.perception.speech import SAMPLE_RATE, SpeechModels, Waveform, transcribe
from include.perception.speech.crosstalk import HeardTrack, without_crosstalk
from include.settings import Settings

CROSSTALK_DB = (-6, -12, -18, -24, -30)
DELAYS_S = (0.0, 0.01, 0.03)
NOISE_RMS = 10.0
"""Noise of each microphone, of 32,768: -70 dB."""
SAME_ERRORS = 0.5
"""Word error rate up to which two utterances at the same time say the same."""
_TURN_GAP_S = 1.0
_TRACKS: tuple[Track, Track] = ("interviewer", "candidate")


def run(settings: Settings, *, quick: bool = False) -> dict[str, Any]:
    """Shares of doubled utterances and of words given to the wrong person per crosstalk (dB) and delay (ms).

    Of the demo's live interview, a synthetic voice on each channel; the truth is who speaks when, by construction.
    """
    with tempfile.TemporaryDirectory() as folder:
        clean = _channels(build_demo_session(Path(folder)))
    models = SpeechModels(settings.models_dir, settings.cores)
    turns = [_spoken(clean[:, k]) for k in (0, 1)]
    found: dict[str, Any] = {"seconds": len(clean) / SAMPLE_RATE}
    for level, delay in product(CROSSTALK_DB, DELAYS_S[-1:] if quick else DELAYS_S):
        merged, told = _heard(_mixed(clean, level, delay), models)
        found[f"{level} dB, {round(delay * 1000)} ms"] = _figures(merged, turns) | {"told": told}
    return found


def _channels(path: Path) -> np.ndarray:
    """float64 (n, 2) of a WAV file of two channels."""
    with wave.open(str(path), "rb") as file:
        raw = file.readframes(file.getnframes())
    return np.frombuffer(raw, "<i2").reshape(-1, 2).astype(np.float64)


def _mixed(clean: np.ndarray, crosstalk_db: float, delay_s: float) -> list[Waveform]:
    chance = np.random.default_rng(1)
    leaked = 10 ** (crosstalk_db / 20) * np.roll(clean[:, ::-1], round(delay_s * SAMPLE_RATE), axis=0)
    both = clean + leaked + NOISE_RMS * chance.standard_normal(clean.shape)
    return [Waveform(np.clip(np.round(both[:, k]), -32768, 32767).astype("<i2")) for k in (0, 1)]


def _heard(sounds: list[Waveform], models: SpeechModels) -> tuple[Transcript, bool]:
    """The merged transcript as the offline pass makes it, and whether it remarks on crosstalk."""
    tracks = {
        name: HeardTrack(transcribe(sound, models, "en", one_voice=True), sound, 0.0)
        for name, sound in zip(_TRACKS, sounds, strict=True)
    }
    results = without_crosstalk(tracks)
    parts = [TrackTranscript(name, 0.0, results[name].transcript) for name in _TRACKS]
    merged = merge_tracks(parts, sounds[0].seconds)
    return merged, any(f.code.startswith("crosstalk") for f in merged.flags)


def _spoken(samples: np.ndarray) -> list[tuple[float, float]]:
    """Where a channel of synthetic speech is not silent, in seconds, gaps of less than a second closed."""
    loud = np.flatnonzero(samples)
    cuts = np.flatnonzero(np.diff(loud) > _TURN_GAP_S * SAMPLE_RATE)
    starts, ends = np.append(loud[0], loud[cuts + 1]), np.append(loud[cuts], loud[-1])
    return [(float(a) / SAMPLE_RATE, float(b) / SAMPLE_RATE) for a, b in zip(starts, ends, strict=True)]


def _figures(merged: Transcript, turns: list[list[tuple[float, float]]]) -> dict[str, float]:
    """`doubled` utterances and `wrong` words, as shares, and the number of words."""
    sides = [[u for u in merged.utterances if u.role == name] for name in _TRACKS]
    doubled = sum(any(_same(u, other) for other in sides[1]) for u in sides[0])
    said = [((w.start_s + w.end_s) / 2, k) for k in (0, 1) for u in sides[k] for w in u.words]
    wrong = sum(any(a <= at <= b for a, b in turns[1 - k]) for at, k in said)
    return {"doubled": doubled / max(1, len(merged.utterances)), "wrong": wrong / max(1, len(said)), "words": len(said)}


def _same(one: Utterance, other: Utterance) -> bool:
    if min(one.end_s or 0.0, other.end_s or 0.0) <= max(one.start_s or 0.0, other.start_s or 0.0):
        return False
    mine, theirs = words(fold(one.text)), words(fold(other.text))
    return edits(mine, theirs).errors <= SAME_ERRORS * max(len(mine), len(theirs))
