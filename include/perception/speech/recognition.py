"""Whisper on packed windows, one function each: log-mel features, encoder, beam search, word alignment.

Windows are shorter than Whisper's 30 s (Radford et al. 2022, https://arxiv.org/abs/2212.04356): CTranslate2's
encoder takes any number of mel frames, and 15 s cost less than half of 30 s. All decoding is beam search at
temperature 0, so the same sound always gives the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from include.perception.speech.waveform import SAMPLE_RATE

HOP = 160
"""Samples per mel frame (10 ms)."""
SHORT_FRAMES = 1_500
"""Mel frames of the usual window: 15 s (see packing.SPEECH_LIMIT_S for why not 10 s)."""
LONG_FRAMES = 3_000
"""Mel frames Whisper was trained on (30 s): the fallback."""
BEAM = 5
MAX_TOKENS = 224
"""Whisper's own limit of text tokens per pass (half of its 448-token context)."""
NO_REPEAT_NGRAM = 4
"""Tokens that may not recur in the last fallback: breaks loops while ordinary sentences stay possible."""


@dataclass(frozen=True)
class Hypothesis:
    """The result of one decoding pass.

    `average_log_probability` is per token, `no_speech` the probability of silence.
    """

    tokens: tuple[int, ...]
    text: str
    average_log_probability: float
    no_speech: float


@dataclass(frozen=True)
class TimedWord:
    """A word with its times in packed seconds."""

    text: str
    start_s: float
    end_s: float
    probability: float


def tokenizer(whisper: Any, language: str) -> Any:
    """Whisper's tokenizer for transcribing `language`."""
    from faster_whisper.tokenizer import Tokenizer

    return Tokenizer(whisper.hf_tokenizer, True, task="transcribe", language=language)


def features(whisper: Any, sound: np.ndarray, frames: int = SHORT_FRAMES) -> np.ndarray:
    """Log-mel spectrogram, float32 (80, frames), of `sound` (float32 (n,), 16 kHz) padded with silence to `frames`."""
    padded = np.pad(sound[: frames * HOP], (0, max(0, frames * HOP - len(sound))))
    return np.asarray(whisper.feature_extractor(padded, padding=0)[:, :frames], dtype=np.float32)


def encode(whisper: Any, mels: Sequence[np.ndarray]) -> Any:
    """Encoder output (a CTranslate2 storage view of shape (batch, frames / 2, width)) of equally long spectrograms."""
    return whisper.encode(np.stack(list(mels)))


def generate(
    whisper: Any,
    encoded: Any,
    batch: int,
    tok: Any,
    no_repeat_ngram: int = 0,
    *,
    beam: int = BEAM,
    max_tokens: int = MAX_TOKENS,
    said: Sequence[int] = (),
) -> list[Hypothesis]:
    """Hypotheses of every window of the batch by beam search, without timestamp tokens; `beam` 1 is greedy.

    Source of the suppressed tokens: Whisper's list of non-speech symbols.

    Args:
        said: tokens of what is known to be said where the window begins; the hypotheses are what follows them.
    """
    from faster_whisper.transcribe import get_suppressed_tokens

    results = whisper.model.generate(
        encoded,
        [[*tok.sot_sequence, tok.no_timestamps, *said]] * batch,
        beam_size=beam,
        max_length=max_tokens + len(said),
        return_scores=True,
        return_no_speech_prob=True,
        suppress_blank=True,
        suppress_tokens=get_suppressed_tokens(tok, [-1]),
        no_repeat_ngram_size=no_repeat_ngram,
    )
    found = []
    for result in results:
        everything = result.sequences_ids[0]
        ids = everything[len(said) :]
        tokens = tuple(t for t in ids if t < tok.eot)
        # the score is the sum over what was found, divided by the length of everything
        mean = result.scores[0] * len(everything) / (len(ids) + 1) if ids else 0.0
        found.append(Hypothesis(tokens, tok.decode(list(tokens)).strip(), float(mean), float(result.no_speech_prob)))
    return found


def align(
    whisper: Any,
    encoded: Any,
    hypotheses: Sequence[Hypothesis],
    seconds: Sequence[float],
    tok: Any,
    said: Sequence[int] = (),
) -> list[list[TimedWord]]:
    """Words per window with packed seconds and probabilities (mean over tokens), by cross-attention DTW.

    Args:
        seconds: length of real sound per window; alignment never points into the padding.
        said: as in `generate`; its words are aligned with the others and left out.
    """
    from faster_whisper.transcribe import merge_punctuations

    frames = [max(2, int(s * SAMPLE_RATE) // HOP) for s in seconds]
    timed = whisper.find_alignment(tok, [[*said, *h.tokens] for h in hypotheses], encoded, frames)
    out = []
    for aligned in timed:
        words = _after(aligned, len(said))
        merge_punctuations(words, "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、")
        out.append(
            [
                TimedWord(w["word"].strip(), float(w["start"]), float(w["end"]), float(w["probability"]))
                for w in words
                if w["word"].strip()
            ]
        )
    return out


def _after(words: Sequence[dict[str, Any]], tokens: int) -> list[dict[str, Any]]:
    """The words that begin once `tokens` tokens are over."""
    found, passed = [], 0
    for word in words:
        if passed >= tokens:
            found.append(word)
        passed += len(word["tokens"])
    return found


def languages(whisper: Any, encoded: Any) -> list[dict[str, float]]:
    """Probability in [0, 1] of each of Whisper's 99 languages (ISO 639 code), one table per window."""
    return [{token.strip("<|>"): float(p) for token, p in found} for found in whisper.model.detect_language(encoded)]
