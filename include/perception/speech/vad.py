"""Voice activity detection by Silero VAD (MIT, https://github.com/snakers4/silero-vad), run as a stream.

The network carries its state from block to block, so an hour needs no more memory than a minute and the
probabilities equal those of one pass over everything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from include.interview.records import Interval
from include.perception.speech.waveform import SAMPLE_RATE, Waveform

FRAME = 512
"""Samples per VAD decision (32 ms), fixed by the network."""
FRAME_S = FRAME / SAMPLE_RATE
_CONTEXT = 64
"""Samples of the preceding frame the network sees, fixed by the network."""
_STATE = (1, 1, 128)
_BLOCK_FRAMES = 1_875
"""Frames per call: 60 s."""

SPEECH_ON = 0.5
"""Probability above which speech starts (Silero's default)."""
SPEECH_OFF = 0.35
"""Probability below which speech may end (Silero's default: 0.15 below the first)."""
MIN_SPEECH_S = 0.2
"""Shorter bursts (clicks, coughs) are not speech."""
MIN_SILENCE_S = 0.2
"""Shorter silences (plosives, breath) do not end speech; below the 250 ms at which a pause counts."""


def speech_probabilities(waveform: Waveform, session: Any) -> np.ndarray:
    """Probability of speech per 32 ms frame: float32 of shape (ceil(n / 512),).

    `session` is the ONNX session of Silero VAD v6 with inputs input (frames, 576), h and c.
    """
    h, c = np.zeros(_STATE, np.float32), np.zeros(_STATE, np.float32)
    tail = np.zeros(_CONTEXT, np.float32)
    blocks = []
    for _, block in waveform.blocks(_BLOCK_FRAMES * FRAME_S):
        padded = np.pad(block, (0, -len(block) % FRAME)).reshape(-1, FRAME)
        context = np.vstack([tail[None], padded[:-1, -_CONTEXT:]])
        tail = padded[-1, -_CONTEXT:]
        out, h, c = session.run(None, {"input": np.hstack([context, padded]), "h": h, "c": c})
        blocks.append(np.asarray(out, np.float32).reshape(-1))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def speech_intervals(
    probabilities: np.ndarray, min_silence_s: float = MIN_SILENCE_S, min_speech_s: float = MIN_SPEECH_S
) -> tuple[Interval, ...]:
    """Stretches of speech in seconds, by hysteresis over `probabilities`, float (frames,) of 32 ms each.

    Each has `kind` "speech" and the mean probability as `value`.
    """
    silence_frames = max(1, round(min_silence_s / FRAME_S))
    found: list[tuple[int, int]] = []
    start: int | None = None
    quiet = 0
    for i, p in enumerate(probabilities):
        if start is None:
            if p >= SPEECH_ON:
                start, quiet = i, 0
        elif p < SPEECH_OFF:
            quiet += 1
            if quiet >= silence_frames:
                found.append((start, i - quiet + 1))
                start = None
        elif p >= SPEECH_ON:
            quiet = 0
        elif quiet:
            quiet += 1
    if start is not None:
        found.append((start, len(probabilities) - quiet))
    return tuple(
        Interval(a * FRAME_S, b * FRAME_S, "speech", float(np.mean(probabilities[a:b])))
        for a, b in found
        if (b - a) * FRAME_S >= min_speech_s
    )


def total_s(intervals: Sequence[Interval]) -> float:
    """Summed length of disjoint intervals in seconds."""
    return float(sum(i.end_s - i.start_s for i in intervals))


def overlap_s(start_s: float, end_s: float, intervals: Sequence[Interval]) -> float:
    """Seconds of [start_s, end_s] that lie inside the disjoint `intervals`."""
    return float(sum(max(0.0, min(end_s, i.end_s) - max(start_s, i.start_s)) for i in intervals))
