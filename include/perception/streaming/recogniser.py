"""Whisper on the windows of many streams: the offline pass's functions, with windows as short as the speech allows.

Measured on one core with int8 (a 6 s Korean utterance): log-mel 3 ms, encoder 122 ms for 10 s and 258 ms for 15 s
windows, decoder with beam 5 360 ms alone and 195 ms each in a batch of four, alignment 30 ms. Encoding several
windows in one call is not faster, so windows are encoded one by one and decoded together.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from include.perception.speech import gates
from include.perception.speech import recognition as rec
from include.perception.speech.waveform import SAMPLE_RATE
from include.perception.streaming.hypothesis_filter import Voice, echoes, invented, with_sound
from include.perception.streaming.left_context import Lead

WINDOWS = ((8.3, 1_000), (10.6, 1_250), (13.0, 1_500), (30.0, 3_000))
"""(seconds of sound, mel frames): never filled to the brim, and never under 10 s, below which Whisper loops."""
TOKENS_PER_S = 9
"""Twice what fluent Korean needs: bounds what a loop can cost."""
SPARE_TOKENS = 20
_MIN_PARTIAL_LOG_PROBABILITY = -1.5
"""Half a second of speech is uncertain; shown as unstable, it may be wrong."""


@dataclass(frozen=True)
class Recognised:
    """The words of one window, in seconds of its sound; without words, why.

    "noise": nobody spoke; "unintelligible": somebody did, but no pass is believable.
    """

    words: tuple[rec.TimedWord, ...]
    verdict: Literal["words", "noise", "unintelligible"]
    second_look: bool = False


@dataclass
class Encoded:
    """An encoder's output for `frames` mel frames (a CTranslate2 storage view)."""

    frames: int
    view: Any


def window_frames(seconds: float) -> int:
    """Mel frames of the shortest window that holds `seconds` of sound with room to spare."""
    return next((frames for limit, frames in WINDOWS if seconds <= limit), WINDOWS[-1][1])


def token_limit(seconds: float) -> int:
    """Tokens after which a pass over `seconds` of sound is cut off as a loop."""
    return min(rec.MAX_TOKENS, SPARE_TOKENS + round(TOKENS_PER_S * seconds))


class Recogniser:
    """The shared model. Every method may be called from several threads."""

    def __init__(self, whisper: Any) -> None:
        self._whisper = whisper
        self._tokenizers: dict[str, Any] = {}
        self._lock = threading.Lock()

    def _tokenizer(self, language: str) -> Any:
        with self._lock:
            if language not in self._tokenizers:
                self._tokenizers[language] = rec.tokenizer(self._whisper, language)
            return self._tokenizers[language]

    def encode(self, sound: np.ndarray, lead: Lead | None = None) -> Encoded:
        """One window: `sound` with what leads to it."""
        if lead is not None:
            sound = np.concatenate([lead.sound, sound])
        frames = window_frames(len(sound) / SAMPLE_RATE)
        return Encoded(frames, rec.encode(self._whisper, [rec.features(self._whisper, sound, frames)]))

    def decode(
        self,
        encoded: Sequence[Encoded],
        sounds: Sequence[np.ndarray],
        language: str,
        beam: int,
        lead: Lead | None = None,
    ) -> list[rec.Hypothesis]:
        """The words of windows of one size and language; with a lead, of one window, and only what follows it."""
        limit = max(token_limit(len(s) / SAMPLE_RATE) for s in sounds)
        tok = self._tokenizer(language)
        said = self._said(lead, tok)
        together = _together(encoded)
        return rec.generate(self._whisper, together, len(encoded), tok, beam=beam, max_tokens=limit, said=said)

    def partial(self, hypothesis: rec.Hypothesis, sound: np.ndarray) -> str:
        """What may be shown of an unfinished utterance: nothing when the pass loops or hears silence."""
        partial = replace(
            hypothesis, average_log_probability=max(hypothesis.average_log_probability, gates.MIN_LOG_PROBABILITY)
        )
        weak = hypothesis.average_log_probability < _MIN_PARTIAL_LOG_PROBABILITY
        if weak or gates.silent(hypothesis) or self._suspicious(partial, len(sound) / SAMPLE_RATE):
            return ""
        return hypothesis.text

    def judge(
        self,
        encoded: Encoded,
        sound: np.ndarray,
        hypothesis: rec.Hypothesis,
        voice: Voice,
        language: str,
        lead: Lead | None = None,
    ) -> Recognised:
        """The final words of one decoded window.

        A loop's words have no sound of their own: without them the rest may stand. Any other suspicious pass is heard
        again in longer windows.
        """
        tok, seconds = self._tokenizer(language), len(sound) / SAMPLE_RATE
        if gates.silent(hypothesis):
            return Recognised((), "noise")
        words = self._align(encoded, seconds, hypothesis, lead, tok)
        if self._suspicious(hypothesis, seconds):
            words = with_sound(words)
            rest = replace(hypothesis, text=" ".join(w.text for w in words), tokens=())
            if len(rest.text) == len(hypothesis.text) or self._suspicious(rest, seconds):
                return self._second_look(sound, voice, tok)
        if invented(hypothesis, words, voice):
            return Recognised((), "noise")
        return Recognised(tuple(words), "words")

    def _align(
        self, encoded: Encoded, seconds: float, hypothesis: rec.Hypothesis, lead: Lead | None, tok: Any
    ) -> list[rec.TimedWord]:
        before = len(lead.sound) / SAMPLE_RATE if lead is not None else 0.0
        said = self._said(lead, tok)
        words = rec.align(self._whisper, encoded.view, [hypothesis], [before + seconds], tok, said)[0]
        return [_later(w, before) for w in words]

    def _said(self, lead: Lead | None, tok: Any) -> list[int]:
        return tok.encode(f" {lead.text}") if lead is not None else []

    def _suspicious(self, hypothesis: rec.Hypothesis, seconds: float) -> bool:
        looped = len(hypothesis.tokens) >= token_limit(seconds) - 1 or echoes(hypothesis.text)
        return looped or gates.suspicious(hypothesis, seconds)

    def _second_look(self, sound: np.ndarray, voice: Voice, tok: Any) -> Recognised:
        """As the offline pass: a longer window, then no repeated phrases, then nothing rather than a guess.

        A repetition that the longer window hears as well was really said, and stays.
        """
        seconds = len(sound) / SAMPLE_RATE
        frames = next(f for f in (rec.SHORT_FRAMES, rec.LONG_FRAMES) if f > window_frames(seconds) or f == 3_000)
        encoded = rec.encode(self._whisper, [rec.features(self._whisper, sound, frames)])
        for no_repeat in (0, rec.NO_REPEAT_NGRAM):
            again = rec.generate(self._whisper, encoded, 1, tok, no_repeat, max_tokens=token_limit(seconds))[0]
            if gates.silent(again):
                return Recognised((), "noise", second_look=True)
            if gates.believable(again, seconds) and (no_repeat or len(again.tokens) < token_limit(seconds) - 1):
                words = rec.align(self._whisper, encoded, [again], [seconds], tok)[0]
                if invented(again, words, voice):
                    return Recognised((), "noise", second_look=True)
                return Recognised(tuple(words), "words", second_look=True)
        return Recognised((), "unintelligible", second_look=True)


def _later(word: rec.TimedWord, before: float) -> rec.TimedWord:
    """A word's times without the lead's seconds."""
    return replace(word, start_s=max(0.0, word.start_s - before), end_s=max(0.0, word.end_s - before))


def _together(encoded: Sequence[Encoded]) -> Any:
    """One storage view of several encoder outputs of the same length."""
    if len(encoded) == 1:
        return encoded[0].view
    import ctranslate2

    joined = np.concatenate([np.asarray(e.view) for e in encoded])
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(joined))
