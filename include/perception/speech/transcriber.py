"""From windows to words: language, decoding with fallback, alignment, and times on the recording's own clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from include.interview.progress import Progress, silent
from include.interview.records import Interval, Word
from include.perception.speech import gates
from include.perception.speech import recognition as rec
from include.perception.speech.models import SpeechModels
from include.perception.speech.packing import Window
from include.perception.speech.waveform import Waveform

SUPPORTED = ("ko", "en")
CERTAIN_LANGUAGE = 0.5
"""Probability below which a detected language is uncertain, and another language than ours is not believed: weak
Korean is easily taken for something else."""
DETECTION_WINDOWS = 4
"""Windows, spread over the recording, whose language probabilities are averaged."""
MAX_BATCH = 4
"""Windows per decoder call: four cost 15 % less CPU each than one, more only adds memory."""


@dataclass(frozen=True)
class LanguageGuess:
    """The most probable language, its probability among all of Whisper's, and (`known`) those of ko and en."""

    language: str
    probability: float
    known: dict[str, float]

    @property
    def supported(self) -> bool:
        """True for Korean and English."""
        return self.language in SUPPORTED


@dataclass(frozen=True)
class Heard:
    """The words recognised in one window, or the stretches whose words could not be believed."""

    words: tuple[Word, ...]
    unreliable: tuple[Interval, ...] = ()
    fallback: bool = False


def detect_language(waveform: Waveform, windows: Sequence[Window], models: SpeechModels) -> LanguageGuess:
    """Most probable language over up to four windows spread over the recording, weighted by their length.

    When no language reaches one half, the likelier of Korean and English, with its own low probability.
    """
    count = min(DETECTION_WINDOWS, len(windows))
    chosen = [windows[(2 * k + 1) * len(windows) // (2 * count)] for k in range(count)]
    whisper = models.whisper

    def one(window: Window) -> dict[str, float]:
        mel = rec.features(whisper, window.sound(waveform))
        return rec.languages(whisper, rec.encode(whisper, [mel]))[0]

    with ThreadPoolExecutor(models.cores) as pool:
        found = list(pool.map(one, chosen))
    total = sum(w.seconds for w in chosen)
    mean = {
        name: sum(probabilities[name] * w.seconds for probabilities, w in zip(found, chosen, strict=True)) / total
        for name in found[0]
    }
    best = max(sorted(mean), key=lambda name: mean[name])
    if mean[best] < CERTAIN_LANGUAGE:
        best = max(SUPPORTED, key=lambda name: mean[name])
    return LanguageGuess(best, mean[best], {name: mean[name] for name in SUPPORTED})


def recognise(
    waveform: Waveform,
    windows: Sequence[Window],
    models: SpeechModels,
    language: str,
    progress: Progress = silent,
) -> list[Heard]:
    """The words of every window on the recording's timeline (seconds), in order.

    The same sound gives the same words.
    """
    size = max(1, min(MAX_BATCH, math.ceil(len(windows) / (2 * models.cores))))
    batches = [windows[i : i + size] for i in range(0, len(windows), size)]
    tok = rec.tokenizer(models.whisper, language)
    heard: list[Heard] = []
    with ThreadPoolExecutor(models.cores) as pool:
        for found in pool.map(lambda batch: hear(waveform, batch, models.whisper, tok), batches):
            heard.extend(found)
            progress(len(heard) / len(windows), "transcribing")
    return heard


def hear(waveform: Waveform, windows: Sequence[Window], whisper: Any, tok: Any) -> list[Heard]:
    """The words of a batch of windows from one decoder call; doubtful windows are decoded again at 30 s."""
    sounds = [w.sound(waveform) for w in windows]
    encoded = rec.encode(whisper, [rec.features(whisper, s) for s in sounds])
    hypotheses = rec.generate(whisper, encoded, len(windows), tok)
    words = rec.align(whisper, encoded, hypotheses, [w.seconds for w in windows], tok)
    heard = []
    for window, sound, hypothesis, timed in zip(windows, sounds, hypotheses, words, strict=True):
        if gates.silent(hypothesis):
            heard.append(Heard(()))
        elif gates.suspicious(hypothesis, window.seconds):
            heard.append(_second_look(window, sound, hypothesis, timed, whisper, tok))
        else:
            heard.append(Heard(_on_recording(window, timed)))
    return heard


def _second_look(
    window: Window, sound: Any, first: rec.Hypothesis, timed: list[rec.TimedWord], whisper: Any, tok: Any
) -> Heard:
    """A suspicious window decoded again, with 30 s of room and then without repeated phrases.

    Whisper raises the temperature here; sampling would make scores depend on chance, so the window is widened, then
    repeated phrases are forbidden, and nothing is kept if neither is believable. A repetition that the full-length
    window hears as well was really said, and stays.
    """
    encoded = rec.encode(whisper, [rec.features(whisper, sound, rec.LONG_FRAMES)])
    for no_repeat in (0, rec.NO_REPEAT_NGRAM):
        again = rec.generate(whisper, encoded, 1, tok, no_repeat)[0]
        if gates.silent(again):
            return Heard((), fallback=True)
        if gates.believable(again, window.seconds):
            words = rec.align(whisper, encoded, [again], [window.seconds], tok)[0]
            return Heard(_on_recording(window, words), fallback=True)
    if gates.believable(first, window.seconds):
        return Heard(_on_recording(window, timed), fallback=True)
    return Heard((), window.intervals, fallback=True)


def _on_recording(window: Window, timed: Sequence[rec.TimedWord]) -> tuple[Word, ...]:
    words = []
    for word in timed:
        start, end = window.span(word.start_s, word.end_s)
        words.append(Word(word.text, start, end, word.probability))
    return tuple(words)
