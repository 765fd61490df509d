"""Packing of speech into encoder windows, and mapping of packed times back to the recording's own.

Whisper's encoder costs the same for silence as for speech, so silence is left out and the speech is laid
together until a window is full. Every packed sample knows where it came from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from include.interview.records import Interval
from include.perception.speech.vad import FRAME
from include.perception.speech.waveform import SAMPLE_RATE, Waveform

SPEECH_LIMIT_S = 13.0
"""Speech per window of 15 s. Windows filled to the brim loop (measured: Korean read speech, 10 s window with
9.9 s of speech: error rate 0.17 ± loops; 15 s window with 13 s: 0.065, never above 0.07)."""
PAD_S = 0.2
"""Sound kept around speech so that weak onsets and endings are not cut."""
_CUT_FROM = 0.6
"""A stretch longer than a window is cut at its least speech-like moment in the last 40 % of the window."""
_CUT_SMOOTHING = 5
"""Frames (160 ms) over which that moment is sought."""


@dataclass(frozen=True)
class Piece:
    """Samples [start, end) of the recording, of which [speech_start, speech_end) is speech, not padding."""

    start: int
    end: int
    speech_start: int
    speech_end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True)
class Window:
    """Pieces laid end to end: the sound of one encoder pass, all of one `language` (ISO 639; "" where nobody asks)."""

    pieces: tuple[Piece, ...]
    language: str = ""

    @property
    def seconds(self) -> float:
        """Length of the packed sound in seconds."""
        return sum(len(p) for p in self.pieces) / SAMPLE_RATE

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """Where the pieces lie on the recording, in seconds."""
        return tuple(Interval(p.start / SAMPLE_RATE, p.end / SAMPLE_RATE, "window") for p in self.pieces)

    def sound(self, waveform: Waveform) -> np.ndarray:
        """The packed sound: float32 in [-1, 1), shape (n,), 16 kHz."""
        return np.concatenate([waveform.slice(p.start, p.end) for p in self.pieces])

    def span(self, start_s: float, end_s: float) -> tuple[float, float]:
        """A stretch of packed time (seconds) on the recording's timeline, in the piece whose speech holds most of it.

        A word that the aligner lets begin in the padding before a pause belongs to the speech after the pause.

        Raises:
        ValueError: the window has no pieces.
        """
        start, end = start_s * SAMPLE_RATE, end_s * SAMPLE_RATE
        best: tuple[tuple[float, float], Piece, int] | None = None
        offset = 0
        for piece in self.pieces:
            shift = piece.start - offset
            shared = min(end + shift, piece.speech_end) - max(start + shift, piece.speech_start)
            held = min(end + shift, piece.end) - max(start + shift, piece.start)
            rank = (max(shared, 0.0), held)
            if best is None or rank > best[0]:
                best = (rank, piece, shift)
            offset += len(piece)
        if best is None:
            raise ValueError("a window without pieces holds no time")
        _, piece, shift = best
        begins = min(max(start + shift, piece.start), piece.end)
        ends = min(max(end + shift, begins), piece.end)
        return begins / SAMPLE_RATE, ends / SAMPLE_RATE


def pieces_of(speech: Sequence[Interval], probabilities: np.ndarray, samples: int, limit_s: float) -> list[Piece]:
    """Padded pieces of at most `limit_s` seconds; pieces never overlap (the gap between neighbours is shared).

    `probabilities`: speech probability per 32 ms frame, float (frames,): what is too long is cut where it is lowest.
    `samples`: length of the recording at 16 kHz.
    """
    pad = round(PAD_S * SAMPLE_RATE)
    bounds = [(round(i.start_s * SAMPLE_RATE), round(i.end_s * SAMPLE_RATE)) for i in speech]
    pieces: list[Piece] = []
    for k, (start, end) in enumerate(bounds):
        floor = (bounds[k - 1][1] + start) // 2 if k else 0
        ceiling = (end + bounds[k + 1][0]) // 2 if k + 1 < len(bounds) else samples
        piece = Piece(max(start - pad, floor), min(end + pad, ceiling, samples), start, min(end, samples))
        pieces.extend(_split(piece, probabilities, limit_s))
    return pieces


def _split(piece: Piece, probabilities: np.ndarray, limit_s: float) -> list[Piece]:
    limit = round(limit_s * SAMPLE_RATE)
    parts = []
    while len(piece) > limit:
        first = int((piece.start + _CUT_FROM * limit) // FRAME)
        last = int((piece.start + limit) // FRAME)
        kernel = np.ones(_CUT_SMOOTHING) / _CUT_SMOOTHING
        smooth = np.convolve(probabilities[first:last], kernel, mode="same")
        edge = _CUT_SMOOTHING // 2
        cut = (first + edge + int(np.argmin(smooth[edge : len(smooth) - edge]))) * FRAME + FRAME // 2
        parts.append(Piece(piece.start, cut, piece.speech_start, cut))
        piece = Piece(cut, piece.end, cut, piece.speech_end)
    parts.append(piece)
    return parts


def pack(
    speech: Sequence[Interval],
    probabilities: np.ndarray,
    samples: int,
    limit_s: float = SPEECH_LIMIT_S,
    languages: Sequence[str] = (),
) -> tuple[Window, ...]:
    """Windows of at most `limit_s` seconds of sound, in order of time.

    Args:
        speech: disjoint speech intervals in seconds, in order.
        probabilities: speech probability per 32 ms frame, float (frames,), which says where to cut what is too long.
        samples: length of the recording in samples at 16 kHz.
        limit_s: most seconds of sound in one window.
        languages: the language of each interval; a window holds one only. Empty: of all the same.
    """
    starts = [round(i.start_s * SAMPLE_RATE) for i in speech]
    windows: list[Window] = []
    current: list[Piece] = []
    filled, spoken = 0, ""
    for piece in pieces_of(speech, probabilities, samples, limit_s):
        language = languages[bisect_right(starts, piece.speech_start) - 1] if languages else ""
        if current and (filled + len(piece) > limit_s * SAMPLE_RATE or language != spoken):
            windows.append(Window(tuple(current), spoken))
            current, filled = [], 0
        current.append(piece)
        filled, spoken = filled + len(piece), language
    if current:
        windows.append(Window(tuple(current), spoken))
    return tuple(windows)
