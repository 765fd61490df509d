"""From windows to words: decoding with fallback, alignment, and times on the recording's own clock."""

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

MAX_BATCH = 4
"""Windows per decoder call: four cost 15 % less CPU each than one, more only adds memory."""


@dataclass(frozen=True)
class Heard:
    """The words recognised in one window, or the stretches whose words could not be believed."""

    words: tuple[Word, ...]
    unreliable: tuple[Interval, ...] = ()
    fallback: bool = False


def recognise(
    waveform: Waveform,
    windows: Sequence[Window],
    models: SpeechModels,
    progress: Progress = silent,
) -> list[Heard]:
    """The words of every window, in its own language, on the recording's timeline (seconds), in order.

    The same sound gives the same words.
    """
    size = max(1, min(MAX_BATCH, math.ceil(len(windows) / (2 * models.cores))))
    batches = _batches(windows, size)
    heard: list[Heard] = []

    def one(batch: Sequence[Window]) -> list[Heard]:
        return hear(waveform, batch, models.whisper, rec.tokenizer(models.whisper, batch[0].language))

    with ThreadPoolExecutor(models.cores) as pool:
        for found in pool.map(one, batches):
            heard.extend(found)
            progress(len(heard) / len(windows), "transcribing")
    return heard


def _batches(windows: Sequence[Window], size: int) -> list[list[Window]]:
    """Consecutive windows of one language, at most `size` together."""
    batches: list[list[Window]] = []
    for window in windows:
        if not batches or len(batches[-1]) == size or batches[-1][0].language != window.language:
            batches.append([])
        batches[-1].append(window)
    return batches


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
